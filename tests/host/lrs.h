/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The list registers of one CPU as hardware has them: IHI 0069, "Interrupt Controller List Registers",
 * and what acknowledge and deactivation make of them. For tests that bring arch_lr_* themselves.
 */
#ifndef PARTITA_TESTS_HOST_LRS_H
#define PARTITA_TESTS_HOST_LRS_H

#include "kernel/lr.h"
#include <stdbool.h>
#include <stdint.h>

#define LRS 4
#define LRS_NONE LRS

struct lrs {
	uint64_t lr[LRS];
	uint32_t eoi;          /* ICH_EISR_EL2 */
	uint32_t eoicount;     /* ICH_HCR_EL2.EOIcount */
};

static inline ich_lr_t lrs_at(const struct lrs *l, uint32_t n)
{
	return (ich_lr_t){ l->lr[n] };
}

static inline void lrs_write(struct lrs *l, uint32_t n, uint64_t value)
{
	l->lr[n] = value;
	l->eoi &= ~(1u << n);
}

/* ICH_ELRSR_EL2. */
static inline uint32_t lrs_empty(const struct lrs *l)
{
	uint32_t empty = 0;

	for (uint32_t n = 0; n < LRS; n++)
		if (ich_lr_State(lrs_at(l, n)) == LR_INVALID && !(l->eoi & 1u << n))
			empty |= 1u << n;
	return empty;
}

/* The most urgent one that is pending and not active, or LRS_NONE. */
static inline uint32_t lrs_pending(const struct lrs *l)
{
	uint32_t best = LRS_NONE;

	for (uint32_t n = 0; n < LRS; n++)
		if (ich_lr_State(lrs_at(l, n)) == LR_PENDING &&
		    (best == LRS_NONE ||
		     ich_lr_Priority(lrs_at(l, n)) < ich_lr_Priority(lrs_at(l, best))))
			best = n;
	return best;
}

/* The guest acknowledges what is in list register n: its INTID. */
static inline uint32_t lrs_acknowledge(struct lrs *l, uint32_t n)
{
	l->lr[n] = ich_lr_set_State(lrs_at(l, n), LR_ACTIVE).bits;
	return (uint32_t)ich_lr_vINTID(lrs_at(l, n));
}

/* The guest deactivates an interrupt. False, and counted: it is active in no list register. *physical:
 * the physical interrupt that is deactivated with it, or 0. */
static inline bool lrs_end(struct lrs *l, uint32_t intid, uint32_t *physical)
{
	*physical = 0;
	for (uint32_t n = 0; n < LRS; n++) {
		ich_lr_t r = lrs_at(l, n);

		if (ich_lr_vINTID(r) != intid || !(ich_lr_State(r) & LR_ACTIVE))
			continue;
		l->lr[n] = ich_lr_set_State(r, ich_lr_State(r) & LR_PENDING).bits;
		if (ich_lr_HW(r))
			*physical = (uint32_t)ich_lr_pINTID(r);
		else if (ich_lr_pINTID(r) & ICH_LR_EOI && !(ich_lr_State(r) & LR_PENDING))
			l->eoi |= 1u << n;
		return true;
	}
	l->eoicount++;
	return false;
}

#endif
