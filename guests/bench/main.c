/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Measures every event, and only then prints, since what prints for a guest may run beside it; what
 * a hypervisor reports comes last, for the same reason:
 *
 *     hvc_psci_version 42.00 42 42
 *
 * is name, average, minimum, maximum, in ticks of CNTVCT_EL0. The last line says how many there are.
 * Then the machine goes off.
 */
#include "guests/bench/bench.h"
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"

#define ITERATIONS 1000
#define WARM_UP 16
#define EVENTS_MAX 32
#define QUIET_MS 100             /* until what else starts on the board has ended */
#define ESR_EC(esr) ((esr) >> 26 & 0x3f)
#define EC_UNKNOWN 0

struct result {
	const char *name;
	uint64_t sum, minimum, maximum;
};

static struct {
	struct result results[EVENTS_MAX];
	uint32_t count;
	uint64_t overhead;
	bool has_smc, has_second;
} bench;

static volatile bool undefined;

_Noreturn void machine_off(void);

/* ---- Exceptions ---- */

static void interrupt_taken(uint64_t arrival)
{
	uint32_t intid = gic_acknowledge();

	sysreg_write("cntv_ctl_el0", 0);
	cpu_isb();
	if (intid == SGI_TO_SECOND)
		second_answers(arrival);
	gic_end(intid);
}

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	uint64_t esr = sysreg_read("esr_el1");

	if (kind == EXCEPTION_IRQ) {
		interrupt_taken(frame->x[28]);
	} else if (kind == EXCEPTION_SYNC && ESR_EC(esr) == EC_UNKNOWN) {
		undefined = true;
		frame->elr += 4;
	} else {
		print("bench: unexpected exception: ESR %x, PC %x\n", esr, frame->elr);
		machine_off();
	}
	return frame;
}

/* ---- Measuring ---- */

uint64_t ticks_net(uint64_t ticks)
{
	return ticks > bench.overhead ? ticks - bench.overhead : 0;
}

static bool machine_has(enum needs needs)
{
	return needs == NOTHING || (needs == SMC ? bench.has_smc : bench.has_second);
}

static void event_run(const struct event *e)
{
	struct result *r = &bench.results[bench.count];

	if (!machine_has(e->needs) || bench.count == EVENTS_MAX)
		return;
	bench.count++;
	*r = (struct result){ .name = e->name, .minimum = UINT64_MAX };
	for (uint32_t i = 0; i < WARM_UP + ITERATIONS; i++) {
		if (e->prepare)
			e->prepare();

		uint64_t ticks = e->sample();

		if (i < WARM_UP)
			continue;
		r->sum += ticks;
		r->minimum = ticks < r->minimum ? ticks : r->minimum;
		r->maximum = ticks > r->maximum ? ticks : r->maximum;
	}
}

static void table_run(const struct event *events, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		event_run(&events[i]);
}

static void overhead_measure(void)
{
	uint64_t sum = 0;

	bench.overhead = 0;
	for (uint32_t i = 0; i < ITERATIONS; i++)
		sum += TICKS("", 0, 0);
	bench.overhead = sum / ITERATIONS;
}

static bool smc_answers(void)
{
	undefined = false;
	cpu_smc(PSCI_VERSION, 0, 0, 0);
	return !undefined;
}

/* The average with two decimals. */
static void result_print(const struct result *r)
{
	uint64_t hundredths = r->sum * 100 / ITERATIONS;

	print("%s %u.%u%u %u %u\n", r->name, hundredths / 100, hundredths / 10 % 10, hundredths % 10,
	      r->minimum, r->maximum);
}

static void quiet_wait(void)
{
	uint64_t end = counter_now() + QUIET_MS * sysreg_read("cntfrq_el0") / 1000;

	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	ARRIVAL("msr cntv_cval_el0, %[a]\n\tmsr cntv_ctl_el0, %[b]", SLEEP, end, 1);
}

void guest_main(void);
void guest_main(void)
{
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	bench.has_smc = smc_answers();
	bench.has_second = second_is_there();
	quiet_wait();
	overhead_measure();
	table_run(call_events, call_count);
	table_run(register_events, register_count);
	table_run(interrupt_events, interrupt_count);
	table_run(cpu_events, cpu_count);
	table_run(refused_events, refused_count);
	for (uint32_t i = 0; i < bench.count; i++)
		result_print(&bench.results[i]);
	print("bench: %u events, a counter of %u Hz\n", bench.count, sysreg_read("cntfrq_el0"));
}
