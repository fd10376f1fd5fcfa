/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/virq.h"

/* ---- Sets ---- */

void queue_init(struct intid_queue *q, uint64_t *bits, uint32_t words)
{
	q->bits = bits;
	q->words = words;
	q->levels = 0;
	for (uint32_t i = 0; i < PRIORITY_LEVELS; i++)
		q->summary[i] = 0;
	for (uint32_t i = 0; i < PRIORITY_LEVELS * words; i++)
		bits[i] = 0;
}

void queue_insert(struct intid_queue *q, uint32_t level, uint32_t intid)
{
	q->bits[level * q->words + intid / 64] |= 1ull << intid % 64;
	q->summary[level] = (uint16_t)(q->summary[level] | 1u << intid / 64);
	q->levels |= 0x80000000u >> level;
}

void queue_remove(struct intid_queue *q, uint32_t level, uint32_t intid)
{
	uint64_t *word = &q->bits[level * q->words + intid / 64];

	*word &= ~(1ull << intid % 64);
	if (*word)
		return;
	q->summary[level] = (uint16_t)(q->summary[level] & ~(1u << intid / 64));
	if (!q->summary[level])
		q->levels &= ~(0x80000000u >> level);
}

uint32_t queue_first(const struct intid_queue *q)
{
	if (!q->levels)
		return INTID_NONE;
	uint32_t level = (uint32_t)__builtin_clz(q->levels);
	uint32_t word = (uint32_t)__builtin_ctz(q->summary[level]);

	return word * 64 + (uint32_t)__builtin_ctzll(q->bits[level * q->words + word]);
}

/* ---- One interrupt ---- */

bool virq_pending(const struct virq *q)
{
	return q->flags & (VIRQ_PENDING | VIRQ_LINE | VIRQ_HELD);
}

bool virq_deliverable(const struct virq *q)
{
	const uint8_t need = VIRQ_OWNED | VIRQ_ENABLED | VIRQ_GROUP1;

	return (q->flags & (need | VIRQ_ACTIVE)) == need && q->lr == LR_NONE && virq_pending(q);
}

static void queue_set(struct intid_queue *q, uint32_t level, uint32_t intid, bool in)
{
	(in ? queue_insert : queue_remove)(q, level, intid);
}

/* The sets say what the flags say; the level has not changed. Constant time, and nothing is touched
 * when nothing has to be. */
static void virq_requeue(struct vgic *g, uint32_t intid)
{
	struct virq *q = &g->irq[intid];
	uint8_t want = (virq_deliverable(q) ? QUEUE_DELIVERABLE : 0) |
		       (q->flags & VIRQ_ACTIVE ? QUEUE_ACTIVE : 0);
	uint8_t change = want ^ q->queued;

	if (!change)
		return;
	q->queued = want;
	if (change & QUEUE_DELIVERABLE)
		queue_set(&g->deliverable, virq_level(q), intid, want & QUEUE_DELIVERABLE);
	if (change & QUEUE_ACTIVE)
		queue_set(&g->active, virq_level(q), intid, want & QUEUE_ACTIVE);
}

void virq_set_flags(struct vgic *g, uint32_t intid, uint8_t set, uint8_t clear)
{
	struct virq *q = &g->irq[intid];

	q->flags = (uint8_t)((q->flags & ~clear) | set);
	virq_requeue(g, intid);
}

void virq_set_priority(struct vgic *g, uint32_t intid, uint8_t priority)
{
	struct virq *q = &g->irq[intid];

	if (q->queued & QUEUE_DELIVERABLE)
		queue_remove(&g->deliverable, virq_level(q), intid);
	if (q->queued & QUEUE_ACTIVE)
		queue_remove(&g->active, virq_level(q), intid);
	q->queued = 0;
	q->priority = priority & 0xf8;
	virq_requeue(g, intid);
}

void virq_set_lr(struct vgic *g, uint32_t intid, uint8_t lr)
{
	g->irq[intid].lr = lr;
	virq_requeue(g, intid);
}
