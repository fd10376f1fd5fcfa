/* SPDX-License-Identifier: Apache-2.0 */
/* Lives of this machine: what it finds at its start, and ends that come at a bad time. */
#include "guests/attack/life.h"
#include "guests/attack/attack.h"
#include "guests/attack/state.h"
#include "guests/attack/state_end.h"

#define PSCI_SYSTEM_RESET 0x84000009
#define PSCI_SYSTEM_RESET2 0xc4000012
#define TREE_BYTES 0x10000       /* at most; the tree says how much it is */

extern const uint8_t stack_top[];

void vectors_fill(uint64_t pattern);
uint64_t vectors_not_zero(void); /* how many */

/* What state.S noted at the first instruction, and what it had to be. */
extern const uint64_t state_at_start[];
_Noreturn void state_dirty(uint64_t end);

#define STATE_ROW(name, reg, value) { #name, value },
static const struct {
	const char *name;
	uint64_t value;
} states[] = { STATE(STATE_ROW) { "SP_EL1", 0 }, STATE_LATER(STATE_ROW) };
#define STATES (sizeof states / sizeof states[0])
_Static_assert(STATES * 8 <= STATE_BYTES, "state.S has room for them");

static struct {
	uint64_t words;        /* of memory that are not zero, outside image and device tree */
	uint64_t first;        /* of them */
	uint64_t vectors;      /* registers that are not zero */
	uint64_t active, pending; /* interrupts */
} start;

static uint64_t tree_bytes(uint64_t device_tree)
{
	/* Its second word, big-endian: "totalsize". */
	return __builtin_bswap32(mmio_read32(device_tree + 4)) % TREE_BYTES;
}

static void memory_note(uint64_t from, uint64_t to)
{
	for (uint64_t at = from; at < to; at += 8) {
		if (!*(volatile uint64_t *)at)
			continue;
		if (!start.words++)
			start.first = at;
	}
}

void life_begin(uint64_t device_tree)
{
	uint64_t tree_end = (device_tree + tree_bytes(device_tree) + 7) & ~7ull;

	sysreg_write("cpacr_el1", 3u << 20);
	cpu_isb();
	start.vectors = vectors_not_zero();
	memory_note((uint64_t)stack_top, device_tree);
	memory_note(tree_end, RAM_END);
	for (uint64_t frame = 0; frame < VCPUS; frame++) {
		uint64_t base = GICR_BASE + frame * GICR_FRAME_BYTES + GICR_SGI_FRAME;

		start.pending |= mmio_read32(base + GIC_ISPENDR);
		start.active |= mmio_read32(base + GIC_ISACTIVER);
	}
	start.pending |= mmio_read32(GICD_BASE + GIC_ISPENDR + 4);
	start.active |= mmio_read32(GICD_BASE + GIC_ISACTIVER + 4);
}

static void memory_at_start(void)
{
	expect("an address that is not zero", start.first, 0);
	expect("words that are not zero", start.words, 0);
}

