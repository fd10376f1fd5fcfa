/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to firmware: every number, every class of argument (DEN 0022, DEN 0028). */
#include "guests/attack/attack.h"

#define NOT_SUPPORTED ((uint64_t)-1)
#define SMCCC_1_2 0x10002
#define NO_MIGRATION 2                 /* MIGRATE_INFO_TYPE: no Trusted OS that is on one CPU */

struct result {
	uint64_t x[4];
};

/* All of x0 to x3 come back. */
static struct result call(bool smc, uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a;
	register uint64_t x2 __asm__("x2") = b;
	register uint64_t x3 __asm__("x3") = c;

	if (smc)
		__asm__ volatile("smc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	else
		__asm__ volatile("hvc #0" : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3) : : "memory");
	return (struct result){ { x0, x1, x2, x3 } };
}

/* ---- Numbers ---- */

/* What answers other than NOT_SUPPORTED, as SMC32; docs/guest-machine.md. */
static bool exists(uint32_t function)
{
	static const uint32_t both[] = { 0x84000001, 0x84000003, 0x84000004, 0x84000012 };
	static const uint32_t smc32[] = {
		0x80000000, 0x80000001, 0x84000000, 0x84000002, 0x84000006, 0x84000008, 0x84000009,
			0x8400000a,
	};

	for (uint32_t i = 0; i < sizeof both / sizeof both[0]; i++) {
		if ((function & ~0x40000000u) == both[i])
			return true;
	}
	for (uint32_t i = 0; i < sizeof smc32 / sizeof smc32[0]; i++) {
		if (function == smc32[i])
			return true;
	}
	return false;
}

static void refuses(bool smc, uint32_t function)
{
	struct result r = call(smc, function, attack_random(), attack_random(), attack_random());

	if (r.x[0] != NOT_SUPPORTED)
		expect("what a function of nobody returns", function, NOT_SUPPORTED);
}

/* Fast and yielding, both conventions, all owners, every 16-bit number with that stride. */
static void call_all(uint32_t stride)
{
	uint64_t calls = 0;

	for (uint32_t head = 0; head < 0x100; head++) {
		/* Bits 31 and 30: fast, SMC64. Bits 29 to 24: owner. Bits 23 to 16 are 0, or SVE's hint. */
		for (uint32_t number = head % stride; number < 0x10000; number += stride) {
			uint32_t function = head << 24 | number;

			if (exists(function))
				continue;
			refuses(number & 1, function);
			calls++;
		}
	}
	print("attack: %u calls\n", calls);
}

static void every_function_sampled(void)
{
	call_all(509);
	for (uint32_t head = 0; head < 0x100; head++) {
		for (uint32_t number = 0; number < 48; number++) {
			if (!exists(head << 24 | number))
				refuses(number & 1, head << 24 | number);
		}
	}
}

static void every_function(void)
{
	call_all(1);
}

static void random_functions(void)
{
	for (uint32_t i = 0; i < 20000; i++) {
		uint32_t function = (uint32_t)attack_random();

		if (!exists(function))
			refuses(i & 1, function);
	}
}

/* ---- Arguments ---- */

static const uint64_t classes[] = {
	0, 1, ~0ull, 2, 1ull << 31, 1ull << 32, 1ull << 63, (1ull << 63) - 1, 0xffffffff, 0x7fffffff, 3,
		RAM_BASE + 2,
	RAM_END - 2, RAM_END, HOLE, UART_BASE, RTC_REAL, FOREIGN_DEVICE, 0xfffffffffffff000, 1ull << 36,
		(1ull << 36) - 4,
	0x80000000, 0xff00000000, 0x1000000,
};
#define CLASSES (sizeof classes / sizeof classes[0])

#define ALWAYS(result) { result, result, result }
#define CPU_ON_REFUSED { PSCI_INVALID_PARAMETERS, PSCI_ALREADY_ON, PSCI_INVALID_ADDRESS }
#define AFFINITY { PSCI_AFFINITY_ON, PSCI_AFFINITY_OFF, PSCI_INVALID_PARAMETERS }

