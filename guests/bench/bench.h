/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bench: what one event costs, as a guest's counter sees it. An event is a function that makes
 * it happen once and returns the ticks that it took; main.c repeats it and prints the sum of it.
 */
#ifndef PARTITA_BENCH_BENCH_H
#define PARTITA_BENCH_BENCH_H

#define SGI_TO_SELF 1
#define SGI_TO_SECOND 2
#define SGI_TO_FIRST 3
#define SPI 40                  /* that no device uses, here or on QEMU's board */

#ifndef __ASSEMBLER__
#include <stdbool.h>
#include <stdint.h>

/* What an event needs that not every machine has. */
enum needs {
	NOTHING,
	SMC,            /* undefined at EL1 without a hypervisor or firmware */
	SECOND_CPU,
};

struct event {
	const char *name;
	enum needs needs;
	void (*prepare)(void);   /* before each sample, or 0 */
	uint64_t (*sample)(void);
};

extern const struct event call_events[], register_events[], interrupt_events[], cpu_events[],
	refused_events[];
extern const uint32_t call_count, register_count, interrupt_count, cpu_count, refused_count;

/* The ticks that are left without those which the measurement around nothing at all takes. */
uint64_t ticks_net(uint64_t ticks);

/* Is there a second CPU? */
bool second_is_there(void);

/* The second CPU's interrupt, that arrived then. */
void second_answers(uint64_t arrival);

/* Operands in registers that a called function may change, as compilers have most of what they write to
 * a device and nearly all that they compute for one instruction. */
#define OPERANDS(a_value, b_value)                                \
	register uint64_t a_ __asm__("x4") = (uint64_t)(a_value); \
	register uint64_t b_ __asm__("x5") = (uint64_t)(b_value)

/*
 * Ticks that `instructions` take, which may use %[a], %[b] and x0 to x17. ISB: the counter is not
 * read early, nor before they are done. What the measurement itself takes is subtracted.
 */
#define TICKS(instructions, a_value, b_value)                                                       \
	({                                                                                          \
		uint64_t begin_, end_;                                                              \
		OPERANDS(a_value, b_value);                                                         \
		__asm__ volatile("isb\n\tmrs %[begin], cntvct_el0\n\t" instructions               \
				 "\n\tisb\n\tmrs %[end], cntvct_el0"                                \
				 : [begin] "=&r"(begin_), [end] "=&r"(end_), [a] "+r"(a_),          \
				   [b] "+r"(b_)                                                     \
				 :                                                                  \
				 : "x0", "x1", "x2", "x3", "x6", "x7", "x8", "x9", "x10", "x11",    \
				   "x12", "x13", "x14", "x15", "x16", "x17", "memory");             \
		ticks_net(end_ - begin_);                                                               \
	})

/* When `instructions` began, and when the interrupt arrived that they lead to: nothing is subtracted. */
struct arrival {
	uint64_t begin, end;
};

/*
 * How to wait for it: what comes before the instructions, and what is repeated. A CPU that sleeps
 * has its interrupts masked until it woke, else one that comes just before WFI is slept through.
 */
#define SPIN "msr daifclr, #2", "yield"
#define SLEEP "nop", "wfi\n\tmsr daifclr, #2\n\tisb\n\tmsr daifset, #2"

#define ARRIVAL(instructions, wait, a_value, b_value) ARRIVAL_BY(instructions, wait, a_value, b_value)
#define ARRIVAL_BY(instructions, before, again, a_value, b_value)                                   \
	({                                                                                          \
		struct arrival arrival_;                                                            \
		OPERANDS(a_value, b_value);                                                         \
		__asm__ volatile("mov x28, #0\n\t" before                                           \
				 "\n\tisb\n\tmrs %[begin], cntvct_el0\n\t" instructions             \
				 "\n1:\t" again "\n\tcbz x28, 1b\n\t"                               \
				 "msr daifset, #2\n\tmov %[end], x28"                               \
				 : [begin] "=&r"(arrival_.begin), [end] "=&r"(arrival_.end),        \
				   [a] "+r"(a_), [b] "+r"(b_)                                       \
				 :                                                                  \
				 : "x0", "x1", "x2", "x3", "x6", "x7", "x8", "x9", "x10", "x11",    \
				   "x12", "x13", "x14", "x15", "x16", "x17", "x28", "memory");      \
		arrival_;                                                                           \
	})
#endif

#endif
