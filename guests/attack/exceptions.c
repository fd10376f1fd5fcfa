/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions: what is injected, what returns may not lead to, EL0 and AArch32, debug. */
#include "guests/attack/attack.h"

#define PSTATE_N (1ull << 31)
#define PSTATE_C (1ull << 29)
#define PSTATE_SS (1ull << 21)
#define PSTATE_IL (1ull << 20)
#define UARTIBRD 0x24

extern const uint8_t el0_return[], el0_hvc[], el0_smc[], el0_load[], el0_store[], el0_brk[], el0_hlt[],
	el0_misaligned_sp[];

/* One instruction at EL0, of which a fault is expected or not. */
static uint64_t at_el0(const uint8_t *code, uint64_t argument, uint64_t pstate)
{
	uint64_t result;

	fault.taken = false;
	fault.armed = 1;
	result = el0_call(code, argument, pstate);
	fault.armed = 0;
	return result;
}

/* ---- Injection ---- */

/* DDI 0487, "AArch64.TakeException": the flags are in SPSR_EL1, the rest is as at this EL. */
static void injected_state(void)
{
	uint64_t flags, nzcv = PSTATE_N | PSTATE_C;

	for (uint64_t i = 0; i < 16; i++) {
		nzcv = i << 28;
		sysreg_write("nzcv", nzcv);
		fault.taken = false;
		fault.armed = 1;
		__asm__ volatile("msr nzcv, %1\n\tmrs x0, S3_0_C15_C0_0\n\tmrs %0, nzcv"
				 : "=r"(flags)
				 : "r"(nzcv)
				 : "x0", "memory", "cc");
		fault.armed = 0;
		expect("undefined", fault.taken, true);
		expect("EC", ESR_EC(fault.esr), EC_UNKNOWN);
		expect("flags in SPSR_EL1", fault.spsr & 0xf0000000, nzcv);
		expect("mode and masks in SPSR_EL1", fault.spsr & 0x3df, 0x3c5);
		expect("flags after the return", flags, nzcv);
	}
}

static void injected_from_el0(void)
{
	static const struct {
		const char *what;
		const uint8_t *code;
		uint64_t ec;
	} cases[] = {
		{ "HVC at EL0", el0_hvc, EC_UNKNOWN },
		{ "SMC at EL0", el0_smc, EC_UNKNOWN },
		{ "BRK at EL0", el0_brk, EC_BRK },
		{ "HLT at EL0", el0_hlt, EC_UNKNOWN },
	};

	for (uint32_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		(void)at_el0(cases[i].code, 0, SPSR_EL0t);
		expect(cases[i].what, fault.taken, true);
		expect(cases[i].what, ESR_EC(fault.esr), cases[i].ec);
		expect("it came from EL0", fault.spsr & 0xf, 0);
	}
	(void)at_el0(el0_load, window_open(WINDOW_EL0, HOLE), SPSR_EL0t);
	expect("a load at EL0", ESR_EC(fault.esr), EC_DABT_LOWER);
	expect("a load at EL0", ESR_FSC(fault.esr), FSC_EXTERNAL);
}

/* ---- Returns to what is not there ---- */

static void return_to(uint64_t spsr)
{
	fault.taken = false;
	fault.armed = 1;
	__asm__ volatile("adr x9, 1f\n\tmsr elr_el1, x9\n\tmsr spsr_el1, %0\n\tisb\n\teret\n1:\tnop\n\tnop"
			 :
			 : "r"(spsr)
			 : "x9", "memory", "cc");
	fault.armed = 0;
}

static void illegal_returns(void)
{
	static const uint64_t modes[] = {
		0x3c8, 0x3c9, 0x3cc, 0x3cd,      /* EL2t, EL2h, EL3t, EL3h */
		0x3c1, 0x3c2, 0x3c3, 0x3c6, 0x3c7, 0x3ce, 0x3cf, /* no modes */
		0x1d3, 0x1da, 0x1d6, 0x1df, 0x1d1, /* AArch32 Supervisor, Hyp, Monitor, System, FIQ */
	};

	for (uint32_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
		return_to(modes[i]);
		expect("a return to a mode that is not there", fault.taken, true);
		expect("EC", ESR_EC(fault.esr), EC_ILLEGAL_STATE);
		expect("still at EL1", sysreg_read("CurrentEL") >> 2, 1);
	}
	return_to(SPSR_EL1h | PSTATE_IL);
	expect("a return with PSTATE.IL", ESR_EC(fault.esr), EC_ILLEGAL_STATE);
}

#define SCTLR_SA0 (1ull << 4)

