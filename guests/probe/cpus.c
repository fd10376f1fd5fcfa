/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A second CPU: it is started, answers an interrupt, and switches itself off; or it is hired, and
 * does what it is told. On a machine with one CPU these cases are skipped.
 */
#include "guests/probe/probe.h"

#define MPIDR_NOBODY 0xff01
#define NO_MEMORY 0x0b000000
#define SGI_TO_FIRST 4
#define STACK_BYTES 4096
#define STARTS_OFTEN 50

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile uint32_t starts; /* of the second CPU */
static volatile uint64_t second_mpidr;
static void (*volatile second_life)(void);
static void (*volatile second_job)(void); /* 0: it is done with the last one */
static volatile bool second_dismissed;

extern const uint8_t second_start[];
void second_main(void);

void second_main(void)
{
	gic_open_cpu();
	gic_set_priority(SGI_TO_SECOND, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, SGI_TO_SECOND);
	taken()->count = 0;
	second_mpidr = sysreg_read("mpidr_el1");
	starts++;
	second_life();
	cpu_hvc(PSCI_CPU_OFF, 0, 0, 0);
}

/* Without a handler of its own: handlers are the first CPU's. */
static void answer_once(void)
{
	if (taken_wait(1))
		gic_send_sgi(SGI_TO_FIRST, 0);
}

/* Interrupts are masked but for what a job does. */
static void work(void)
{
	while (!second_dismissed) {
		if (second_job) {
			second_job();
			second_job = 0;
		}
		cpu_yield();
	}
}

/* Results are 32 bits: as a number with its sign. */
static int64_t affinity_info(uint64_t mpidr)
{
	return (int32_t)cpu_hvc(PSCI_AFFINITY_INFO, mpidr, 0, 0);
}

static int64_t cpu_on(uint64_t mpidr, uint64_t entry)
{
	return (int32_t)cpu_hvc(PSCI_CPU_ON, mpidr, entry, (uint64_t)(stack + STACK_BYTES));
}

static int64_t second_state(void)
{
	return affinity_info(MPIDR_SECOND);
}

static int64_t second_on(void (*life)(void))
{
	second_life = life;
	return cpu_on(MPIDR_SECOND, (uint64_t)second_start);
}

static bool second_is_there(void)
{
	if (second_state() != PSCI_INVALID_PARAMETERS)
		return true;
	skip("one CPU");
	return false;
}

static bool second_becomes(int64_t state)
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	while (second_state() != state && counter_now() < end)
		cpu_yield();
	return second_state() == state;
}

static bool second_has_started(uint32_t times)
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	while (starts < times && counter_now() < end)
		cpu_yield();
	return starts == times;
}

static void first_cpu_is_on(void)
{
	expect("AFFINITY_INFO", (uint64_t)affinity_info(0), PSCI_AFFINITY_ON);
	expect("CPU_ON", (uint64_t)cpu_on(0, (uint64_t)second_start), (uint64_t)PSCI_ALREADY_ON);
}

static void cpu_on_of_nobody_is_invalid(void)
{
	uint64_t invalid = (uint64_t)PSCI_INVALID_PARAMETERS;

	expect("CPU_ON", (uint64_t)cpu_on(MPIDR_NOBODY, (uint64_t)second_start), invalid);
	expect("AFFINITY_INFO", (uint64_t)affinity_info(MPIDR_NOBODY), invalid);
}

static void cpu_on_at_no_memory_is_invalid(void)
{
	if (!second_is_there())
		return;
	expect("CPU_ON", (uint64_t)cpu_on(MPIDR_SECOND, NO_MEMORY), (uint64_t)PSCI_INVALID_ADDRESS);
	expect("AFFINITY_INFO", (uint64_t)second_state(), PSCI_AFFINITY_OFF);
}

/* One life of the second CPU: on, an interrupt each way, off. */
static void live_once(uint32_t times)
{
	gic_set_priority(SGI_TO_FIRST, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, SGI_TO_FIRST);
	taken_clear(0);
	expect("AFFINITY_INFO before", (uint64_t)second_state(), PSCI_AFFINITY_OFF);
	expect("CPU_ON", (uint64_t)second_on(answer_once), 0);
	expect("started", second_has_started(times), true);
	expect("its MPIDR_EL1", second_mpidr & ~(1ull << 24), 0x80000000 | MPIDR_SECOND);
	expect("AFFINITY_INFO", (uint64_t)second_state(), PSCI_AFFINITY_ON);
	expect("CPU_ON again", (uint64_t)second_on(answer_once), (uint64_t)PSCI_ALREADY_ON);
	gic_send_sgi(SGI_TO_SECOND, MPIDR_SECOND);
	expect("interrupt came back", taken_wait(1), true);
	expect("INTID", taken()->intid[0], SGI_TO_FIRST);
	expect("AFFINITY_INFO becomes OFF", second_becomes(PSCI_AFFINITY_OFF), true);
}

static void second_cpu_lives(void)
{
	if (second_is_there())
		live_once(starts + 1);
}

/* Each start comes as soon as the end of the life before is seen. */
static void second_cpu_is_started_often(void)
{
	if (!second_is_there())
		return;
	for (uint32_t i = 0; i < STARTS_OFTEN; i++)
		live_once(starts + 1);
}

bool second_hire(void)
{
	uint32_t before = starts;

	if (!second_is_there())
		return false;
	second_dismissed = false;
	second_job = 0;
	expect("CPU_ON", (uint64_t)second_on(work), 0);
	expect("the second CPU started", second_has_started(before + 1), true);
	return starts == before + 1;
}

void second_begin(void (*job)(void))
{
	second_job = job;
}

void second_end(void)
{
	uint64_t end = counter_now() + ticks_of_ms(2 * PATIENCE_MS);

	while (second_job && counter_now() < end)
		cpu_yield();
	expect("the second CPU is done", second_job == 0, true);
}

void second_does(void (*job)(void))
{
	second_begin(job);
	second_end();
}

void second_dismiss(void)
{
	second_dismissed = true;
	expect("AFFINITY_INFO becomes OFF", second_becomes(PSCI_AFFINITY_OFF), true);
}

const struct probe_case cpu_cases[] = {
	{ "first_cpu_is_on", ANYWHERE, first_cpu_is_on },
	{ "cpu_on_of_nobody_is_invalid", ANYWHERE, cpu_on_of_nobody_is_invalid },
	{ "cpu_on_at_no_memory_is_invalid", PARTITA_ONLY, cpu_on_at_no_memory_is_invalid },
	{ "second_cpu_lives", ANYWHERE, second_cpu_lives },
	{ "second_cpu_is_started_often", ANYWHERE, second_cpu_is_started_often },
};
const uint32_t cpu_count = sizeof(cpu_cases) / sizeof(cpu_cases[0]);
