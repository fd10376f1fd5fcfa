/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The probe: cases that ask the machine for what the architecture promises. Most hold on any
 * machine like QEMU's `virt`, and so are checked against QEMU itself; some only hold for what
 * Partita gives a VM. A case makes claims with expect(); the first that fails is told.
 */
#ifndef PARTITA_PROBE_PROBE_H
#define PARTITA_PROBE_PROBE_H

#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/trial.h"
#include "guests/lib/uart.h"
#include <stdbool.h>
#include <stdint.h>

enum where {
	ANYWHERE,
	PARTITA_ONLY,
};

struct probe_case {
	const char *name;
	enum where where;
	void (*run)(void);
};

/* One that is called as its function is. */
#define CASE(function) { #function, ANYWHERE, function }

extern bool on_partita;         /* else on a machine without hypervisor */

extern const struct probe_case call_cases[], register_cases[], fault_cases[], gic_cases[], timer_cases[],
	physical_cases[], kctl_cases[], clock_cases[], watchdog_cases[], uart_cases[], cpu_cases[],
	flow_cases[], edge_cases[];
extern const uint32_t call_count, register_count, fault_count, gic_count, timer_count, physical_count,
	kctl_count, clock_count, watchdog_count, uart_count, cpu_count, flow_count, edge_count;

/* Around each flow and each edge: what it needs, and an end that leaves nothing behind. */
void with_second(void (*flow)(void));
void with_edge_of_clock(void (*run)(void));

/* ---- A second CPU that works for the first (cpus.c) ---- */

#define MPIDR_SECOND 1
#define SGI_TO_SECOND 3          /* enabled there as soon as it is on */

/* Starts it, with interrupts masked; false: there is none (the case is skipped) or it failed. */
bool second_hire(void);
/* It executes `job`; _end waits until it has, _does is both. */
void second_begin(void (*job)(void));
void second_end(void);
void second_does(void (*job)(void));
/* It switches itself off. */
void second_dismiss(void);

#endif