static void misaligned_sp(void)
{
	uint64_t sctlr = sysreg_read("sctlr_el1");

	sysreg_write("sctlr_el1", sctlr | SCTLR_SA0);
	cpu_isb();
	(void)at_el0(el0_misaligned_sp, 0, SPSR_EL0t);
	if (fault.taken)
		expect("EC", ESR_EC(fault.esr), EC_SP_ALIGNMENT);
	else
		skip("this processor does not check it; QEMU's do not");
	sysreg_write("sctlr_el1", sctlr);
	cpu_isb();
}

static void misaligned_pc(void)
{
	TRY_FETCH((uint64_t)el0_return + 2);
	expect("EC", ESR_EC(fault.esr), EC_PC_ALIGNMENT);
}

/* ---- AArch32 at EL0, which no ID register promises ---- */

extern const uint32_t a32_words[], a32_words_end[], a32_store[], a32_load[], t32_halves[], t32_halves_end[];

static bool el0_has_aarch32(void)
{
	(void)at_el0((const uint8_t *)a32_words, 0, SPSR_A32);
	return !fault.taken;             /* its SVC came back */
}

static void expect_own_exception(uint32_t word)
{
	static const uint8_t own[] = {
		EC_UNKNOWN, 0x01, 0x03, 0x04, 0x05, 0x06, EC_FP, 0x08, 0x0c, 0x38, EC_ILLEGAL_STATE,
	};
	uint64_t ec = ESR_EC(fault.esr);

	if (!fault.taken)
		return;                  /* it went on to the SVC behind it */
	for (uint32_t i = 0; i < sizeof own; i++) {
		if (ec == own[i])
			return;
	}
	expect("EC of an AArch32 instruction", ec, word);
}

static void aarch32(const uint32_t *from, const uint32_t *to, uint64_t pstate)
{
	static uint32_t code[4] __attribute__((aligned(4096)));

	if (!el0_has_aarch32()) {
		skip("no AArch32 at EL0");
		return;
	}
	for (const uint32_t *word = from; word < to; word++) {
		for (uint64_t flags = 0; flags < 16; flags++) {
			code[0] = *word;
			code[1] = pstate == SPSR_T32 ? 0xdf00df00 : 0xef000000; /* SVC */
			code[2] = code[1];
			__asm__ volatile("dc cvau, %0\n\tdsb ish\n\tic ivau, %0\n\tdsb ish\n\tisb"
					 :
					 : "r"(code)
					 : "memory");
			(void)at_el0((const uint8_t *)code, 0, pstate | flags << 28);
			expect_own_exception(*word);
		}
	}
}

/* WFI would wait for an interrupt that does not come. */
static void sgi_kept_pending(void)
{
	gic_set_priority(2, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, 2);
	gic_send_sgi(2, 0);
}

static void sgi_taken(void)
{
	taken_clear(0);
	(void)taken_wait(1);
}

static void a32(void)
{
	sgi_kept_pending();
	aarch32(a32_words, a32_words_end, SPSR_A32);
	sgi_taken();
}

/* What cannot be gone on with behind it, since of T32 the IT state would have to be moved on: an external
 * abort, as of what nothing answers. */
static void a32_accesses_to_a_device(void)
{
	uint64_t address = window_open(WINDOW_EL0, UART_BASE) + UARTIBRD;
	uint32_t before = mmio_read32(UART_BASE + UARTIBRD);

	if (!el0_has_aarch32()) {
		skip("no AArch32 at EL0");
		return;
	}
	for (uint32_t i = 0; i < 2; i++) {
		(void)at_el0((const uint8_t *)(i ? a32_load : a32_store), address, SPSR_A32);
		expect("whether it was taken", fault.taken, true);
		expect("EC", ESR_EC(fault.esr), EC_DABT_LOWER);
		expect("fault status", ESR_FSC(fault.esr), FSC_EXTERNAL);
		expect("fault address", fault.far, address);
	}
	expect("what was stored", mmio_read32(UART_BASE + UARTIBRD), before);
}

static void t32(void)
{
	aarch32(t32_halves, t32_halves_end, SPSR_T32);
}

/* Any words at all, as A32 and as T32. */
static void random_aarch32(void)
{
	static uint32_t words[64];

	sgi_kept_pending();
	for (uint32_t i = 0; i < 40; i++) {
		for (uint32_t w = 0; w < 64; w++) {
			uint32_t word = (uint32_t)attack_random();

			/* Coprocessor and miscellaneous instructions, which may trap; nothing that stores or
			 * branches. */
			if (w % 2)
				words[w] = (word & 0x0f7fffff) | 0xee000010;
			else
				words[w] = (word & 0x000fff0f) | 0xe1000070;
		}
		aarch32(words, words + 64, SPSR_A32);
	}
	sgi_taken();
}

