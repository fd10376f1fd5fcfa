/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The virtual GIC against a real one: what three vCPUs' guests do with their distributor, redistributors
 * and CPU interfaces, and what devices do with their lines, happens to Partita (tests/host/board.h: the
 * kernel and the monitor) and to tests/host/gic_model.h. Compared are all that a guest can see:
 *
 *     a register that is read has the model's value; an access aborts where the model's does
 *     an acknowledge returns one of the most urgent interrupts that the model has for this PE; nothing
 *     only if the model has nothing that its priority mask and running priority let through
 *
 * So none is lost, none comes twice, none comes that is disabled, masked or somebody else's. Kernel entries
 * of the CPUs interleave in any order: while an access of one guest is under way to other CPUs, others
 * begin accesses to other interrupts, monitors are interrupted, signals wait.
 *
 * Order is what makes the outcome certain: what a guest does to an interrupt waits until an access to the
 * same one is over, and until signals about it have arrived, as a guest's own barriers would have it.
 */
#include "tests/fuzz/steps.h"
#include "kernel/link.h"
#include "kernel/sysreg.h"
#include "tests/host/board.h"
#include "tests/host/gic_model.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATIENCE 10000u        /* steps of CPUs until nothing is under way: else something waits for ever */
#define KEY_ICC_DIR_EL1 KEY(3, 0, 12, 11, 1)
#define KEY_CNTP_CTL_EL0 KEY(3, 3, 14, 2, 1)
#define PSCI_CPU_ON 0xc4000003u
#define PSCI_SYSTEM_RESET 0x84000009u
#define NOBODY 1023u

uint64_t steps_played;

static struct gic_model model;

/*
 * Ends beyond the list registers are counted by the hardware, not named (docs/interrupts.md, "Where it
 * differs"), so the kernel takes the most urgent of them. One input does not mix what would show that:
 * NESTED has as many active ones as there are priorities; in SET and CLEARED two at most, and software
 * makes others active, or clears active ones behind the guest's back.
 */
static enum {
	NESTED,
	SET,
	CLEARED,
} style;

/* An access under way. */
static struct flight {
	bool on;
	uint64_t pc;
	uint64_t ipa, value, x[3];
	uint32_t bytes;
	bool store, call;
	uint32_t word;         /* GICD: of 32 INTIDs; GICR: 32 + PE; ALONE: nothing else at the same time */
	uint32_t moves;        /* INTID whose route it reads or writes, or 0 */
	struct gic_answer want;
	struct gic_irq *pending;       /* what bit 0 of a read of pending state is */
} flights[CPUS];
#define ALONE 64u

/* What each guest has acknowledged and not ended; running priority dropped or not. */
static struct {
	uint32_t count;
	uint8_t intid[64];
	bool dropped[64];
} acknowledged[CPUS];

static _Noreturn void differs(const char *what, uint32_t cpu, uint64_t got, uint64_t want)
{
	fprintf(stderr, "vCPU %u: %s: 0x%llx, the model has 0x%llx (step %llu)\n", cpu, what,
		(unsigned long long)got, (unsigned long long)want, (unsigned long long)steps_played);
	abort();
}

static uint32_t number(const struct core *h)
{
	return (uint32_t)(h - cores);
}

/* FUZZ_TRACE=1: what the guests do, and what comes of it. */
static __attribute__((format(printf, 2, 3))) void trace(const struct core *h, const char *format, ...)
{
	static int tracing = -1;
	va_list arguments;

	if (tracing < 0)
		tracing = getenv("FUZZ_TRACE") != NULL;
	if (!tracing)
		return;
	fprintf(stderr, "%8llu vCPU %u ", (unsigned long long)steps_played, number(h));
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
}

/* ---- CPUs go on ---- */

static void chance_next(void)
{
	board_chance = board_chance * 1664525u + 1013904223u;
	board_chance ^= board_chance >> 15;
}

/* The timer's line is looked at whenever its guest comes to the kernel by itself. */
static void timer_looked_at(uint32_t cpu)
{
	struct gic_irq *q = &model.own[cpu][TIMER_PPI];

	if (!q->line && !q->written)
		q->maybe = false;
}

