/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/vgic.h"
#include "abi/upcall.h"
#include "kernel/listing.h"
#include "kernel/virq.h"

/* ---- List registers ---- */

/* What was latched is in the list register now; a line stays what it is. */
static void lr_fill(struct vgic *g, uint32_t n, uint32_t intid)
{
	uint8_t latched = g->irq[intid].flags & VIRQ_PENDING ? VIRQ_LATCHED : 0;

	arch_lr_write(n, lr_make(&g->irq[intid], intid, (enum virq_kind)g->irq[intid].kind));
	g->lr_used |= 1u << n;
	g->lr_intid[n] = (uint16_t)intid;
	g->irq[intid].lr = (uint8_t)n;
	virq_set_flags(g, intid, latched, VIRQ_PENDING | VIRQ_HELD | VIRQ_LATCHED);
}

static void lr_free(struct vgic *g, uint32_t n)
{
	g->lr_used = (g->lr_used & ~(1u << n)) | 1u << LR_TIMER;
	virq_set_lr(g, g->lr_intid[n], LR_NONE);
}

/* Takes an interrupt out of its list register, whatever its state, into its word. A hardware one
 * stays physically active: held if pending, or until its end is seen. */
static void lr_withdraw(struct vgic *g, uint32_t n)
{
	uint32_t intid = g->lr_intid[n];
	const struct virq *q = &g->irq[intid];
	enum lr_state state = lr_state(n);
	uint8_t set = 0;

	if (state & LR_PENDING) {
		if (q->kind == VIRQ_HARD)
			set |= VIRQ_HELD;
		else if (q->flags & VIRQ_LATCHED)
			set |= VIRQ_PENDING;
	}
	if (state & LR_ACTIVE)
		set |= VIRQ_ACTIVE;
	arch_lr_write(n, 0);
	lr_free(g, n);
	virq_set_flags(g, intid, set, 0);
}

/* What is pending in a list register goes back into the word; what is active there stays. */
static void withdraw_pending(struct vgic *g, uint32_t intid)
{
	uint8_t n = g->irq[intid].lr;

	if (n != LR_NONE && lr_state(n) != LR_ACTIVE)
		lr_withdraw(g, n);
}

/*
 * What is latched while it is in a list register. Pending there: it is one. Active: it waits in the word,
 * and the end asks for maintenance. Pending on top of active in one list register would have its old
 * priority, and after the end would keep NPIE from asking for what is more urgent and waits.
 */
static void relist(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];
	uint8_t n = q->lr;

	if (n == LR_NONE || !(q->flags & VIRQ_PENDING))
		return;
	ich_lr_t lr = { arch_lr_read(n) };

	if (ich_lr_State(lr) == LR_INVALID) { /* the guest has ended it */
		arch_lr_write(n, 0);
		lr_free(g, n);
	} else if (ich_lr_State(lr) == LR_ACTIVE) {
		arch_lr_write(n, ich_lr_set_pINTID(lr, ICH_LR_EOI).bits);
	} else {
		virq_set_flags(g, intid, VIRQ_LATCHED, VIRQ_PENDING);
	}
}

static void sample_line(struct vgic *g, uint32_t intid);

/* Frees the list registers that the guest has finished with. */
static void lr_reclaim(struct vgic *g)
{
	uint32_t ended = arch_lr_eoi() & g->lr_used;
	uint32_t done = (arch_lr_empty() & g->lr_used) | ended;

	while (done) {
		uint32_t n = (uint32_t)__builtin_ctz(done);

		done &= done - 1;
		if (ended & 1u << n)
			arch_lr_write(n, 0);
		lr_free(g, n);
		if (ended & 1u << n)
			sample_line(g, g->lr_intid[n]);
	}
}

/* A list register for an interrupt of this priority when all are taken: that of the least urgent
 * one that is only pending, if that is less urgent; of the least urgent active one only if all
 * are active (its end is then counted by EOIcount). */
static bool lr_evict(struct vgic *g, uint8_t priority)
{
	uint32_t pending = LR_NONE, active = LR_NONE;

	for (uint32_t n = LR_TIMER + 1; n < g->lr_count; n++) {
		uint32_t *worst = lr_state(n) == LR_PENDING ? &pending : &active;

		if (*worst == LR_NONE ||
		    g->irq[g->lr_intid[n]].priority > g->irq[g->lr_intid[*worst]].priority)
			*worst = n;
	}
	if (pending != LR_NONE && g->irq[g->lr_intid[pending]].priority <= priority)
		return false;
	lr_withdraw(g, pending != LR_NONE ? pending : active);
	return true;
}

