/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How late something came, again and again: smallest, mean, largest, and a histogram whose
 * columns double: below 250 ns, 500 ns, 1 us ... 256 us, and all above. Times are in ticks of
 * the counter.
 */
#ifndef PARTITA_RTOS_LATENCY_H
#define PARTITA_RTOS_LATENCY_H

#include <stdint.h>

#define LATENCY_COLUMNS 12
#define LATENCY_FIRST_NS 250

struct latency {
	uint64_t count;
	uint64_t least, most, sum;
	uint64_t column[LATENCY_COLUMNS];
};

void latency_add(struct latency *latency, uint64_t ticks);

/* Adds what `more` has seen. */
void latency_merge(struct latency *latency, const struct latency *more);

/* Prints "min 320 mean 410 max 2900 ns", and "[.:|#:. ]". */
void latency_print(const struct latency *latency);
void latency_print_histogram(const struct latency *latency);

#endif
