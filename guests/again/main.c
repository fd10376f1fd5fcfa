/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that resets its machine for ever while its second CPU spins. In a new life memory is
 * zero, and nothing of the former life may still write to it.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"

#define COUNTER (RAM_BASE + 0x300000ull) /* in no section: only the loader makes it zero */
#define PATIENCE_MS 5000

extern const uint8_t second_start[];

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	print("again: unexpected exception %u at %x\n", (uint64_t)kind, frame->elr);
	cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	return frame;
}

/* The second CPU writes past the caches. */
static uint64_t counter(void)
{
	__asm__ volatile("dc civac, %0\n\tdsb sy" : : "r"(COUNTER) : "memory");
	return *(volatile uint64_t *)COUNTER;
}

static void wait_ms(uint64_t ms)
{
	uint64_t end = counter_now() + sysreg_read("cntfrq_el0") / 1000 * ms;

	while (counter_now() < end)
		cpu_yield();
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree;
	uart_open();
	uint64_t before = counter();

	wait_ms(1);
	if (before || counter())
		print("again: STRAY: a former life still counts: %u\n", counter());
	if (cpu_hvc(PSCI_CPU_ON, 1, (uint64_t)second_start, COUNTER))
		print("again: FAILED to start the second CPU\n");
	for (uint32_t ms = 0; ms < PATIENCE_MS && !counter(); ms++)
		wait_ms(1);
	print(counter() ? "again: a life, the second CPU counts\n" : "again: FAILED: it does not count\n");
	cpu_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
}
