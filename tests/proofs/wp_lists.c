/* SPDX-License-Identifier: Apache-2.0 */
/* The choice of a list register, and what is written into it. */
#include "kernel/state.h"

/* The registers are hardware's: any value, and nothing of ours changes. */
/*@ assigns \nothing; */
uint64_t arch_lr_read(uint32_t n);
/*@ assigns \nothing; */
void arch_lr_write(uint32_t n, uint64_t value);
/*@ assigns \nothing; */
void arch_lr_write_timer(uint64_t value);

#include "kernel/lr.h"

/*@ assigns \nothing; */
static inline uint64_t ich_lr_State(ich_lr_t r);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_vINTID(ich_lr_t r, uint64_t v);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_pINTID(ich_lr_t r, uint64_t v);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_Priority(ich_lr_t r, uint64_t v);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_Group(ich_lr_t r, uint64_t v);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_HW(ich_lr_t r, uint64_t v);
/*@ assigns \nothing; */
static inline ich_lr_t ich_lr_set_State(ich_lr_t r, uint64_t v);

/*@ requires \valid_read(q);
    assigns \nothing; */
static inline uint64_t lr_make(const struct virq *q, uint32_t intid, enum virq_kind kind);

/*@ assigns \nothing; */
static inline enum lr_state lr_state(uint32_t n);

/*@ requires \valid_read(g) && \valid_read(q);
    assigns \nothing;
    ensures nothing_waits: \result ==> g->group1 && g->deliverable.levels == 0;
    ensures not_active: \result ==> (q->flags & VIRQ_ACTIVE) == 0;
    ensures may_come: \result ==> (q->flags & VIRQ_OWNED) != 0 && (q->flags & VIRQ_ENABLED) != 0 &&
	(q->flags & VIRQ_GROUP1) != 0; */
static inline bool may_be_listed(const struct vgic *g, const struct virq *q);

/*@ requires \valid(g) && \valid(g->timer) && \separated(g, g->timer);
    assigns g->timer->flags, g->timer->lr;
    ensures listed: \result ==> g->timer->lr == LR_TIMER;
    ensures no_longer_held: \result ==> (g->timer->flags & (VIRQ_HELD | VIRQ_PENDING | VIRQ_LATCHED)) == 0;
    ensures else_unchanged: !\result ==>
	g->timer->lr == \old(g->timer->lr) && g->timer->flags == \old(g->timer->flags); */
static inline bool list_timer(struct vgic *g);

/*@ requires \valid(g) && intid < g->intids <= 1020 && \valid(g->irq + (0 .. g->intids - 1));
    requires \separated(g, g->irq + (0 .. g->intids - 1));
    requires 1 <= g->lr_count <= LR_MAX;
    requires not_all: g->lr_used != g->lr_all ==>
	\exists integer n; 0 <= n < g->lr_count && bit((uint32_t)~g->lr_used, n);
    requires g->irq[intid].lr == LR_NONE || g->irq[intid].lr < g->lr_count;
    assigns g->irq[intid].flags, g->irq[intid].lr, g->lr_used, g->lr_intid[0 .. LR_MAX - 1];
    ensures kept: \result && \old(g->irq[intid].lr) != LR_NONE ==> g->irq[intid].lr == \old(g->irq[intid].lr);
    ensures latched: \result ==> (g->irq[intid].flags & VIRQ_LATCHED) != 0;
    ensures else_unchanged: !\result ==> g->irq[intid].lr == \old(g->irq[intid].lr) &&
	g->irq[intid].flags == \old(g->irq[intid].flags) && g->lr_used == \old(g->lr_used);
    ensures was_free: \result && \old(g->irq[intid].lr) == LR_NONE ==>
	g->irq[intid].lr < g->lr_count && bit((uint32_t)~\old(g->lr_used), g->irq[intid].lr) &&
	bit(g->lr_used, g->irq[intid].lr) && g->lr_intid[g->irq[intid].lr] == intid; */
static inline bool list_latched(struct vgic *g, uint32_t intid);

#include "kernel/listing.h"
