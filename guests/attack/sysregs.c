/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every encoding there is. Of system registers and instructions (DDI 0487, "System instruction class
 * encoding overview": op0, op1, CRn, CRm, op2) what comes of each is printed, as ranges of the same,
 * undefined ones left out; tests/attack/registers.py says what it must be:
 *
 *     attack: el1 read 0xc100 0xc103 =0x8
 *     attack: el0 write 0xda10 0xda10 ec=0x18
 *
 * The number is op0:op1:CRn:CRm:op2, 2 + 3 + 4 + 4 + 3 bits.
 */
#include "guests/attack/attack.h"

#define ENCODINGS 0x4000         /* of one op0 */
#define RET 0xd65f03c0
#define SVC 0xd4000001
#define MOV_SP_X0 0x9100001f
#define SYSTEM 0xd5000000
#define SYSTEM_L (1u << 21)

/* Code that is one instruction, and back. */
struct piece {
	uint32_t word, back;
};
static struct piece pieces[ENCODINGS] __attribute__((aligned(4096)));
static uint8_t scratch[0x40000] __attribute__((aligned(4096)));
#define SCRATCH ((uint64_t)scratch + sizeof scratch / 2)

static void code_written(const void *code, uint64_t bytes)
{
	for (uint64_t at = (uint64_t)code; at < (uint64_t)code + bytes; at += 16)
		__asm__ volatile("dc cvau, %0" : : "r"(at) : "memory");
	__asm__ volatile("dsb ish\n\tic ialluis\n\tdsb ish\n\tisb" : : : "memory");
}

/* An instruction may have changed the stack pointer's choice and the masks. */
static uint64_t execute_at_el1(const struct piece *piece, uint64_t argument)
{
	register uint64_t x0 __asm__("x0") = argument;

	__asm__ volatile("blr %1\n\tmsr spsel, #1\n\tmsr daifset, #0xf\n\tisb"
			 : "+r"(x0)
			 : "r"(piece)
			 : "x16", "x17", "x30", "memory", "cc");
	return x0;
}

static uint64_t execute(bool el0, const struct piece *piece, uint64_t argument)
{
	fault.taken = false;
	fault.armed = ~0u;
	uint64_t result = el0 ? el0_call(piece, argument, SPSR_EL0t) : execute_at_el1(piece, argument);

	fault.armed = 0;
	return result;
}

static void pieces_fill(uint32_t op0, bool read, bool el0)
{
	/* An instruction of op0 0 has no register. */
	uint32_t base = SYSTEM | op0 << 19 | (read ? SYSTEM_L : 0) | (op0 == 0 ? 31 : 0);

	for (uint32_t i = 0; i < ENCODINGS; i++)
		pieces[i] = (struct piece){ base | i << 5, el0 ? SVC : RET };
	code_written(pieces, sizeof pieces);
}

/* ---- Outcomes, and ranges of the same ---- */

enum outcome_kind {
	UNDEFINED,
	EXCEPTION,             /* another class than "unknown reason" */
	VALUE,
	DONE,
};

struct outcome {
	enum outcome_kind kind;
	uint64_t value;
};

struct range {
	const char *what;
	uint32_t first, last;
	struct outcome outcome;
	uint64_t lines;
};

static bool same(const struct outcome *a, const struct outcome *b)
{
	return a->kind == b->kind && a->value == b->value;
}

/* The console drops what comes too fast. */
static void line_pause(void)
{
	uint64_t end = counter_now() + ticks_of_ms(4);

	while (counter_now() < end)
		cpu_yield();
}

static void range_tell(struct range *r)
{
	static const char *const kinds[] = { [EXCEPTION] = "ec=", [VALUE] = "=", [DONE] = "done" };

	if (r->outcome.kind == UNDEFINED)
		return;
	print("attack: %s %x %x %s", r->what, (uint64_t)r->first, (uint64_t)r->last, kinds[r->outcome.kind]);
	if (r->outcome.kind == DONE)
		print("\n");
	else
		print("%x\n", r->outcome.value);
	r->lines++;
	line_pause();
}

static void range_add(struct range *r, uint32_t encoding, struct outcome outcome)
{
	if (!same(&r->outcome, &outcome)) {
		range_tell(r);
		r->first = encoding;
		r->outcome = outcome;
	}
	r->last = encoding;
}

static struct outcome outcome_of(bool value, uint64_t x0)
{
	if (!fault.taken)
		return (struct outcome){ value ? VALUE : DONE, value ? x0 : 0 };
	if (ESR_EC(fault.esr) == EC_UNKNOWN)
		return (struct outcome){ UNDEFINED, 0 };
	return (struct outcome){ EXCEPTION, ESR_EC(fault.esr) };
}

/* ---- Registers: a write gives back what the read before it told, so that nothing changes ---- */

static uint64_t values[ENCODINGS];
static uint64_t lines, tried;

static void registers(const char *what, uint32_t op0, bool read, bool el0)
{
	struct range range = { .what = what };

	pieces_fill(op0, read, el0);
	for (uint32_t i = 0; i < ENCODINGS; i++) {
		uint64_t x0 = execute(el0, &pieces[i], read ? 0 : values[i]);

		tried++;
		if (read)
			values[i] = fault.taken ? 0 : x0;
		range_add(&range, op0 << 14 | i, outcome_of(read, x0));
	}
	range_tell(&range);
	lines += range.lines;
}

#define CPACR_ZEN (3ull << 16)
#define CPACR_SMEN (3ull << 24)

static void every_register(void)
{
	/* Open as far as the guest itself can. */
	sysreg_write("cpacr_el1", sysreg_read("cpacr_el1") | CPACR_ZEN | CPACR_SMEN);
	cpu_isb();
	lines = tried = 0;
	for (uint32_t op0 = 2; op0 <= 3; op0++) {
		registers("el1 read", op0, true, false);
		registers("el1 write", op0, false, false);
		registers("el0 read", op0, true, true);
		registers("el0 write", op0, false, true);
	}
	print("attack: told in %u lines\nattack: %u accesses\n", lines, tried);
}

/* ---- Instructions: MSR (immediate), hints, barriers, SYS, SYSL ---- */

static void timer_mask(uint32_t intid)
{
	(void)intid;
	sysreg_write("cntv_ctl_el0", 2);
}

/* So that WFI returns at once; MSR DAIFCLR may let it be taken. */
static void interrupt_waits(void)
{
	sysreg_write("cntv_cval_el0", 0);
	sysreg_write("cntv_ctl_el0", 1);
}

static void instructions(const char *what, uint32_t op0, bool read, bool el0)
{
	struct range range = { .what = what };
	uint64_t argument = SCRATCH + (el0 ? EL0_ALIAS : 0);

	pieces_fill(op0, read, el0);
	for (uint32_t i = 0; i < ENCODINGS; i++) {
		if (op0 == 0 && (i >> 7 & 15) <= 2) /* CRn of hints and WFxT */
			interrupt_waits();
		(void)execute(el0, &pieces[i], op0 == 1 ? argument : 0);
		tried++;
		range_add(&range, op0 << 14 | i, outcome_of(false, 0));
	}
	range_tell(&range);
	lines += range.lines;
}

#define SCTLR_nTWI (1ull << 16)
#define SCTLR_nTWE (1ull << 18)

static void every_instruction(void)
{
	uint64_t sctlr = sysreg_read("sctlr_el1");

	sysreg_write("sctlr_el1", sctlr | SCTLR_nTWI | SCTLR_nTWE);
	sysreg_write("cpacr_el1", sysreg_read("cpacr_el1") | CPACR_ZEN | CPACR_SMEN);
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	taken_clear(timer_mask);
	lines = tried = 0;
	for (uint32_t op0 = 0; op0 <= 1; op0++) {
		instructions("el1 execute", op0, false, false);
		instructions("el1 execute_l", op0, true, false);
		instructions("el0 execute", op0, false, true);
		instructions("el0 execute_l", op0, true, true);
	}
	sysreg_write("cntv_ctl_el0", 0);
	sysreg_write("sctlr_el1", sctlr);
	print("attack: told in %u lines\nattack: %u accesses\n", lines, tried);
}

/* ---- Random words ---- */

struct word_piece {
	uint32_t sp, word, back, pad;
};
static struct word_piece words[4096] __attribute__((aligned(4096)));
#define WORDS (sizeof words / sizeof words[0])

/*
 * What would leave the piece or pull the floor from under it: branches and returns; and what the
 * sweeps above try one by one: writes of system registers, MSR (immediate), hints that wait.
 */
static bool word_stays(uint32_t word)
{
	bool system = (word & 0xffc00000) == SYSTEM;

	if ((word & 0x7c000000) == 0x14000000 || (word & 0x7c000000) == 0x34000000) /* B, BL, CBZ, TBZ */
		return false;
	if ((word & 0xfe000000) == 0x54000000 || (word & 0xfe000000) == 0xd6000000) /* B.cond, BR .. ERET */
		return false;
	if (system && (word >> 19 & 3) == 0)
		return false;
	return !(system && (word >> 19 & 3) >= 2 && !(word & SYSTEM_L));
}

static uint32_t word_choose(void)
{
	for (;;) {
		uint32_t word = (uint32_t)attack_random();

		/* A third of them system and exception instructions, of which few come by chance. */
		switch (attack_random() % 6) {
		case 0:
			word = (word & 0x003fffff) | SYSTEM;
			break;
		case 1:
			word = (word & 0x00ffffff) | 0xd4000000;
			break;
		}
		if (word_stays(word))
			return word;
	}
}

static void words_run(uint32_t count)
{
	uint64_t executed = 0;

	for (uint32_t done = 0; done < count; done += WORDS) {
		for (uint32_t i = 0; i < WORDS; i++)
			words[i] = (struct word_piece){ MOV_SP_X0, word_choose(), SVC, SVC };
		code_written(words, sizeof words);
		for (uint32_t i = 0; i < WORDS; i++) {
			fault.armed = ~0u;
			(void)el0_call(&words[i], SCRATCH + EL0_ALIAS, SPSR_EL0t);
			(void)el0_call(&words[i], SCRATCH, SPSR_EL1t);
			fault.armed = 0;
			executed++;
		}
	}
	expect("the machine still answers", cpu_hvc(PSCI_VERSION, 0, 0, 0), 0x10001);
	print("attack: %u words\n", 2 * executed);
}

static void random_words(void)
{
	words_run(2 * WORDS);
}

static void many_random_words(void)
{
	words_run(1000000);
}

const struct attack sysreg_attacks[] = {
	{ "R01_every_register", SWEEP, every_register },
	{ "R02_every_instruction", SWEEP, every_instruction },
	{ "R03_random_words", SHORT, random_words },
	{ "R03_many_random_words", SWEEP, many_random_words },
};
const uint32_t sysreg_attack_count = sizeof sysreg_attacks / sizeof sysreg_attacks[0];
