/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state of a vCPU's interrupts and the choice of the next one to deliver: pure, no hardware.
 * The list registers are vgic.h's.
 */
#ifndef PARTITA_KERNEL_VIRQ_H
#define PARTITA_KERNEL_VIRQ_H

#include "kernel/state.h"

#define INTID_NONE 0xffffffffu

/* ---- Sets ordered by priority. level is below PRIORITY_LEVELS, intid below words * 64 ---- */

void queue_init(struct intid_queue *q, uint64_t *bits, uint32_t words);
void queue_insert(struct intid_queue *q, uint32_t level, uint32_t intid);
void queue_remove(struct intid_queue *q, uint32_t level, uint32_t intid);
/* The lowest interrupt of the most urgent level, or INTID_NONE. */
uint32_t queue_first(const struct intid_queue *q);

/* ---- One interrupt ---- */

static inline uint32_t virq_level(const struct virq *q)
{
	return q->priority >> 3;
}

/* Pending by itself; what a list register says of it comes on top. */
bool virq_pending(const struct virq *q);
/* It should be in a list register and is not. */
bool virq_deliverable(const struct virq *q);

/* Each changes one property and keeps both sets of the vgic right. */
void virq_set_flags(struct vgic *g, uint32_t intid, uint8_t set, uint8_t clear);
void virq_set_priority(struct vgic *g, uint32_t intid, uint8_t priority);
void virq_set_lr(struct vgic *g, uint32_t intid, uint8_t lr);

#endif
