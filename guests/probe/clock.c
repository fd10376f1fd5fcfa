/* SPDX-License-Identifier: Apache-2.0 */
/* The real-time clock, a PL031 (DDI 0224): it counts seconds, and interrupts when they match. */
#include "guests/lib/rtc.h"
#include "guests/probe/probe.h"

static uint32_t clock_now(void)
{
	return mmio_read32(RTCDR);
}

/* Waits for the next second. False: none came in three. */
static bool clock_ticks(void)
{
	uint64_t end = counter_now() + ticks_of_ms(3000);
	uint32_t before = clock_now();

	while (clock_now() == before && counter_now() < end)
		cpu_yield();
	return clock_now() == before + 1;
}

static void clock_identification(void)
{
	expect("RTCPeriphID0", mmio_read32(RTCPeriphID0), 0x31);
	expect("RTCPeriphID1", mmio_read32(RTCPeriphID0 + 4), 0x10);
	expect("RTCPCellID0", mmio_read32(RTCPCellID0), 0x0d);
	expect("RTCPCellID3", mmio_read32(RTCPCellID0 + 12), 0xb1);
	expect("RTCCR", mmio_read32(RTCCR), 1);
}

static void clock_counts_seconds(void)
{
	uint64_t start;

	expect("ticks", clock_ticks(), true);
	start = counter_now();
	expect("ticks again", clock_ticks(), true);
	expect("too fast", counter_now() - start < ticks_of_ms(500), false);
	expect("too slow", counter_now() - start > ticks_of_ms(2000), false);
}

static void clock_can_be_set(void)
{
	uint32_t before = clock_now();

	mmio_write32(RTCLR, 1000000);
	expect("RTCDR", clock_now() - 1000000 <= 1, true);
	expect("RTCLR", mmio_read32(RTCLR), 1000000);
	mmio_write32(RTCLR, before);
}

static void clock_clear(uint32_t intid)
{
	(void)intid;
	mmio_write32(RTCICR, 1);
}

static void clock_prepare(uint32_t mask)
{
	gic_route(INTID_RTC, sysreg_read("mpidr_el1"));
	gic_set_priority(INTID_RTC, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_RTC);
	mmio_write32(RTCICR, 1);
	mmio_write32(RTCIMSC, mask);
	taken_clear(clock_clear);
	mmio_write32(RTCMR, clock_now() + 1);
}

static void clock_match_arrives(void)
{
	uint32_t match;

	clock_prepare(1);
	match = mmio_read32(RTCMR);
	expect("RTCRIS before", mmio_read32(RTCRIS), 0);
	expect("arrived", taken_wait(1) || taken_wait(1), true);
	expect("INTID", taken()->intid[0], INTID_RTC);
	expect("RTCDR", clock_now() - match <= 1, true);
	expect("RTCRIS after", mmio_read32(RTCRIS), 0);
	expect("stays away", taken_nothing(), true);
	mmio_write32(RTCIMSC, 0);
}

static void masked_clock_match_does_not_arrive(void)
{
	clock_prepare(0);
	expect("ticks", clock_ticks() && clock_ticks(), true);
	expect("stays away", taken_nothing(), true);
	expect("RTCRIS", mmio_read32(RTCRIS), 1);
	expect("RTCMIS", mmio_read32(RTCMIS), 0);
	mmio_write32(RTCIMSC, 1);
	expect("RTCMIS, unmasked", mmio_read32(RTCMIS), 1);
	expect("arrived", taken_wait(1), true);
	mmio_write32(RTCIMSC, 0);
}

const struct probe_case clock_cases[] = {
	{ "clock_identification", ANYWHERE, clock_identification },
	{ "clock_counts_seconds", ANYWHERE, clock_counts_seconds },
	{ "clock_can_be_set", ANYWHERE, clock_can_be_set },
	{ "clock_match_arrives", ANYWHERE, clock_match_arrives },
	{ "masked_clock_match_does_not_arrive", ANYWHERE, masked_clock_match_does_not_arrive },
};
const uint32_t clock_count = sizeof(clock_cases) / sizeof(clock_cases[0]);