/* What is held waits no longer. Of an active one the physical end is still to come. */
static void hold_end(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if ((q->flags & (VIRQ_HELD | VIRQ_ACTIVE)) == VIRQ_HELD)
		arch_irq_deactivate(q->pintid);
	virq_set_flags(g, intid, 0, VIRQ_HELD);
}

static void sample_timer(struct vgic *g)
{
	if (arch_virtual_timer_line())
		return;
	withdraw_pending(g, g->timer_intid);
	hold_end(g, g->timer_intid);
}

/* A level that was held may have fallen meanwhile: then it is held no longer, and hardware raises it
 * again if it comes back. One that software latched has no line to ask. */
static bool held_fell(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if ((q->flags & (VIRQ_HELD | VIRQ_LATCHED)) != VIRQ_HELD || q->edge || intid < 32 ||
	    arch_irq_is_pending(q->pintid))
		return false;
	hold_end(g, intid);
	return true;
}

/* Restores what vgic.h promises. At most lr_count interrupts are listed: each turn fills a list
 * register with something more urgent than what it held. `fresh` came just now: no doubt of it. */
static void lr_refill_with(struct vgic *g, uint32_t fresh)
{
	if (g->group1 && g->timer->queued & QUEUE_DELIVERABLE && fresh != g->timer_intid)
		sample_timer(g); /* held until now: its line may have fallen */
	if (g->group1 && g->timer->queued & QUEUE_DELIVERABLE)
		lr_fill(g, LR_TIMER, g->timer_intid);
	for (uint32_t turn = 0; turn < 2 * g->lr_count && g->group1; turn++) {
		uint32_t intid = queue_first(&g->deliverable);

		if (intid == INTID_NONE)
			break;
		if (intid != fresh && held_fell(g, intid))
			continue;
		if (g->lr_used == g->lr_all)
			lr_reclaim(g);
		if (g->lr_used == g->lr_all && !lr_evict(g, g->irq[intid].priority))
			break;
		/* Reclaiming may have made another one deliverable. */
		intid = queue_first(&g->deliverable);
		if (intid != INTID_NONE)
			lr_fill(g, (uint32_t)__builtin_ctz(~g->lr_used), intid);
	}
	/* Nor may the timer, in a list register of its own, keep NPIE from asking for those that wait and are
	 * more urgent: then it waits behind them. */
	if (g->timer->lr != LR_NONE && g->deliverable.levels &&
	    (uint32_t)__builtin_clz(g->deliverable.levels) < virq_level(g->timer))
		withdraw_pending(g, g->timer_intid);
	bool want = g->group1 && g->deliverable.levels;

	if (want != g->want_pending) {
		g->want_pending = want;
		arch_vgic_want_pending(want);
	}
}

static void lr_refill(struct vgic *g)
{
	lr_refill_with(g, INTID_NONE);
}

/* ---- Arrivals ---- */

void vgic_raise(struct vgic *g, uint32_t intid)
{
	virq_set_flags(g, intid, VIRQ_PENDING, 0);
	relist(g, intid);
	lr_refill(g);
}

void vgic_physical(struct vgic *g, uint32_t intid)
{
	uint8_t n = g->irq[intid].lr;

	/* It came again, so the guest has ended it: its list register is stale. */
	if (n != LR_NONE) {
		arch_lr_write(n, 0);
		lr_free(g, n);
	}
	virq_set_flags(g, intid, VIRQ_HELD, 0);
	lr_refill_with(g, intid);
}

void vgic_sample_timer(struct vgic *g)
{
	sample_timer(g);
	lr_refill(g);
}

static const uint32_t *lines_word(const struct vgic *g, uint32_t word)
{
	return &g->lines[word ? word : LINES_PRIVATE + g->number];
}

static void sample_line(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if (q->kind == VIRQ_HARD || q->edge)
		return;
	uint32_t bit = 1u << intid % 32;
	uint32_t line = __atomic_load_n(lines_word(g, intid / 32), __ATOMIC_ACQUIRE) & bit;

	g->lines_seen[intid / 32] = (g->lines_seen[intid / 32] & ~bit) | line;
	if (line) {
		virq_set_flags(g, intid, VIRQ_LINE, 0);
	} else {
		virq_set_flags(g, intid, 0, VIRQ_LINE);
		withdraw_pending(g, intid);
	}
}

