/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel of this guest: tasks with fixed priorities on one CPU. The ready task with the
 * highest priority runs, always. Tasks are switched only where an exception returns: an
 * interrupt that makes a task ready, or a task that waits, which is the exception `svc`. So
 * there is one path, and a task that is not running is nothing but a frame on its stack.
 *
 * Interrupts are masked in exceptions and open in tasks. What both change, tasks change
 * with interrupts masked.
 */
#ifndef PARTITA_RTOS_TASK_H
#define PARTITA_RTOS_TASK_H

#include "guests/lib/exception.h"
#include <stdbool.h>
#include <stdint.h>

#define TASK_STACK_BYTES 4096

struct task {
	struct frame *frame;   /* while it does not run */
	volatile bool ready;
	uint8_t stack[TASK_STACK_BYTES] __attribute__((aligned(16)));
};

/* Priority 0 is the highest; the task with the lowest must never wait. */
#define TASK_COUNT 2
extern struct task tasks[TASK_COUNT];

void task_create(struct task *task, void (*entry)(void));

/* Starts the first task, and does not come back. */
_Noreturn void task_run_first(void);

/* From a task: waits until it is woken. Interrupts are masked before, so that no wake comes
 * between looking for work and waiting. */
void task_wait(void);

/* From an interrupt. */
void task_wake(struct task *task);

/* What main.c does on an interrupt. */
void interrupt_taken(void);

#endif
