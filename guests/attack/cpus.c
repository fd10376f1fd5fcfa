/* SPDX-License-Identifier: Apache-2.0 */
/* The second vCPU, and what the calls to start it can be given (DEN 0022). */
#include "guests/attack/attack.h"

#define STACK_BYTES 8192
#define MPIDR_SECOND 1

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static void (*volatile second_run)(void);

extern const uint8_t second_start[];
void second_main(void);

void second_main(void)
{
	gic_open_cpu();
	sysreg_write("cpacr_el1", 3u << 20);
	cpu_isb();
	second_run();
	cpu_hvc(PSCI_CPU_OFF, 0, 0, 0);
}

bool until(bool (*reached)(void))
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	while (!reached() && counter_now() < end)
		cpu_yield();
	return reached();
}

/* Results are 32 bits: as a number with its sign. */
static int64_t affinity_info(uint64_t mpidr, uint64_t level)
{
	return (int32_t)cpu_hvc(PSCI_AFFINITY_INFO, mpidr, level, 0);
}

static int64_t cpu_on(uint64_t mpidr, uint64_t entry)
{
	return (int32_t)cpu_hvc(PSCI_CPU_ON, mpidr, entry, (uint64_t)(stack + STACK_BYTES));
}

bool second_is_off(void)
{
	return affinity_info(MPIDR_SECOND, 0) == PSCI_AFFINITY_OFF;
}

/* However slow it is: it has work to finish. */
bool second_wait_off(void)
{
	for (uint32_t i = 0; i < 60; i++) {
		if (until(second_is_off))
			return true;
	}
	return false;
}

bool second_start_running(void (*run)(void))
{
	int64_t result;

	second_run = run;
	cpu_dsb();
	result = cpu_on(MPIDR_SECOND, (uint64_t)second_start);
	expect("CPU_ON", (uint64_t)result, 0);
	return result == 0;
}

/* ---- CPU_ON ---- */

#define INVALID ((uint64_t)PSCI_INVALID_PARAMETERS)

static void cpu_on_of_any_mpidr(void)
{
	for (uint64_t i = 0; i < 4096; i++) {
		uint64_t mpidr = i < 64 ? 1ull << i | 1 : attack_random() & 0xffffffffff;

		if ((mpidr & ~1ull) == 0)
			continue;
		expect("CPU_ON", (uint64_t)cpu_on(mpidr, (uint64_t)second_start), INVALID);
		expect("AFFINITY_INFO", (uint64_t)affinity_info(mpidr, 0), INVALID);
	}
	expect("the second vCPU is off", second_is_off(), true);
}

static void cpu_on_of_itself(void)
{
	expect("CPU_ON", (uint64_t)cpu_on(0, (uint64_t)second_start), (uint64_t)PSCI_ALREADY_ON);
}

static void cpu_on_at_bad_entries(void)
{
	static const uint64_t entries[] = {
		HOLE, UART_BASE, GICD_BASE, RTC_REAL, FOREIGN_DEVICE, RAM_BASE - 4, RAM_END, RAM_END - 2,
			RAM_BASE + 1,
		RAM_BASE + 2, 0, 1ull << 36, ~3ull, ~0ull, 1ull << 63 | RAM_BASE, 48ull << 30, 0xc00000000,
	};

	for (uint32_t i = 0; i < sizeof entries / sizeof entries[0]; i++) {
		expect("CPU_ON", (uint64_t)cpu_on(MPIDR_SECOND, entries[i]), (uint64_t)PSCI_INVALID_ADDRESS);
		expect("it is still off", second_is_off(), true);
	}
}

static volatile uint64_t starts;

static void count_start(void)
{
	starts++;
}

/* CPU_ON as soon as it is seen off, and once more at once: either the one or the other start. */
static void on_and_off_race(void)
{
	starts = 0;
	for (uint64_t i = 1; i <= 200; i++) {
		if (!second_start_running(count_start))
			return;
		int64_t again = cpu_on(MPIDR_SECOND, (uint64_t)second_start);

		if (again == 0)
			i++;
		else
			expect("CPU_ON, again", again == PSCI_ALREADY_ON || again == PSCI_ON_PENDING, true);
		if (!second_wait_off())
			expect("the second vCPU ends", 0, 1);
		expect("starts", starts, i);
	}
}

static void affinity_levels(void)
{
	for (uint64_t level = 4; level < 64; level++)
		expect("AFFINITY_INFO", (uint64_t)affinity_info(0, 1ull << level | 4), INVALID);
	for (uint64_t level = 1; level < 4; level++)
		expect("of a node", (uint64_t)affinity_info(0xff, level), PSCI_AFFINITY_ON);
}

/* ---- CPU_SUSPEND ---- */

static void power_states(void)
{
	/* Returns at once: an interrupt is pending, if masked. */
	gic_set_priority(1, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, 1);
	gic_send_sgi(1, 0);
	for (uint64_t bit = 0; bit < 32; bit++) {
		int64_t result = (int32_t)cpu_hvc(PSCI_CPU_SUSPEND, 1ull << bit, (uint64_t)second_start, 0);
		bool valid = bit <= 16; /* StateID, StateType; levels above 0 and the rest are not there */

		expect("CPU_SUSPEND", (uint64_t)result, valid ? 0 : INVALID);
	}
	for (uint64_t i = 0; i < 2000; i++) {
		uint64_t state = attack_random() & 0xffffffff;
		uint64_t entry = i % 2 ? HOLE : (uint64_t)second_start;
		int64_t result = (int32_t)cpu_hvc(PSCI_CPU_SUSPEND, state, entry, 0);

		expect("CPU_SUSPEND of any state",
		       result == 0 || result == PSCI_INVALID_PARAMETERS || result == PSCI_INVALID_ADDRESS,
		       true);
	}
	taken_clear(0);
	expect("the interrupt", taken_wait(1), true);
}

const struct attack cpu_attacks[] = {
	{ "H06_cpu_on_of_any_mpidr", SHORT, cpu_on_of_any_mpidr },
	{ "H06_cpu_on_of_itself", SHORT, cpu_on_of_itself },
	{ "H06_cpu_on_at_bad_entries", SHORT, cpu_on_at_bad_entries },
	{ "H06_on_and_off_race", SHORT, on_and_off_race },
	{ "H06_affinity_levels", SHORT, affinity_levels },
	{ "H08_power_states", SHORT, power_states },
};
const uint32_t cpu_attack_count = sizeof cpu_attacks / sizeof cpu_attacks[0];
