/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that goes astray in each way that there is, once: for what its owner reads about it
 * (tests/system/test_stray.py). It takes its exceptions, and goes off.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/trial.h"
#include "guests/lib/uart.h"

#define HOLE 0x0a100000
#define HOLE_IN_RAM_MAP 0x60000000     /* mapped as normal memory */
#define ROM 0x50000000
#define GIB 0x40000000ull
#define TABLE 0x3              /* as guests/lib/mmu.S has it */

extern uint64_t mmu_table[512];

static void taken_is(const char *what)
{
	print("stray: %s: %s\n", what, fault.taken ? "abort" : "NOTHING HAPPENED");
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	uint64_t value = 0;

	(void)device_tree;
	uart_open();
	ATTEMPT("str %w1, [%2]", HOLE, value);
	taken_is("store");
	ATTEMPT("ldrb %w1, [%2]", HOLE + 0xfff, value);
	taken_is("load");
	ATTEMPT("stp %1, %1, [%2]", HOLE, value);
	taken_is("pair");
	ATTEMPT("ldp %w1, w10, [%2]", GICD_BASE, value);
	taken_is("pair from the GIC");
	ATTEMPT("strb %w1, [%2]", GICD_BASE, value);
	taken_is("byte to the GIC");
	ATTEMPT("blr %2", HOLE_IN_RAM_MAP, value);
	taken_is("fetch");
	ATTEMPT("str %w1, [%2]", ROM + 16, value);
	taken_is("ROM");
	mmu_table[3] = HOLE | TABLE;
	cpu_dsb();
	cpu_isb();
	ATTEMPT("ldr %1, [%2]", 3 * GIB + 0x1000, value);
	taken_is("walk");
	cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
}
