/* SPDX-License-Identifier: Apache-2.0 */
/* Interrupts and time: storms, nonsense to the CPU interface, and state that nobody would set. */
#include "guests/attack/attack.h"
#include "guests/lib/rtc.h"

#define ICC_IAR1_EL1 "S3_0_C12_C12_0"
#define ICC_EOIR1_EL1 "S3_0_C12_C12_1"
#define ICC_HPPIR1_EL1 "S3_0_C12_C12_2"
#define ICC_BPR1_EL1 "S3_0_C12_C12_3"
#define ICC_CTLR_EL1 "S3_0_C12_C12_4"
#define ICC_DIR_EL1 "S3_0_C12_C11_1"
#define ICC_SGI1R_EL1 "S3_0_C12_C11_5"
#define ICC_ASGI1R_EL1 "S3_0_C12_C11_6"
#define ICC_SGI0R_EL1 "S3_0_C12_C11_7"
#define ICC_PMR_EL1 "S3_0_C4_C6_0"
#define ICC_IAR0_EL1 "S3_0_C12_C8_0"

#define STORM 3000
#define SPI_FIRST 32
#define SPI_LAST 63

static void sgis_enable(void)
{
	for (uint32_t intid = 0; intid < 16; intid++) {
		gic_set_priority(intid, PRIORITY_DEFAULT);
		gic_set_bit(GIC_ISENABLER, intid);
	}
}

/* Takes what is left over, until nothing comes. */
static void drain(void)
{
	taken_clear(0);
	while (!taken_nothing())
		;
}

/* ---- SGIs ---- */

static volatile bool second_open, second_end;

static void take_all(void)
{
	sgis_enable();
	taken_clear(0);
	cpu_irq_open();
	second_open = true;
	while (!second_end)
		cpu_yield();
	cpu_irq_mask();
}

static bool second_opened(void)
{
	return second_open;
}

static void sgi_storm(void)
{
	second_open = second_end = false;
	sgis_enable();
	taken_clear(0);
	if (!second_start_running(take_all))
		return;
	expect("the second vCPU runs", until(second_opened), true);
	cpu_irq_open();
	for (uint64_t i = 0; i < STORM; i++) {
		uint64_t id = i % 16 << 24;

		sysreg_write(ICC_SGI1R_EL1, id | 3);          /* both */
		sysreg_write(ICC_SGI1R_EL1, id | 1ull << 40); /* all but oneself */
	}
	cpu_irq_mask();
	second_end = true;
	expect("the second vCPU ends", second_wait_off(), true);
	expect("some came", taken()->count > 0, true);
	drain();
}

/* Affinities, ranges and reserved bits that name nobody here: the witness is one of them. */
static void sgis_to_nobody(void)
{
	/* Aff1, Aff2, RS, Aff3 */
	static const uint64_t elsewhere[] = { 1ull << 16, 1ull << 32, 1ull << 44, 1ull << 48 };

	sgis_enable();
	drain();
	for (uint64_t i = 0; i < 4096; i++) {
		uint64_t value = attack_random() & ~(1ull << 40);

		/* Never what names this VM: all affinities 0, range 0. */
		value |= elsewhere[i % 4];
		sysreg_write(ICC_SGI1R_EL1, value);
		sysreg_write(ICC_ASGI1R_EL1, attack_random());
		sysreg_write(ICC_SGI0R_EL1, attack_random());
		sysreg_write(ICC_SGI1R_EL1, 0xfffc);          /* vCPUs that this VM does not have */
	}
	expect("nothing came", taken_nothing(), true);
}

/* DEN 0022: what was sent to a vCPU that is off is pending when it comes on. */
static volatile uint32_t second_took;

static void take_one(void)
{
	sgis_enable();
	taken_clear(0);
	(void)taken_wait(1);
	second_took = taken()->count;
}

static void sgi_to_a_vcpu_that_is_off(void)
{
	second_took = 0;
	for (uint32_t i = 0; i < STORM; i++)
		sysreg_write(ICC_SGI1R_EL1, 7ull << 24 | 2);
	if (!second_start_running(take_one))
		return;
	expect("the second vCPU ends", second_wait_off(), true);
	expect("what it took", second_took, 1);
}

