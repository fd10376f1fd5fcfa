/* SPDX-License-Identifier: Apache-2.0 */
/* How an interrupt gets into a list register, for vgic.c and for the fast way (fast.c). */
#ifndef PARTITA_KERNEL_LISTING_H
#define PARTITA_KERNEL_LISTING_H

#include "kernel/lr.h"
#include "kernel/state.h"

#define ALWAYS_INLINE static inline __attribute__((always_inline))

/* A list register for an interrupt that becomes pending in it. A level line of the monitor asks
 * for maintenance at its end: only then can it be sampled again. */
ALWAYS_INLINE uint64_t lr_make(const struct virq *q, uint32_t intid, enum virq_kind kind)
{
	ich_lr_t lr = { 0 };

	lr = ich_lr_set_vINTID(lr, intid);
	lr = ich_lr_set_Priority(lr, q->priority);
	lr = ich_lr_set_Group(lr, 1);
	lr = ich_lr_set_State(lr, LR_PENDING);
	if (kind == VIRQ_HARD) {
		lr = ich_lr_set_HW(lr, 1);
		lr = ich_lr_set_pINTID(lr, intid);       /* the board's number is the guest's */
	} else {
		lr = ich_lr_set_pINTID(lr, q->edge ? 0 : ICH_LR_EOI);
	}
	return lr.bits;
}

static inline enum lr_state lr_state(uint32_t n)
{
	return (enum lr_state)ich_lr_State((ich_lr_t){ arch_lr_read(n) });
}

/* ---- The usual case, without the sets: nothing else waits, and this one may be delivered ---- */

static inline bool may_be_listed(const struct vgic *g, const struct virq *q)
{
	const uint8_t need = VIRQ_OWNED | VIRQ_ENABLED | VIRQ_GROUP1;

	return g->group1 && !g->deliverable.levels && (q->flags & (need | VIRQ_ACTIVE)) == need;
}

/* The timer came. If it has come before, the guest has ended that: its list register is free or stale.
 * False: the long way. */
static inline bool list_timer(struct vgic *g)
{
	struct virq *q = g->timer;

	if (!may_be_listed(g, q))
		return false;
	q->flags = q->flags & (VIRQ_OWNED | VIRQ_ENABLED | VIRQ_GROUP1 | VIRQ_LINE);
	q->lr = LR_TIMER;
	arch_lr_write_timer(lr_make(q, g->timer_intid, VIRQ_HARD));
	return true;
}

/* A soft one that is latched goes into its list register of before, or a free one. False, and nothing
 * has changed: the long way. */
static inline bool list_latched(struct vgic *g, uint32_t intid)
{
	struct virq *q = &g->irq[intid];
	uint32_t n = q->lr;

	if (!may_be_listed(g, q))
		return false;
	if (n == LR_NONE) {
		if (g->lr_used == g->lr_all)
			return false;
		n = (uint32_t)__builtin_ctz(~g->lr_used);
		g->lr_used |= 1u << n;
		g->lr_intid[n] = (uint16_t)intid;
		q->lr = (uint8_t)n;
	} else if (!(arch_lr_empty() >> n & 1)) {
		return false;
	}
	q->flags = (uint8_t)((q->flags & ~VIRQ_PENDING) | VIRQ_LATCHED);
	arch_lr_write(n, lr_make(q, intid, VIRQ_SOFT));
	return true;
}

#endif
