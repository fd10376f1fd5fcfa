/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Interrupts between two CPUs (IHI 0069, "Interrupt handling and prioritization"): the first CPU
 * changes at the distributor what the second one has pending, active, or does not have yet. The
 * second one has its interrupts masked but in a job.
 */
#include "guests/probe/probe.h"

/* SPIs that no device uses, here or on QEMU's board. */
#define SPI_A 50
#define SPI_B 51

static uint64_t first(void)
{
	return sysreg_read("mpidr_el1");
}

static void disable(uint32_t intid)
{
	gic_set_bit(GIC_ICENABLER, intid);
	gic_settle();
}

/* Edge-triggered, as nothing drives its line. */
static void prepare(uint32_t intid, uint8_t priority, uint64_t mpidr)
{
	disable(intid);
	gic_set_edge(intid, true);
	gic_set_bit(GIC_ICPENDR, intid);
	gic_route(intid, mpidr);
	gic_set_priority(intid, priority);
	gic_set_bit(GIC_ISENABLER, intid);
}

/* ---- What the second CPU does ---- */

static volatile bool second_got, second_quiet;

static void waits_for_one(void)
{
	second_got = taken_wait(1);
}

static void waits_for_two(void)
{
	second_got = taken_wait(2);
}

static void looks(void)
{
	second_quiet = taken_nothing();
}

static void forgets(void)
{
	taken()->count = 0;
}

/* The second CPU has taken one interrupt more than `intids` before. */
static void expect_second_takes(uint32_t intid)
{
	second_does(waits_for_one);
	expect("the second CPU takes it", second_got, true);
	expect("INTID", taken_of(MPIDR_SECOND)->intid[0], intid);
}

/* ---- One in the handler of the second CPU, until the first lets it go ---- */

static volatile bool inside, let_go;

static void stay_inside(uint32_t intid)
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	if (first() % 256 != MPIDR_SECOND || intid != SPI_A)
		return;
	inside = true;
	while (!let_go && counter_now() < end)
		cpu_yield();
}

static void second_enters_handler(void)
{
	uint64_t end = counter_now() + ticks_of_ms(PATIENCE_MS);

	inside = false;
	let_go = false;
	taken_clear(stay_inside);
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	second_begin(waits_for_one);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	while (!inside && counter_now() < end)
		cpu_yield();
	expect("the second CPU is in its handler", inside, true);
}

static void second_leaves_handler(void)
{
	let_go = true;
	second_end();
}

/* ---- Flows ---- */

static void enable_of_a_pending_one_reaches_its_cpu(void)
{
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	disable(SPI_A);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	second_does(looks);
	expect("stays away", second_quiet, true);
	second_begin(waits_for_one);
	gic_set_bit(GIC_ISENABLER, SPI_A);
	second_end();
	expect("the second CPU takes it", second_got, true);
	expect("stays away here", taken_nothing(), true);
}

static void disable_takes_back_what_another_cpu_has_pending(void)
{
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, SPI_A), 1);
	disable(SPI_A);
	expect("ISPENDR, disabled", gic_bit(GIC_ISPENDR, SPI_A), 1);
	second_does(looks);
	expect("stays away", second_quiet, true);
	gic_set_bit(GIC_ISENABLER, SPI_A);
	expect_second_takes(SPI_A);
}

static void clear_pending_takes_back_what_another_cpu_has_pending(void)
{
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	gic_set_bit(GIC_ICPENDR, SPI_A);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, SPI_A), 0);
	second_does(looks);
	expect("stays away", second_quiet, true);
}

static void group_0_takes_back_what_another_cpu_has_pending(void)
{
	uint64_t group = GICD_BASE + GIC_IGROUPR + SPI_A / 32 * 4;
	uint32_t before = mmio_read32(group);

	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	mmio_write32(group, before & ~(1u << SPI_A % 32));
	second_does(looks);
	expect("stays away", second_quiet, true);
	mmio_write32(group, before);
	expect_second_takes(SPI_A);
}