/* ---- More than there is room for ---- */

static void spis_enable(bool enable)
{
	for (uint32_t intid = SPI_FIRST; intid <= SPI_LAST; intid++) {
		gic_route(intid, sysreg_read("mpidr_el1"));
		gic_set_priority(intid, (uint8_t)(intid % 16 << 4));
	}
	mmio_write32(GICD_BASE + GIC_ICFGR + 8, 0xaaaaaaaa);
	mmio_write32(GICD_BASE + GIC_ICFGR + 12, 0xaaaaaaaa);
	mmio_write32(GICD_BASE + (enable ? GIC_ISENABLER : GIC_ICENABLER) + 4, ~0u);
	gic_settle();
}

static void everything_pending(void)
{
	sgis_enable();
	drain();
	spis_enable(true);
	for (uint32_t round = 0; round < 20; round++) {
		mmio_write32(GICD_BASE + GIC_ISPENDR + 4, ~0u);
		sysreg_write(ICC_SGI1R_EL1, (uint64_t)(round % 16) << 24 | 1);
		taken_clear(0);
		expect("all came", taken_wait(33), true);
		expect("and no more", taken_nothing(), true);
	}
	spis_enable(false);
}

/* Acknowledged, one within another, and ended in the wrong order, or not at all. */
static void ends_out_of_order(void)
{
	static uint32_t active[16];

	spis_enable(true);
	for (uint32_t round = 0; round < 20; round++) {
		uint32_t count = 0;

		sysreg_write(ICC_PMR_EL1, 0xf8);
		for (uint32_t i = 0; i < 8; i++) {
			uint32_t intid = SPI_FIRST + 16 + 15 - i * 2; /* more urgent each time */

			gic_set_bit(GIC_ISPENDR, intid);
			cpu_isb();
			uint32_t got = gic_acknowledge();

			if (got < 1020)
				active[count++] = got;
		}
		expect("some are active", count > 0, true);
		for (uint32_t i = 0; i < count; i++)
			sysreg_write(ICC_EOIR1_EL1, active[(i * 5 + round) % count]);
		for (uint32_t i = 0; i < 64; i++)
			sysreg_write(ICC_EOIR1_EL1, attack_random() & 0x3ff);
		for (uint32_t i = 0; i < 64; i++)
			sysreg_write(ICC_DIR_EL1, attack_random() & 0xffffff);
		mmio_write32(GICD_BASE + GIC_ICACTIVER + 4, ~0u);
		mmio_write32(GICD_BASE + GIC_ICPENDR + 4, ~0u);
		/* Whatever priorities still run are ended. */
		for (uint32_t i = 0; i < 32; i++)
			sysreg_write(ICC_EOIR1_EL1, SPI_FIRST);
		cpu_isb();
	}
	spis_enable(false);
	sysreg_write(ICC_PMR_EL1, PMR_ALL);
	/* And it still works. */
	sgis_enable();
	taken_clear(0);
	gic_send_sgi(3, 0);
	expect("an SGI after all that", taken_wait(1), true);
}

/* Pending, then withdrawn, moved and disabled before it can be taken. */
static void spurious(void)
{
	spis_enable(true);
	drain();
	for (uint32_t i = 0; i < STORM / 4; i++) {
		uint32_t intid = SPI_FIRST + 8 + i % 16;

		gic_set_bit(GIC_ISPENDR, intid);
		if (i % 3 == 0)
			gic_set_bit(GIC_ICPENDR, intid);
		else if (i % 3 == 1)
			gic_set_bit(GIC_ICENABLER, intid);
		else
			gic_route(intid, 1);
		gic_settle();
		uint32_t got = gic_acknowledge();

		expect("nothing to acknowledge", got, INTID_SPURIOUS);
		gic_set_bit(GIC_ICPENDR, intid);
		gic_route(intid, 0);
		gic_set_bit(GIC_ISENABLER, intid);
	}
	spis_enable(false);
}

/* ---- The CPU interface ---- */

