/* SPDX-License-Identifier: Apache-2.0 */
/* System registers that would reach further than this VM, and those that must stay its own. */
#include "guests/attack/attack.h"

/* ---- The processor's controls ---- */

/* Implementation defined: CPUACTLR_EL1, CPUECTLR_EL1 (whose SMPEN takes a core out of coherency),
 * L2CTLR_EL1 of Cortex-A. */
static void cpu_controls(void)
{
	EXPECT_RAZ_WI("S3_1_C15_C2_0");
	EXPECT_RAZ_WI("S3_1_C15_C2_1");
	EXPECT_RAZ_WI("S3_1_C11_C0_2");
}

static void other_impdef_registers(void)
{
	EXPECT_UNDEFINED("msr S3_0_C15_C0_0, %1");
	EXPECT_UNDEFINED("msr S3_1_C15_C3_0, %1"); /* CBAR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_1_C11_C0_3"); /* L2ECTLR_EL1 */
	EXPECT_UNDEFINED("msr S3_0_C15_C1_0, %1");
	EXPECT_UNDEFINED("msr S3_3_C11_C15_7, %1");
	EXPECT_UNDEFINED("msr S3_7_C15_C15_7, %1");
	EXPECT_UNDEFINED("sys #0, c15, c4, #0, %1"); /* RAMINDEX */
	EXPECT_UNDEFINED("sys #7, c11, c15, #7, %1");
}

static void actlr_and_locks(void)
{
	EXPECT_RAZ_WI("actlr_el1");
	EXPECT_RAZ_WI("osdlr_el1");
	(void)TRY("msr oslar_el1, %1", 0);
	expect_no_fault("OSLAR_EL1");
	expect("OSLSR_EL1", sysreg_read("oslsr_el1"), 8);
}

/* DBGPRCR_EL1.CORENPDRQ would keep the core from powering off. QEMU's cores do not have it. */
static void power_control(void)
{
	uint64_t value = ~0ull;

	(void)ATTEMPT("msr S2_0_C1_C4_4, %1", 0, value);
	value = 0;
	(void)ATTEMPT("mrs %1, S2_0_C1_C4_4", 0, value);
	expect("DBGPRCR_EL1", value, 0);
}

#define EXPECT_READ_ONLY(name)                                                        \
	do {                                                                          \
		uint64_t before_ = sysreg_read(name);                                 \
		EXPECT_UNDEFINED("msr " name ", %1");                                 \
		expect(name " after an undefined write", sysreg_read(name), before_); \
	} while (0)

static void id_registers_are_read_only(void)
{
	EXPECT_READ_ONLY("S3_0_C0_C0_0"); /* MIDR_EL1 */
	EXPECT_READ_ONLY("S3_0_C0_C0_5"); /* MPIDR_EL1 */
	EXPECT_READ_ONLY("S3_0_C0_C0_6"); /* REVIDR_EL1 */
	EXPECT_READ_ONLY("S3_0_C0_C4_0"); /* ID_AA64PFR0_EL1 */
	EXPECT_READ_ONLY("S3_0_C0_C5_0"); /* ID_AA64DFR0_EL1 */
	EXPECT_READ_ONLY("S3_0_C0_C7_7"); /* reserved */
	EXPECT_READ_ONLY("S3_3_C0_C0_1"); /* CTR_EL0 */
	EXPECT_READ_ONLY("S3_3_C14_C0_0"); /* CNTFRQ_EL0 */
}

/* DDI 0487, "ID_AA64PFR0_EL1" and others: what a guest is promised, whatever the core has. */
static void id_registers_promise_little(void)
{
	expect("ID_AA64PFR0_EL1", sysreg_read("S3_0_C0_C4_0"), 0x01000011);
	expect("ID_AA64PFR1_EL1", sysreg_read("S3_0_C0_C4_1"), 0);
	expect("ID_AA64ZFR0_EL1", sysreg_read("S3_0_C0_C4_4"), 0);
	expect("ID_AA64DFR0_EL1", sysreg_read("S3_0_C0_C5_0"), 0x00101006);
	expect("ID_AA64AFR0_EL1", sysreg_read("S3_0_C0_C5_4"), 0);
	expect("ID_AA64ISAR1_EL1", sysreg_read("S3_0_C0_C6_1"), 0);
	expect("ID_AA64ISAR2_EL1", sysreg_read("S3_0_C0_C6_2"), 0);
	expect("ID_AA64MMFR1_EL1", sysreg_read("S3_0_C0_C7_1"), 0);
	expect("ID_AA64MMFR2_EL1", sysreg_read("S3_0_C0_C7_2"), 0);
	expect("ID_PFR0_EL1", sysreg_read("S3_0_C0_C1_0"), 0);
}

