/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs every case, prints a line for each and a sum, and switches the machine off:
 *
 *     probe: psci_version_by_hvc: ok
 *     probe: read_of_nothing: FAILED (FAR_EL1 is 0x0, not 0xb000000)
 *     probe: 40 passed, 1 failed, 0 skipped
 */
#include "guests/probe/probe.h"

static struct tally tally;
bool on_partita;

/* The case that is run within something. */
static void (*within)(void (*run)(void)), (*inner)(void);

static void run_within(void)
{
	within(inner);
}

static void table_run_within(void (*around)(void (*run)(void)), const struct probe_case *cases,
			     uint32_t count)
{
	within = around;
	for (uint32_t i = 0; i < count; i++) {
		bool elsewhere = cases[i].where == PARTITA_ONLY && !on_partita;

		inner = cases[i].run;
		trial_run(&tally, "probe", cases[i].name, around ? run_within : inner,
			elsewhere ? "holds on Partita only" : 0);
	}
}

static void table_run(const struct probe_case *cases, uint32_t count)
{
	table_run_within(0, cases, count);
}

/* Without a hypervisor or firmware, SMC is undefined at EL1. */
static bool smc_answers(void)
{
	fault.taken = false;
	fault.armed = 1;
	cpu_smc(PSCI_VERSION, 0, 0, 0);
	fault.armed = 0;
	return !fault.taken;
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree;
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	on_partita = smc_answers();
	el0_open();
	print("probe: runs on %s\n", on_partita ? "Partita" : "a machine without hypervisor");
	table_run(call_cases, call_count);
	table_run(register_cases, register_count);
	table_run(fault_cases, fault_count);
	table_run(gic_cases, gic_count);
	table_run(timer_cases, timer_count);
	table_run(physical_cases, physical_count);
	table_run(kctl_cases, kctl_count);
	table_run(clock_cases, clock_count);
	table_run(watchdog_cases, watchdog_count);
	table_run(uart_cases, uart_count);
	table_run(cpu_cases, cpu_count);
	table_run_within(with_second, flow_cases, flow_count);
	table_run_within(with_edge_of_clock, edge_cases, edge_count);
	print("probe: %u passed, %u failed, %u skipped\n", tally.passed, tally.failed, tally.skipped);
}
