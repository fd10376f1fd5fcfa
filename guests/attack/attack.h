/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The attacker: cases that try to reach what their VM does not own, to exhaust what is shared, or
 * to confuse whoever answers. Each case knows what must come of it. Its name begins with the row of
 * docs/attacks.md that it belongs to.
 */
#ifndef PARTITA_ATTACK_H
#define PARTITA_ATTACK_H

#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/trial.h"
#include "guests/lib/uart.h"
#include <stdbool.h>
#include <stdint.h>

enum when {
	SHORT,                 /* with all others */
	SWEEP,                 /* alone: takes long, or leaves its machine in no state to go on */
	LAST,                  /* alone: the machine ends or starts anew */
};

struct attack {
	const char *name;
	enum when when;
	void (*run)(void);
};

#define ATTACKS(F)                                                                    \
	F(memory) F(tables) F(register) F(exception) F(debug) F(sysreg) F(device) F(line) \
	F(interrupt) F(call) F(cpu) F(life) F(shared)
#define ATTACK_DECLARE(group)                        \
	extern const struct attack group##_attacks[]; \
	extern const uint32_t group##_attack_count;
ATTACKS(ATTACK_DECLARE)

/* A number from the command, for those that choose at random. */
extern uint64_t attack_seed;
uint64_t attack_random(void);

/* ---- What the description (tests/attack/attack.dts) gives ---- */

#define RAM_BYTES 0x01000000ull
#define RAM_END (RAM_BASE + RAM_BYTES)
#define SPIS 32
#define VCPUS 2
#define RTC_REAL RTC_BASE        /* the board's own PL031 */
#define RTC_BYTES 0x1000
#define PAGE_BYTES 0x1000
#define UART_BYTES 0x1000
#define GICD_BYTES 0x10000
#define GICR_END (GICR_BASE + VCPUS * GICR_FRAME_BYTES)
#define FOREIGN_DEVICE 0x09030000 /* the witness' */
#define FOREIGN_INTID 39
#define HOLE 0x0b000000
#define ROM_BASE 0x10000000
#define ROM_BYTES 0x20000
#define CHANNEL_BYTES 0x10000   /* guests/lib/channel.h: where the tool puts a first channel */
#define IPA_BITS 36

/* True if the VM has something in these bytes of its address space. */
bool mine(uint64_t ipa, uint64_t bytes);

/* ---- Windows: a page of any address, at any attributes (tables.c) ---- */

enum window {
	WINDOW_NORMAL,
	WINDOW_DEVICE,
	WINDOW_UNCACHED,
	WINDOW_EL0,            /* Normal, for EL0 too, and so not executable at EL1 */
	WINDOW_GIB,            /* the whole GiB, Normal */
};

/* Maps the page (or GiB) of this address; the virtual address of `ipa` itself. */
uint64_t window_open(enum window kind, uint64_t ipa);

/* With tables of the other half of addresses there: an access faults at EL1, whatever they are. */
bool window_of_root(uint64_t ipa);

/* ---- Outcomes ---- */

/* The last ATTEMPT took no fault. */
void expect_no_fault(const char *what);

/* It took this one, at the instruction there. */
void expect_fault(const char *what, uint64_t ec, uint64_t pc);
void expect_abort(const char *what, uint64_t ec, uint64_t far);

#define TRY(instruction, address)                                   \
	({                                                          \
		uint64_t try_value_ = 0;                            \
		(void)ATTEMPT(instruction, address, try_value_);    \
		try_value_;                                         \
	})
#define TRY_FETCH(address) (void)TRY("blr %2", address)
#define EXPECT_UNDEFINED(instruction)                                                        \
	do {                                                                                 \
		uint64_t undefined_value_ = 0;                                               \
		uint64_t undefined_pc_ = ATTEMPT(instruction, 0, undefined_value_);          \
		expect_fault(instruction, EC_UNKNOWN, undefined_pc_);                        \
	} while (0)

/* A register that reads as zero whatever is written. */
#define EXPECT_RAZ_WI(name)                                                     \
	do {                                                                    \
		uint64_t value_ = ~0ull;                                        \
		(void)ATTEMPT("msr " name ", %1", 0, value_);                   \
		expect_no_fault("write of " name);                              \
		(void)ATTEMPT("mrs %1, " name, 0, value_);                      \
		expect_no_fault("read of " name);                               \
		expect(name, value_, 0);                                        \
	} while (0)

/* ---- Time and the second CPU (cpus.c) ---- */

bool until(bool (*reached)(void));

/* Runs a function on the second vCPU, which goes off when it returns. */
bool second_start_running(void (*run)(void));
bool second_is_off(void);
bool second_wait_off(void);

/* ---- Devices ---- */

uint64_t mmio_read(uint64_t address, uint32_t bytes);
void mmio_write(uint64_t address, uint32_t bytes, uint64_t value);

#endif
