/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/rtos/task.h"
#include "guests/lib/cpu.h"
#include "guests/lib/uart.h"

#define SPSR_EL1H_OPEN 0x5       /* EL1 with its own stack pointer, nothing masked */
#define ESR_EC_SHIFT 26
#define EC_SVC64 0x15

struct task tasks[TASK_COUNT];
static struct task *running;

_Noreturn void machine_off(void);
_Noreturn void exception_return(struct frame *frame);

void task_create(struct task *task, void (*entry)(void))
{
	task->frame = (struct frame *)(task->stack + TASK_STACK_BYTES) - 1;
	task->frame->elr = (uint64_t)entry;
	task->frame->spsr = SPSR_EL1H_OPEN;
	task->ready = true;
}

static struct task *task_highest(void)
{
	struct task *task = tasks;

	while (!task->ready)
		task++;
	return task;
}

_Noreturn void task_run_first(void)
{
	running = task_highest();
	exception_return(running->frame);
}

void task_wait(void)
{
	__asm__ volatile("svc #0" : : : "memory");
}

void task_wake(struct task *task)
{
	task->ready = true;
}

static _Noreturn void fault(const struct frame *frame)
{
	print("rtos: unexpected exception: ESR %x, FAR %x, PC %x\n", sysreg_read("esr_el1"),
	      sysreg_read("far_el1"), frame->elr);
	machine_off();
}

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	bool waits = kind == EXCEPTION_SYNC && sysreg_read("esr_el1") >> ESR_EC_SHIFT == EC_SVC64;

	if (kind != EXCEPTION_IRQ && !waits)
		fault(frame); /* perhaps before any task ran */
	running->frame = frame;
	if (waits)
		running->ready = false;
	else
		interrupt_taken();
	running = task_highest();
	return running->frame;
}
