/* SPDX-License-Identifier: Apache-2.0 */
/* Reaching for memory: every address that is not this VM's is an external abort, for loads, stores
 * and fetches alike; what lies next to its own is not touched. */
#include "guests/attack/attack.h"

#define MIB2 0x200000ull
#define KIB64 0x10000ull
#define GIB 0x40000000ull
#define PAGE 0x1000ull

/* Records taken from reset on, before any case runs (life.c). */

static void nothing_at(uint64_t ipa)
{
	uint64_t address = window_open(WINDOW_GIB, ipa);

	(void)TRY("ldr %w1, [%2]", address);
	expect_abort("a load", EC_DABT_SAME, address);
	(void)TRY("str wzr, [%2]", address);
	expect_abort("a store", EC_DABT_SAME, address);
	TRY_FETCH(address);
	expect_abort("a fetch", EC_IABT_SAME, address);
}

/* ---- Steps ---- */

static void step_through(uint64_t from, uint64_t to, uint64_t step)
{
	uint64_t window = 0, gib = ~0ull;

	for (uint64_t ipa = from; ipa < to; ipa += step) {
		if (mine(ipa, 4))
			continue;
		if (ipa / GIB != gib)
			window = window_open(WINDOW_GIB, ipa) - ipa;
		gib = ipa / GIB;
		(void)TRY("ldr %w1, [%2]", window + ipa);
		expect_abort("a load", EC_DABT_SAME, window + ipa);
		(void)TRY("str wzr, [%2]", window + ipa);
		expect_abort("a store", EC_DABT_SAME, window + ipa);
		TRY_FETCH(window + ipa);
		expect_abort("a fetch", EC_IABT_SAME, window + ipa);
	}
}

static void every_32_mib(void)
{
	step_through(0, 1ull << IPA_BITS, 16 * MIB2);
}

static void every_2_mib_of_36_bits(void)
{
	step_through(0, 1ull << IPA_BITS, MIB2);
}

/* Beyond what stage 2 translates. */
static void every_2_mib_of_40_bits(void)
{
	step_through(1ull << IPA_BITS, 1ull << 40, MIB2);
}

/* The board's RAM is at these same numbers: the kernel, its tables, the monitors, the witness. */
static void board_memory(void)
{
	step_through(RAM_END, 2 * GIB, 16 * KIB64);
}

static void board_memory_every_page(void)
{
	step_through(RAM_END, 2 * GIB, PAGE);
}

static void board_devices(void)
{
	for (uint64_t ipa = 0x08000000; ipa < 0x0c000000; ipa += KIB64) {
		if (!mine(ipa, KIB64))
			nothing_at(ipa);
	}
	nothing_at(FOREIGN_DEVICE);
	nothing_at(0x09020000); /* fw_cfg, which does DMA */
	nothing_at(0x0a000000); /* virtio */
}

/* ---- Edges ---- */

static void end_of_memory(void)
{
	uint64_t end = window_open(WINDOW_GIB, RAM_END), value = 0x1122334455667788;

	(void)ATTEMPT("str %1, [%2, #-8]", end, value);
	expect_no_fault("the last word");
	expect("the last byte", TRY("ldrb %w1, [%2, #-1]", end), 0x11);
	expect_no_fault("the last byte");
	nothing_at(RAM_END);
	(void)TRY("ldrb %w1, [%2]", end);
	expect_abort("the byte after", EC_DABT_SAME, end);
}

/* Nothing of what lies beyond comes along with what is its own. */
static void across_the_end(void)
{
	uint64_t end = window_open(WINDOW_GIB, RAM_END), value = 0x5a5a;

	(void)ATTEMPT("ldp %1, x10, [%2, #-8]", end, value);
	expect_abort("a pair", EC_DABT_SAME, end);
	(void)TRY("ldr %1, [%2, #-4]", end);
	expect_abort("an unaligned load", EC_DABT_SAME, end);
	(void)TRY("str xzr, [%2, #-1]", end);
	expect_abort("an unaligned store", EC_DABT_SAME, end);
	(void)TRY("ldr %w1, [%2, #-2]", end);
	expect_abort("an unaligned load of a word", EC_DABT_SAME, end);
}

