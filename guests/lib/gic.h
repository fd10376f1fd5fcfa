/* SPDX-License-Identifier: Apache-2.0 */
/* GICv3 (IHI 0069): the distributor, this CPU's redistributor, and its CPU interface. Group 1. */
#ifndef PARTITA_GUESTS_LIB_GIC_H
#define PARTITA_GUESTS_LIB_GIC_H

#include <stdbool.h>
#include <stdint.h>

#define GICD_CTLR 0x0000
#define GICD_CTLR_EnableGrp1 (1u << 1)
#define GICD_TYPER 0x0004
#define GICD_IROUTER 0x6000
#define GIC_PIDR2 0xffe8         /* both in GICD and in GICR */
#define GICR_TYPER 0x0008
#define GICR_WAKER 0x0014
#define GICR_FRAME_BYTES 0x20000
#define GICR_SGI_FRAME 0x10000

/* At the same offsets in GICD and, for INTIDs below 32, in a redistributor's SGI frame. */
#define GIC_IGROUPR 0x0080
#define GIC_ISENABLER 0x0100
#define GIC_ICENABLER 0x0180
#define GIC_ISPENDR 0x0200
#define GIC_ICPENDR 0x0280
#define GIC_ISACTIVER 0x0300
#define GIC_ICACTIVER 0x0380
#define GIC_IPRIORITYR 0x0400
#define GIC_ICFGR 0x0c00

#define INTID_SPURIOUS 1023
#define PRIORITY_DEFAULT 0xa0
#define PMR_ALL 0xf8

void gic_open_distributor(void);
void gic_open_cpu(void);         /* on each CPU */

/* This CPU's redistributor, or 0. */
uint64_t gic_redistributor(void);

/* The bit of an interrupt in a register of one bit each. SGIs and PPIs: this CPU's. */
bool gic_bit(uint32_t reg, uint32_t intid);
void gic_set_bit(uint32_t reg, uint32_t intid);
void gic_set_priority(uint32_t intid, uint8_t priority);
/* Edge-triggered, or level-sensitive; for SPIs, while disabled. */
void gic_set_edge(uint32_t intid, bool edge);

/* For SPIs: on which CPU it comes. */
void gic_route(uint32_t intid, uint64_t mpidr);

/* Waits until the last change of an enable bit has taken effect. */
void gic_settle(void);

uint32_t gic_acknowledge(void);
void gic_end(uint32_t intid);

/* To the CPU with this affinity, Aff0 below 16. */
void gic_send_sgi(uint32_t intid, uint64_t mpidr);

#endif