static void interface_flips(void)
{
	sgis_enable();
	drain();
	for (uint32_t i = 0; i < STORM; i++) {
		sysreg_write(ICC_PMR_EL1, attack_random() & 0xff);
		sysreg_write(ICC_BPR1_EL1, attack_random() & 7);
		sysreg_write(ICC_CTLR_EL1, attack_random());  /* EOImode, CBPR and the read-only rest */
		sysreg_write("S3_0_C12_C12_7", attack_random() & 1);
		sysreg_write("S3_0_C12_C12_5", attack_random()); /* ICC_SRE_EL1 */
		sysreg_write("S3_0_C12_C9_0", 0);             /* ICC_AP1R0_EL1 */
		sysreg_write(ICC_SGI1R_EL1, (uint64_t)(i % 16) << 24 | 1);
		uint64_t intid = sysreg_read(ICC_IAR1_EL1);

		(void)sysreg_read(ICC_HPPIR1_EL1);
		expect("Group 0", sysreg_read(ICC_IAR0_EL1), INTID_SPURIOUS);
		sysreg_write(ICC_EOIR1_EL1, intid);
		sysreg_write(ICC_DIR_EL1, intid);
	}
	for (uint32_t i = 0; i < 16; i++) {
		gic_set_bit(GIC_ICACTIVER, i);
		gic_set_bit(GIC_ICPENDR, i);
	}
	sysreg_write("S3_0_C12_C9_0", 0);
	gic_open_cpu();
	taken_clear(0);
	gic_send_sgi(4, 0);
	expect("an SGI after all that", taken_wait(1), true);
	expect("INTID", taken()->intid[0], 4);
}

/* ---- A model to walk beside ---- */

#define WALK 600

/* Enables, priorities and pending bits of edge interrupts, delivery closed. */
static void random_walk(void)
{
	uint32_t enabled = 0, pending = 0;
	uint8_t priority[32];

	spis_enable(false);
	mmio_write32(GICD_BASE + GIC_ICPENDR + 4, ~0u);
	mmio_write32(GICD_BASE + GIC_ICACTIVER + 4, ~0u);
	/* The UART's and the clock's have lines of their own. */
	uint32_t all = ~0u & ~(1u << (INTID_UART - 32)) & ~(1u << (INTID_RTC - 32));

	for (uint32_t i = 0; i < 32; i++) {
		priority[i] = 0;
		gic_set_priority(32 + i, 0);
	}
	for (uint32_t step = 0; step < WALK; step++) {
		uint32_t bits = (uint32_t)attack_random() & (uint32_t)attack_random() & all;
		uint32_t i = (uint32_t)attack_random() % 32;

		switch (attack_random() % 6) {
		case 0:
			mmio_write32(GICD_BASE + GIC_ISENABLER + 4, bits);
			enabled |= bits;
			break;
		case 1:
			mmio_write32(GICD_BASE + GIC_ICENABLER + 4, bits);
			enabled &= ~bits;
			break;
		case 2:
			mmio_write32(GICD_BASE + GIC_ISPENDR + 4, bits);
			pending |= bits;
			break;
		case 3:
			mmio_write32(GICD_BASE + GIC_ICPENDR + 4, bits);
			pending &= ~bits;
			break;
		case 4:
			priority[i] = (uint8_t)bits & 0xf8;
			gic_set_priority(32 + i, (uint8_t)bits);
			break;
		case 5:
			gic_route(32 + i, bits & 1 ? 1 : 0);
			break;
		}
		expect("ISENABLER", mmio_read32(GICD_BASE + GIC_ISENABLER + 4) & all, enabled);
		expect("ISPENDR", mmio_read32(GICD_BASE + GIC_ISPENDR + 4) & all, pending);
		expect("ISACTIVER", mmio_read32(GICD_BASE + GIC_ISACTIVER + 4), 0);
		expect("IPRIORITYR", mmio_read8(GICD_BASE + GIC_IPRIORITYR + 32 + i), priority[i]);
	}
	mmio_write32(GICD_BASE + GIC_ICPENDR + 4, ~0u);
	spis_enable(false);
}

/* ---- An interrupt of real hardware in every state ---- */

