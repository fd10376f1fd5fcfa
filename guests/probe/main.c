/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Runs every case, prints a line for each and a sum, and switches the machine off:
 *
 *     probe: psci_version_by_hvc: ok
 *     probe: read_of_nothing: FAILED (FAR_EL1 is 0x0, not 0xb000000)
 *     probe: 40 passed, 1 failed, 0 skipped
 */
#include "guests/probe/probe.h"

static struct {
	bool partita;
	const char *what;      /* of the first claim that failed */
	uint64_t value, wanted;
	const char *skipped;
	uint64_t passed, failed, skips;
} probe;

void expect(const char *what, uint64_t value, uint64_t wanted)
{
	if (value == wanted || probe.what)
		return;
	probe.what = what;
	probe.value = value;
	probe.wanted = wanted;
}

void skip(const char *why)
{
	probe.skipped = why;
}

uint64_t ticks_of_ms(uint64_t ms)
{
	return ms * sysreg_read("cntfrq_el0") / 1000;
}

static void case_run(const struct probe_case *c)
{
	probe.what = 0;
	probe.skipped = c->where == PARTITA_ONLY && !probe.partita ? "holds on Partita only" : 0;
	if (!probe.skipped)
		c->run();
	cpu_irq_mask();
	print("probe: %s: ", c->name);
	if (probe.what) {
		probe.failed++;
		print("FAILED (%s is %x, not %x)\n", probe.what, probe.value, probe.wanted);
	} else if (probe.skipped) {
		probe.skips++;
		print("skipped (%s)\n", probe.skipped);
	} else {
		probe.passed++;
		print("ok\n");
	}
}

static void table_run(const struct probe_case *cases, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		case_run(&cases[i]);
}

/* Without a hypervisor or firmware, SMC is undefined at EL1. */
static bool smc_answers(void)
{
	fault.taken = false;
	fault.armed = true;
	cpu_smc(PSCI_VERSION, 0, 0, 0);
	fault.armed = false;
	return !fault.taken;
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree;
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	probe.partita = smc_answers();
	print("probe: runs on %s\n", probe.partita ? "Partita" : "a machine without hypervisor");
	table_run(call_cases, call_count);
	table_run(register_cases, register_count);
	table_run(fault_cases, fault_count);
	table_run(gic_cases, gic_count);
	table_run(timer_cases, timer_count);
	table_run(physical_cases, physical_count);
	table_run(kctl_cases, kctl_count);
	table_run(clock_cases, clock_count);
	table_run(uart_cases, uart_count);
	table_run(cpu_cases, cpu_count);
	table_run(flow_cases, flow_count);
	print("probe: %u passed, %u failed, %u skipped\n", probe.passed, probe.failed, probe.skips);
}
