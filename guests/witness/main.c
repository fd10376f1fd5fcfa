/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bystander. It keeps memory, registers and a device of its own in a known state and has a
 * deadline every millisecond; after each it looks at some of it. It tells what has changed, and
 * ten times a second how it is:
 *
 *     witness: beat 12: missed 0, late at most 3180 ns, 12 looks at all memory, changed 0
 *
 * Whatever happens in another VM, `missed` and `changed` stay 0, and no beat is left out.
 */
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/trial.h"
#include "guests/lib/uart.h"
#include "guests/witness/witness.h"

#define PERIODS_PER_SECOND 1000
#define PERIODS_PER_BEAT 100
#define TIMER_ENABLE 1
#define MEMORY_WORDS 65536
#define MEMORY_WORDS_PER_PERIOD 1024

/* The board's GPIO controller (PL061, DDI 0190), this guest's alone: its pins' directions. */
#define GPIODIR 0x09030400
#define GPIODIR_PATTERN 0x5a

static struct {
	uint64_t number;
	uint64_t missed;
	uint64_t late;         /* at most, ticks */
	uint64_t looks;        /* at all of its memory */
	uint64_t changed;
} state;

static void changed(const char *what, uint64_t index, uint64_t is, uint64_t was)
{
	state.changed++;
	print("witness: CHANGED: %s %u is %x, was %x\n", what, index, is, was);
}

/* ---- Deadlines ---- */

static uint64_t period, deadline;

static void timer_taken(uint32_t intid)
{
	uint64_t late = counter_now() - deadline, skipped = late / period;

	(void)intid;
	state.missed += skipped;
	if (late > state.late)
		state.late = late;
	deadline += period * (skipped + 1);
	sysreg_write("cntv_cval_el0", deadline);
	cpu_isb();
}

static void timer_start(void)
{
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	taken_clear(timer_taken);
	period = sysreg_read("cntfrq_el0") / PERIODS_PER_SECOND;
	deadline = counter_now() + period;
	sysreg_write("cntv_cval_el0", deadline);
	sysreg_write("cntv_ctl_el0", TIMER_ENABLE);
	cpu_isb();
}

/* ---- Memory ---- */

static uint64_t memory[MEMORY_WORDS];

/* Another value for each word, so that memory that came from elsewhere shows, too. */
static uint64_t memory_pattern(uint64_t index)
{
	return (index + 1) * 0x9e3779b97f4a7c15;
}

static void memory_fill(void)
{
	for (uint64_t i = 0; i < MEMORY_WORDS; i++)
		memory[i] = memory_pattern(i);
}

static void memory_look(uint64_t number)
{
	uint64_t first = number * MEMORY_WORDS_PER_PERIOD % MEMORY_WORDS;

	for (uint64_t i = first; i < first + MEMORY_WORDS_PER_PERIOD; i++) {
		volatile uint64_t *word = &memory[i];

		if (*word != memory_pattern(i))
			changed("word of memory", i, *word, memory_pattern(i));
	}
	if (first + MEMORY_WORDS_PER_PERIOD == MEMORY_WORDS)
		state.looks++;
}

/* ---- Registers ---- */

/* Those that nothing of this guest changes; values that every bit of theirs can hold. */
#define KEPT(F)                                                                              \
	F(0, "tpidr_el0", 0x1111222233334444) F(1, "tpidrro_el0", 0x2222333344445555)        \
	F(2, "tpidr_el1", 0x3333444455556666) F(3, "contextidr_el1", 0x44445555)             \
	F(4, "mair_el1", 0xff00) F(5, "ttbr1_el1", 0x40001000) F(6, "csselr_el1", 1)         \
	F(7, "cntkctl_el1", 3) F(8, "sp_el0", 0x5555666677778888) F(9, "cpacr_el1", 3u << 20) \
	F(10, "fpcr", 0x00c00000) F(11, "fpsr", 0x0800001f) F(12, "S3_0_C4_C6_0", PMR_ALL)

static void registers_fill(void)
{
	sysreg_write("cpacr_el1", 3u << 20);
	cpu_isb();
#define KEPT_WRITE(index, name, value) sysreg_write(name, value);
	KEPT(KEPT_WRITE)
	vectors_fill();
	mmio_write32(GPIODIR, GPIODIR_PATTERN);
}

static void kept_look(uint64_t index, uint64_t is, uint64_t was)
{
	if (is != was)
		changed("system register", index, is, was);
}

static void registers_look(void)
{
	uint64_t vectors[64];

#define KEPT_LOOK(index, name, value) kept_look(index, sysreg_read(name), value);
	KEPT(KEPT_LOOK)
	vectors_read(vectors);
	for (uint64_t i = 0; i < 64; i++) {
		uint64_t was = (VECTOR_PATTERN + i / 2) * 0x0101010101010101;

		if (vectors[i] != was)
			changed("half of vector register", i, vectors[i], was);
	}
	if (mmio_read32(GPIODIR) != GPIODIR_PATTERN)
		changed("pins' direction", 0, mmio_read32(GPIODIR), GPIODIR_PATTERN);
}

static void general_look(void)
{
	uint64_t held[31];

	general_hold(held);
	for (uint64_t i = 0; i < 31; i++) {
		uint64_t was = (GENERAL_PATTERN + i) << 48 | (GENERAL_PATTERN + i);

		if (held[i] != was)
			changed("general register", i, held[i], was);
	}
}

/* ---- */

static uint64_t ticks_to_ns(uint64_t ticks)
{
	return ticks * 1000000000 / sysreg_read("cntfrq_el0");
}

static void beat(void)
{
	state.number++;
	print("witness: beat %u: missed %u, late at most %u ns, %u looks at all memory, changed %u\n",
	      state.number,
	      state.missed, ticks_to_ns(state.late), state.looks, state.changed);
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree; /* the machine is known */
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	memory_fill();
	registers_fill();
	print("witness: watches\n");
	timer_start();
	for (uint64_t number = 1;; number++) {
		general_look();
		memory_look(number);
		registers_look();
		if (number % PERIODS_PER_BEAT == 0)
			beat();
	}
}