static void issue(struct core *h, const struct flight *f)
{
	timer_looked_at(number(h));
	if (f->call)
		guest_call(h, f->value, f->x[0], f->x[1], f->x[2]);
	else
		guest_access(h, f->ipa, f->bytes, f->store, f->value);
}

/* What reads as not pending is not, even if it might have been. */
static void pending_read(const struct flight *f, uint64_t got)
{
	for (uint64_t bits = f->want.maybe & ~got; bits; bits &= bits - 1)
		f->pending[__builtin_ctzll(bits)].maybe = false;
}

static void finished(struct core *h, struct flight *f)
{
	uint64_t got = guest_x(h, 0);

	trace(h, "done: 0x%llx %s", (unsigned long long)got, h->aborted ? "aborted" : "");
	f->on = false;
	if (h->aborted != f->want.aborts)
		differs(f->store ? "a store aborted" : "a load aborted", number(h), h->aborted,
			f->want.aborts);
	if (h->aborted) {
		h->aborted = false;
		h->elr = f->pc + 4;
		return;
	}
	if (f->store || f->call)
		return;
	if ((got ^ f->want.value) & ~f->want.maybe) {
		fprintf(stderr, "load of %u bytes at 0x%llx, 0x%llx unknown\n", f->bytes,
			(unsigned long long)f->ipa, (unsigned long long)f->want.maybe);
		differs("a register", number(h), got, f->want.value);
	}
	pending_read(f, got);
}

static void look(struct core *h)
{
	struct flight *f = &flights[number(h)];

	if (!f->on || h->where != IN_GUEST)
		return;
	if (h->aborted || h->elr == f->pc + 4)
		finished(h, f);
	else if (h->elr == f->pc)
		issue(h, f);
	else
		differs("the guest went astray", number(h), h->elr, f->pc);
}

static bool go_on(struct core *h)
{
	bool something = core_step(h);

	chance_next();
	look(h);
	return something;
}

/* All accesses are over. */
static void settle(void)
{
	for (uint32_t i = 0; flights[0].on || flights[1].on || flights[2].on; i++) {
		if (i == PATIENCE)
			differs("an access does not end", 0, i, 0);
		(void)go_on(&cores[board_chance >> 8 & 3 ? (board_chance >> 8) % CPUS : i % CPUS]);
	}
}

/* This CPU has taken its interrupts, as it does before its guest's next instruction. */
static void interrupts_taken(struct core *h)
{
	for (uint32_t i = 0; core_is_interrupted(h) || h->where == IN_MONITOR; i++) {
		if (i == PATIENCE)
			differs("interrupts do not end", number(h), i, 0);
		(void)go_on(h);
	}
}

/* What its siblings and its list registers have to say about its interrupts. */
static void signals_taken(struct core *h, uint32_t signals)
{
	for (uint32_t i = 0; core_has_signal(number(h), signals) || core_has_maintenance(h); i++) {
		if (i == PATIENCE)
			differs("signals do not end", number(h), i, 0);
		(void)go_on(h);
	}
}

/* The guest on this CPU can do something that others can see. */
static void alone(struct core *h)
{
	settle();
	interrupts_taken(h);
}

static void fly(struct core *h, struct flight f)
{
	trace(h, "%s %u 0x%llx 0x%llx", f.call ? "call" : f.store ? "store" : "load", f.bytes,
	      (unsigned long long)f.ipa, (unsigned long long)f.value);
	f.on = true;
	f.pc = h->elr;
	flights[number(h)] = f;
	issue(h, &f);
	look(h);
	if (f.word == ALONE)
		settle();
}

/* ---- The guest's CPU interface ---- */