static void priority_of_what_another_cpu_has_pending_changes(void)
{
	prepare(SPI_A, 0x80, MPIDR_SECOND);
	prepare(SPI_B, 0x90, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	gic_set_bit(GIC_ISPENDR, SPI_B);
	gic_set_priority(SPI_A, 0xa0);
	second_does(waits_for_two);
	expect("the second CPU takes both", second_got, true);
	expect("first", taken_of(MPIDR_SECOND)->intid[0], SPI_B);
	expect("then", taken_of(MPIDR_SECOND)->intid[1], SPI_A);
	disable(SPI_B);
}

static void active_on_another_cpu_is_read(void)
{
	second_enters_handler();
	expect("ISACTIVER", gic_bit(GIC_ISACTIVER, SPI_A), 1);
	expect("ICACTIVER", gic_bit(GIC_ICACTIVER, SPI_A), 1);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, SPI_A), 0);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	expect("ISPENDR, active and pending", gic_bit(GIC_ISPENDR, SPI_A), 1);
	expect("ISACTIVER, active and pending", gic_bit(GIC_ISACTIVER, SPI_A), 1);
	gic_set_bit(GIC_ICPENDR, SPI_A);
	expect("ISACTIVER, still", gic_bit(GIC_ISACTIVER, SPI_A), 1);
	second_leaves_handler();
	expect("ISACTIVER after its end", gic_bit(GIC_ISACTIVER, SPI_A), 0);
	expect("came once", taken_of(MPIDR_SECOND)->count, 1);
}

static void active_on_another_cpu_is_cleared(void)
{
	second_enters_handler();
	gic_set_bit(GIC_ICACTIVER, SPI_A);
	expect("ISACTIVER", gic_bit(GIC_ISACTIVER, SPI_A), 0);
	second_leaves_handler();
	second_does(forgets);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	expect_second_takes(SPI_A);
}

static void set_active_keeps_it_from_another_cpu(void)
{
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISACTIVER, SPI_A);
	expect("ISACTIVER", gic_bit(GIC_ISACTIVER, SPI_A), 1);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	second_does(looks);
	expect("stays away", second_quiet, true);
	gic_set_bit(GIC_ICACTIVER, SPI_A);
	expect_second_takes(SPI_A);
}

static void disabled_while_active_elsewhere_ends_as_ever(void)
{
	second_enters_handler();
	disable(SPI_A);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	second_leaves_handler();
	expect("ISACTIVER after its end", gic_bit(GIC_ISACTIVER, SPI_A), 0);
	second_does(looks);
	expect("stays away", second_quiet, true);
	second_does(forgets);
	gic_set_bit(GIC_ISENABLER, SPI_A);
	expect_second_takes(SPI_A);
}

static void route_moves_what_is_pending(void)
{
	taken_clear(0);
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	gic_route(SPI_A, first());
	expect("arrived here", taken_wait(1), true);
	second_does(looks);
	expect("stays away there", second_quiet, true);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, SPI_A), 0);
}

static void route_moves_what_is_active(void)
{
	second_enters_handler();
	gic_route(SPI_A, first());
	second_leaves_handler();
	expect("ISACTIVER after its end", gic_bit(GIC_ISACTIVER, SPI_A), 0);
	taken_clear(0);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	expect("arrived here", taken_wait(1), true);
	expect("came once there", taken_of(MPIDR_SECOND)->count, 1);
}

static void distributor_off_takes_back_what_another_cpu_has_pending(void)
{
	uint32_t before = mmio_read32(GICD_BASE + GICD_CTLR);

	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	gic_set_bit(GIC_ISPENDR, SPI_A);
	mmio_write32(GICD_BASE + GICD_CTLR, before & ~GICD_CTLR_EnableGrp1);
	gic_settle();
	second_does(looks);
	expect("stays away", second_quiet, true);
	mmio_write32(GICD_BASE + GICD_CTLR, before);
	expect_second_takes(SPI_A);
}

/* ---- A line: the UART's, raised and lowered by what the first CPU writes ---- */

static void line_off(void)
{
	mmio_write32(UART_BASE + UARTIMSC, 0);
	mmio_write32(UART_BASE + UARTICR, UARTINT_TX);
}

static void line_handled(uint32_t intid)
{
	if (intid == INTID_UART)
		line_off();
}

/* The transmit interrupt comes when a character has gone. */
static void line_rises(void)
{
	taken_clear(line_handled);
	gic_route(INTID_UART, MPIDR_SECOND);
	gic_set_priority(INTID_UART, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_UART);
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_TX);
	uart_put('\r');
}

