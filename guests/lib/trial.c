/* SPDX-License-Identifier: Apache-2.0 */
/* What happens on an exception: an expected fault is noted and skipped, an interrupt noted, and
 * `svc` goes to EL0 and back. */
#include "guests/lib/trial.h"
#include "guests/lib/exception.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/uart.h"

_Noreturn void machine_off(void);

static uint64_t cpu_number(void)
{
	return sysreg_read("mpidr_el1") % CPUS_MAX;
}

/* ---- Cases ---- */

static struct {
	const char *what;      /* of the first claim that failed */
	uint64_t value, wanted;
	const char *skipped;
} trial;

void expect(const char *what, uint64_t value, uint64_t wanted)
{
	if (value == wanted || trial.what)
		return;
	trial.what = what;
	trial.value = value;
	trial.wanted = wanted;
}

void skip(const char *why)
{
	trial.skipped = why;
}

void trial_run(struct tally *tally, const char *who, const char *name, void (*run)(void), const char *why_not)
{
	trial.what = 0;
	trial.skipped = why_not;
	if (!why_not)
		run();
	cpu_irq_mask();
	print("%s: %s: ", who, name);
	if (trial.what) {
		tally->failed++;
		print("FAILED (%s is %x, not %x)\n", trial.what, trial.value, trial.wanted);
	} else if (trial.skipped) {
		tally->skipped++;
		print("skipped (%s)\n", trial.skipped);
	} else {
		tally->passed++;
		print("ok\n");
	}
}

uint64_t ticks_of_ms(uint64_t ms)
{
	return ms * sysreg_read("cntfrq_el0") / 1000;
}

/* ---- Faults ---- */

#define PSTATE_IL (1u << 20)

void (*fault_unexpected)(void);
static struct fault_note faults[CPUS_MAX];

struct fault_note *fault_here(void)
{
	return &faults[cpu_number()];
}

static void fault_taken(struct frame *frame)
{
	struct fault_note *mine = fault_here();
	uint64_t esr = sysreg_read("esr_el1"), far = sysreg_read("far_el1"), ec = ESR_EC(esr);

	if (!mine->armed && fault_unexpected)
		fault_unexpected();
	if (!mine->armed) {
		print("unexpected exception: ESR %x, FAR %x, PC %x\n", esr, far, frame->elr);
		machine_off();
	}
	mine->armed--;
	mine->taken = true;
	mine->count++;
	mine->esr = esr;
	mine->far = far;
	mine->elr = frame->elr;
	mine->spsr = frame->spsr;
	/* Or the instruction that follows would be illegal as well. */
	frame->spsr &= ~(uint64_t)PSTATE_IL;
	/* A jump that found nothing returns to where it came from. */
	if (ec == EC_IABT_SAME || ec == EC_IABT_LOWER || ec == EC_PC_ALIGNMENT)
		frame->elr = frame->x[30];
	else
		frame->elr += 4;
}

/* ---- Interrupts ---- */

static struct taken taken_by[CPUS_MAX];
static void (*handler)(uint32_t intid);

struct taken *taken_of(uint64_t cpu)
{
	return &taken_by[cpu % CPUS_MAX];
}

struct taken *taken(void)
{
	return taken_of(cpu_number());
}

void taken_clear(void (*new_handler)(uint32_t intid))
{
	taken()->count = 0;
	handler = new_handler;
}

static void interrupt_taken(void)
{
	struct taken *mine = taken();
	uint32_t intid = gic_acknowledge();

	if (intid == INTID_SPURIOUS)
		return;
	if (mine->count < TAKEN_MAX)
		mine->intid[mine->count] = intid;
	mine->count++;
	if (handler)
		handler(intid);
	gic_end(intid);
}

bool taken_wait(uint32_t count)
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	cpu_irq_open();
	while (taken()->count < count && counter_now() < end)
		cpu_yield();
	cpu_irq_mask();
	return taken()->count >= count;
}

bool taken_nothing(void)
{
	uint32_t before = taken()->count;
	uint64_t end = counter_now() + ticks_of_ms(QUIET_MS);

	cpu_irq_open();
	while (counter_now() < end)
		;
	cpu_irq_mask();
	return taken()->count == before;
}

/* ---- EL0 ---- */

#define GIB 0x40000000ull
#define BLOCK_NORMAL_EL0 0x745ull /* as guests/lib/mmu.S has it, and AP[1] */
#define EL0_STACK_BYTES 4096
#define SVC_TO_EL0 1
#define PSTATE_M 0xf
#define PSTATE_EL1h 0x5
#define PSTATE_nRW 0x10

extern uint64_t mmu_table[512];
static uint8_t el0_stack[CPUS_MAX][EL0_STACK_BYTES] __attribute__((aligned(16)));
static struct frame *el0_caller[CPUS_MAX];

/* EL1's stack while EL0 runs: its caller's goes on below the caller's frame. */
static struct {
	uint8_t space[EL0_STACK_BYTES];
	struct frame frame;
} el1_stack[CPUS_MAX] __attribute__((aligned(16)));

void el0_open(void)
{
	mmu_table[(RAM_BASE + EL0_ALIAS) / GIB] = RAM_BASE | BLOCK_NORMAL_EL0;
	cpu_dsb();
	cpu_isb();
}

uint64_t el0_call(const void *function, uint64_t argument, uint64_t pstate)
{
	register uint64_t x0 __asm__("x0") = argument;
	register uint64_t x1 __asm__("x1") = (uint64_t)function;
	register uint64_t x2 __asm__("x2") = pstate;

	__asm__ volatile("svc %1" : "+r"(x0) : "i"(SVC_TO_EL0), "r"(x1), "r"(x2) : "memory");
	return x0;
}

/* The caller's frame stays on its stack until EL0 comes back. */
static struct frame *el0_enter(struct frame *caller)
{
	struct frame *frame = &el1_stack[cpu_number()].frame;
	uint64_t alias = (caller->x[2] & PSTATE_M) == 0 ? EL0_ALIAS : 0;

	el0_caller[cpu_number()] = caller;
	frame->elr = caller->x[1] + alias;
	frame->spsr = caller->x[2];
	for (uint32_t i = 0; i < 31; i++)
		frame->x[i] = caller->x[0];
	sysreg_write("sp_el0", (uint64_t)el0_stack[cpu_number() + 1] + alias);
	return frame;
}

static struct frame *el0_leave(const struct frame *frame)
{
	struct frame *caller = el0_caller[cpu_number()];

	caller->x[0] = frame->x[0];
	return caller;
}

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	uint64_t esr = sysreg_read("esr_el1"), ec = ESR_EC(esr);
	bool sync = kind == EXCEPTION_SYNC, called = (frame->spsr & PSTATE_M) != PSTATE_EL1h;

	if (sync && called && (ec == EC_SVC || ec == EC_SVC32))
		return el0_leave(frame);
	if (sync && ec == EC_SVC && (esr & 0xffff) == SVC_TO_EL0)
		return el0_enter(frame);
	if (kind == EXCEPTION_IRQ) {
		interrupt_taken();
		return frame;
	}
	fault_taken(frame);
	return frame->spsr & PSTATE_nRW ? el0_leave(frame) : frame;
}
