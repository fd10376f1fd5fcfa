/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to firmware: PSCI (DEN 0022) and the SMC Calling Convention (DEN 0028). */
#include "guests/probe/probe.h"

#define PSCI_1_1 0x10001
#define FUNCTION_OF_NOBODY 0x8600ff01
#define PSCI_FUNCTION_OF_NOBODY 0x8400001f

/* Registers after a call; of trng: x0 to x3. */
static uint64_t result[4];

static void psci_version_by_hvc(void)
{
	expect("x0", cpu_hvc(PSCI_VERSION, 0, 0, 0), PSCI_1_1);
}

static void psci_version_by_smc(void)
{
	expect("x0", cpu_smc(PSCI_VERSION, 0, 0, 0), PSCI_1_1);
}

static void smccc_is_1_1_or_later(void)
{
	uint64_t version = cpu_hvc(SMCCC_VERSION, 0, 0, 0);

	expect("major version", version >> 16, 1);
	expect("minor version at least 1", (version & 0xffff) >= 1, true);
}

static void unknown_function_is_not_supported(void)
{
	expect("x0 of hvc", cpu_hvc(FUNCTION_OF_NOBODY, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
	expect("x0 of smc", cpu_smc(FUNCTION_OF_NOBODY, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
	expect("x0 of psci", cpu_hvc(PSCI_FUNCTION_OF_NOBODY, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
}

static void immediate_other_than_0_is_not_supported(void)
{
	expect("x0 of hvc #1", cpu_call("hvc #1", PSCI_VERSION, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
	expect("x0 of smc #1", cpu_call("smc #1", PSCI_VERSION, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
}

static void psci_features_tells_what_is_there(void)
{
	expect("CPU_ON", cpu_hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0), 0);
	expect("SYSTEM_OFF", cpu_hvc(PSCI_FEATURES, PSCI_SYSTEM_OFF, 0, 0), 0);
	expect("a function of nobody", (uint32_t)cpu_hvc(PSCI_FEATURES, PSCI_FUNCTION_OF_NOBODY, 0, 0),
	       (uint32_t)PSCI_NOT_SUPPORTED);
}

/* A convention of 1.1 or later keeps all that is no result: x4 and up (DEN 0028, "Register use"). */
static void a_call_preserves_registers(void)
{
	register uint64_t x4 __asm__("x4") = 0x0404, x8 __asm__("x8") = 0x0808, x17 __asm__("x17") = 0x1717;
	register uint64_t x18 __asm__("x18") = 0x1818, x19 __asm__("x19") = 0x1919;
	register uint64_t x28 __asm__("x28") = 0x2828;
	register uint64_t x0 __asm__("x0") = PSCI_FEATURES, x1 __asm__("x1") = PSCI_CPU_ON;

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x4), "+r"(x8), "+r"(x17), "+r"(x18), "+r"(x19), "+r"(x28)
			 :
			 : "x2", "x3", "memory");
	/* Into memory before anything else is called. */
	result[0] = x4 | x8 << 16 | x17 << 32;
	result[1] = x18 | x19 << 16 | x28 << 32;
	expect("x4, x8, x17", result[0], 0x171708080404);
	expect("x18, x19, x28", result[1], 0x282819191818);
}

/* ---- TRNG (DEN 0098) ---- */

#define TRNG_VERSION 0x84000050
#define TRNG_FEATURES 0x84000051
#define TRNG_GET_UUID 0x84000052
#define TRNG_RND32 0x84000053
#define TRNG_RND64 0xc4000053
#define TRNG_INVALID_PARAMETERS -2

static void trng(uint64_t function, uint64_t bits)
{
	register uint64_t x0 __asm__("x0") = function, x1 __asm__("x1") = bits;
	register uint64_t x2 __asm__("x2") = ~0ull, x3 __asm__("x3") = ~0ull;

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			   "x16", "x17", "memory");
	result[0] = x0;
	result[1] = x1;
	result[2] = x2;
	result[3] = x3;
}

static bool trng_is_granted(void)
{
	return (int32_t)cpu_hvc(TRNG_VERSION, 0, 0, 0) >= 0;
}

static void expect_refused(uint64_t function, uint64_t bits)
{
	trng(function, bits);
	expect("x0", result[0], (uint64_t)TRNG_INVALID_PARAMETERS);
	expect("x1, x2 or x3", result[1] | result[2] | result[3], 0);
}

static void random_numbers_come_if_granted(void)
{
	uint64_t before;

	if (!trng_is_granted()) {
		expect("RND64", cpu_hvc(TRNG_RND64, 64, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
		return;
	}
	trng(TRNG_RND64, 192);
	expect("x0 of RND64", result[0], 0);
	expect("RND64 repeats itself", result[1] == result[2] || result[2] == result[3], false);
	before = result[3];
	trng(TRNG_RND64, 65);
	expect("x1 of 65 bits", result[1], 0);
	expect("x2 of 65 bits", result[2] >> 1, 0);
	expect("x3 is as before", result[3] == before || result[3] == 0, false);
	trng(TRNG_RND32, 96);
	expect("x0 of RND32", result[0], 0);
	expect("RND32 returns words", (result[1] | result[2] | result[3]) >> 32, 0);
	expect("RND32 repeats itself", result[1] == result[2] || result[2] == result[3], false);
}

static void random_numbers_are_refused_as_specified(void)
{
	if (!trng_is_granted()) {
		expect("FEATURES", cpu_hvc(TRNG_FEATURES, TRNG_RND64, 0, 0),
		       (uint64_t)PSCI_NOT_SUPPORTED);
		expect("GET_UUID", cpu_hvc(TRNG_GET_UUID, 0, 0, 0), (uint64_t)PSCI_NOT_SUPPORTED);
		return;
	}
	expect("FEATURES of RND64", cpu_hvc(TRNG_FEATURES, TRNG_RND64, 0, 0), 0);
	expect_refused(TRNG_RND32, 0);
	expect_refused(TRNG_RND32, 97);
	expect_refused(TRNG_RND64, 193);
	trng(TRNG_GET_UUID, 0);
	expect("x0 of GET_UUID", result[0] == (uint32_t)PSCI_NOT_SUPPORTED, false);
	expect("x1 to x3 of GET_UUID", result[1] && result[2] && result[3], true);
}

const struct probe_case call_cases[] = {
	{ "psci_version_by_hvc", ANYWHERE, psci_version_by_hvc },
	{ "psci_version_by_smc", PARTITA_ONLY, psci_version_by_smc },
	{ "smccc_is_1_1_or_later", PARTITA_ONLY, smccc_is_1_1_or_later },
	{ "unknown_function_is_not_supported", PARTITA_ONLY, unknown_function_is_not_supported },
	{ "immediate_other_than_0_is_not_supported", PARTITA_ONLY, immediate_other_than_0_is_not_supported },
	{ "psci_features_tells_what_is_there", ANYWHERE, psci_features_tells_what_is_there },
	{ "a_call_preserves_registers", ANYWHERE, a_call_preserves_registers },
	{ "random_numbers_come_if_granted", PARTITA_ONLY, random_numbers_come_if_granted },
	{ "random_numbers_are_refused_as_specified", PARTITA_ONLY, random_numbers_are_refused_as_specified },
};
const uint32_t call_count = sizeof(call_cases) / sizeof(call_cases[0]);
