/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that is watched: its watchdog runs from its start. It tends it for a while, then waits to be
 * reminded by the interrupt, then falls silent, as one that hangs. What follows is its health action.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/gic.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"
#include "guests/lib/watchdog.h"
#include <stdbool.h>

#define TENDED 5

static volatile bool reminded;

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	uint32_t intid;

	if (kind != EXCEPTION_IRQ) {
		print("watched: unexpected exception %u at %x\n", (uint64_t)kind, frame->elr);
		cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	intid = gic_acknowledge();
	if (intid == INTID_WATCHDOG) {
		watchdog_tend();
		reminded = true;
	}
	if (intid != INTID_SPURIOUS)
		gic_end(intid);
	return frame;
}

static uint64_t watchdog_us(void)
{
	return mmio_read32(WDOGLOAD) / (WDOGCLK_PER_MS / 1000);
}

static void wait_us(uint64_t us)
{
	uint64_t end = counter_now() + sysreg_read("cntfrq_el0") / 1000 * us / 1000;

	while (counter_now() < end)
		cpu_yield();
}

/* WFI ends by an interrupt that is masked, too; so none gets lost between look and wait. */
static void take_interrupt(void)
{
	cpu_wfi();
	cpu_irq_open();
	cpu_irq_mask();
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree;
	watchdog_tend();
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	print("watched: a life, to be tended each %u us\n", watchdog_us());
	for (uint32_t i = 0; i < TENDED; i++) {
		watchdog_tend();
		wait_us(watchdog_us() / 2);
	}
	print("watched: tended, interrupt %s\n", mmio_read32(WDOGRIS) ? "up" : "down");

	gic_route(INTID_WATCHDOG, sysreg_read("mpidr_el1"));
	gic_set_priority(INTID_WATCHDOG, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_WATCHDOG);
	while (!reminded)
		take_interrupt();
	print("watched: reminded, falls silent\n");
	for (;;)
		cpu_yield();
}
