/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A GICv3 written from IHI 0069 and from nothing of Partita's: one Security state, affinity routing, no
 * LPIs, three PEs of affinity 0, 1, 2, and 96 INTIDs. What an implementation may choose is as Partita
 * chooses it: five bits of priority, message-based SPIs, GICD_STATUSR, no 1 of N, and which sizes of an
 * access abort. Each interrupt is a few bits; nothing is cached, listed or queued.
 *
 * Where the specification leaves something open a bit is `maybe`: it may be pending, or not. Whoever
 * compares accepts both. So it is where an interrupt of hardware is `forwarded`: it is taken from the
 * physical GIC some time before the guest acknowledges it. Until then a level may fall unnoticed, and what
 * comes once more comes twice, which one GIC would make one (docs/interrupts.md, "Where it differs").
 */
#ifndef PARTITA_TESTS_HOST_GIC_MODEL_H
#define PARTITA_TESTS_HOST_GIC_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define GIC_PES 3u
#define GIC_INTIDS 96u

struct gic_irq {
	bool enabled, group1, edge, edge_fixed;
	bool latch;            /* pending: an edge, or a register */
	bool line;             /* its input */
	bool maybe;
	bool forwarded, again; /* again: `maybe` when it is acknowledged */
	bool written;          /* a level that is `maybe` because of a register, not of its line */
	bool active;
	bool acknowledged;     /* active by acknowledge, not by a register */
	uint8_t priority;
};

struct gic_model {
	struct gic_irq own[GIC_PES][32], spi[GIC_INTIDS];
	uint64_t route[GIC_INTIDS];
	uint8_t pe[GIC_INTIDS]; /* that the route names, or the last one that it named */
	uint8_t group_enables, asleep;
	uint32_t status, own_status[GIC_PES];
};

struct gic_answer {
	bool aborts;
	uint64_t value;        /* of a load .. */
	uint64_t maybe;        /* .. but for these bits */
};

/* hard, edge: a bit for each SPI that is forwarded, and is fixed as level or edge; timer: a PPI that is. */
void gic_model_reset(struct gic_model *m, const uint32_t *hard, const uint32_t *edge, uint32_t timer);

/* In the distributor's frame, or in the two frames of a PE's redistributor. */
struct gic_answer gic_model_distributor(struct gic_model *m, uint32_t offset, uint32_t bytes, bool store,
					uint64_t value);
struct gic_answer gic_model_redistributor(struct gic_model *m, uint32_t pe, uint32_t offset, uint32_t bytes,
					  bool store, uint64_t value);

struct gic_irq *gic_model_irq(struct gic_model *m, uint32_t pe, uint32_t intid);
void gic_model_line(struct gic_irq *q, bool up);
bool gic_model_pending(const struct gic_irq *q);
/* The distributor would send it to this PE: surely, or at most. */
bool gic_model_is_for(struct gic_model *m, uint32_t pe, uint32_t intid, bool surely);
void gic_model_acknowledge(struct gic_irq *q);
void gic_model_deactivate(struct gic_irq *q);

#endif
