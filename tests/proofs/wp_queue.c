/* SPDX-License-Identifier: Apache-2.0 */
/* Sets of interrupts ordered by priority (kernel/virq.h), and what puts an interrupt into one. */
#include "kernel/virq.h"

/*@ predicate shape(struct intid_queue *q) =
	1 <= q->words <= 16 && \valid(q) && \valid(q->bits + (0 .. 32 * q->words - 1)) &&
	\separated(q, q->bits + (0 .. 32 * q->words - 1)); */

/*@ requires shape(q) && level < 32 && intid < 64 * q->words;
    assigns q->bits[level * q->words + intid / 64], q->summary[level], q->levels;
    ensures in: bit(q->bits[level * q->words + intid / 64], intid % 64);
    ensures word: bit(q->summary[level], intid / 64);
    ensures level: bit(q->levels, 31 - level);
    ensures others_of_word: \forall integer n; 0 <= n < 64 && n != intid % 64 ==>
	(bit(q->bits[level * q->words + intid / 64], n) <==>
	 bit(\old(q->bits[level * q->words + intid / 64]), n)); */
void queue_insert(struct intid_queue *q, uint32_t level, uint32_t intid);

/*@ requires shape(q) && level < 32 && intid < 64 * q->words;
    assigns q->bits[level * q->words + intid / 64], q->summary[level], q->levels; */
void queue_remove(struct intid_queue *q, uint32_t level, uint32_t intid);

/* What insert and remove keep. That a place is in bounds follows; it is said for the provers. */
/*@ predicate told(struct intid_queue *q) =
	(\forall integer l; 0 <= l < 32 && bit(q->levels, 31 - l) ==> q->summary[l] != 0) &&
	(\forall integer l, w; 0 <= l < 32 && 0 <= w < 32 && bit(q->summary[l], w) ==>
		w < q->words && l * q->words + w < 32 * q->words && q->bits[l * q->words + w] != 0); */

/*@ requires shape(q) && told(q);
    assigns \nothing;
    ensures none: q->levels == 0 ==> \result == INTID_NONE;
    ensures range: q->levels != 0 ==> \result < 64 * q->words; */
uint32_t queue_first(const struct intid_queue *q);

/*@ requires \valid_read(q);
    assigns \nothing;
    ensures \result <==> (q->flags & (VIRQ_PENDING | VIRQ_LINE | VIRQ_HELD)) != 0; */
bool virq_pending(const struct virq *q);

/*@ requires \valid_read(q);
    assigns \nothing;
    ensures not_listed: \result ==> q->lr == LR_NONE;
    ensures not_active: \result ==> (q->flags & VIRQ_ACTIVE) == 0;
    ensures may_come: \result ==> (q->flags & VIRQ_OWNED) != 0 && (q->flags & VIRQ_ENABLED) != 0 &&
	(q->flags & VIRQ_GROUP1) != 0;
    ensures pending: \result ==> (q->flags & (VIRQ_PENDING | VIRQ_LINE | VIRQ_HELD)) != 0; */
bool virq_deliverable(const struct virq *q);

#include "kernel/virq.c"
