/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two CPUs. It is the time of both: between cause and effect only one has something to do. The
 * second one is first started over and over, then once, to sleep and answer interrupts.
 */
#include "guests/bench/bench.h"
#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/psci.h"

#define ICC_SGI1R_EL1 "S3_0_C12_C11_5"
#define MPIDR_SECOND 1
#define TO_SECOND (SGI_TO_SECOND << 24 | 1 << MPIDR_SECOND)
#define SETTLE_ROUNDS 200        /* until a CPU that has answered sleeps again */
#define STACK_BYTES 4096

static uint8_t stack[STACK_BYTES] __attribute__((aligned(16)));
static volatile uint64_t newborn_time, second_time;
static bool echo_runs;

extern const uint8_t newborn_start[], echo_start[];
void echo_open(void);

static int64_t second_state(void)
{
	return (int32_t)cpu_hvc(PSCI_AFFINITY_INFO, MPIDR_SECOND, 0, 0);
}

bool second_is_there(void)
{
	return second_state() != PSCI_INVALID_PARAMETERS;
}

static void answer_prepare(void)
{
	gic_set_priority(SGI_TO_FIRST, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, SGI_TO_FIRST);
}

/* ---- CPU_ON to the first instruction ---- */

#define TEXT_OF(x) #x
#define TEXT(x) TEXT_OF(x)
#define CALL_CPU_ON                                                                        \
	"ldr w0, =" TEXT(PSCI_CPU_ON) "\n\tmov x1, #" TEXT(MPIDR_SECOND)                   \
	"\n\tmov x2, %[a]\n\tmov x3, %[b]\n\thvc #0"

/* Until the second CPU has sent its interrupt. */
static struct arrival second_on(const void *entry, const volatile void *argument)
{
	return ARRIVAL(CALL_CPU_ON, SLEEP, entry, argument);
}

static void second_off(void)
{
	answer_prepare();
	while (second_state() != PSCI_AFFINITY_OFF)
		cpu_yield();
}

static uint64_t cpu_on(void)
{
	uint64_t begin = second_on(newborn_start, &newborn_time).begin;

	return newborn_time - begin;
}

/* ---- Interrupts there and back ---- */

void second_answers(uint64_t arrival)
{
	second_time = arrival;
	gic_send_sgi(SGI_TO_FIRST, 0);
}

/* What the second CPU does before it sleeps for the first time. */
void echo_open(void)
{
	gic_open_cpu();
	gic_set_priority(SGI_TO_SECOND, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, SGI_TO_SECOND);
	gic_send_sgi(SGI_TO_FIRST, 0);
}

/* It is started with the first of these events, and sleeps before each. */
static void second_sleeps(void)
{
	if (!echo_runs) {
		second_off();
		second_on(echo_start, stack + STACK_BYTES);
	}
	echo_runs = true;
	for (uint32_t i = 0; i < SETTLE_ROUNDS; i++)
		cpu_yield();
}

static struct arrival ping(void)
{
	return ARRIVAL("msr " ICC_SGI1R_EL1 ", %[a]", SLEEP, TO_SECOND, 0);
}

static uint64_t ipi_one_way(void)
{
	uint64_t begin = ping().begin;

	return second_time - begin;
}

static uint64_t ipi_round_trip(void)
{
	struct arrival there_and_back = ping();

	return there_and_back.end - there_and_back.begin;
}

/* Apart, so that the profiler sees one measurement in a sample. */
static __attribute__((noinline)) void answer_take(void)
{
	ARRIVAL("", SLEEP, 0, 0);
}

/* What the sender pays: its answer waits until it is told. */
static uint64_t sgi_other_sender(void)
{
	uint64_t ticks = TICKS("msr " ICC_SGI1R_EL1 ", %[a]", TO_SECOND, 0);

	answer_take();
	return ticks;
}

const struct event cpu_events[] = {
	{ "cpu_on", SECOND_CPU, second_off, cpu_on },
	{ "sgi_other_sender", SECOND_CPU, second_sleeps, sgi_other_sender },
	{ "ipi_one_way", SECOND_CPU, second_sleeps, ipi_one_way },
	{ "ipi_round_trip", SECOND_CPU, second_sleeps, ipi_round_trip },
};
const uint32_t cpu_count = sizeof(cpu_events) / sizeof(cpu_events[0]);
