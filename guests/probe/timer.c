/* SPDX-License-Identifier: Apache-2.0 */
/* The virtual timer, a level that stands until it is set anew; and waiting for interrupts. */
#include "guests/probe/probe.h"

#define CTL_ENABLE 1
#define CTL_IMASK 2
#define CTL_ISTATUS 4
#define ISR_I (1u << 7)

static void timer_set(uint64_t ticks_from_now, uint64_t control)
{
	sysreg_write("cntv_cval_el0", counter_now() + ticks_from_now);
	sysreg_write("cntv_ctl_el0", control);
	cpu_isb();
}

static void timer_off(void)
{
	sysreg_write("cntv_ctl_el0", 0);
	cpu_isb();
}

static void timer_enable(void)
{
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
}

static void stop_at_third(uint32_t intid)
{
	(void)intid;
	if (taken()->count == 3)
		timer_off();
}

static void timer_arrives_until_it_is_stopped(void)
{
	uint64_t start = counter_now();

	timer_enable();
	taken_clear(stop_at_third);
	timer_set(ticks_of_ms(1), CTL_ENABLE);
	expect("arrived", taken_wait(3), true);
	expect("came too early", counter_now() - start < ticks_of_ms(1), false);
	expect("INTID", taken()->intid[0], INTID_VIRTUAL_TIMER);
	expect("stays away", taken_nothing(), true);
	expect("count", taken()->count, 3);
}

static void set_anew(uint32_t intid)
{
	(void)intid;
	timer_set(ticks_of_ms(1), taken()->count < 5 ? CTL_ENABLE : 0);
}

static void timer_set_anew_arrives_again(void)
{
	uint64_t start = counter_now();

	timer_enable();
	taken_clear(set_anew);
	timer_set(ticks_of_ms(1), CTL_ENABLE);
	expect("arrived", taken_wait(5), true);
	expect("came too early", counter_now() - start < ticks_of_ms(5), false);
	expect("stays away", taken_nothing(), true);
}

static void masked_timer_does_not_arrive(void)
{
	timer_enable();
	taken_clear(stop_at_third);
	timer_set(0, CTL_ENABLE | CTL_IMASK);
	expect("stays away", taken_nothing(), true);
	expect("CNTV_CTL_EL0.ISTATUS", sysreg_read("cntv_ctl_el0") & CTL_ISTATUS, CTL_ISTATUS);
	sysreg_write("cntv_ctl_el0", CTL_ENABLE);
	expect("arrived", taken_wait(3), true);
}

/* The line fell before anyone looked. How soon a GIC notices is its own affair: the call gives
 * it the time, and a hypervisor the chance. */
static void timer_taken_back_does_not_arrive(void)
{
	timer_enable();
	taken_clear(0);
	timer_set(0, CTL_ENABLE);
	timer_off();
	cpu_hvc(PSCI_VERSION, 0, 0, 0);
	expect("stays away", taken_nothing(), true);
}

static void timer_disabled_at_the_gic_waits(void)
{
	timer_enable();
	gic_set_bit(GIC_ICENABLER, INTID_VIRTUAL_TIMER);
	gic_settle();
	taken_clear(stop_at_third);
	timer_set(0, CTL_ENABLE);
	expect("stays away", taken_nothing(), true);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	expect("arrived", taken_wait(3), true);
}

/* Interrupts are masked: WFI ends, but nothing is taken. */
static void expect_woken(uint64_t start)
{
	expect("woke too early", counter_now() - start < ticks_of_ms(2), false);
	expect("ISR_EL1.I", sysreg_read("isr_el1") & ISR_I, ISR_I);
	timer_off();
	expect("taken", taken()->count, 0);
}

static void wfi_ends_by_the_timer(void)
{
	uint64_t start = counter_now();

	timer_enable();
	taken_clear(0);
	timer_set(ticks_of_ms(2), CTL_ENABLE);
	/* WFI may end for no reason. */
	while (!(sysreg_read("isr_el1") & ISR_I) && counter_now() - start < ticks_of_ms(PATIENCE_MS))
		cpu_wfi();
	expect_woken(start);
}

static void cpu_suspend_ends_by_the_timer(void)
{
	uint64_t start = counter_now();

	if ((int32_t)cpu_hvc(PSCI_FEATURES, PSCI_CPU_SUSPEND, 0, 0) < 0) {
		skip("no CPU_SUSPEND");
		return;
	}
	timer_enable();
	taken_clear(0);
	timer_set(ticks_of_ms(2), CTL_ENABLE);
	while (!(sysreg_read("isr_el1") & ISR_I) && counter_now() - start < ticks_of_ms(PATIENCE_MS))
		expect("x0", cpu_hvc(PSCI_CPU_SUSPEND, 0, 0, 0), 0);
	expect_woken(start);
}

const struct probe_case timer_cases[] = {
	{ "timer_arrives_until_it_is_stopped", ANYWHERE, timer_arrives_until_it_is_stopped },
	{ "timer_set_anew_arrives_again", ANYWHERE, timer_set_anew_arrives_again },
	{ "masked_timer_does_not_arrive", ANYWHERE, masked_timer_does_not_arrive },
	{ "timer_taken_back_does_not_arrive", ANYWHERE, timer_taken_back_does_not_arrive },
	{ "timer_disabled_at_the_gic_waits", ANYWHERE, timer_disabled_at_the_gic_waits },
	{ "wfi_ends_by_the_timer", ANYWHERE, wfi_ends_by_the_timer },
	{ "cpu_suspend_ends_by_the_timer", ANYWHERE, cpu_suspend_ends_by_the_timer },
};
const uint32_t timer_count = sizeof(timer_cases) / sizeof(timer_cases[0]);
