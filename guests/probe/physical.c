/* SPDX-License-Identifier: Apache-2.0 */
/* The physical timer (DDI 0487, "The Generic Timer in AArch64 state"): a level of its own. */
#include "guests/probe/probe.h"

#define CTL_ENABLE 1
#define CTL_IMASK 2
#define CTL_ISTATUS 4
#define ISR_I (1u << 7)

static uint64_t count_now(void)
{
	cpu_isb();
	return sysreg_read("cntpct_el0");
}

static void timer_set(uint64_t ticks_from_now, uint64_t control)
{
	sysreg_write("cntp_cval_el0", count_now() + ticks_from_now);
	sysreg_write("cntp_ctl_el0", control);
	cpu_isb();
}

static void timer_off(void)
{
	sysreg_write("cntp_ctl_el0", 0);
	cpu_isb();
}

static void timer_enable(void)
{
	gic_set_priority(INTID_PHYSICAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_PHYSICAL_TIMER);
}

static uint64_t timer_status(void)
{
	cpu_isb();
	return sysreg_read("cntp_ctl_el0");
}

/* ---- Registers ---- */

static void physical_timer_registers_read_back(void)
{
	timer_off();
	sysreg_write("cntp_cval_el0", 0x123456789abcdef0);
	cpu_isb();
	expect("CNTP_CVAL_EL0", sysreg_read("cntp_cval_el0"), 0x123456789abcdef0);
	sysreg_write("cntp_cval_el0", ~0ull);
	sysreg_write("cntp_ctl_el0", CTL_ENABLE | CTL_IMASK);
	expect("CNTP_CTL_EL0", timer_status(), CTL_ENABLE | CTL_IMASK);
	timer_off();
	expect("CNTP_CTL_EL0, off", timer_status() & CTL_ENABLE, 0);
}

static void physical_timer_value_is_signed_and_counts_down(void)
{
	uint64_t before, cval;

	sysreg_write("cntp_ctl_el0", CTL_ENABLE | CTL_IMASK);
	before = count_now();
	sysreg_write("cntp_tval_el0", 0x7fffffff);
	cpu_isb();
	cval = sysreg_read("cntp_cval_el0");
	expect("CNTP_CVAL_EL0 ahead", cval - before - 0x7fffffff < ticks_of_ms(PATIENCE_MS), true);
	expect("CNTP_TVAL_EL0 counts down", (uint32_t)sysreg_read("cntp_tval_el0") < 0x7fffffff, true);
	sysreg_write("cntp_tval_el0", (uint32_t)-1);
	cpu_isb();
	expect("CNTP_CVAL_EL0 behind", sysreg_read("cntp_cval_el0") < count_now(), true);
	expect("CNTP_CTL_EL0", timer_status(), CTL_ENABLE | CTL_IMASK | CTL_ISTATUS);
	timer_off();
}

/* ---- The interrupt ---- */

static void stop_at_third(uint32_t intid)
{
	(void)intid;
	if (taken()->count == 3)
		timer_off();
}

static void physical_timer_arrives_until_it_is_stopped(void)
{
	uint64_t start = count_now();

	timer_enable();
	taken_clear(stop_at_third);
	timer_set(ticks_of_ms(1), CTL_ENABLE);
	expect("arrived", taken_wait(3), true);
	expect("came too early", count_now() - start < ticks_of_ms(1), false);
	expect("INTID", taken()->intid[0], INTID_PHYSICAL_TIMER);
	expect("stays away", taken_nothing(), true);
	expect("count", taken()->count, 3);
}

/* The line is up, and one write lowers it and says when it rises again. */
static void set_anew(uint32_t intid)
{
	(void)intid;
	sysreg_write("cntp_cval_el0", count_now() + ticks_of_ms(1));
	if (taken()->count == 5)
		timer_off();
	cpu_isb();
}