const struct attack exception_attacks[] = {
	{ "R04_a32_at_el0", SHORT, a32 },
	{ "R04_a32_accesses_to_a_device", SHORT, a32_accesses_to_a_device },
	{ "R04_t32_at_el0", SHORT, t32 },
	{ "R04_random_words_as_aarch32", SWEEP, random_aarch32 },
	{ "R10_illegal_returns", SHORT, illegal_returns },
	{ "R10_misaligned_stack_pointer", SHORT, misaligned_sp },
	{ "R10_misaligned_pc", SHORT, misaligned_pc },
	{ "R11_injected_state", SHORT, injected_state },
	{ "R11_injected_from_el0", SHORT, injected_from_el0 },
};
const uint32_t exception_attack_count = sizeof exception_attacks / sizeof exception_attacks[0];

/* ---- Debug: breakpoints, watchpoints and steps that a guest sets must not come true anywhere ---- */

static void breakpoints_everywhere(void)
{
	uint64_t all = ~0ull, here = (uint64_t)breakpoints_everywhere, enabled = 0x1e7; /* E, any EL, BAS */

	(void)ATTEMPT("msr dbgbvr0_el1, %1", 0, here);
	(void)ATTEMPT("msr dbgbcr0_el1, %1", 0, enabled);
	(void)ATTEMPT("msr dbgwvr0_el1, %1", 0, here);
	(void)ATTEMPT("msr dbgwcr0_el1, %1", 0, all);
	(void)ATTEMPT("msr mdscr_el1, %1", 0, all);
	expect_no_fault("debug registers");
	fault.taken = false;
	fault.armed = 1;
	(void)*(volatile uint32_t *)here;
	__asm__ volatile("bl 1f\n\tb 2f\n1:\tret\n2:" : : : "x30");
	fault.armed = 0;
	expect_no_fault("a breakpoint or watchpoint");
	EXPECT_RAZ_WI("dbgbcr0_el1");
	EXPECT_RAZ_WI("dbgwcr0_el1");
	EXPECT_RAZ_WI("mdscr_el1");
}

/* SPSR.SS, with MDSCR_EL1.SS that could not be set: over a call, an emulated access, an undefined. */
static void steps_over_exits(void)
{
	uint64_t mdscr = 1;

	(void)ATTEMPT("msr mdscr_el1, %1", 0, mdscr);
	(void)at_el0(el0_return, 0, SPSR_EL0t | PSTATE_SS);
	expect_no_fault("a step at EL0");
	(void)at_el0(el0_load, window_open(WINDOW_EL0, UART_BASE + UARTFR), SPSR_EL0t | PSTATE_SS);
	expect_no_fault("a step over an emulated load");
	(void)at_el0(el0_hvc, 0, SPSR_EL0t | PSTATE_SS);
	expect("a step over HVC at EL0", ESR_EC(fault.esr), EC_UNKNOWN);
	return_to(SPSR_EL1h | PSTATE_SS);
	expect_no_fault("a step at EL1");
	expect("calls still work", cpu_smc(PSCI_VERSION, 0, 0, 0), 0x10001);
}

static void debug_instructions(void)
{
	uint64_t value = 0, pc = ATTEMPT("brk #0xffff", 0, value);

	expect_fault("BRK", EC_BRK, pc);
	EXPECT_UNDEFINED("hlt #0xffff");
	EXPECT_UNDEFINED("dcps1 #1");
	EXPECT_UNDEFINED("dcps2 #1");
	EXPECT_UNDEFINED("dcps3 #1");
	EXPECT_UNDEFINED("drps");
}

static void debug_channel(void)
{
	uint64_t value = 0;

	for (uint32_t i = 0; i < 1000; i++)
		(void)ATTEMPT("msr dbgdtr_el0, %1", 0, value);
	(void)ATTEMPT("mrs %1, dbgdtr_el0", 0, value);
	expect("DBGDTR_EL0", value, 0);
	(void)ATTEMPT("mrs %1, mdccsr_el0", 0, value);
	expect("MDCCSR_EL0", value, 0);
}

const struct attack debug_attacks[] = {
	{ "R08_breakpoints_everywhere", SHORT, breakpoints_everywhere },
	{ "R08_steps_over_exits", SHORT, steps_over_exits },
	{ "R08_debug_instructions", SHORT, debug_instructions },
	{ "R08_debug_channel", SHORT, debug_channel },
};
const uint32_t debug_attack_count = sizeof debug_attacks / sizeof debug_attacks[0];