static void line_reaches_the_cpu_that_it_is_routed_to(void)
{
	line_rises();
	expect_second_takes(INTID_UART);
	second_does(looks);
	expect("stays away, handled", second_quiet, true);
	disable(INTID_UART);
}

static void line_that_falls_is_taken_back_from_another_cpu(void)
{
	line_rises();
	expect("ISPENDR", gic_bit(GIC_ISPENDR, INTID_UART), 1);
	line_off();
	expect("ISPENDR, low", gic_bit(GIC_ISPENDR, INTID_UART), 0);
	second_does(looks);
	expect("stays away", second_quiet, true);
	disable(INTID_UART);
}

/* ---- Both ask at once: each about an interrupt of the other ---- */

#define QUESTIONS 200

static uint32_t wrong_answers(uint32_t intid)
{
	uint32_t wrong = 0;

	for (uint32_t i = 0; i < QUESTIONS; i++) {
		gic_set_bit(i % 2 ? GIC_ICPENDR : GIC_ISPENDR, intid);
		wrong += gic_bit(GIC_ISPENDR, intid) == i % 2;
	}
	return wrong;
}

static volatile uint32_t second_wrong;

static void asks_the_first(void)
{
	second_wrong = wrong_answers(SPI_B);
}

static void two_cpus_ask_each_other(void)
{
	prepare(SPI_A, PRIORITY_DEFAULT, MPIDR_SECOND);
	prepare(SPI_B, PRIORITY_DEFAULT, first());
	second_begin(asks_the_first);
	expect("wrong answers of the second CPU", wrong_answers(SPI_A), 0);
	second_end();
	expect("wrong answers of the first CPU", second_wrong, 0);
	disable(SPI_B);
}

/* ---- SGIs ---- */

static void redistributor_of_another_cpu_enables_its_sgi(void)
{
	uint64_t sgis = GICR_BASE + MPIDR_SECOND * GICR_FRAME_BYTES + GICR_SGI_FRAME;
	uint32_t bit = 1u << SGI_TO_SECOND;

	mmio_write32(sgis + GIC_ICENABLER, bit);
	gic_send_sgi(SGI_TO_SECOND, MPIDR_SECOND);
	second_does(looks);
	expect("stays away", second_quiet, true);
	expect("ISPENDR", mmio_read32(sgis + GIC_ISPENDR) & bit, bit);
	mmio_write32(sgis + GIC_ISENABLER, bit);
	expect_second_takes(SGI_TO_SECOND);
}

static void sgi_waits_for_a_cpu_that_is_off(void)
{
	second_dismiss();
	gic_send_sgi(SGI_TO_SECOND, MPIDR_SECOND);
	if (second_hire())
		expect_second_takes(SGI_TO_SECOND);
}

/* Each with a second CPU that is on. */
void with_second(void (*flow)(void))
{
	taken_clear(0);
	if (!second_hire())
		return;
	flow();
	disable(SPI_A);
	second_dismiss();
}

const struct probe_case flow_cases[] = {
	CASE(enable_of_a_pending_one_reaches_its_cpu),
	CASE(disable_takes_back_what_another_cpu_has_pending),
	CASE(clear_pending_takes_back_what_another_cpu_has_pending),
	CASE(group_0_takes_back_what_another_cpu_has_pending),
	CASE(priority_of_what_another_cpu_has_pending_changes),
	CASE(active_on_another_cpu_is_read),
	CASE(active_on_another_cpu_is_cleared),
	CASE(set_active_keeps_it_from_another_cpu),
	CASE(disabled_while_active_elsewhere_ends_as_ever),
	CASE(route_moves_what_is_pending),
	CASE(route_moves_what_is_active),
	CASE(distributor_off_takes_back_what_another_cpu_has_pending),
	CASE(line_reaches_the_cpu_that_it_is_routed_to),
	CASE(line_that_falls_is_taken_back_from_another_cpu),
	CASE(two_cpus_ask_each_other),
	CASE(redistributor_of_another_cpu_enables_its_sgi),
	CASE(sgi_waits_for_a_cpu_that_is_off),
};
const uint32_t flow_count = sizeof(flow_cases) / sizeof(flow_cases[0]);