/* ---- Performance monitor ---- */

static void performance_monitor(void)
{
	uint64_t all = ~0ull, value = 0;

	(void)ATTEMPT("msr S3_3_C9_C12_0, %1", 0, all); /* PMCR_EL0 */
	(void)ATTEMPT("msr S3_3_C9_C12_1, %1", 0, all); /* PMCNTENSET_EL0 */
	(void)ATTEMPT("msr S3_0_C9_C14_1, %1", 0, all); /* PMINTENSET_EL1 */
	(void)ATTEMPT("msr S3_3_C9_C14_3, %1", 0, all); /* PMOVSSET_EL0 */
	expect_no_fault("PMOVSSET_EL0");
	taken_clear(0);
	expect("no interrupt of its comes", taken_nothing(), true);
	(void)ATTEMPT("mrs %1, S3_3_C9_C13_0", 0, value); /* PMCCNTR_EL0 */
	expect("cycles, which would tell of EL2's", value, 0);
	EXPECT_RAZ_WI("S3_3_C9_C14_0"); /* PMUSERENR_EL0 */
	EXPECT_RAZ_WI("S3_3_C14_C12_0"); /* PMEVTYPER0_EL0 */
	EXPECT_RAZ_WI("S3_3_C14_C15_7"); /* PMCCFILTR_EL0 */
}

/* ---- Features that are hidden, with every enable of the guest's own ---- */

static void hidden_features(void)
{
	uint64_t cpacr = sysreg_read("cpacr_el1"), sctlr = sysreg_read("sctlr_el1");

	sysreg_write("cpacr_el1", cpacr | 3u << 16 | 3u << 24 | 1u << 28); /* ZEN, SMEN, TTA 1: then EL1 */
	sysreg_write("cpacr_el1", cpacr | 3u << 16 | 3u << 24);
	sysreg_write("sctlr_el1", sctlr | 1ull << 43 | 1ull << 42); /* ATA, ATA0 */
	cpu_isb();
	EXPECT_UNDEFINED(".inst 0x04bf5020"); /* RDVL x0, #1: SVE */
	EXPECT_UNDEFINED(".inst 0x04bf5820"); /* RDSVL x0, #1: SME */
	EXPECT_UNDEFINED("mrs %1, S3_0_C1_C2_0"); /* ZCR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_3_C13_C0_5"); /* TPIDR2_EL0 */
	EXPECT_UNDEFINED("mrs %1, S3_3_C4_C2_2"); /* SVCR */
	EXPECT_UNDEFINED("mrs %1, S3_0_C1_C0_6"); /* GCR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C5_C6_0"); /* TFSR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C2_C1_0"); /* APIAKeyLo_EL1 */
	EXPECT_UNDEFINED("msr S3_0_C2_C3_0, %1"); /* APGAKeyLo_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C10_C4_3"); /* LORC_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C13_C0_7"); /* SCXTNUM_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C2_C0_3"); /* TCR2_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C1_C0_3"); /* SCTLR2_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C5_C4_1"); /* ERXSTATUS_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C9_C11_7"); /* TRBIDR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C1_C2_1"); /* TRFCR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_0_C10_C4_4"); /* MPAMIDR_EL1 */
	EXPECT_UNDEFINED("mrs %1, S3_3_C13_C2_3"); /* AMUSERENR_EL0 */
	sysreg_write("cpacr_el1", cpacr);
	sysreg_write("sctlr_el1", sctlr);
	cpu_isb();
}

/* ---- What stays the guest's own through exits, the monitor and a service on its CPU ---- */

void vectors_fill(uint64_t pattern);
uint64_t vectors_differ(uint64_t pattern);

#define EXITS 300

/* Calls, an emulated register, the console: the monitor and the service run on this CPU. */
static void exit_often(void)
{
	for (uint32_t i = 0; i < EXITS; i++) {
		(void)cpu_hvc(PSCI_FEATURES, PSCI_CPU_ON, 0, 0);
		(void)mmio_read32(GICD_BASE + GICD_TYPER);
		mmio_write32(UART_BASE + UARTDR, ' ');
	}
	mmio_write32(UART_BASE + UARTDR, '\r');
	mmio_write32(UART_BASE + UARTDR, '\n');
}

