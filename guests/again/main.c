/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that resets its machine for ever while its second CPU spins; of every other life or so the end
 * is an access to nothing, which may be as good (the VM's `health`). In a new life memory is zero, and
 * nothing of the former life may still write to it.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"

#define COUNTER (RAM_BASE + 0x100000ull) /* in no section: only the loader makes it zero */
#define PATIENCE_US 5000000
#define ODD 0x9e3779b97f4a7c15ull  /* mixes the counter's bits into the highest */
#define NOTHING 0x0b000000ull      /* no device is there */

extern const uint8_t second_start[];

static bool abort_expected;

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	if (abort_expected) {
		frame->elr += 4;
		return frame;
	}
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

static void wait_us(uint64_t us)
{
	uint64_t end = counter_now() + sysreg_read("cntfrq_el0") / 1000000 * us;

	while (counter_now() < end)
		cpu_yield();
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree;
	uart_open();
	uint64_t before = counter();

	wait_us(100);
	if (before || counter())
		print("again: STRAY: a former life still counts: %u\n", counter());
	if (cpu_hvc(PSCI_CPU_ON, 1, (uint64_t)second_start, COUNTER))
		print("again: FAILED to start the second CPU\n");
	for (uint32_t i = 0; i < PATIENCE_US / 10 && !counter(); i++)
		wait_us(10);
	print(counter() ? "again: a life, the second CPU counts\n" : "again: FAILED: it does not count\n");
	if (counter_now() * ODD >> 63) {
		print("again: accesses nothing\n");
		abort_expected = true;
		(void)mmio_read32(NOTHING);
		print("again: goes on\n");
	}
	cpu_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
}