static void physical_timer_set_anew_arrives_again(void)
{
	uint64_t start = count_now();

	timer_enable();
	taken_clear(set_anew);
	timer_set(ticks_of_ms(1), CTL_ENABLE);
	expect("arrived", taken_wait(5), true);
	expect("came too early", count_now() - start < ticks_of_ms(5), false);
	expect("stays away", taken_nothing(), true);
}

static void masked_physical_timer_does_not_arrive(void)
{
	timer_enable();
	taken_clear(stop_at_third);
	timer_set(0, CTL_ENABLE | CTL_IMASK);
	expect("stays away", taken_nothing(), true);
	expect("CNTP_CTL_EL0", timer_status(), CTL_ENABLE | CTL_IMASK | CTL_ISTATUS);
	sysreg_write("cntp_ctl_el0", CTL_ENABLE);
	expect("arrived", taken_wait(3), true);
}

static void physical_timer_taken_back_does_not_arrive(void)
{
	timer_enable();
	taken_clear(0);
	timer_set(0, CTL_ENABLE);
	timer_off();
	gic_settle();
	expect("stays away", taken_nothing(), true);
}

static void physical_timer_put_off_does_not_arrive(void)
{
	timer_enable();
	taken_clear(0);
	timer_set(0, CTL_ENABLE);
	sysreg_write("cntp_cval_el0", ~0ull);
	cpu_isb();
	gic_settle();
	expect("stays away", taken_nothing(), true);
	timer_off();
}

/* The other timer runs at the same time, and each has its own number. */
static void stop_both(uint32_t intid)
{
	if (intid == INTID_PHYSICAL_TIMER)
		timer_off();
	else
		sysreg_write("cntv_ctl_el0", 0);
	cpu_isb();
}

static void both_timers_arrive(void)
{
	timer_enable();
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	taken_clear(stop_both);
	sysreg_write("cntv_cval_el0", counter_now() + ticks_of_ms(2));
	sysreg_write("cntv_ctl_el0", CTL_ENABLE);
	timer_set(ticks_of_ms(1), CTL_ENABLE);
	expect("arrived", taken_wait(2), true);
	expect("INTIDs", taken()->intid[0] + taken()->intid[1],
	       INTID_PHYSICAL_TIMER + INTID_VIRTUAL_TIMER);
	expect("stays away", taken_nothing(), true);
}

static void wfi_ends_by_the_physical_timer(void)
{
	uint64_t start = count_now();

	timer_enable();
	taken_clear(0);
	timer_set(ticks_of_ms(2), CTL_ENABLE);
	/* WFI may end for no reason. */
	while (!(sysreg_read("isr_el1") & ISR_I) && count_now() - start < ticks_of_ms(PATIENCE_MS))
		cpu_wfi();
	expect("woke too early", count_now() - start < ticks_of_ms(2), false);
	expect("ISR_EL1.I", sysreg_read("isr_el1") & ISR_I, ISR_I);
	timer_off();
}

const struct probe_case physical_cases[] = {
	{ "physical_timer_registers_read_back", ANYWHERE, physical_timer_registers_read_back },
	{ "physical_timer_value_is_signed_and_counts_down", ANYWHERE,
	  physical_timer_value_is_signed_and_counts_down },
	{ "physical_timer_arrives_until_it_is_stopped", ANYWHERE,
	  physical_timer_arrives_until_it_is_stopped },
	{ "physical_timer_set_anew_arrives_again", ANYWHERE, physical_timer_set_anew_arrives_again },
	{ "masked_physical_timer_does_not_arrive", ANYWHERE, masked_physical_timer_does_not_arrive },
	{ "physical_timer_taken_back_does_not_arrive", ANYWHERE,
	  physical_timer_taken_back_does_not_arrive },
	{ "physical_timer_put_off_does_not_arrive", ANYWHERE, physical_timer_put_off_does_not_arrive },
	{ "both_timers_arrive", ANYWHERE, both_timers_arrive },
	{ "wfi_ends_by_the_physical_timer", ANYWHERE, wfi_ends_by_the_physical_timer },
};
const uint32_t physical_count = sizeof(physical_cases) / sizeof(physical_cases[0]);