void vgic_sample_lines(struct vgic *g, uint32_t word)
{
	uint32_t now = __atomic_load_n(lines_word(g, word), __ATOMIC_ACQUIRE);
	uint32_t changed = now ^ g->lines_seen[word];

	g->lines_seen[word] = now;
	while (changed) {
		uint32_t intid = word * 32 + (uint32_t)__builtin_ctz(changed);

		changed &= changed - 1;
		if (g->irq[intid].flags & VIRQ_OWNED)
			sample_line(g, intid);
	}
	lr_refill(g);
}

/* ---- Ends ---- */

/* The guest ended an interrupt that is active in no list register. */
static void end_unlisted(struct vgic *g, uint32_t intid)
{
	if (g->irq[intid].kind == VIRQ_HARD && !(g->irq[intid].flags & VIRQ_HELD))
		arch_irq_deactivate(g->irq[intid].pintid);
	virq_set_flags(g, intid, 0, VIRQ_ACTIVE);
	sample_line(g, intid);
}

/* The most ends of unlisted interrupts that one maintenance interrupt works on: EOIcount keeps
 * the rest, and with it the maintenance interrupt pending. */
#define ENDS_AT_ONCE 4

void vgic_maintenance(struct vgic *g)
{
	lr_reclaim(g);
	for (uint32_t n = arch_vgic_take_eoicount(ENDS_AT_ONCE); n; n--) {
		uint32_t intid = queue_first(&g->active);

		if (intid != INTID_NONE)
			end_unlisted(g, intid);
	}
	lr_refill(g);
}

void vgic_deactivate(struct vgic *g, uint32_t intid)
{
	if (intid >= g->intids)
		return;
	const struct virq *q = &g->irq[intid];

	if (q->flags & VIRQ_ACTIVE) {
		end_unlisted(g, intid);
	} else if (q->lr != LR_NONE) {
		uint8_t n = q->lr;

		if (lr_state(n) == LR_ACTIVE) {
			arch_lr_write(n, 0);
			lr_free(g, n);
			if (q->kind == VIRQ_HARD)
				arch_irq_deactivate(q->pintid);
			sample_line(g, intid);
		}
	}
	lr_refill(g);
}

bool vgic_has_pending(const struct vgic *g)
{
	for (uint32_t used = g->lr_used; used; used &= used - 1)
		if (lr_state((uint32_t)__builtin_ctz(used)) & LR_PENDING)
			return true;
	return false;
}

/* ---- Operations ---- */

static void op_disable(struct vgic *g, uint32_t intid)
{
	virq_set_flags(g, intid, 0, VIRQ_ENABLED);
	withdraw_pending(g, intid);
}

static void op_set_pending(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if (q->kind == VIRQ_HARD)
		arch_irq_set_pending(q->pintid, true);
	virq_set_flags(g, intid, q->kind == VIRQ_HARD ? VIRQ_LATCHED : VIRQ_PENDING, 0);
}

static void op_clear_pending(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	withdraw_pending(g, intid);
	if (q->kind == VIRQ_HARD) {
		arch_irq_set_pending(q->pintid, false);
		hold_end(g, intid);
	}
	virq_set_flags(g, intid, 0, VIRQ_PENDING | VIRQ_LATCHED);
}

static void op_set_active(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if (q->lr != LR_NONE)
		lr_withdraw(g, q->lr);
	if (q->kind == VIRQ_HARD)
		arch_irq_set_active(q->pintid);
	virq_set_flags(g, intid, VIRQ_ACTIVE, 0);
}

static void op_clear_active(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if (q->lr != LR_NONE && lr_state(q->lr) & LR_ACTIVE)
		lr_withdraw(g, q->lr);
	if (q->flags & VIRQ_ACTIVE)
		end_unlisted(g, intid);
}

static void op_group(struct vgic *g, uint32_t intid, bool group1)
{
	if (!group1)
		withdraw_pending(g, intid);
	virq_set_flags(g, intid, group1 ? VIRQ_GROUP1 : 0, group1 ? 0 : VIRQ_GROUP1);
}

/* Never while it is active in a list register: the running priority stays what it was. */
static void op_priority(struct vgic *g, uint32_t intid, uint8_t priority)
{
	withdraw_pending(g, intid);
	virq_set_priority(g, intid, priority);
	relist(g, intid);
}

static bool read_pending(struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	if (intid == g->timer_intid)
		sample_timer(g);
	(void)held_fell(g, intid);
	if (virq_pending(q) || (q->lr != LR_NONE && lr_state(q->lr) & LR_PENDING))
		return true;
	return q->kind == VIRQ_HARD && arch_irq_is_pending(q->pintid);
}