/* The board's clock: its line goes up at once, and down when told. */
static void rtc_line(bool up)
{
	mmio_write32(RTCIMSC, up);
	if (up)
		mmio_write32(RTCMR, mmio_read32(RTCDR));
	else
		mmio_write32(RTCICR, 1);
}

static void rtc_quiet(uint32_t intid)
{
	if (intid == INTID_RTC)
		rtc_line(false);
}

static void rtc_arrives(void)
{
	taken_clear(rtc_quiet);
	rtc_line(true);
	expect("the clock's interrupt comes", taken_wait(1), true);
	expect("INTID", taken()->intid[0], INTID_RTC);
	expect("once", taken_nothing(), true);
}

static void hardware_interrupt_in_flight(void)
{
	static const uint32_t banks[] = { GIC_ISPENDR, GIC_ICPENDR, GIC_ISACTIVER, GIC_ICACTIVER,
		GIC_ICENABLER };

	rtc_line(false);                 /* a former life may have left it up */
	gic_route(INTID_RTC, 0);
	gic_set_priority(INTID_RTC, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_RTC);
	drain();
	rtc_arrives();
	for (uint32_t i = 0; i < 200; i++) {
		rtc_line(true);                  /* pending or active in hardware, not taken */
		for (uint32_t b = 0; b < sizeof banks / sizeof banks[0]; b++)
			gic_set_bit(banks[(b + i) % 5], INTID_RTC);
		if (i % 2)
			gic_route(INTID_RTC, 1);
		gic_settle();
		rtc_line(false);
		gic_route(INTID_RTC, 0);
		gic_set_bit(GIC_ICPENDR, INTID_RTC);
		gic_set_bit(GIC_ICACTIVER, INTID_RTC);
		gic_set_bit(GIC_ISENABLER, INTID_RTC);
		gic_settle();
	}
	drain();
	rtc_arrives();
	/* Never ended while its line stays up: only this guest is without it. */
	rtc_line(true);
	(void)gic_acknowledge();
	for (uint32_t i = 0; i < STORM; i++)
		gic_set_bit(GIC_ISPENDR, INTID_RTC);
	gic_end(INTID_RTC);
	rtc_line(false);
	gic_set_bit(GIC_ICPENDR, INTID_RTC);
	drain();
	rtc_arrives();
	gic_set_bit(GIC_ICENABLER, INTID_RTC);
}

/* Its line stays up: it comes again and again, here alone, and nothing else is done meanwhile. */
static void rtc_quiet_at_last(uint32_t intid)
{
	if (intid == INTID_RTC && taken()->count >= STORM)
		rtc_line(false);
}

static void line_that_stays_up(void)
{
	gic_route(INTID_RTC, 0);
	gic_set_bit(GIC_ISENABLER, INTID_RTC);
	taken_clear(rtc_quiet_at_last);
	rtc_line(true);
	expect("it comes often", taken_wait(STORM), true);
	drain();
	gic_set_bit(GIC_ICENABLER, INTID_RTC);
}

/* ---- Time ---- */

#define CTL_ENABLE 1
#define CTL_IMASK 2

static void timer_again(uint32_t intid)
{
	if (intid == INTID_VIRTUAL_TIMER)
		sysreg_write("cntv_tval_el0", taken()->count < STORM ? 50 : 0x7fffffff);
}

