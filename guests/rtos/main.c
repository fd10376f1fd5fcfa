/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A real-time guest. A periodic task runs a thousand times a second, woken by the virtual timer
 * at absolute times; a background task reports once a second and checks this guest's own code
 * in memory for the rest of the time, and the periodic task preempts it, in the middle of a
 * line if need be.
 *
 * Latency is from the time that the timer was set to until its interrupt's handler runs. A
 * period is missed when its interrupt comes a whole period late, or when the periodic task was
 * not done with the one before.
 *
 * On its console: `s` prints the statistics since the start, `q` ends this machine.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"
#include "guests/rtos/latency.h"
#include "guests/rtos/task.h"

#define PERIODS_PER_SECOND 1000
#define TIMER_ENABLE 1
#define PRIORITY_TIMER 0x20
#define PRIORITY_UART 0xa0

enum { PERIODIC, BACKGROUND };   /* tasks, by priority */

/* What a second was like. The periodic task fills it, then hands it to the background task by
 * `second_ready`, which is cleared when it was printed. */
struct second {
	uint64_t number;
	struct latency latency;
	uint64_t missed;       /* since the start */
};

static uint64_t period;          /* ticks */
static uint64_t deadline;        /* when the timer fires next */

/* From the timer's handler to the periodic task. */
static struct {
	uint64_t latency;
	bool pending;          /* a period began and was not worked on */
	uint64_t periods;      /* begun since the start, missed ones included */
	uint64_t missed;
} timer;

static struct second current, finished;
static volatile bool second_ready; /* `finished` is the background task's */
static volatile char key;        /* last typed, 0: none */

/* ---- Interrupts ---- */

static void timer_taken(void)
{
	uint64_t late = counter_now() - deadline;
	uint64_t skipped = late / period;

	timer.missed += skipped + (timer.pending ? 1 : 0);
	timer.periods += skipped + 1;
	timer.latency = late;
	timer.pending = true;
	deadline += period * (skipped + 1);
	sysreg_write("cntv_cval_el0", deadline);
	task_wake(&tasks[PERIODIC]);
}

static void uart_taken(void)
{
	char c;

	/* Cleared before the FIFO is read empty: what comes later interrupts again. */
	mmio_write32(UART_BASE + UARTICR, UARTINT_RX | UARTINT_RT);
	while (uart_get(&c))
		key = c;
}

void interrupt_taken(void)
{
	uint32_t intid = gic_acknowledge();

	if (intid == INTID_SPURIOUS)
		return;
	if (intid == INTID_VIRTUAL_TIMER)
		timer_taken();
	else if (intid == INTID_UART)
		uart_taken();
	gic_end(intid);
}

/* ---- The periodic task ---- */

static void second_end(uint64_t number)
{
	current.number = number;
	current.missed = timer.missed;
	if (second_ready)
		return; /* the background task is behind: its next report covers this second, too */
	finished = current;
	current.latency = (struct latency){ 0 };
	second_ready = true;
}

static void periodic_task(void)
{
	for (uint64_t second = 0;;) {
		cpu_irq_mask();
		while (!timer.pending)
			task_wait();
		latency_add(&current.latency, timer.latency);
		timer.pending = false;
		cpu_irq_open();
		if (timer.periods / PERIODS_PER_SECOND > second) {
			second = timer.periods / PERIODS_PER_SECOND;
			second_end(second);
		}
	}
}

/* ---- The background task ---- */

extern const uint8_t text_start[], text_end[];

/* FNV-1a of this guest's code. */
static uint32_t code_sum(void)
{
	uint32_t sum = 2166136261u;

	for (const uint8_t *byte = text_start; byte < text_end; byte++)
		sum = (sum ^ *byte) * 16777619u;
	return sum;
}

static struct latency since_start;

static void report(const struct latency *latency, uint64_t missed)
{
	print("latency ");
	latency_print(latency);
	print("  missed %u  ", missed);
	latency_print_histogram(latency);
	print("\n");
}

static void second_taken(void)
{
	latency_merge(&since_start, &finished.latency);
	print("rtos: %u s  ", finished.number);
	report(&finished.latency, finished.missed);
	second_ready = false;
}

static void key_taken(void)
{
	char typed = key;

	key = 0;
	if (typed == 's') {
		print("rtos: since the start  ");
		report(&since_start, timer.missed);
	} else if (typed == 'q') {
		print("rtos: goodbye\n");
		cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	} else {
		print("rtos: keys are s (statistics) and q (quit)\n");
	}
}

/* Waits until an interrupt came. Masked: WFI returns for one that came after the look, too. */
static void idle(void)
{
	cpu_irq_mask();
	if (!second_ready && !key)
		cpu_wfi();
	cpu_irq_open();
}

static void background_task(void)
{
	uint32_t sum = code_sum();

	for (;;) {
		if (second_ready) {
			second_taken();
			if (code_sum() != sum)
				print("rtos: my code changed in memory\n");
		}
		if (key)
			key_taken();
		idle();
	}
}

/* ---- Start ---- */

static void interrupts_open(void)
{
	gic_open_distributor();
	gic_open_cpu();
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_TIMER);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	gic_set_priority(INTID_UART, PRIORITY_UART);
	gic_route(INTID_UART, sysreg_read("mpidr_el1"));
	gic_set_bit(GIC_ISENABLER, INTID_UART);
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_RX | UARTINT_RT);
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree; /* the machine is known */
	uart_open();
	period = sysreg_read("cntfrq_el0") / PERIODS_PER_SECOND;
	print("rtos: %u periods a second, a counter of %u Hz; keys: s statistics, q quit\n",
	      (uint64_t)PERIODS_PER_SECOND, sysreg_read("cntfrq_el0"));
	interrupts_open();
	task_create(&tasks[PERIODIC], periodic_task);
	task_create(&tasks[BACKGROUND], background_task);
	deadline = counter_now() + period;
	sysreg_write("cntv_cval_el0", deadline);
	sysreg_write("cntv_ctl_el0", TIMER_ENABLE);
	task_run_first();
}