static bool read_active(const struct vgic *g, uint32_t intid)
{
	const struct virq *q = &g->irq[intid];

	return q->flags & VIRQ_ACTIVE || (q->lr != LR_NONE && lr_state(q->lr) & LR_ACTIVE);
}

/* One interrupt of a word operation. Returns its bit of the result. */
static bool op_one(struct vgic *g, enum upcall_op op, uint32_t intid, bool bit)
{
	struct virq *q = &g->irq[intid];

	switch (op) {
	case OP_ENABLE:
		virq_set_flags(g, intid, VIRQ_ENABLED, 0);
		break;
	case OP_DISABLE:
		op_disable(g, intid);
		break;
	case OP_SET_PENDING:
		op_set_pending(g, intid);
		break;
	case OP_CLEAR_PENDING:
		op_clear_pending(g, intid);
		break;
	case OP_SET_ACTIVE:
		op_set_active(g, intid);
		break;
	case OP_CLEAR_ACTIVE:
		op_clear_active(g, intid);
		break;
	case OP_GROUP:
		op_group(g, intid, bit);
		break;
	case OP_EDGE:
		if (q->kind == VIRQ_SOFT && intid >= 16) {
			withdraw_pending(g, intid);
			q->edge = bit;
			virq_set_flags(g, intid, 0, VIRQ_LINE);
			sample_line(g, intid);
		}
		break;
	case OP_READ_PENDING:
		return read_pending(g, intid);
	case OP_READ_ACTIVE:
		return read_active(g, intid);
	default:
		break;
	}
	relist(g, intid);
	return false;
}

static uint32_t op_word(struct vgic *g, enum upcall_op op, uint32_t first, uint32_t mask, uint32_t bits)
{
	uint32_t result = 0;

	if (op == OP_READ_PENDING || op == OP_READ_ACTIVE)
		mask = 0xffffffff;
	for (; mask; mask &= mask - 1) {
		uint32_t n = (uint32_t)__builtin_ctz(mask);

		if (g->irq[first + n].flags & VIRQ_OWNED && op_one(g, op, first + n, bits >> n & 1))
			result |= 1u << n;
	}
	return result;
}

static void op_dist(struct vgic *g, bool group1)
{
	g->group1 = group1;
	for (uint32_t used = g->lr_used; used && !group1; used &= used - 1)
		withdraw_pending(g, g->lr_intid[__builtin_ctz(used)]);
}

/* The state of an SPI between two owners: its flags, priority and trigger, and a bit that makes
 * it differ from nothing. */
#define MOVING (1u << 31)

static uint64_t op_release(struct vgic *g, const struct fmap *f, uint32_t intid, uint32_t cpu)
{
	struct virq *q = &g->irq[intid];

	if (!(q->flags & VIRQ_OWNED))
		return 0;
	withdraw_pending(g, intid);
	if (q->kind == VIRQ_HARD) {
		/* Until it is adopted it does not come: nobody could end it. */
		arch_irq_enable(q->pintid, false);
		arch_irq_route(f, q->pintid, cpu);
		if (q->flags & VIRQ_HELD)
			arch_irq_deactivate(q->pintid);
	}
	uint8_t latched = q->edge && q->flags & VIRQ_HELD ? VIRQ_PENDING : q->flags & VIRQ_PENDING;
	uint8_t moves = (uint8_t)((q->flags & (VIRQ_ENABLED | VIRQ_GROUP1)) | latched);

	virq_set_flags(g, intid, 0, (uint8_t)~VIRQ_ACTIVE);
	return MOVING | moves | (uint32_t)q->priority << 8 | (uint32_t)q->edge << 16;
}

/* Routed to here before it is enabled, whatever the monitor had released it to: where nobody owns it, it
 * would come for ever. */
static void op_adopt(struct vgic *g, const struct fmap *f, uint32_t intid, uint64_t state, uint32_t cpu)
{
	struct virq *q = &g->irq[intid];
	uint8_t flags = state & (VIRQ_ENABLED | VIRQ_GROUP1 | VIRQ_PENDING);

	if (q->kind == VIRQ_SOFT)
		q->edge = state >> 16 & 1;
	virq_set_priority(g, intid, (uint8_t)(state >> 8));
	virq_set_flags(g, intid, (uint8_t)(VIRQ_OWNED | (flags & ~VIRQ_PENDING)), 0);
	if (flags & VIRQ_PENDING)
		op_set_pending(g, intid);
	if (q->kind == VIRQ_HARD) {
		arch_irq_route(f, q->pintid, cpu);
		arch_irq_enable(q->pintid, true);
	}
	sample_line(g, intid);
	relist(g, intid);
}

