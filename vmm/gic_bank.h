/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The register banks that describe interrupts: offsets 0x80 to 0xfff of the distributor, where they
 * cover all SPIs, and of each redistributor's SGI_base frame, where the same offsets cover the SGIs
 * and PPIs of one vCPU. One table serves both.
 */
#ifndef PARTITA_VMM_GIC_BANK_H
#define PARTITA_VMM_GIC_BANK_H

#include "vmm/access.h"
#include "vmm/gic.h"
#include "vmm/upcall.h"
#include <stdint.h>

#define GIC_BANKS_END 0x1000u
#define GIC_BANK_BYTES 0x80u

/* An operation on some interrupts of a word, or another try while one of them moves. */
void gic_bank_operation(struct gic *g, const struct gic_word *w, enum upcall_op op, uint32_t mask,
			struct reply *r);

/* An access to a bank. Of its words, `first` to `end` - 1 exist where the access was made, as
 * word0[first] and so on; the others are RAZ/WI. */
void gic_bank_access(struct gic *g, struct gic_word *word0, uint32_t first, uint32_t end, struct access a,
		     struct reply *r);

/* The same of the distributor: at an offset from GIC_BANK_BYTES to GIC_BANKS_END - 1. */
void gicd_bank_access(struct gic *g, struct access a, struct reply *r);

#endif