/* What hardware makes of zero. */
#define EXPECT_FIXED(name, reg, value)                                       \
	if ((value) == STATE_FIXED) {                                        \
		uint64_t was_ = sysreg_read(#reg);                           \
		sysreg_write(#reg, 0);                                       \
		expect(#name, state_at_start[at], sysreg_read(#reg));        \
		sysreg_write(#reg, was_);                                    \
	}                                                                    \
	at++;

static void registers_at_start(void)
{
	uint32_t at = 0, absent = 0;

	STATE(EXPECT_FIXED)
	for (uint32_t i = 0; i < STATES; i++) {
		if (state_at_start[i] == STATE_ABSENT)
			absent++;
		else if (states[i].value != STATE_FIXED)
			expect(states[i].name, state_at_start[i], states[i].value);
	}
	expect("vector registers", start.vectors, 0);
	print("attack: %u registers at the start, %u of them not on this core\n", STATES, (uint64_t)absent);
}

/* But for the line of a real device, which nobody but its guest quiets. */
static void interrupts_at_start(void)
{
	expect("pending", start.pending & ~(1u << (INTID_RTC - 32)), 0);
	expect("active", start.active, 0);
}

/* ---- Ends at a bad time. Each leaves as much behind as it can ---- */

static void reset(void)
{
	cpu_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	expect("SYSTEM_RESET came back", 1, 0);
}

static void everything_dirty(void)
{
	for (uint64_t at = (uint64_t)stack_top; at < RAM_END; at += 8)
		*(volatile uint64_t *)at = 0xdead0000beef0000 | at;
	vectors_fill(0xfeedfacefeedface);
	gic_open_distributor();
	for (uint32_t intid = 0; intid < 64; intid++) {
		gic_set_bit(GIC_ISENABLER, intid);
		gic_set_bit(GIC_ISPENDR, intid);
		if (intid % 2)
			gic_set_bit(GIC_ISACTIVER, intid);
	}
	/* The board's own clock rings, and its interrupt is acknowledged but not ended. */
	mmio_write32(RTC_REAL + 0x10, 1);
	mmio_write32(RTC_REAL + 0x04, mmio_read32(RTC_REAL));
	(void)gic_acknowledge();
	sysreg_write("cntv_cval_el0", 0);
	sysreg_write("cntv_ctl_el0", 1);
	sysreg_write("cntp_cval_el0", 0);
	sysreg_write("cntp_ctl_el0", 1);
}

static void reset_with_everything_dirty(void)
{
	everything_dirty();
	state_dirty(PSCI_SYSTEM_RESET);
}

static void wait_for_ever(void)
{
	for (;;)
		cpu_wfi();
}

static void spin_for_ever(void)
{
	for (;;)
		;
}

static void mmio_for_ever(void)
{
	for (;;)
		mmio_write32(GICD_BASE + GIC_ISPENDR + 4, mmio_read32(UART_BASE + UARTFR) | ~0u);
}

static void call_for_ever(void)
{
	for (;;)
		cpu_hvc(PSCI_AFFINITY_INFO, 1, 0, 0);
}

static void reset_now(void)
{
	reset();
}

static void wait_ms(uint64_t ms)
{
	uint64_t end = counter_now() + ticks_of_ms(ms);

	while (counter_now() < end)
		cpu_yield();
}

static void reset_beside(void (*other)(void))
{
	if (!second_start_running(other))
		return;
	wait_ms(20);
	reset();
}

static void reset_beside_wait(void)
{
	reset_beside(wait_for_ever);
}

static void reset_beside_spin(void)
{
	reset_beside(spin_for_ever);
}

static void reset_beside_mmio(void)
{
	reset_beside(mmio_for_ever);
}

static void reset_beside_call(void)
{
	reset_beside(call_for_ever);
}

static void reset_by_second(void)
{
	if (second_start_running(reset_now))
		mmio_for_ever();
}

static void reset_by_both(void)
{
	if (second_start_running(reset_now))
		reset();
}

static void suspend_for_ever(void)
{
	for (;;)
		cpu_hvc(PSCI_CPU_SUSPEND, 0, 0, 0);
}

static void reset_beside_suspend(void)
{
	reset_beside(suspend_for_ever);
}

static void reset_right_after_cpu_on(void)
{
	if (second_start_running(spin_for_ever))
		reset();
}

static void reset2(void)
{
	everything_dirty();
	cpu_smc(PSCI_SYSTEM_RESET2, 0, 0, 0);
	expect("SYSTEM_RESET2 came back", 1, 0);
}

/* ---- A CPU that only takes exceptions, for ever ---- */

static void vectors_in_a_hole(void)
{
	sysreg_write("vbar_el1", HOLE);
	cpu_isb();
	__asm__ volatile("udf #0");
}

static void stack_in_a_hole(void)
{
	__asm__ volatile("mov sp, %0\n\tudf #0" : : "r"((uint64_t)HOLE));
}

/* Vectors where only undefined instructions are: each injects the next. */
static void vectors_of_zeros(void)
{
	sysreg_write("vbar_el1", (RAM_END - 0x10000));
	cpu_isb();
	__asm__ volatile("mrs x0, S3_0_C15_C0_0" : : : "x0");
}

static void translation_of_nothing(void)
{
	sysreg_write("ttbr0_el1", HOLE);
	__asm__ volatile("tlbi vmalle1\n\tdsb ish\n\tisb");
}

static void vectors_hole_beside(void)
{
	reset_beside(vectors_in_a_hole);
}

static void stack_hole_beside(void)
{
	reset_beside(stack_in_a_hole);
}

static void vectors_zeros_beside(void)
{
	reset_beside(vectors_of_zeros);
}

static void translation_beside(void)
{
	reset_beside(translation_of_nothing);
}

static void off_by_second(void)
{
	cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}

static void system_off_by_second(void)
{
	if (second_start_running(off_by_second))
		spin_for_ever();
}

const struct attack life_attacks[] = {
	{ "M18_memory_at_start", SHORT, memory_at_start },
	{ "M18_registers_at_start", SHORT, registers_at_start },
	{ "M18_interrupts_at_start", SHORT, interrupts_at_start },
	{ "L02_reset_with_everything_dirty", LAST, reset_with_everything_dirty },
	{ "L02_reset_beside_a_vcpu_that_waits", LAST, reset_beside_wait },
	{ "L02_reset_beside_a_vcpu_that_spins", LAST, reset_beside_spin },
	{ "L02_reset_beside_a_vcpu_at_devices", LAST, reset_beside_mmio },
	{ "L02_reset_beside_a_vcpu_that_calls", LAST, reset_beside_call },
	{ "L02_reset_beside_a_vcpu_that_suspends", LAST, reset_beside_suspend },
	{ "L02_reset_right_after_cpu_on", LAST, reset_right_after_cpu_on },
	{ "L03_reset_by_the_second_vcpu", LAST, reset_by_second },
	{ "L03_reset_by_both", LAST, reset_by_both },
	{ "R09_vectors_in_a_hole", LAST, vectors_hole_beside },
	{ "R09_stack_in_a_hole", LAST, stack_hole_beside },
	{ "R09_vectors_of_undefined_instructions", LAST, vectors_zeros_beside },
	{ "R09_translation_of_nothing", LAST, translation_beside },
	{ "H07_system_reset2", LAST, reset2 },
	{ "H07_system_off_by_the_second_vcpu", LAST, system_off_by_second },
};
const uint32_t life_attack_count = sizeof life_attacks / sizeof life_attacks[0];
