/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL2 timer of a CPU: one compare register for the alarms of its vCPUs, the alarms, budget
 * and refill of its services, the end of its slot, and the budget of an upcall. Each has a word
 * of its own; the timer is set to the earliest.
 */
#ifndef PARTITA_KERNEL_TIMER_H
#define PARTITA_KERNEL_TIMER_H

#include "kernel/state.h"

/* What the kernel spends on a compartment's behalf around each stay of it: its entry and exit, and the
 * interrupt that called for it. Charged like time of its own, or one that only ever asks to be run
 * again would have its CPU for nothing. */
#define STAY_COST_NS 2000

uint64_t timer_ticks(uint64_t frequency, uint64_t ns);
/* After any of these words changed. */
void timer_update(struct cpu *c);
/* The timer interrupt: acts on what is due. */
void timer_interrupt(struct cpu *c);

#endif