static void timer_storm(void)
{
	gic_set_priority(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	taken_clear(timer_again);
	sysreg_write("cntv_tval_el0", 1);
	sysreg_write("cntv_ctl_el0", CTL_ENABLE);
	expect("all came", taken_wait(STORM), true);
	sysreg_write("cntv_ctl_el0", 0);
	drain();
}

/* Up for ever, masked and unmasked, without an interrupt ever being taken. */
static void timer_flips(void)
{
	sysreg_write("cntv_cval_el0", 0);
	for (uint32_t i = 0; i < 4 * STORM; i++) {
		sysreg_write("cntv_ctl_el0", i % 2 ? CTL_ENABLE : CTL_ENABLE | CTL_IMASK);
		cpu_isb();
		if (i % 16 == 0)
			(void)gic_bit(GIC_ISPENDR, INTID_VIRTUAL_TIMER);
	}
	sysreg_write("cntv_ctl_el0", 0);
	drain();
}

static void timer_quiet_at_last(uint32_t intid)
{
	if (intid == INTID_VIRTUAL_TIMER && taken()->count >= STORM)
		sysreg_write("cntv_ctl_el0", 0);
}

static void timer_stays_up(void)
{
	taken_clear(timer_quiet_at_last);
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	sysreg_write("cntv_cval_el0", 0);
	sysreg_write("cntv_ctl_el0", CTL_ENABLE);
	expect("it comes often", taken_wait(STORM), true);
	drain();
}

/* Each access is an upcall, and each value moves an alarm of the kernel's. */
static void physical_timer_storm(void)
{
	for (uint32_t i = 0; i < STORM; i++) {
		sysreg_write("cntp_cval_el0", i % 4 ? attack_random() : 0);
		sysreg_write("cntp_ctl_el0", attack_random() & 7);
		sysreg_write("cntp_tval_el0", attack_random());
	}
	sysreg_write("cntp_ctl_el0", 0);
}

static void wait_with_pending_but_masked(void)
{
	sgis_enable();
	drain();
	gic_send_sgi(5, 0);
	for (uint32_t i = 0; i < 4 * STORM; i++)
		cpu_wfi();
	taken_clear(0);
	expect("it is still there", taken_wait(1), true);
}

static void waits(void)
{
	gic_set_bit(GIC_ISENABLER, INTID_VIRTUAL_TIMER);
	taken_clear(0);
	for (uint64_t i = 0; i < STORM / 4; i++) {
		sysreg_write("cntv_tval_el0", i % 64);
		sysreg_write("cntv_ctl_el0", CTL_ENABLE);
		cpu_wfi();
		sysreg_write("cntv_ctl_el0", CTL_ENABLE | CTL_IMASK);
		cpu_irq_open();
		cpu_isb();
		cpu_irq_mask();
	}
	sysreg_write("cntv_ctl_el0", 0);
	for (uint32_t i = 0; i < STORM; i++)
		__asm__ volatile("sev\n\tsevl\n\twfe\n\tyield");
	drain();
}

static void counter_never_goes_back(void)
{
	uint64_t last = 0;

	for (uint32_t i = 0; i < 4 * STORM; i++) {
		uint64_t now = counter_now();

		expect("the counter goes on", now >= last, true);
		last = now;
		cpu_isb();
		uint64_t physical = sysreg_read("cntpct_el0");

		expect("the physical one, too", physical >= last, true);
		expect("and is the same", physical - last < ticks_of_ms(PATIENCE_MS), true);
		last = physical;
	}
}

const struct attack interrupt_attacks[] = {
	{ "I01_sgi_storm", SHORT, sgi_storm },
	{ "I01_sgis_to_nobody", SHORT, sgis_to_nobody },
	{ "I02_sgi_to_a_vcpu_that_is_off", SHORT, sgi_to_a_vcpu_that_is_off },
	{ "I03_everything_pending", SHORT, everything_pending },
	{ "I03_ends_out_of_order", SHORT, ends_out_of_order },
	{ "I04_timer_storm", SHORT, timer_storm },
	{ "I04_timer_mask_flips", SHORT, timer_flips },
	{ "I04_timer_that_stays_up", SHORT, timer_stays_up },
	{ "I04_physical_timer_storm", SHORT, physical_timer_storm },
	{ "I05_line_that_stays_up", SHORT, line_that_stays_up },
	{ "I06_spurious", SHORT, spurious },
	{ "I07_interface_flips", SHORT, interface_flips },
	{ "I10_counter_never_goes_back", SHORT, counter_never_goes_back },
	{ "V04_hardware_interrupt_in_flight", SHORT, hardware_interrupt_in_flight },
	{ "V06_random_walk", SHORT, random_walk },
	{ "R17_wait_with_pending_but_masked", SHORT, wait_with_pending_but_masked },
	{ "R17_waits", SHORT, waits },
};
const uint32_t interrupt_attack_count = sizeof interrupt_attacks / sizeof interrupt_attacks[0];
