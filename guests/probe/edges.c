/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device whose interrupt is an edge: what rises once is taken once, and nothing that rose is lost. The
 * device is the clock (PL031): once it has matched, its line follows RTCIMSC. On a board without
 * hypervisor its interrupt is made an edge here; in a VM it must be one of the board's.
 */
#include "guests/lib/rtc.h"
#include "guests/probe/probe.h"

static uint64_t first(void)
{
	return sysreg_read("mpidr_el1");
}

static void rise(void)
{
	mmio_write32(RTCIMSC, 1);
}

static void fall(void)
{
	mmio_write32(RTCIMSC, 0);
}

static void rise_anew(void)
{
	fall();
	rise();
}

static void disable(void)
{
	gic_set_bit(GIC_ICENABLER, INTID_RTC);
	gic_settle();
}

static void enable(void)
{
	gic_set_bit(GIC_ISENABLER, INTID_RTC);
}

static bool is_edge(void)
{
	return mmio_read32(GICD_BASE + GIC_ICFGR + INTID_RTC / 16 * 4) >> (INTID_RTC % 16 * 2 + 1) & 1;
}

/* The match is now, if no second begins in between. */
static bool clock_matches(void)
{
	for (uint32_t tries = 0; tries < 3; tries++) {
		mmio_write32(RTCMR, mmio_read32(RTCDR));
		if (mmio_read32(RTCRIS))
			return true;
	}
	return false;
}

/* Low, an edge, enabled, here. */
static void prepare(void (*handler)(uint32_t intid))
{
	disable();
	fall();
	gic_set_bit(GIC_ICPENDR, INTID_RTC);
	gic_route(INTID_RTC, first());
	gic_set_priority(INTID_RTC, PRIORITY_DEFAULT);
	taken_clear(handler);
	enable();
}

static void edge_comes_once(void)
{
	rise();
	expect("arrived", taken_wait(1), true);
	expect("INTID", taken()->intid[0], INTID_RTC);
	expect("stays away while its line is high", taken_nothing(), true);
	rise_anew();
	expect("arrived again", taken_wait(2), true);
	expect("stays away then", taken_nothing(), true);
}

static void rise_in_the_first(uint32_t intid)
{
	if (intid == INTID_RTC && taken()->count == 1)
		rise_anew();
}

static void edge_while_active_comes_again(void)
{
	taken_clear(rise_in_the_first);
	rise();
	expect("arrived twice", taken_wait(2), true);
	expect("stays away then", taken_nothing(), true);
}

static void edge_while_disabled_waits(void)
{
	disable();
	rise();
	fall();
	expect("stays away", taken_nothing(), true);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, INTID_RTC), 1);
	enable();
	expect("arrived", taken_wait(1), true);
	expect("ISPENDR after", gic_bit(GIC_ISPENDR, INTID_RTC), 0);
	expect("stays away then", taken_nothing(), true);
}

static void edge_that_waits_can_be_cleared(void)
{
	disable();
	rise();
	gic_set_bit(GIC_ICPENDR, INTID_RTC);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, INTID_RTC), 0);
	enable();
	expect("stays away", taken_nothing(), true);
	rise_anew();
	expect("arrived", taken_wait(1), true);
}

static void edge_can_be_made_by_software(void)
{
	gic_set_bit(GIC_ISPENDR, INTID_RTC);
	expect("arrived", taken_wait(1), true);
	expect("stays away then", taken_nothing(), true);
	disable();
	gic_set_bit(GIC_ISPENDR, INTID_RTC);
	expect("ISPENDR", gic_bit(GIC_ISPENDR, INTID_RTC), 1);
	gic_set_bit(GIC_ICPENDR, INTID_RTC);
	expect("ISPENDR, cleared", gic_bit(GIC_ISPENDR, INTID_RTC), 0);
	enable();
	expect("stays away", taken_nothing(), true);
}

static volatile bool second_got;

static void waits_for_one(void)
{
	second_got = taken_wait(1);
}

/* Pending for this CPU, whose interrupts are masked; then the route changes. */
static void edge_moves_with_its_route(void)
{
	if (!second_hire())
		return;
	rise();
	fall();
	expect("ISPENDR", gic_bit(GIC_ISPENDR, INTID_RTC), 1);
	gic_route(INTID_RTC, MPIDR_SECOND);
	second_does(waits_for_one);
	expect("the second CPU takes it", second_got, true);
	expect("INTID", taken_of(MPIDR_SECOND)->intid[0], INTID_RTC);
	expect("stays away here", taken_nothing(), true);
	gic_route(INTID_RTC, first());
	second_dismiss();
	rise();
	expect("arrived here again", taken_wait(1), true);
}

/* Each with the clock matched, and its interrupt an edge: or not at all. */
void with_edge_of_clock(void (*run)(void))
{
	bool edge = is_edge();

	disable();
	if (!edge && !on_partita)
		gic_set_edge(INTID_RTC, true);
	else if (!edge)
		return skip("the clock's interrupt is a level here");
	expect("RTCRIS", clock_matches(), true);
	prepare(0);
	run();
	disable();
	fall();
	mmio_write32(RTCICR, 1);
	gic_set_bit(GIC_ICPENDR, INTID_RTC);
	gic_set_edge(INTID_RTC, edge);
}

const struct probe_case edge_cases[] = {
	CASE(edge_comes_once),
	CASE(edge_while_active_comes_again),
	CASE(edge_while_disabled_waits),
	CASE(edge_that_waits_can_be_cleared),
	CASE(edge_can_be_made_by_software),
	CASE(edge_moves_with_its_route),
};
const uint32_t edge_count = sizeof(edge_cases) / sizeof(edge_cases[0]);
