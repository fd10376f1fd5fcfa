/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/rtos/latency.h"
#include "guests/lib/cpu.h"
#include "guests/lib/uart.h"

#define NS_PER_S 1000000000ull

static uint64_t ticks_to_ns(uint64_t ticks)
{
	return ticks * NS_PER_S / sysreg_read("cntfrq_el0");
}

void latency_add(struct latency *latency, uint64_t ticks)
{
	uint64_t limit = LATENCY_FIRST_NS, ns = ticks_to_ns(ticks);
	uint32_t column = 0;

	while (ns >= limit && column < LATENCY_COLUMNS - 1) {
		limit *= 2;
		column++;
	}
	latency->column[column]++;
	if (latency->count == 0 || ticks < latency->least)
		latency->least = ticks;
	if (ticks > latency->most)
		latency->most = ticks;
	latency->sum += ticks;
	latency->count++;
}

void latency_merge(struct latency *latency, const struct latency *more)
{
	if (more->count == 0)
		return;
	if (latency->count == 0 || more->least < latency->least)
		latency->least = more->least;
	if (more->most > latency->most)
		latency->most = more->most;
	latency->sum += more->sum;
	latency->count += more->count;
	for (uint32_t i = 0; i < LATENCY_COLUMNS; i++)
		latency->column[i] += more->column[i];
}

/* How dense a column is: nothing, one at all, and then from 1, 4, 16 and 64 percent. */
static char column_mark(uint64_t part, uint64_t all)
{
	static const char marks[] = ".:+|#";
	uint64_t percent = 1;
	uint32_t mark = 0;

	if (part == 0)
		return ' ';
	for (; mark < sizeof(marks) - 2 && part * 100 >= percent * all; percent *= 4)
		mark++;
	return marks[mark];
}

void latency_print(const struct latency *latency)
{
	uint64_t mean = latency->count ? latency->sum / latency->count : 0;

	print("min %u mean %u max %u ns", ticks_to_ns(latency->least), ticks_to_ns(mean),
	      ticks_to_ns(latency->most));
}

void latency_print_histogram(const struct latency *latency)
{
	uart_put('[');
	for (uint32_t i = 0; i < LATENCY_COLUMNS; i++)
		uart_put(column_mark(latency->column[i], latency->count));
	uart_put(']');
}
