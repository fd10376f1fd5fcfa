/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts of one CPU: from what causes them to the handler's first instruction. */
#include "guests/bench/bench.h"
#include "guests/lib/cpu.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"

#define ICC_SGI1R_EL1 "S3_0_C12_C11_5"
#define TIMER_TICKS 2000         /* ahead: longer than it takes to begin to wait */

static void intid_enable(uint32_t intid)
{
	gic_set_priority(intid, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, intid);
}

static uint64_t ticks_of(struct arrival arrival)
{
	return arrival.end - arrival.begin;
}

/* ---- An SGI to this CPU itself ---- */

static void sgi_prepare(void)
{
	intid_enable(SGI_TO_SELF);
}

static uint64_t sgi_self(void)
{
	uint64_t self = 1ull << (sysreg_read("mpidr_el1") & 15);

	return ticks_of(ARRIVAL("msr " ICC_SGI1R_EL1 ", %[a]", SPIN, SGI_TO_SELF << 24 | self, 0));
}

/* ---- The virtual timer: from its compare value ---- */

static void timer_prepare(void)
{
	intid_enable(INTID_VIRTUAL_TIMER);
}

#define TIMER_START "msr cntv_cval_el0, %[a]\n\tmsr cntv_ctl_el0, %[b]\n\tisb"

static uint64_t timer_spinning(void)
{
	uint64_t at = counter_now() + TIMER_TICKS;

	return ARRIVAL(TIMER_START, SPIN, at, 1).end - at;
}

static uint64_t timer_wfi(void)
{
	uint64_t at = counter_now() + TIMER_TICKS;

	return ARRIVAL(TIMER_START, SLEEP, at, 1).end - at;
}

/* ---- An SPI that is made pending ---- */

static void spi_prepare(void)
{
	gic_route(SPI, sysreg_read("mpidr_el1"));
	intid_enable(SPI);
}

static uint64_t spi_ispendr(void)
{
	return ticks_of(ARRIVAL("str %w[b], [%[a]]", SPIN, GICD_BASE + GIC_ISPENDR + SPI / 32 * 4,
				1u << SPI % 32));
}

const struct event interrupt_events[] = {
	{ "sgi_self", NOTHING, sgi_prepare, sgi_self },
	{ "timer_spinning", NOTHING, timer_prepare, timer_spinning },
	{ "timer_wfi", NOTHING, timer_prepare, timer_wfi },
	{ "spi_ispendr", NOTHING, spi_prepare, spi_ispendr },
};
const uint32_t interrupt_count = sizeof(interrupt_events) / sizeof(interrupt_events[0]);
