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

/* The sets say what the flags say: takes the interrupt out of both, and puts it back by its
 * present state. Constant time. */
static void virq_requeue(struct vgic *g, uint32_t intid, uint32_t old_level)
{
	const struct virq *q = &g->irq[intid];
	uint32_t level = virq_level(q);

	queue_remove(&g->deliverable, old_level, intid);
	if (virq_deliverable(q))
		queue_insert(&g->deliverable, level, intid);
	queue_remove(&g->active, old_level, intid);
	if (q->flags & VIRQ_ACTIVE)
		queue_insert(&g->active, level, intid);
}

void virq_set_flags(struct vgic *g, uint32_t intid, uint8_t set, uint8_t clear)
{
	struct virq *q = &g->irq[intid];

	q->flags = (uint8_t)((q->flags & ~clear) | set);
	virq_requeue(g, intid, virq_level(q));
}

void virq_set_priority(struct vgic *g, uint32_t intid, uint8_t priority)
{
	struct virq *q = &g->irq[intid];
	uint32_t old_level = virq_level(q);

	q->priority = priority & 0xf8;
	virq_requeue(g, intid, old_level);
}

void virq_set_lr(struct vgic *g, uint32_t intid, uint8_t lr)
{
	g->irq[intid].lr = lr;
	virq_requeue(g, intid, virq_level(&g->irq[intid]));
}