bool vgic_op_valid(const struct vgic *g, uint64_t op)
{
	uint32_t intid = op >> 16 & 0xffff;

	switch ((enum upcall_op)(op & 0xffff)) {
	case OP_ENABLE ... OP_EDGE:
	case OP_LINES:
		return intid < g->intids && intid % 32 == 0;
	case OP_PRIORITY:
		return intid < g->intids && intid % 4 == 0;
	case OP_RELEASE:
	case OP_ADOPT:
		return intid < g->intids && intid >= 32;
	case OP_DIST:
		return true;
	default:
		return false;
	}
}

uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3, uint64_t x4)
{
	uint32_t intid = op >> 16 & 0xffff;
	uint64_t result = 0;

	switch ((enum upcall_op)(op & 0xffff)) {
	case OP_DIST:
		op_dist(g, x3 & 2);
		break;
	case OP_PRIORITY:
		for (uint32_t n = 0; n < 4; n++)
			if (x3 >> n & 1 && g->irq[intid + n].flags & VIRQ_OWNED)
				op_priority(g, intid + n, (uint8_t)(x4 >> 8 * n));
		break;
	case OP_RELEASE:
		result = op_release(g, f, intid, (uint32_t)x4);
		break;
	case OP_ADOPT:
		op_adopt(g, f, intid, x3, (uint32_t)x4);
		break;
	default:
		result = op_word(g, (enum upcall_op)(op & 0xffff), intid, (uint32_t)x3, (uint32_t)x4);
		break;
	}
	lr_refill(g);
	return result;
}

/* ---- Life ---- */

void vgic_quiesce(struct vgic *g)
{
	for (uint32_t used = g->lr_used; used; used &= used - 1)
		lr_withdraw(g, (uint32_t)__builtin_ctz(used));
	/* Only these can be physically active on this vCPU's account. */
	for (uint32_t intid = 16; intid < g->intids; intid++) {
		const struct virq *q = &g->irq[intid];

		if (q->kind != VIRQ_HARD)
			continue;
		if (intid >= 32 && q->flags & VIRQ_OWNED)
			arch_irq_enable(q->pintid, false);
		if (q->flags & (VIRQ_HELD | VIRQ_ACTIVE))
			arch_irq_deactivate(q->pintid);
	}
	arch_vgic_reset();
}

void vgic_reset(struct vcpu *v, const struct fmap *f)
{
	struct vgic *g = &v->vgic;
	uint32_t words = (g->intids + 63) / 64;
	uint64_t *bits = (uint64_t *)(g->irq + g->intids);

	queue_init(&g->deliverable, bits, words);
	queue_init(&g->active, bits + PRIORITY_LEVELS * words, words);
	g->group1 = false;
	g->want_pending = false;
	g->lr_used = 1u << LR_TIMER;
	g->lr_intid[LR_TIMER] = (uint16_t)g->timer_intid;
	for (uint32_t i = 0; i < g->intids; i++) {
		const struct fmap_irq *hard = i >= 32 && i < f->gic_intids ? fmap_irq(f, i) : 0;
		struct virq q = { .lr = LR_NONE, .edge = i < 16 };

		if (i < 32 || v->number == 0)
			q.flags = VIRQ_OWNED;
		if (i == f->intid_virt_timer || (hard && hard->kind == IRQ_VM && hard->owner == v->vm_id)) {
			q.kind = VIRQ_HARD;
			q.pintid = (uint16_t)i;
			q.edge = hard ? hard->edge : 0;
		}
		g->irq[i] = q;
	}
	for (uint32_t w = 0; w < g->intids / 32; w++)
		g->lines_seen[w] = 0;
}

void vgic_init(struct vcpu *v, const struct fmap *f, void *memory)
{
	struct vgic *g = &v->vgic;

	g->irq = memory;
	g->intids = v->vm->intids;
	g->number = v->number;
	g->timer_intid = f->intid_virt_timer;
	g->timer = &g->irq[g->timer_intid];
	g->lr_count = arch_lr_count();
	g->lr_all = (1u << g->lr_count) - 1;
	g->lines = (const uint32_t *)(LINES_VA + (uintptr_t)v->vm_id * PAGE_BYTES);
	vgic_reset(v, f);
}
