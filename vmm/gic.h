/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The face of the guest's GICv3: distributor and redistributors as the guest reads and writes them
 * (IHI 0069; one Security state, affinity routing always on, no LPIs).
 *
 * Delivery belongs to the kernel. What a guest writes is kept here, for reading, and told to the
 * kernel by the one operation that a reply carries; pending and active state is not kept at all
 * but asked for. A write is finished when its operation has been answered, which is before the
 * vCPU goes on: so RWP always reads 0.
 *
 * The unit is a word: 32 interrupts that share a register bank. Words of SPIs belong to the
 * distributor; each vCPU has one word of SGIs and PPIs in its redistributor.
 *
 * One lock guards the face. Operations are carried out after it is released: two vCPUs that write
 * opposite things about one interrupt at the same moment get one or the other, as on any machine,
 * but the face may then name the other one until the next write. Software that cares takes a lock.
 *
 * A moving SPI: when its route changes, its owner in the kernel changes in steps, and an operation
 * that fell between two owners would be lost. So accesses to its word are tried again meanwhile.
 */
#ifndef PARTITA_VMM_GIC_H
#define PARTITA_VMM_GIC_H

#include "abi/layout.h"
#include "abi/vmconf.h"
#include "vmm/access.h"
#include "vmm/spinlock.h"
#include "vmm/upcall.h"
#include <stdint.h>

#define GIC_WORD_INTIDS 32
#define GIC_WORDS 32           /* INTIDs 0 to 1023 */

#define GICD_BYTES 0x10000u
#define GICR_STRIDE 0x20000u   /* RD_base and SGI_base frames of one vCPU */

struct gic_word {
	uint16_t intid;        /* the first one */
	uint32_t enabled;      /* bit n: interrupt intid + n */
	uint32_t group;        /* 1: Group 1 */
	uint32_t edge;         /* 1: edge-triggered, else level-sensitive */
	uint32_t edge_fixed;   /* `edge` can not be changed */
	uint32_t moving;       /* SPIs on their way from one owner to another */
	uint8_t owner[GIC_WORD_INTIDS];    /* vCPU that the kernel delivers it to */
	uint8_t priority[GIC_WORD_INTIDS];
};

struct gic {
	struct spinlock lock;
	const struct vmconf *conf;
	uint32_t words;        /* of the distributor: 32-INTID blocks that exist, SGIs and PPIs first */
	uint32_t typer;        /* GICD_TYPER */
	uint32_t group_enables;            /* GICD_CTLR.EnableGrp1, EnableGrp0 */
	uint32_t asleep;       /* bit n: GICR_WAKER.ProcessorSleep of vCPU n */
	uint32_t status;       /* GICD_STATUSR */
	uint32_t own_status[MAX_VCPUS_PER_VM];        /* GICR_STATUSR */
	uint64_t route[GIC_WORDS * GIC_WORD_INTIDS];  /* GICD_IROUTER<n> */
	struct gic_word spi[GIC_WORDS];    /* [0] is never used: those are in `own` */
	struct gic_word own[MAX_VCPUS_PER_VM];
};

/* `g` is zero. */
void gic_reset(struct gic *g, const struct vmconf *conf);

void gicd_access(struct gic *g, struct access a, struct reply *r);
/* A load of a word from the first registers: GICD_CTLR, GICD_TYPER, GICD_IIDR. offset: 0, 4, 8. */
#define GICD_HEAD_BYTES 12
uint32_t gicd_head(const struct gic *g, uint32_t offset);
void gicr_access(struct gic *g, struct access a, struct reply *r);

/* The level line of SPI `intid` has changed: tell the vCPU that it is routed to. */
void gic_line_changed(struct gic *g, uint32_t intid, struct reply *r);

/* A store to GICD_IROUTER<intid>, and what follows when the kernel has done a part of the move. */
void gic_route(struct gic *g, uint32_t intid, uint64_t route, struct reply *r);
void gic_released(struct gic *g, uint32_t intid, uint64_t state, struct reply *r);
void gic_adopted(struct gic *g, uint32_t intid, struct reply *r);

/* What distributor and redistributors have in common. */
#define GIC_IIDR_VALUE 0x5000043bu         /* ProductID 'P', implementer: Arm */
#define GIC_STATUSR 0x0010u

/* Notes in a GICD_STATUSR or GICR_STATUSR that this access was to a reserved location, or, of a
 * register that exists, the wrong way round. The access itself is RAZ/WI. */
void gic_status(uint32_t *status, struct access a, bool exists);

/* An access beyond all registers of function: identification, from 0xffd0 on, and reserved ones. */
void gic_id_access(uint32_t *status, struct access a, struct reply *r);

#endif
