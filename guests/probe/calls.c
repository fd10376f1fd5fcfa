/* SPDX-License-Identifier: Apache-2.0 */
/* Calls to firmware: PSCI (DEN 0022) and the SMC Calling Convention (DEN 0028). */
#include "guests/probe/probe.h"

#define PSCI_1_1 0x10001
#define FUNCTION_OF_NOBODY 0x8600ff01
#define PSCI_FUNCTION_OF_NOBODY 0x8400001f

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

/* Callee-saved by the convention, all but x0 to x17. */
static void a_call_preserves_registers(void)
{
	register uint64_t x18 __asm__("x18") = 0x1818, x19 __asm__("x19") = 0x1919;
	register uint64_t x28 __asm__("x28") = 0x2828;
	register uint64_t x0 __asm__("x0") = PSCI_FEATURES, x1 __asm__("x1") = PSCI_CPU_ON;

	__asm__ volatile("hvc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x18), "+r"(x19), "+r"(x28)
			 :
			 : "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14",
			   "x15", "x16", "x17", "memory");
	expect("x18", x18, 0x1818);
	expect("x19", x19, 0x1919);
	expect("x28", x28, 0x2828);
}

const struct probe_case call_cases[] = {
	{ "psci_version_by_hvc", ANYWHERE, psci_version_by_hvc },
	{ "psci_version_by_smc", PARTITA_ONLY, psci_version_by_smc },
	{ "smccc_is_1_1_or_later", PARTITA_ONLY, smccc_is_1_1_or_later },
	{ "unknown_function_is_not_supported", PARTITA_ONLY, unknown_function_is_not_supported },
	{ "immediate_other_than_0_is_not_supported", PARTITA_ONLY, immediate_other_than_0_is_not_supported },
	{ "psci_features_tells_what_is_there", ANYWHERE, psci_features_tells_what_is_there },
	{ "a_call_preserves_registers", ANYWHERE, a_call_preserves_registers },
};
const uint32_t call_count = sizeof(call_cases) / sizeof(call_cases[0]);
