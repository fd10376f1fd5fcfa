/* SPDX-License-Identifier: Apache-2.0 */
/* How an interrupt gets into a list register, for vgic.c and for the fast way (fast.c). */
#ifndef PARTITA_KERNEL_LISTING_H
#define PARTITA_KERNEL_LISTING_H

#include "kernel/lr.h"
#include "kernel/state.h"

/* A list register for an interrupt that becomes pending in it. A level line of the monitor asks
 * for maintenance at its end: only then can it be sampled again. */
static inline uint64_t lr_make(const struct virq *q, uint32_t intid, enum virq_kind kind)
{
	ich_lr_t lr = { 0 };

	lr = ich_lr_set_vINTID(lr, intid);
	lr = ich_lr_set_Priority(lr, q->priority);
	lr = ich_lr_set_Group(lr, 1);
	lr = ich_lr_set_State(lr, LR_PENDING);
	if (kind == VIRQ_HARD) {
		lr = ich_lr_set_HW(lr, 1);
		lr = ich_lr_set_pINTID(lr, q->pintid);
	} else {
		lr = ich_lr_set_pINTID(lr, q->edge ? 0 : ICH_LR_EOI);
	}
	return lr.bits;
}

static inline enum lr_state lr_state(uint32_t n)
{
	return (enum lr_state)ich_lr_State((ich_lr_t){ arch_lr_read(n) });
}

/*
 * The usual case, without the sets: nothing else waits, this one may be delivered, and there is a list
 * register for it, its own of before or a free one. Else LR_NONE, and nothing has changed. An interrupt
 * of hardware that comes again has been ended: then its own is stale.
 */
static inline uint32_t list_register_for(const struct vgic *g, uint32_t intid, enum virq_kind kind)
{
	const uint8_t need = VIRQ_OWNED | VIRQ_ENABLED | VIRQ_GROUP1;
	const struct virq *q = &g->irq[intid];

	if (!g->group1 || g->deliverable.levels || (q->flags & (need | VIRQ_ACTIVE)) != need)
		return LR_NONE;
	if (q->lr != LR_NONE)
		return kind == VIRQ_HARD || lr_state(q->lr) == LR_INVALID ? q->lr : LR_NONE;
	return g->lr_used == g->lr_all ? LR_NONE : (uint32_t)__builtin_ctz(~g->lr_used);
}

/* There it goes. A soft one is latched, not a line. */
static inline void list_at(struct vgic *g, uint32_t intid, uint32_t n, enum virq_kind kind)
{
	struct virq *q = &g->irq[intid];

	if (q->lr == LR_NONE) {
		g->lr_used |= 1u << n;
		g->lr_intid[n] = (uint16_t)intid;
		q->lr = (uint8_t)n;
	}
	q->flags = (uint8_t)((q->flags & ~(VIRQ_PENDING | VIRQ_HELD | VIRQ_LATCHED)) |
			     (kind == VIRQ_SOFT ? VIRQ_LATCHED : 0));
	arch_lr_write(n, lr_make(q, intid, kind));
}

#endif
