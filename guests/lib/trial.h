/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest needs that tries things out: claims, instructions that may fault, interrupts that
 * are counted, code at EL0. A guest that uses any of this leaves its exceptions to it.
 */
#ifndef PARTITA_GUESTS_LIB_TRIAL_H
#define PARTITA_GUESTS_LIB_TRIAL_H

#include "guests/lib/cpu.h"
#include <stdbool.h>
#include <stdint.h>

#define CPUS_MAX 8

/* ---- Cases and their claims: of the first CPU alone ---- */

struct tally {
	uint64_t passed, failed, skipped;
};

/* Claims that this value is the wanted one; the first claim of a case that fails is told. */
void expect(const char *what, uint64_t value, uint64_t wanted);

/* The rest of the case cannot be tried on this machine. */
void skip(const char *why);

/* Runs a case, unless `why_not`, and prints "WHO: NAME: ok", "FAILED (..)" or "skipped (..)". */
void trial_run(struct tally *tally, const char *who, const char *name, void (*run)(void),
	       const char *why_not);

/* ---- Time ---- */

/* Ticks of the counter. */
uint64_t ticks_of_ms(uint64_t ms);
#define PATIENCE_MS 1000         /* until something that must come is given up */
#define QUIET_MS 2               /* in which something that must not come would have come */

/* ---- Instructions that may fault ---- */

struct fault_note {
	volatile uint32_t armed; /* so many faults are expected, noted, and skipped */
	volatile bool taken;
	volatile uint64_t esr, far, elr, spsr; /* of the last */
	volatile uint64_t count;
};

/* Each CPU's own, as errno is. */
struct fault_note *fault_here(void);
#define fault (*fault_here())

/* A fault that nobody armed ends the machine; a guest may go on from somewhere else instead. */
extern void (*fault_unexpected)(void);

/* Executes one instruction: %1 is `value` and its result, %2 and x9 are `address`, x10 may be used.
 * Returns the address of the instruction. */
#define ATTEMPT(instruction, address, value)                                                   \
	({                                                                                     \
		uint64_t attempt_pc_;                                                          \
		fault.taken = false;                                                           \
		fault.armed = 1;                                                               \
		__asm__ volatile("mov x9, %2\n\tadr %0, 1f\n1:\t" instruction                 \
				 : "=&r"(attempt_pc_), "+r"(value)                             \
				 : "r"((uint64_t)(address))                                    \
				 : "x9", "x10", "x30", "memory", "cc");                        \
		fault.armed = 0;                                                               \
		attempt_pc_;                                                                   \
	})

#define ESR_EC(esr) ((esr) >> 26 & 0x3f)
#define ESR_FSC(esr) ((esr) & 0x3f)
#define ESR_WNR(esr) ((esr) >> 6 & 1)
#define EC_UNKNOWN 0x00
#define EC_FP 0x07
#define EC_ILLEGAL_STATE 0x0e
#define EC_SVC32 0x11
#define EC_SVC 0x15
#define EC_SYSREG 0x18
#define EC_IABT_LOWER 0x20
#define EC_IABT_SAME 0x21
#define EC_PC_ALIGNMENT 0x22
#define EC_DABT_LOWER 0x24
#define EC_DABT_SAME 0x25
#define EC_SP_ALIGNMENT 0x26
#define EC_BRK 0x3c
#define FSC_EXTERNAL 0x10
#define FSC_EXTERNAL_WALK 0x14   /* | level */

/* ---- Interrupts ---- */

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

/* ---- EL0 ---- */

/*
 * RAM at EL0 is the same RAM, this much further up (below 4 GiB, for AArch32); EL1's own addresses
 * are not EL0's. Code that only uses addresses relative to itself runs at both.
 */
#define EL0_ALIAS 0x40000000ull

void el0_open(void);

/* Calls a function at EL0, or at EL1 with SP_EL0, with this processor state (SPSR_EL1) and returns its
 * x0. `function` is EL1's address of it; it ends by `svc #0` and has a stack. All its registers are
 * `argument`. AArch32 ends by any exception. */
uint64_t el0_call(const void *function, uint64_t argument, uint64_t pstate);
#define SPSR_EL0t 0x3c0
#define SPSR_EL1t 0x3c4
#define SPSR_A32 0x1d0
#define SPSR_T32 0x1f0
#define SPSR_EL1h 0x3c5

#endif