static void across_the_start(void)
{
	uint64_t start = window_open(WINDOW_GIB, RAM_BASE);

	(void)start;
	nothing_at(RAM_BASE - PAGE);
	uint64_t below = window_open(WINDOW_GIB, RAM_BASE - 8);

	(void)TRY("ldrb %w1, [%2, #7]", below);
	expect_abort("the byte before", EC_DABT_SAME, below + 7);
}

static void edges_of_the_address_space(void)
{
	static const uint64_t edges[] = {
		0, 8, PAGE - 8, GIB - 8, (1ull << 32) - 8, 1ull << 32, (1ull << 35), (1ull << 36) - 8,
			1ull << 36,
		(1ull << 39) - 8, 1ull << 39, (1ull << 40) - 8,
	};

	for (uint32_t i = 0; i < sizeof edges / sizeof edges[0]; i++)
		nothing_at(edges[i]);
}

/* An output address beyond TCR_EL1.IPS is the guest's own fault, an address size fault of stage 1. */
static void addresses_too_large(void)
{
	static const uint64_t addresses[] = { 1ull << 40, 1ull << 44, (1ull << 48) - 8 };

	for (uint32_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		(void)TRY("ldr %1, [%2]", window_open(WINDOW_GIB, addresses[i]));
		expect("faulted", fault.taken, true);
		expect("EC", ESR_EC(fault.esr), EC_DABT_SAME);
	}
}

/* ---- Execution ---- */

static void execution_of_devices(void)
{
	static const uint64_t devices[] = { UART_BASE, GICD_BASE, GICR_BASE + GICR_SGI_FRAME, RTC_REAL };

	for (uint32_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
		uint64_t address = window_open(WINDOW_NORMAL, devices[i]);

		TRY_FETCH(address);
		expect_abort("a fetch from a device", EC_IABT_SAME, address);
	}
}

/* HPFAR_EL2 is not valid then: what the guest is told must come from elsewhere. */
static void permission_fault(void)
{
	uint64_t address = window_open(WINDOW_GIB, RTC_REAL + 0x40);

	(void)TRY("ldr %w1, [%2]", window_open(WINDOW_DEVICE, HOLE)); /* leaves another address there */
	TRY_FETCH(address);
	expect_abort("a fetch from a real device", EC_IABT_SAME, address);
}

static void code_that_changes(void)
{
	static uint32_t code[2] __attribute__((aligned(4096))) = { 0, 0xd65f03c0 }; /* .., RET */

	for (uint64_t i = 0; i < 2000; i++) {
		uint64_t wanted = i & 0xff, value = 0;

		code[0] = 0xd2800000 | (uint32_t)wanted << 5 | 1; /* MOV x1, #i */
		if (i % 2)
			__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb"
					 :
					 : "r"(code)
					 : "memory");
		else
			__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ialluis\n\tdsb ish\n\tisb"
					 : : "r"(code) : "memory");
		__asm__ volatile("blr %1\n\tmov %0, x1" : "=r"(value) : "r"(code) : "x1", "x30", "memory");
		expect("what the code does now", value, wanted);
	}
}

/* Another vCPU changes code while it is executed, without any maintenance. */
static uint32_t shared_code[2] __attribute__((aligned(4096))) = { 0xd503201f, 0xd65f03c0 }; /* NOP, RET */
static volatile bool stop;

static void change_code(void)
{
	while (!stop) {
		*(volatile uint32_t *)shared_code = 0xd503201f;
		*(volatile uint32_t *)shared_code = 0x14000001; /* B to the next */
	}
}

static void code_that_another_vcpu_changes(void)
{
	stop = false;
	if (!second_start_running(change_code))
		return;
	for (uint32_t i = 0; i < 20000; i++)
		__asm__ volatile("blr %0" : : "r"(shared_code) : "x30", "memory");
	stop = true;
	expect("the second vCPU ends", second_wait_off(), true);
}

/* ---- Storms: nothing to see here; the witness must not see anything either ---- */

#define STORM 20000