static void acknowledge(struct core *h)
{
	uint32_t cpu = number(h), urgent = 0x100, intid;
	struct gic_irq *q;

	if (acknowledged[cpu].count >= (style == NESTED ? 60 : 2))
		return;
	for (uint32_t i = 0; i < INTIDS; i++) {
		q = gic_model_irq(&model, cpu, i);
		if (q->priority < urgent && gic_model_is_for(&model, cpu, i, true) &&
		    interface_signals(&h->interface, q->priority))
			urgent = q->priority;
	}
	intid = guest_acknowledge(h);
	trace(h, "acknowledges %u", intid);
	if (intid == NOBODY) {
		if (urgent != 0x100)
			differs("nothing was acknowledged; priority", cpu, 0x100, urgent);
		return;
	}
	q = gic_model_irq(&model, cpu, intid);
	if (!gic_model_is_for(&model, cpu, intid, false))
		differs("acknowledged what is not to be delivered", cpu, intid, urgent);
	if (q->priority > urgent)
		differs("acknowledged a less urgent one", cpu, q->priority, urgent);
	gic_model_acknowledge(q);
	acknowledged[cpu].intid[acknowledged[cpu].count++] = (uint8_t)intid;
}

static void deactivated(struct core *h, uint32_t n)
{
	uint32_t cpu = number(h), intid = acknowledged[cpu].intid[n];

	gic_model_deactivate(gic_model_irq(&model, cpu, intid));
	acknowledged[cpu].count--;
	for (; n < acknowledged[cpu].count; n++) {
		acknowledged[cpu].intid[n] = acknowledged[cpu].intid[n + 1];
		acknowledged[cpu].dropped[n] = acknowledged[cpu].dropped[n + 1];
	}
}

/* ICC_EOIR1_EL1 in the reverse order of acknowledges, or one ICC_DIR_EL1. */
static void end(struct core *h, uint32_t choice)
{
	uint32_t cpu = number(h), n = acknowledged[cpu].count;

	if (n == 0)
		return;
	if (!h->interface.split) {
		trace(h, "ends %u", acknowledged[cpu].intid[n - 1]);
		guest_drop(h);
		guest_end(h, acknowledged[cpu].intid[n - 1]);
		deactivated(h, n - 1);
		return;
	}
	trace(h, "drops or deactivates");
	for (uint32_t i = n; choice & 1 && i-- > 0;)
		if (!acknowledged[cpu].dropped[i]) {
			guest_drop(h);
			acknowledged[cpu].dropped[i] = true;
			return;
		}
	for (n = (choice >> 1) % n; n > 0 && !acknowledged[cpu].dropped[n]; n--)
		;
	if (!acknowledged[cpu].dropped[n])
		return;
	timer_looked_at(cpu);
	guest_write_sysreg(h, KEY_ICC_DIR_EL1, acknowledged[cpu].intid[n]);
	acknowledged[cpu].dropped[n] = false;
	deactivated(h, n);
}

static void interface_write(struct core *h, uint32_t choice, uint32_t value)
{
	switch (choice & 3) {
	case 0:
		h->interface.pmr = value & 7 ? 0xf8 : value >> 8 & 0xf8;
		break;
	case 1:
		if (acknowledged[number(h)].count == 0)
			h->interface.bpr = (uint8_t)(value & 3 ? 3 : 3 + (value >> 8) % 5);
		break;
	case 2:
		h->interface.enabled = value & 7;
		break;
	default:
		if (acknowledged[number(h)].count == 0)
			h->interface.split = value & 1;
	}
}

/* To siblings, and to itself. What Group 0 makes of an SGI for Group 1 is open. */
static void sgi(struct core *h, uint32_t choice, uint32_t value)
{
	uint32_t cpu = number(h), intid = value >> 8 & 15, targets = value & 7;
	bool others = (choice & 7) == 0;

	trace(h, "SGI %u to %x", intid, others ? 0xfu : targets);
	timer_looked_at(cpu);
	guest_write_sysreg(h, KEY_ICC_SGI1R_EL1, (uint64_t)intid << 24 | targets | (uint64_t)others << 40);
	for (uint32_t n = 0; n < CPUS; n++) {
		struct gic_irq *q = &model.own[n][intid];

		if (!(others ? n != cpu : targets >> n & 1))
			continue;
		if (q->group1)
			q->latch = true;
		else
			q->maybe = true;
	}
}

/* ---- The guest's registers ---- */

static bool is_acknowledged(const struct gic_irq *q)
{
	for (uint32_t cpu = 0; cpu < CPUS; cpu++)
		for (uint32_t n = 0; n < acknowledged[cpu].count; n++)
			if (gic_model_irq(&model, cpu, acknowledged[cpu].intid[n]) == q)
				return true;
	return false;
}

