/* SPDX-License-Identifier: Apache-2.0 */
/* Addresses where nothing is, and instructions that no device of a VM can serve. */
#include "guests/probe/probe.h"

/* On QEMU's board, too, there is nothing at these. */
#define HOLE 0x0b000000
#define HOLE_IN_RAM_MAP 0x7f000000     /* mapped as normal memory */
#define GIC_HOLE 0x08020000
#define FAR_AWAY 0x1000000000          /* bit 36 */
#define GIB 0x40000000ull

#define DEVICE_BLOCK 0x401             /* as guests/lib/mmu.S has it */
#define TABLE 0x3

extern uint64_t mmu_table[512];
extern const uint8_t pstate_vectors[];
uint64_t pstate_after_undefined(void);
uint64_t pstate_after_stray_load(uint64_t address);

static void expect_external_abort(uint64_t ec, uint64_t address, uint64_t pc)
{
	expect("faulted", fault.taken, true);
	expect("EC", ESR_EC(fault.esr), ec);
	expect("FSC", ESR_FSC(fault.esr), FSC_EXTERNAL);
	expect("FAR_EL1", fault.far, address);
	expect("ELR_EL1", fault.elr, pc);
}

#define EXPECT_DATA_ABORT(instruction, address, writes)                                              \
	do {                                                                                         \
		uint64_t value_ = 0;                                                                 \
		expect_external_abort(EC_DABT_SAME, address, ATTEMPT(instruction, address, value_)); \
		expect("WnR of " instruction, ESR_WNR(fault.esr), writes);                           \
	} while (0)

static void read_of_nothing(void)
{
	EXPECT_DATA_ABORT("ldr %1, [%2]", HOLE, 0);
	EXPECT_DATA_ABORT("ldr %w1, [%2]", HOLE + 4, 0);
	EXPECT_DATA_ABORT("ldrb %w1, [%2]", HOLE + 0xfff, 0);
	EXPECT_DATA_ABORT("ldp %1, x10, [%2]", HOLE, 0);
	EXPECT_DATA_ABORT("ldr %w1, [%2]", GIC_HOLE, 0);
}

static void write_to_nothing(void)
{
	EXPECT_DATA_ABORT("str %1, [%2]", HOLE + 8, 1);
	EXPECT_DATA_ABORT("strh %w1, [%2]", HOLE + 2, 1);
	EXPECT_DATA_ABORT("stp %1, %1, [%2]", HOLE, 1);
}

static void execution_of_nothing(void)
{
	uint64_t value = 0;

	ATTEMPT("blr %2", HOLE_IN_RAM_MAP, value);
	expect_external_abort(EC_IABT_SAME, HOLE_IN_RAM_MAP, HOLE_IN_RAM_MAP);
}

static void address_beyond_what_a_vm_can_have(void)
{
	mmu_table[FAR_AWAY / GIB] = FAR_AWAY | DEVICE_BLOCK;
	cpu_dsb();
	cpu_isb();
	EXPECT_DATA_ABORT("ldr %1, [%2]", FAR_AWAY, 0);
	EXPECT_DATA_ABORT("str %1, [%2]", FAR_AWAY + 8, 1);
}

/* A table that lies where nothing is: the walk takes the abort. */
static void page_table_in_nothing(void)
{
	uint64_t value = 0, address = 3 * GIB + 0x1000;

	mmu_table[3] = HOLE | TABLE;
	cpu_dsb();
	cpu_isb();
	ATTEMPT("ldr %1, [%2]", address, value);
	expect("faulted", fault.taken, true);
	expect("EC", ESR_EC(fault.esr), EC_DABT_SAME);
	expect("FSC without its level", ESR_FSC(fault.esr) & ~3ull, FSC_EXTERNAL_WALK);
	expect("FAR_EL1", fault.far, address);
}

/* Nothing is fetched from a guest's memory to find out what such an instruction wants. */
static void device_access_that_has_no_syndrome(void)
{
	static const uint64_t devices[] = { UART_BASE + UARTFR, WATCHDOG_BASE, GICD_BASE, GICR_BASE };

	for (uint32_t i = 0; i < sizeof devices / sizeof devices[0]; i++) {
		uint64_t address = devices[i];

		EXPECT_DATA_ABORT("ldp %w1, w10, [%2]", address, 0);
		EXPECT_DATA_ABORT("stp wzr, wzr, [%2]", address, 1);
		EXPECT_DATA_ABORT("ldxr %w1, [%2]", address, 0);
		EXPECT_DATA_ABORT("ldr %w1, [x9], #4", address, 0);
	}
}

static void memory_goes_on_after_aborts(void)
{
	volatile uint64_t word = 0x0123456789abcdef;
	uint64_t value = 0;

	ATTEMPT("ldr %1, [%2]", HOLE, value);
	expect("a word of RAM", word, 0x0123456789abcdef);
}

/* ---- The state that an exception begins in ---- */

#define SCTLR_SPAN (1ull << 23)
#define SCTLR_DSSBS (1ull << 44)
#define PSTATE_SSBS (1ull << 12)
#define PSTATE_PAN (1ull << 22)

static bool core_has_pan_and_ssbs(void)
{
	uint64_t value = 0;

	ATTEMPT("mrs %1, S3_0_C4_C2_3", 0, value);
	if (!fault.taken)
		ATTEMPT("mrs %1, S3_3_C4_C2_6", 0, value);
	return !fault.taken;
}

/* DDI 0487, "SCTLR_EL1.SPAN" and "SCTLR_EL1.DSSBS": for an exception of the core's own, and for one that
 * stage 2 leads to. */
static void exception_begins_as_sctlr_says(void)
{
	uint64_t sctlr = sysreg_read("sctlr_el1"), vbar = sysreg_read("vbar_el1");

	if (!core_has_pan_and_ssbs())
		return skip("the core has not both PAN and SSBS");
	sysreg_write("vbar_el1", pstate_vectors);
	for (uint64_t i = 0; i < 4; i++) {
		uint64_t wanted = (i & 1 ? 0 : PSTATE_PAN) | (i & 2 ? PSTATE_SSBS : 0);

		sysreg_write("sctlr_el1", (sctlr & ~(SCTLR_SPAN | SCTLR_DSSBS)) | (i & 1 ? SCTLR_SPAN : 0) |
			     (i & 2 ? SCTLR_DSSBS : 0));
		cpu_isb();
		expect("PSTATE after udf", pstate_after_undefined(), wanted);
		expect("PSTATE after a stray load", pstate_after_stray_load(HOLE), wanted);
	}
	sysreg_write("sctlr_el1", sctlr);
	sysreg_write("vbar_el1", vbar);
	cpu_isb();
}

const struct probe_case fault_cases[] = {
	{ "read_of_nothing", ANYWHERE, read_of_nothing },
	{ "write_to_nothing", ANYWHERE, write_to_nothing },
	{ "execution_of_nothing", ANYWHERE, execution_of_nothing },
	{ "address_beyond_what_a_vm_can_have", ANYWHERE, address_beyond_what_a_vm_can_have },
	{ "page_table_in_nothing", ANYWHERE, page_table_in_nothing },
	{ "device_access_that_has_no_syndrome", PARTITA_ONLY, device_access_that_has_no_syndrome },
	{ "memory_goes_on_after_aborts", ANYWHERE, memory_goes_on_after_aborts },
	{ "exception_begins_as_sctlr_says", ANYWHERE, exception_begins_as_sctlr_says },
};
const uint32_t fault_count = sizeof(fault_cases) / sizeof(fault_cases[0]);
