/* SPDX-License-Identifier: Apache-2.0 */
/* System registers: what a guest reads, and what it has not (DDI 0487). */
#include "guests/probe/probe.h"

#define FIELD(value, lsb) ((value) >> (lsb) & 15)

/* ---- Identification ---- */

static void runs_at_el1(void)
{
	expect("CurrentEL", sysreg_read("CurrentEL") >> 2, 1);
}

static void there_is_no_el2_or_el3(void)
{
	uint64_t pfr0 = sysreg_read("id_aa64pfr0_el1");

	expect("ID_AA64PFR0_EL1.EL2", FIELD(pfr0, 8), 0);
	expect("ID_AA64PFR0_EL1.EL3", FIELD(pfr0, 12), 0);
	expect("ID_AA64PFR0_EL1.GIC", FIELD(pfr0, 24), 1);
}

static void features_are_allow_listed(void)
{
	uint64_t pfr0 = sysreg_read("id_aa64pfr0_el1");
	uint64_t dfr0 = sysreg_read("id_aa64dfr0_el1");

	expect("ID_AA64PFR0_EL1.EL0", FIELD(pfr0, 0), 1);
	expect("ID_AA64PFR0_EL1.RAS", FIELD(pfr0, 28), 0);
	expect("ID_AA64PFR0_EL1.SVE", FIELD(pfr0, 32), 0);
	expect("ID_AA64PFR0_EL1.MPAM", FIELD(pfr0, 40), 0);
	expect("ID_AA64PFR0_EL1.AMU", FIELD(pfr0, 44), 0);
	expect("ID_AA64PFR1_EL1.MTE", FIELD(sysreg_read("id_aa64pfr1_el1"), 8), 0);
	expect("ID_AA64PFR1_EL1.SME", FIELD(sysreg_read("id_aa64pfr1_el1"), 24), 0);
	expect("ID_AA64DFR0_EL1.TraceVer", FIELD(dfr0, 4), 0);
	expect("ID_AA64DFR0_EL1.PMUVer", FIELD(dfr0, 8), 0);
	expect("ID_AA64DFR0_EL1.PMSVer", FIELD(dfr0, 32), 0);
}

static void reserved_id_registers_are_zero(void)
{
	expect("S3_0_C0_C4_7", sysreg_read("S3_0_C0_C4_7"), 0);
	expect("S3_0_C0_C7_7", sysreg_read("S3_0_C0_C7_7"), 0);
}

static void mpidr_is_cpu_0(void)
{
	expect("MPIDR_EL1", sysreg_read("mpidr_el1") & ~(1ull << 24), 0x80000000);
}

/* ---- Undefined ---- */

static void expect_undefined(const char *name, uint64_t pc)
{
	expect(name, fault.taken, true);
	expect("EC", ESR_EC(fault.esr), EC_UNKNOWN);
	expect("ELR_EL1", fault.elr, pc);
}

#define EXPECT_NO_READ(name)                                             \
	do {                                                             \
		uint64_t value_ = 0;                                     \
		expect_undefined(name, ATTEMPT("mrs %1, " name, 0, value_)); \
	} while (0)

static void el2_registers_are_undefined(void)
{
	EXPECT_NO_READ("hcr_el2");
	EXPECT_NO_READ("vttbr_el2");
	EXPECT_NO_READ("cnthp_ctl_el2");
	EXPECT_NO_READ("S3_4_C12_C11_0"); /* ICH_HCR_EL2 */
	EXPECT_NO_READ("scr_el3");
}

static void unallocated_registers_are_undefined(void)
{
	EXPECT_NO_READ("S3_3_C15_C15_7");
	EXPECT_NO_READ("S3_0_C9_C9_7");
}

/* Of those that QEMU's processors have, QEMU before 8.1 traps none (HCR_EL2.TIDCP). */
static void impdef_registers_are_undefined(void)
{
	EXPECT_NO_READ("S3_0_C15_C0_0");
	EXPECT_NO_READ("S3_7_C11_C15_7");
}

#define CPACR_ZEN (3u << 16)
#define CPACR_FPEN (3u << 20)

static void hidden_features_are_undefined(void)
{
	/* Where there is SVE its registers trap to EL1 itself (EC 0x07, 0x19) unless these are set. */
	sysreg_write("cpacr_el1", CPACR_ZEN | CPACR_FPEN);
	cpu_isb();
	EXPECT_NO_READ("S3_0_C5_C3_0"); /* ERRIDR_EL1 */
	EXPECT_NO_READ("S3_0_C9_C9_0"); /* PMSCR_EL1 */
	EXPECT_NO_READ("S3_0_C1_C2_0"); /* ZCR_EL1 */
	EXPECT_NO_READ("S3_3_C13_C2_0"); /* AMCR_EL0 */
	EXPECT_NO_READ("S3_0_C10_C5_0"); /* MPAM1_EL1 */
	EXPECT_NO_READ("S2_1_C0_C0_1"); /* TRCTRACEIDR of the trace unit */
}