/* What a style leaves of a store to active bits. */
static uint32_t active_bits(const struct gic_irq *q, bool set, uint32_t bits)
{
	if (style != (set ? SET : CLEARED) && (set || style == NESTED))
		return 0;
	for (uint32_t n = 0; style == SET && n < 32; n++)
		if (is_acknowledged(&q[n]))
			bits &= ~(1u << n);
	return bits;
}

static bool any_active(const struct gic_irq *q, uint32_t count)
{
	for (uint32_t n = 0; n < count; n++)
		if (q[n].active)
			return true;
	return false;
}

/* Wait for what is under way to the same interrupts, and for signals about them. */
static void word_is_free(uint32_t word)
{
	for (uint32_t n = 0; n < CPUS; n++)
		if (flights[n].on && flights[n].word == word)
			settle();
	for (uint32_t n = 0; n < CPUS; n++)
		if (word < 32 || word == 32 + n)
			signals_taken(&cores[n], word < 32 ? SIGNAL_LINES : SIGNAL_LINES | 0xffff);
}

static void access(struct core *h, uint32_t pe, uint32_t offset, uint32_t bytes, bool store, uint64_t value)
{
	struct flight f = { .bytes = bytes, .store = store, .word = ALONE };
	bool gicr = pe < CPUS, banks = gicr ? offset >= 0x10080 && offset < 0x11000
					    : offset >= 0x80 && offset < 0x1000;
	uint32_t bank = offset % 0x10000 / 0x80, shift = bank < 8 ? 2 : bank < 0x18 ? 5 : 3, word;

	offset &= ~(bytes - 1);
	f.ipa = (gicr ? GICR(pe) : GICD) + offset;
	f.value = value & (~0ull >> (64 - 8 * bytes));
	word = offset % (bank < 8 ? 0x80 : bank < 0x18 ? 0x400 : 0x100) >> shift;
	if (banks && gicr && word == 0)
		f.word = 32 + pe;
	else if (banks && !gicr && (word == 1 || word == 2))
		f.word = word;
	if (!gicr && offset >= 0x6100 && offset < 0x6300) {
		f.moves = (offset - 0x6000) / 8;
		f.word = f.moves / 32;
		if (store && model.spi[f.moves].active)
			return; /* docs/interrupts.md, "Where it differs" */
	}
	if (f.word != ALONE && !f.moves) {
		struct gic_irq *q = gicr ? model.own[pe] : &model.spi[32 * word];

		if (store && (bank == 6 || bank == 7))
			f.value = active_bits(q, bank == 6, (uint32_t)f.value);
		if (store && bank >= 8 && bank < 16 && style == NESTED && any_active(&q[offset % 32], bytes))
			return;
		if (store && bank == 24 && !gicr && word == 1 && offset % 8 == 0)
			f.value &= ~8ull; /* the UART's is a level */
		if (!store && (bank == 4 || bank == 5))
			f.pending = q;
	}
	if (f.word == ALONE)
		settle();
	word_is_free(f.word);
	if (f.word == ALONE)
		for (uint32_t n = 0; n < CPUS; n++)
			signals_taken(&cores[n], SIGNAL_LINES | 0xffff);
	interrupts_taken(h);
	f.want = gicr ? gic_model_redistributor(&model, pe, offset, bytes, store, f.value)
		      : gic_model_distributor(&model, offset, bytes, store, f.value);
	fly(h, f);
}