static void vectors_survive_exits(void)
{
	vectors_fill(0x0123456789abcdef);
	sysreg_write("fpcr", 0x00400000);
	sysreg_write("fpsr", 0x08000001);
	exit_often();
	expect("vector registers that changed", vectors_differ(0x0123456789abcdef), 0);
	expect("FPCR", sysreg_read("fpcr"), 0x00400000);
	expect("FPSR", sysreg_read("fpsr"), 0x08000001);
	sysreg_write("fpcr", 0);
}

#define OWN(F)                                                                                   \
	F("tpidr_el0", 0x1111) F("tpidrro_el0", 0x2222) F("tpidr_el1", 0x3333) F("sp_el0", 0x4440) \
	F("contextidr_el1", 0x5555) F("cntkctl_el1", 0x3f3) F("csselr_el1", 2) F("ttbr1_el1", 0x6000) \
	F("par_el1", 0) F("S3_0_C4_C6_0", 0x50) F("S3_0_C12_C12_3", 3) F("elr_el1", 0x7770)         \
	F("spsr_el1", 0x3c5) F("esr_el1", 0x56001234) F("far_el1", 0x888899990000)                  \
	F("cntv_cval_el0", 0x5a5a5a5a00000000)

/* In use, so they stay what they are. */
#define IN_USE(F)                                                                              \
	F("ttbr0_el1") F("tcr_el1") F("vbar_el1") F("sctlr_el1") F("mair_el1") F("cpacr_el1") \
	F("mdscr_el1") F("cntv_ctl_el0")

static void registers_survive_exits(void)
{
	uint64_t pmr = sysreg_read("S3_0_C4_C6_0");
#define IN_USE_READ(name) sysreg_read(name),
	const uint64_t in_use[] = { IN_USE(IN_USE_READ) }, *was = in_use;

#define OWN_WRITE(name, value) sysreg_write(name, value);
	OWN(OWN_WRITE)
	cpu_isb();
	exit_often();
#define OWN_EXPECT(name, value) expect(name, sysreg_read(name), value);
	OWN(OWN_EXPECT)
#define IN_USE_EXPECT(name) expect(name, sysreg_read(name), *was++);
	IN_USE(IN_USE_EXPECT)
	sysreg_write("S3_0_C4_C6_0", pmr);
	sysreg_write("S3_0_C12_C12_3", 0);
	sysreg_write("cntkctl_el1", 0);
}

/* Nothing that EL2 or EL0 worked with shows in the registers of a call, an access or an abort. */
static void general_registers_survive_exits(void)
{
	for (uint32_t i = 0; i < EXITS; i++) {
		uint64_t differ;

		__asm__ volatile(
			".irp n,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n\t"
			"mov x\\n, #0x100 + \\n\n\t.endr\n\t"
			"ldr w0, [%1]\n\thvc #0x77\n\tsmc #0x77\n\tmrs xzr, midr_el1\n\t"
			"mov %0, #0\n\t"
			".irp n,4,5,6,7,8,9,10,11,12,13,14,15,16,17\n\tsub x\\n, x\\n, #0x100 + \\n\n\t"
			"orr %0, %0, x\\n\n\t.endr"
			: "=&r"(differ)
			: "r"((uint64_t)GICD_BASE)
			: "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
				"x13",
			  "x14", "x15", "x16", "x17", "memory");
		expect("registers that changed", differ, 0);
	}
}

const struct attack register_attacks[] = {
	{ "R05_id_registers_are_read_only", SHORT, id_registers_are_read_only },
	{ "R05_id_registers_promise_little", SHORT, id_registers_promise_little },
	{ "R06_cpu_control_registers", SHORT, cpu_controls },
	{ "R06_other_implementation_defined_registers", SHORT, other_impdef_registers },
	{ "R07_actlr_and_os_locks", SHORT, actlr_and_locks },
	{ "R07_power_control", SHORT, power_control },
	{ "R12_performance_monitor", SHORT, performance_monitor },
	{ "R14_hidden_features_enabled", SHORT, hidden_features },
	{ "R15_vector_registers_survive_exits", SHORT, vectors_survive_exits },
	{ "R16_system_registers_survive_exits", SHORT, registers_survive_exits },
	{ "H05_general_registers_survive_exits", SHORT, general_registers_survive_exits },
};
const uint32_t register_attack_count = sizeof register_attacks / sizeof register_attacks[0];
