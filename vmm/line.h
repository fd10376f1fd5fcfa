/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The level line of a model: one bit of the page of lines that the kernel samples (abi/upcall.h).
 * Who moves a line tells the kernel by OP_LINES.
 */
#ifndef PARTITA_VMM_LINE_H
#define PARTITA_VMM_LINE_H

#include <stdbool.h>
#include <stdint.h>

struct line {
	uint32_t *word;
	uint32_t bit;
	bool up;
};

/* `word` of the page, and the interrupt's number in it. The life before may have ended with the
 * line up. */
static inline void line_reset(struct line *l, uint32_t *word, uint32_t number)
{
	l->word = word;
	l->bit = 1u << number;
	l->up = false;
	__atomic_fetch_and(l->word, ~l->bit, __ATOMIC_RELAXED);
}

/*
 * True: it has changed. Other models' lines share the word, hence the atomics. Relaxed: who samples
 * it needs no other data of ours, and the kernel's signal that follows a change orders itself
 * against the sampling.
 */
static inline bool line_set(struct line *l, bool up)
{
	if (up == l->up)
		return false;
	l->up = up;
	if (up)
		__atomic_fetch_or(l->word, l->bit, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(l->word, ~l->bit, __ATOMIC_RELAXED);
	return true;
}

#endif