/* Values that leave most of it as it was; sizes that exist, mostly. */
static void register_step(struct core *h, const struct step *s)
{
	static const uint16_t often[] = {
		0x080, 0x100, 0x100, 0x180, 0x200, 0x200, 0x280, 0x300, 0x380, 0x400, 0x400, 0xc00,
		0x000, 0x040, 0x048, 0x6000,
	};
	uint32_t reg = often[s->choice & 15], value = s->value, pe = s->who >> 2 & 3, bytes = 4;
	uint32_t sparse = 1u << (value & 31) | 1u << (value >> 5 & 31), offset;
	bool store = s->choice & 0x40 || reg == 0x40 || reg == 0x48;

	if ((s->choice & 0xb0) == 0xb0) {      /* anything anywhere */
		bytes = 1u << (s->chance & 3);
		offset = value & (pe < CPUS ? 0x1ffff : value & 0x20000000 ? 0xffff : 0x7f);
		access(h, pe, offset, bytes, store, s->chance >> 2);
		return;
	}
	if (reg < 0x80)
		pe = CPUS;
	else if (reg == 0x6000) {
		pe = CPUS;
		bytes = s->choice & 0x20 ? 8 : 4;
		offset = 0x6100 + (value % 64) * 8;
		value = value >> 8 & 15 ? (value >> 12) % CPUS : value >> 12;
		access(h, pe, offset, bytes, store, value);
		return;
	}
	offset = reg;
	if (reg >= 0x400 && reg < 0xc00) {
		bytes = s->choice & 0x20 ? 1 : 4;
		offset += pe < CPUS ? value % 32 : 32 + value % 64;
		value = (value >> 8 & 0x30303030) | (value >> 16 & 0x08);
	} else if (reg == 0xc00) {
		offset += pe < CPUS ? value % 8 : 8 + value % 16;
		value = sparse << 1 & 0xaaaaaaaa;
	} else if (reg >= 0x80) {
		offset += pe < CPUS ? 0 : 4 + (value >> 10 & 1) * 4;
		value = reg == 0x80 ? ~sparse | (value >> 12 & 1) : sparse;
	} else if (reg == 0) {
		value = value & 0x700 ? 2 : value & 3;
	} else {
		value = 32 + value % 64;
	}
	access(h, pe, pe < CPUS ? 0x10000 + offset : offset, bytes, store, value);
}

/* ---- Lines ---- */

static void hardware_line(uint32_t choice, bool up)
{
	uint32_t intid = hardware[choice % HARDWARE].intid;

	settle();
	trace(cores, "line %u %d", intid, up);
	board_line(intid, up);
	gic_model_line(&model.spi[intid], up);
}

static void timer_line(struct core *h, bool up)
{
	alone(h);
	trace(h, "timer %d", up);
	h->timer_line = up;
	gic_model_line(&model.own[number(h)][TIMER_PPI], up);
}

/* A model in the monitor: its store ends when its line has moved. */
static void uart_line(struct core *h, bool up)
{
	alone(h);
	for (uint32_t n = 0; n < CPUS; n++)
		signals_taken(&cores[n], SIGNAL_LINES);
	interrupts_taken(h);
	gic_model_line(&model.spi[UART_SPI], up);
	fly(h, (struct flight){ .ipa = UART + 0x38, .bytes = 4, .store = true, .word = ALONE,
				.value = up ? 0x20 : 0 });
}

static void cntp_line(struct core *h, bool up)
{
	struct gic_irq *q = &model.own[number(h)][CNTP_PPI];
	uint64_t pc;

	alone(h);
	pc = h->elr;
	timer_looked_at(number(h));
	gic_model_line(q, up);
	for (uint32_t i = 0; h->elr != pc + 4; i++) {
		if (i == PATIENCE)
			differs("a timer's register does not end", number(h), i, 0);
		if (h->where == IN_GUEST && h->elr == pc)
			guest_write_sysreg(h, KEY_CNTP_CTL_EL0, up ? 1 : 3);
		else
			(void)go_on(h);
	}
}

/* ---- Lives ---- */