static void el2_instructions_are_undefined(void)
{
	uint64_t value = 0;

	expect_undefined("tlbi alle1", ATTEMPT("tlbi alle1", 0, value));
	expect_undefined("at s12e1r", ATTEMPT("at s12e1r, %1", 0, value));
	expect_undefined("hlt", ATTEMPT("hlt #0x1234", 0, value));
	expect_undefined("udf", ATTEMPT(".inst 0", 0, value));
}

static void brk_is_the_guests_own(void)
{
	uint64_t value = 0, pc = ATTEMPT("brk #0x55", 0, value);

	expect("EC", ESR_EC(fault.esr), EC_BRK);
	expect("the comment", fault.esr & 0xffff, 0x55);
	expect("ELR_EL1", fault.elr, pc);
}

/* ---- Read as zero, write ignored ---- */

#define EXPECT_RAZ_WI(name)                                                   \
	do {                                                                  \
		uint64_t value_ = 0x5a5a5a5a;                                 \
		ATTEMPT("msr " name ", %1", 0, value_);                       \
		expect("writing " name " faults", fault.taken, false);        \
		ATTEMPT("mrs %1, " name, 0, value_);                          \
		expect("reading " name " faults", fault.taken, false);        \
		expect(name, value_, 0);                                      \
	} while (0)

static void debug_registers_are_raz_wi(void)
{
	EXPECT_RAZ_WI("mdscr_el1");
	EXPECT_RAZ_WI("dbgbvr0_el1");
	EXPECT_RAZ_WI("dbgbcr0_el1");
	EXPECT_RAZ_WI("dbgwvr0_el1");
	EXPECT_RAZ_WI("dbgwcr0_el1");
	EXPECT_RAZ_WI("osdlr_el1");
	expect("OSLSR_EL1", sysreg_read("oslsr_el1"), 8);
	expect("MDRAR_EL1", sysreg_read("mdrar_el1"), 0);
}

static void pmu_registers_are_raz_wi(void)
{
	EXPECT_RAZ_WI("pmcr_el0");
	EXPECT_RAZ_WI("pmccntr_el0");
	EXPECT_RAZ_WI("pmuserenr_el0");
	EXPECT_RAZ_WI("pmevtyper0_el0");
	EXPECT_RAZ_WI("pmccfiltr_el0");
}

static void actlr_is_raz_wi(void)
{
	EXPECT_RAZ_WI("actlr_el1");
}

static void group_0_is_not_there(void)
{
	expect("ICC_IAR0_EL1", sysreg_read("S3_0_C12_C8_0"), INTID_SPURIOUS);
}

static void set_way_operations_do_no_harm(void)
{
	uint64_t value = 0;

	ATTEMPT("dc cisw, %1", 0, value);
	expect("dc cisw faults", fault.taken, false);
}

/* ---- Counters ---- */

static void both_counters_run(void)
{
	uint64_t virtual = counter_now(), physical = sysreg_read("cntpct_el0");

	expect("CNTFRQ_EL0 is 0", sysreg_read("cntfrq_el0") == 0, false);
	while (counter_now() < virtual + ticks_of_ms(1))
		;
	expect("CNTPCT_EL0 runs", sysreg_read("cntpct_el0") > physical, true);
}

const struct probe_case register_cases[] = {
	{ "runs_at_el1", ANYWHERE, runs_at_el1 },
	{ "there_is_no_el2_or_el3", ANYWHERE, there_is_no_el2_or_el3 },
	{ "features_are_allow_listed", PARTITA_ONLY, features_are_allow_listed },
	{ "reserved_id_registers_are_zero", ANYWHERE, reserved_id_registers_are_zero },
	{ "mpidr_is_cpu_0", ANYWHERE, mpidr_is_cpu_0 },
	{ "el2_registers_are_undefined", ANYWHERE, el2_registers_are_undefined },
	{ "unallocated_registers_are_undefined", ANYWHERE, unallocated_registers_are_undefined },
	{ "impdef_registers_are_undefined", PARTITA_ONLY, impdef_registers_are_undefined },
	{ "hidden_features_are_undefined", PARTITA_ONLY, hidden_features_are_undefined },
	{ "el2_instructions_are_undefined", ANYWHERE, el2_instructions_are_undefined },
	{ "brk_is_the_guests_own", ANYWHERE, brk_is_the_guests_own },
	{ "debug_registers_are_raz_wi", PARTITA_ONLY, debug_registers_are_raz_wi },
	{ "pmu_registers_are_raz_wi", PARTITA_ONLY, pmu_registers_are_raz_wi },
	{ "actlr_is_raz_wi", PARTITA_ONLY, actlr_is_raz_wi },
	{ "group_0_is_not_there", PARTITA_ONLY, group_0_is_not_there },
	{ "set_way_operations_do_no_harm", ANYWHERE, set_way_operations_do_no_harm },
	{ "both_counters_run", ANYWHERE, both_counters_run },
};
const uint32_t register_count = sizeof(register_cases) / sizeof(register_cases[0]);