static void set_way_storm(void)
{
	for (uint64_t i = 0; i < STORM; i++) {
		uint64_t way = i << 4;

		__asm__ volatile("dc isw, %0\n\tdc csw, %0\n\tdc cisw, %0" : : "r"(way) : "memory");
	}
}

static void tlbi_storm(void)
{
	for (uint64_t i = 0; i < STORM; i++)
		__asm__ volatile("tlbi vmalle1is\n\ttlbi vaae1is, %0\n\ttlbi aside1is, %0\n\tdsb ish"
				 :
				 : "r"(i)
				 : "memory");
}

static void cache_storm(void)
{
	for (uint64_t i = 0; i < STORM; i++)
		__asm__ volatile("ic ialluis\n\tdc civac, %0\n\tdc cvac, %0\n\tdsb ish"
				 :
				 : "r"(RAM_BASE + i * 64)
				 : "memory");
}

/* Maintenance by address where nothing is, or where a device is. */
static void maintenance_of_holes(void)
{
	static const uint64_t places[] = { HOLE, UART_BASE, GICD_BASE, RTC_REAL, RAM_END, FOREIGN_DEVICE };

	for (uint32_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		uint64_t address = window_open(WINDOW_NORMAL, places[i]), value = 0;

		(void)ATTEMPT("dc cvac, %2", address, value);
		(void)ATTEMPT("dc civac, %2", address, value);
		(void)ATTEMPT("dc ivac, %2", address, value);
		(void)ATTEMPT("ic ivau, %2", address, value);
		(void)ATTEMPT("prfm pldl1keep, [%2]", address, value);
		expect_no_fault("maintenance by address");
	}
	(void)TRY("dc zva, %2", window_open(WINDOW_NORMAL, HOLE));
	expect("DC ZVA faults", fault.taken, true);
	expect("EC", ESR_EC(fault.esr), EC_DABT_SAME);
}

/* ---- Exclusives ---- */

static volatile uint64_t counter;

static void count_up(void)
{
	for (uint32_t i = 0; i < STORM; i++)
		__asm__ volatile("1:\tldxr x9, [%0]\n\tadd x9, x9, #1\n\tstxr w10, x9, [%0]\n\tcbnz w10, 1b"
				 :
				 : "r"(&counter)
				 : "x9", "x10", "memory");
}

static void exclusives_of_two(void)
{
	counter = 0;
	if (!second_start_running(count_up))
		return;
	count_up();
	expect("the second vCPU ends", second_wait_off(), true);
	expect("the count", counter, 2 * STORM);
}

const struct attack memory_attacks[] = {
	{ "M01_every_32_mib", SHORT, every_32_mib },
	{ "M01_every_2_mib_of_36_bits", SWEEP, every_2_mib_of_36_bits },
	{ "M01_every_2_mib_of_40_bits", SWEEP, every_2_mib_of_40_bits },
	{ "M01_the_boards_devices", SHORT, board_devices },
	{ "M02_end_of_memory", SHORT, end_of_memory },
	{ "M02_across_the_end", SHORT, across_the_end },
	{ "M02_before_the_start", SHORT, across_the_start },
	{ "M03_edges_of_the_address_space", SHORT, edges_of_the_address_space },
	{ "M03_addresses_too_large", SHORT, addresses_too_large },
	{ "M04_memory_of_kernel_and_neighbours", SHORT, board_memory },
	{ "M04_every_page_of_the_board", SWEEP, board_memory_every_page },
	{ "M06_execution_of_devices", SHORT, execution_of_devices },
	{ "M09_permission_fault", SHORT, permission_fault },
	{ "M11_code_that_changes", SHORT, code_that_changes },
	{ "M11_code_that_another_vcpu_changes", SHORT, code_that_another_vcpu_changes },
	{ "M12_set_way_storm", SHORT, set_way_storm },
	{ "M13_tlbi_storm", SHORT, tlbi_storm },
	{ "M14_cache_storm", SHORT, cache_storm },
	{ "M14_maintenance_of_holes", SHORT, maintenance_of_holes },
	{ "M15_exclusives_of_two_vcpus", SHORT, exclusives_of_two },
};
const uint32_t memory_attack_count = sizeof memory_attacks / sizeof memory_attacks[0];