static void life_begins(uint32_t life)
{
	uint32_t hard[GIC_INTIDS / 32] = { 0 }, edge[GIC_INTIDS / 32] = { 0 };

	for (uint32_t i = 0; i < HARDWARE; i++) {
		hard[hardware[i].intid / 32] |= 1u << hardware[i].intid % 32;
		edge[hardware[i].intid / 32] |= (uint32_t)hardware[i].edge << hardware[i].intid % 32;
	}
	gic_model_reset(&model, hard, edge, TIMER_PPI);
	memset(acknowledged, 0, sizeof(acknowledged));
	memset(flights, 0, sizeof(flights));
	for (uint32_t i = 0; i < HARDWARE; i++)
		model.spi[hardware[i].intid].line = spis[hardware[i].intid].line;
	for (uint32_t i = 0; board_lives != life || cores[0].where != IN_GUEST; i++) {
		if (i == PATIENCE)
			differs("the VM does not start", 0, i, 0);
		for (uint32_t n = 0; n < CPUS; n++)
			(void)go_on(&cores[n]);
	}
	for (uint32_t n = 1; n < CPUS; n++) {
		interrupts_taken(&cores[0]);
		fly(&cores[0], (struct flight){ .call = true, .value = PSCI_CPU_ON, .x = { n, RAM, n },
						.word = ALONE });
		for (uint32_t i = 0; cores[n].where != IN_GUEST; i++) {
			if (i == PATIENCE)
				differs("a vCPU does not start", n, i, 0);
			(void)go_on(&cores[n]);
		}
	}
	/* The UART sends a character: from now on its transmit interrupt stands. */
	interrupts_taken(&cores[0]);
	fly(&cores[0],
	    (struct flight){ .ipa = UART, .bytes = 4, .store = true, .value = 'x', .word = ALONE });
}

/* Drivers have set up what is there, so that something happens. */
static void drivers(uint32_t value)
{
	for (uint32_t n = 0; n < CPUS; n++) {
		cores[n].interface.enabled = true;
		cores[n].interface.pmr = 0xf8;
		cores[n].interface.split = value >> n & 1;
		access(&cores[n], n, 0x10080, 4, true, 0xffffffff);
		access(&cores[n], n, 0x10100, 4, true, 0xffffffff);
		for (uint32_t i = 0; i < 32; i += 4)
			access(&cores[n], n, 0x10400 + i, 4, true, (value * (i + n + 1)) & 0x38383838);
	}
	for (uint32_t w = 1; w < INTIDS / 32; w++) {
		access(&cores[0], CPUS, 0x80 + 4 * w, 4, true, 0xffffffff);
		access(&cores[1], CPUS, 0x100 + 4 * w, 4, true, 0xffffffff);
		for (uint32_t i = 0; i < 32; i += 4)
			access(&cores[2], CPUS, 0x400 + 32 * w + i, 4, true, (value * (i + w)) & 0x38383838);
	}
	access(&cores[0], CPUS, 0, 4, true, 2);
}

/* A new life, in the midst of whatever is going on. */
static void restart(struct core *h)
{
	uint32_t life = board_lives + 1;

	interrupts_taken(h);
	memset(flights, 0, sizeof(flights));
	guest_call(h, PSCI_SYSTEM_RESET, 0, 0, 0);
	life_begins(life);
}

/* ---- Steps ---- */

static void play(const struct step *s)
{
	struct core *h = &cores[(s->who & 3) % CPUS];
	uint32_t kind = s->kind & 31;

	steps_played++;
	board_chance = s->chance * 0x01010101u ^ s->value;
	if (flights[number(h)].on || kind < 3) {
		(void)go_on(h);
		return;
	}
	if (kind < 13)
		register_step(h, s);
	else if (kind == 13)
		hardware_line(s->choice, s->value & 1);
	else if (kind == 14)
		hardware_line(s->choice, s->value & 1);
	else if (kind == 15)
		timer_line(h, s->value & 1);
	else if (kind == 16)
		uart_line(h, s->value & 1);
	else if (kind == 17)
		cntp_line(h, s->value & 1);
	else if (kind == 18 && s->value % 256 == 0)
		restart(h);
	else if (kind < 30)
		alone(h);
	if (kind == 18)
		interface_write(h, s->choice, s->value);
	else if (kind == 19 || kind == 20)
		sgi(h, s->choice, s->value);
	else if (kind > 20 && kind < 26)
		acknowledge(h);
	else if (kind >= 26 && kind < 30)
		end(h, s->choice);
	else if (kind >= 30)
		(void)go_on(h);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct step s;

	if (bytes < sizeof(s))
		return 0;
	memcpy(&s, data, sizeof(s));
	style = (__typeof__(style))(s.kind % 3);
	board_lives = 0;
	board_boot();
	life_begins(1);
	drivers(s.value);
	for (data += sizeof(s), bytes -= sizeof(s); bytes >= sizeof(s);
	     data += sizeof(s), bytes -= sizeof(s)) {
		memcpy(&s, data, sizeof(s));
		play(&s);
	}
	return 0;
}