/* Calls that neither end the machine nor start anything. */
static void every_class_of_argument(void)
{
	static const struct {
		uint32_t function;
		int32_t results[3];
	} functions[] = {
		{ 0x80000000, ALWAYS(SMCCC_1_2) },
		{ 0x80000001, { 0, PSCI_NOT_SUPPORTED, 0 } },
		{ PSCI_VERSION, ALWAYS(0x10001) },
		{ 0x84000003, CPU_ON_REFUSED },
		{ 0xc4000003, CPU_ON_REFUSED },
		{ 0x84000004, AFFINITY },
		{ 0xc4000004, AFFINITY },
		{ 0x84000006, ALWAYS(NO_MIGRATION) },
		{ PSCI_FEATURES, { 0, PSCI_NOT_SUPPORTED, 0 } },
	};

	for (uint32_t f = 0; f < sizeof functions / sizeof functions[0]; f++) {
		const int32_t *may = functions[f].results;

		for (uint32_t a = 0; a < CLASSES; a++) {
			for (uint32_t b = 0; b < CLASSES; b++) {
				struct result r = call(b & 1, functions[f].function, classes[a], classes[b],
						       classes[a] ^ classes[b]);
				int32_t value = (int32_t)r.x[0];

				if (value != may[0] && value != may[1] && value != may[2])
					expect("a result of its table", r.x[0], (uint32_t)may[0]);
			}
		}
	}
	expect("the second vCPU is off", second_is_off(), true);
}

/* DEN 0028, "SMC32": the upper halves are ignored. */
static void upper_halves(void)
{
	uint64_t high = 0xdeadbeef00000000;

	expect("PSCI_VERSION", call(false, high | PSCI_VERSION, high, high, high).x[0], 0x10001);
	expect("AFFINITY_INFO", (uint32_t)call(true, high | 0x84000004, high, high, high).x[0], 0);
	expect("PSCI_FEATURES", (uint32_t)call(false, PSCI_FEATURES, high | PSCI_VERSION, 0, 0).x[0], 0);
	expect("AFFINITY_INFO, SMC64", (uint32_t)call(false, 0xc4000004, high, 0, 0).x[0],
	       (uint32_t)PSCI_INVALID_PARAMETERS);
}

/* Nothing of EL2's or EL0's comes back. */
static void no_leftovers(void)
{
	for (uint32_t i = 0; i < 500; i++) {
		struct result r = call(i & 1, PSCI_FEATURES, PSCI_CPU_ON, 0x1234, 0x5678);

		expect("x1 of PSCI_FEATURES", r.x[1], PSCI_CPU_ON);
		expect("x2", r.x[2], 0x1234);
		expect("x3", r.x[3], 0x5678);
		r = call(i & 1, 0x8600ff01, 0x1111, 0x2222, 0x3333);
		expect("x1 of what is refused", r.x[1], 0);
		expect("x2", r.x[2], 0);
		expect("x3", r.x[3], 0);
	}
}

/* ---- Firmware ---- */

/* Of the firmware that QEMU's board itself has, and of owners that real boards have: a call that
 * reached EL3 would end the board, or tell another version. */
static void smc_never_reaches_firmware(void)
{
	static const uint32_t functions[] = {
		0x84000005, 0x84000007, 0x8400000b, 0x8400000c, 0x8400000d, 0x8400000f, 0x84000013,
			0x84000014,
		0x84000050, 0x84000051, 0x84000053, /* TRNG */
		0x84000060, 0x84000063, 0x84000067, 0x8400006f, /* FF-A */
		0x80000002, 0x80003fff, 0x80007fff, 0x80008000, /* workarounds, SOC_ID */
		0x82000000, 0x8200ff00, 0xc2000001, /* silicon vendor */
		0x83000000, 0xc3000001, 0x84000020, 0xc4000020, /* OEM, SDEI */
		0xb0000000, 0xbf00ff01, 0xf2000000, 0x86000000, 0xc600ff01, /* Trusted OS, hypervisor */
		0x95c1ba5e, 0x95c1ba60, /* what QEMU's firmware used before PSCI 0.2 had numbers */
	};

	for (uint32_t i = 0; i < sizeof functions / sizeof functions[0]; i++) {
		refuses(true, functions[i]);
		refuses(false, functions[i]);
	}
	for (uint32_t i = 0; i < 16; i++)
		expect("another immediate", cpu_call("smc #0x8000", PSCI_SYSTEM_OFF, 0, 0, 0), NOT_SUPPORTED);
	expect("another immediate", cpu_call("hvc #0xffff", PSCI_SYSTEM_OFF, 0, 0, 0), NOT_SUPPORTED);
}

static void call_storm(void)
{
	for (uint32_t i = 0; i < 20000; i++)
		(void)cpu_hvc(0x8600ff01 + i, 0, 0, 0);
}

const struct attack call_attacks[] = {
	{ "H01_every_function_sampled", SHORT, every_function_sampled },
	{ "H01_every_function", SWEEP, every_function },
	{ "H01_random_functions", SHORT, random_functions },
	{ "H02_every_class_of_argument", SHORT, every_class_of_argument },
	{ "H04_upper_halves", SHORT, upper_halves },
	{ "H05_no_leftovers", SHORT, no_leftovers },
	{ "H09_smc_never_reaches_firmware", SHORT, smc_never_reaches_firmware },
	{ "V11_log_flood", SHORT, call_storm },
};
const uint32_t call_attack_count = sizeof call_attacks / sizeof call_attacks[0];
