/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe: cases that ask the machine for what the architecture promises. Most hold on any
 * machine like QEMU's `virt`, and so are checked against QEMU itself; some only hold for what
 * Partita gives a VM. A case makes claims with expect(); the first that fails is told.
 */
#ifndef PARTITA_PROBE_PROBE_H
#define PARTITA_PROBE_PROBE_H

#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"
#include <stdbool.h>
#include <stdint.h>

enum where {
	ANYWHERE,
	PARTITA_ONLY,
};

struct probe_case {
	const char *name;
	enum where where;
	void (*run)(void);
};

extern const struct probe_case call_cases[], register_cases[], fault_cases[], gic_cases[], timer_cases[],
	physical_cases[], kctl_cases[], clock_cases[], uart_cases[], cpu_cases[], flow_cases[];
extern const uint32_t call_count, register_count, fault_count, gic_count, timer_count, physical_count,
	kctl_count, clock_count, uart_count, cpu_count, flow_count;

/* Claims that this value is the wanted one. */
void expect(const char *what, uint64_t value, uint64_t wanted);

/* The rest of the case cannot be tried on this machine. */
void skip(const char *why);

/* ---- Time ---- */

/* Ticks of the counter. */
uint64_t ticks_of_ms(uint64_t ms);
#define PATIENCE_MS 1000         /* until something that must come is given up */
#define QUIET_MS 2               /* in which something that must not come would have come */

/* ---- Instructions that may fault (exception.c) ---- */

struct fault {
	volatile bool armed;   /* one fault is expected, and skipped */
	volatile bool taken;
	volatile uint64_t esr, far, elr;
};
extern struct fault fault;

/* Executes one instruction: %1 is `value` and its result, %2 and x9 are `address`, x10 may be used.
 * Returns the address of the instruction. */
#define ATTEMPT(instruction, address, value)                                                   \
	({                                                                                     \
		uint64_t attempt_pc_;                                                          \
		fault.taken = false;                                                           \
		fault.armed = true;                                                            \
		__asm__ volatile("mov x9, %2\n\tadr %0, 1f\n1:\t" instruction                 \
				 : "=&r"(attempt_pc_), "+r"(value)                             \
				 : "r"((uint64_t)(address))                                    \
				 : "x9", "x10", "x30", "memory", "cc");                        \
		fault.armed = false;                                                           \
		attempt_pc_;                                                                   \
	})

/* Executes user.S's code at EL0, up to an exception that is expected; what x0 is then. */
uint64_t user_run(const uint32_t *code);

#define ESR_EC(esr) ((esr) >> 26 & 0x3f)
#define ESR_FSC(esr) ((esr) & 0x3f)
#define ESR_WNR(esr) ((esr) >> 6 & 1)
#define EC_UNKNOWN 0x00
#define EC_IABT_SAME 0x21
#define EC_DABT_SAME 0x25
#define EC_BRK 0x3c
#define FSC_EXTERNAL 0x10
#define FSC_EXTERNAL_WALK 0x14   /* | level */

/* ---- Interrupts (exception.c) ---- */

#define TAKEN_MAX 64

/* What a CPU has acknowledged, in order. */
struct taken {
	volatile uint32_t count;
	volatile uint32_t intid[TAKEN_MAX];
};

/* This CPU's, and that of the CPU with this Aff0. */
struct taken *taken(void);
struct taken *taken_of(uint64_t cpu);

/* Forgets what was taken, and sets what is done with an interrupt before its end; 0: nothing. */
void taken_clear(void (*handler)(uint32_t intid));

/* With interrupts open, until so many were taken; false: they did not come. */
bool taken_wait(uint32_t count);

/* With interrupts open, for a while: nothing came. */
bool taken_nothing(void);

/* ---- A second CPU that works for the first (cpus.c) ---- */

#define MPIDR_SECOND 1
#define SGI_TO_SECOND 3          /* enabled there as soon as it is on */

/* Starts it, with interrupts masked; false: there is none (the case is skipped) or it failed. */
bool second_hire(void);
/* It executes `job`; _end waits until it has, _does is both. */
void second_begin(void (*job)(void));
void second_end(void);
void second_does(void (*job)(void));
/* It switches itself off. */
void second_dismiss(void);

#endif
