/* SPDX-License-Identifier: Apache-2.0 */
/* What happens on an exception: an expected fault is noted and skipped, an interrupt noted. */
#include "guests/lib/exception.h"
#include "guests/probe/probe.h"

#define CPUS 8
#define SPSR_M 0x1fu
#define SPSR_EL0t 0x00u
#define SPSR_EL1h_MASKED 0x3c5u

struct fault fault;
static struct taken taken_by[CPUS];
static void (*handler)(uint32_t intid);

_Noreturn void machine_off(void);

/* ---- Faults ---- */

static void fault_taken(struct frame *frame)
{
	uint64_t esr = sysreg_read("esr_el1");

	if (!fault.armed) {
		print("probe: unexpected exception: ESR %x, FAR %x, PC %x\n", esr, sysreg_read("far_el1"),
		      frame->elr);
		machine_off();
	}
	fault.armed = false;
	fault.taken = true;
	fault.esr = esr;
	fault.far = sysreg_read("far_el1");
	fault.elr = frame->elr;
	/* A jump that found nothing returns to where it came from, and so does user_run. */
	if ((frame->spsr & SPSR_M) == SPSR_EL0t) {
		frame->elr = frame->x[30];
		frame->spsr = SPSR_EL1h_MASKED;
	} else {
		frame->elr = ESR_EC(esr) == EC_IABT_SAME ? frame->x[30] : frame->elr + 4;
	}
}

/* ---- Interrupts ---- */

struct taken *taken_of(uint64_t cpu)
{
	return &taken_by[cpu % CPUS];
}

struct taken *taken(void)
{
	return taken_of(sysreg_read("mpidr_el1"));
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

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	if (kind == EXCEPTION_IRQ)
		interrupt_taken();
	else
		fault_taken(frame);
	return frame;
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
