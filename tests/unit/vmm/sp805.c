/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog: registers, the two zeros that it counts to, who hears of them, and the same against a
 * reference that counts one period of WDOGCLK after the other. */
#include "machine.h"

#define LOAD (WATCHDOG + 0x000)
#define VALUE (WATCHDOG + 0x004)
#define CONTROL (WATCHDOG + 0x008)
#define INTCLR (WATCHDOG + 0x00c)
#define RIS (WATCHDOG + 0x010)
#define MIS (WATCHDOG + 0x014)
#define LOCK (WATCHDOG + 0xc00)
#define ITCR (WATCHDOG + 0xf00)
#define ITOP (WATCHDOG + 0xf04)
#define KEY 0x1acce551u
#define INTEN 1u
#define RESEN 2u

/* So many periods of WDOGCLK are over at this tick, and not at the one before. */
#define TICK(n) (((uint64_t)(n) * HZ + WATCHDOG_HZ - 1) / WATCHDOG_HZ)
/* The periods that are over after so many ticks. */
#define OVER(ticks) ((uint32_t)((ticks) * WATCHDOG_HZ / HZ))

static struct reply alarm(uint64_t vcpu)
{
	return upcall(vcpu, UPCALL_NOTIFY, 1u << NOTIFY_ALARM, 0, 0, 0, 0);
}

static uint32_t line(void)
{
	return m.lines[WATCHDOG_SPI / 32] >> WATCHDOG_SPI % 32 & 1;
}

/* What the kernel hears of, in turn, until the reply is no CONTINUE: a bit for each operation. */
#define HEARD_LINE 1u
#define HEARD_ALARM 2u
static struct reply settle(uint64_t vcpu, struct reply r, uint32_t *heard)
{
	*heard = 0;
	for (;;) {
		if (r.op == UPCALL_OP(OP_ALARM, 0, 0))
			*heard |= HEARD_ALARM;
		else if (r.op != 0)
			*heard |= HEARD_LINE;
		if (r.verdict != VERDICT_CONTINUE)
			return r;
		r = carry_on(vcpu, r, 0);
	}
}

static void put_by(uint64_t vcpu, uint64_t ipa, uint32_t value)
{
	uint32_t heard;

	assert_int_equal(settle(vcpu, store_by(vcpu, ipa, 4, value), &heard).verdict, VERDICT_DONE);
}

static void put(uint64_t ipa, uint32_t value)
{
	put_by(0, ipa, value);
}

#define assert_nothing(given) do { \
	struct reply nothing_ = given; \
	assert_int_equal(nothing_.verdict, VERDICT_DONE); \
	assert_int_equal(nothing_.op, 0); \
} while (0)

#define assert_alarm(given, when) do { \
	struct reply alarm_ = given; \
	assert_operation(alarm_, OP_ALARM, 0, 0); \
	assert_int_equal(alarm_.op_arg[0], when); \
} while (0)

#define assert_silent(given) do { \
	struct reply silent_ = given; \
	assert_int_equal(silent_.verdict, VERDICT_EVENT); \
	assert_int_equal(silent_.value, HEALTH_WATCHDOG); \
} while (0)

/* ---- Registers ---- */

static void registers_after_reset(void **state)
{
	(void)state;
	assert_int_equal(load32(LOAD), UINT32_MAX);
	assert_int_equal(load32(VALUE), UINT32_MAX);
	assert_int_equal(load32(CONTROL), 0);
	assert_int_equal(load32(INTCLR), 0);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(MIS), 0);
	assert_int_equal(load32(LOCK), 0);
	assert_int_equal(load32(ITCR), 0);
	assert_int_equal(load32(ITOP), 0);
}

static void identification_is_an_sp805(void **state)
{
	static const uint8_t id[8] = { 0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(load32(WATCHDOG + 0xfe0 + 4 * i), id[i]);
}

static void what_is_not_there_is_zero_and_ignores_writes(void **state)
{
	static const uint32_t offsets[] = { 0x18, 0x400, 0xbfc, 0xc04, 0xf08, 0xfdc };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(WATCHDOG + offsets[i], UINT32_MAX);
		assert_reads_as_zero(WATCHDOG + offsets[i], 4);
	}
}

static void only_the_bits_that_exist_are_kept(void **state)
{
	(void)state;
	store32(VALUE, 5);
	store32(RIS, 1);
	store32(MIS, 1);
	assert_int_equal(load32(VALUE), UINT32_MAX);
	assert_int_equal(load32(RIS), 0);
	put(CONTROL, ~0u & ~INTEN);
	assert_int_equal(load32(CONTROL), RESEN);
	put(ITCR, ~1u);
	assert_int_equal(load32(ITCR), 0);
}

static void narrow_accesses_are_those_of_a_32_bit_bus(void **state)
{
	(void)state;
	put(LOAD, 0x11223344);
	assert_int_equal(load(LOAD + 1, 1).value, 0x33);
	assert_int_equal(load(LOAD + 2, 2).value, 0x1122);
	store(LOAD + 1, 1, 0x55);
	assert_int_equal(load32(LOAD), 0x11223344);
	assert_int_equal(load(LOAD, 8).verdict, VERDICT_ABORT);
	assert_int_equal(store(LOAD, 8, 0).verdict, VERDICT_ABORT);
}

static void the_window_is_one_page(void **state)
{
	(void)state;
	assert_int_equal(load(WATCHDOG + 0x1000, 4).verdict, VERDICT_ABORT);
	assert_int_equal(load(WATCHDOG - 4, 4).verdict, VERDICT_ABORT);
}

static void a_vm_without_watchdog_has_nothing_there(void **state)
{
	(void)state;
	m.conf.watchdog_base = 0;
	m.conf.watchdog_intid = 0;
	m.conf.watchdog_hz = 0;
	machine_reset();
	assert_int_equal(load(LOAD, 4).verdict, VERDICT_ABORT);
	m.now = 100 * HZ;
	assert_nothing(alarm(0));
	assert_int_equal(m.lines[0], 0);
}

static void a_locked_one_takes_nothing_but_the_key(void **state)
{
	(void)state;
	put(LOAD, 100);
	store32(LOCK, 1);
	assert_int_equal(load32(LOCK), 1);
	store32(LOAD, 5);
	store32(CONTROL, INTEN | RESEN);
	store32(ITCR, 1);
	store32(LOCK, KEY + 1);
	assert_int_equal(load32(LOCK), 1);
	assert_int_equal(load32(LOAD), 100);
	assert_int_equal(load32(CONTROL), 0);
	assert_int_equal(load32(ITCR), 0);
	store32(LOCK, KEY);
	assert_int_equal(load32(LOCK), 0);
	put(LOAD, 5);
	assert_int_equal(load32(LOAD), 5);
}

/* ---- The counter ---- */

static void it_counts_down_at_the_rate_of_its_clock(void **state)
{
	(void)state;
	put(LOAD, 3000);
	m.now = 500;
	assert_int_equal(load32(VALUE), 3000);  /* not enabled */
	put(CONTROL, INTEN);
	assert_int_equal(load32(VALUE), 3000);
	m.now = 501;
	assert_int_equal(load32(VALUE), 2999);
	m.now = 502;
	assert_int_equal(load32(VALUE), 2997);
	m.now = 500 + HZ;
	assert_int_equal(load32(VALUE), 3000 - WATCHDOG_HZ);
}

static void a_disabled_one_stands_and_is_loaded_when_it_is_enabled(void **state)
{
	(void)state;
	put(LOAD, 3000);
	put(CONTROL, INTEN);
	m.now = HZ;
	put(CONTROL, 0);
	m.now = 9 * HZ;
	assert_int_equal(load32(VALUE), 1300);
	assert_int_equal(load32(RIS), 0);
	put(CONTROL, INTEN | RESEN);
	assert_int_equal(load32(VALUE), 3000);
}

static void enabling_the_reset_does_not_load_it(void **state)
{
	(void)state;
	put(LOAD, 3000);
	put(CONTROL, INTEN);
	m.now = HZ;
	put(CONTROL, INTEN | RESEN);
	assert_int_equal(load32(VALUE), 1300);
}

static void a_load_while_it_stands_does_not_start_it(void **state)
{
	(void)state;
	put(LOAD, 30);
	assert_int_equal(load32(VALUE), 30);
	m.now = 10 * HZ;
	assert_int_equal(load32(VALUE), 30);
	assert_int_equal(load32(RIS), 0);
}

static void a_load_of_zero_counts_as_one(void **state)
{
	(void)state;
	put(LOAD, 0);
	assert_int_equal(load32(LOAD), 0);
	put(CONTROL, INTEN);
	assert_int_equal(load32(RIS), 0);
	m.now = TICK(1);
	assert_int_equal(load32(RIS), 1);
}

static void the_longest_period_ends_when_it_should(void **state)
{
	const uint64_t end = TICK(UINT32_MAX), last = TICK(2 * (uint64_t)UINT32_MAX + 1);

	(void)state;
	assert_alarm(store(CONTROL, 4, INTEN | RESEN), end);
	m.now = end - 1;
	assert_int_equal(load32(RIS), 0);
	assert_in_range(load32(VALUE), 1, 2);
	m.now = end;
	assert_int_equal(load32(RIS), 1);
	m.now = last - 1;
	assert_in_range(load32(VALUE), 1, 2);
	m.now = last;
	assert_int_equal(load32(VALUE), 0);
	assert_int_equal(settle(0, alarm(0), &(uint32_t){ 0 }).verdict, VERDICT_EVENT);
}

/* The kernel takes the time of an upcall where it begins; then another vCPU may have the lock first. */
static void who_comes_from_before_the_load_does_not_see_it_expired(void **state)
{
	(void)state;
	put(LOAD, 10);
	m.now = HZ;
	put_by(1, CONTROL, INTEN | RESEN);
	m.now = HZ - 1;
	assert_int_equal(load32(VALUE), 10);
	assert_int_equal(load32(RIS), 0);
	assert_nothing(alarm(0));
}

/* ---- Zero, and zero again ---- */

static void enable(uint32_t count)
{
	put(LOAD, count);
	put(CONTROL, INTEN | RESEN);
}

static void the_first_zero_raises_the_interrupt(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300) - 1;
	assert_nothing(alarm(1));
	assert_int_equal(line(), 0);
	m.now = TICK(300);
	assert_int_equal(load32(VALUE), 0);
	assert_int_equal(settle(0, alarm(0), &heard).verdict, VERDICT_DONE);
	assert_int_equal(heard, HEARD_LINE | HEARD_ALARM);
	assert_int_equal(line(), 1);
	assert_int_equal(load32(RIS), 1);
	assert_int_equal(load32(MIS), 1);
}

static void the_line_is_told_to_the_vcpu_that_it_is_routed_to(void **state)
{
	struct reply r = store(GICD + 0x6000 + 8 * WATCHDOG_SPI, 8, 1);

	(void)state;
	carry_on(0, carry_on(0, r, 1), 0);
	enable(300);
	m.now = TICK(300);
	r = alarm(0);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, WATCHDOG_SPI & ~31u, 1u << 1));
	assert_int_equal(r.op_arg[0], 1u << WATCHDOG_SPI % 32);
}

static void after_the_first_zero_it_is_loaded_again(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	m.now = TICK(301);
	assert_int_equal(load32(VALUE), 300 - (OVER(TICK(301)) - 301));
}

static void clearing_lowers_the_line_and_begins_anew(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	m.now = TICK(450);
	assert_int_equal(settle(0, store(INTCLR, 4, 0), &heard).verdict, VERDICT_DONE);
	assert_int_equal(heard, HEARD_LINE);
	assert_int_equal(line(), 0);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(VALUE), 300);
	m.now = TICK(450) + TICK(300);
	assert_int_equal(settle(0, alarm(0), &heard).verdict, VERDICT_DONE);
	assert_int_equal(line(), 1);
}

static void the_second_zero_is_silence_told_once(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	m.now = TICK(601) - 1;
	assert_int_equal(settle(0, alarm(0), &heard).verdict, VERDICT_DONE);
	m.now = TICK(601);
	assert_silent(alarm(0));
	assert_int_equal(load32(VALUE), 0);
	m.now = 100 * HZ;
	assert_nothing(alarm(0));
	assert_int_equal(load32(VALUE), 0);
	assert_int_equal(load32(RIS), 1);
}

static void an_alarm_that_comes_late_tells_of_both(void **state)
{
	struct reply r;
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(1000);
	r = settle(0, alarm(0), &heard);
	assert_int_equal(heard, HEARD_LINE);
	assert_silent(r);
}

static void without_the_reset_enabled_silence_is_nothing_until_it_is(void **state)
{
	uint32_t heard;

	(void)state;
	put(LOAD, 300);
	put(CONTROL, INTEN);
	m.now = TICK(1000);
	assert_int_equal(settle(0, alarm(0), &heard).verdict, VERDICT_DONE);
	assert_silent(store(CONTROL, 4, INTEN | RESEN));
}

static void a_load_alone_does_not_take_the_interrupt_back(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	put(LOAD, 600);
	assert_int_equal(load32(RIS), 1);
	m.now = TICK(300) + TICK(600);
	assert_silent(alarm(0));
}

static void disabling_masks_the_interrupt_and_keeps_its_status(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	put(CONTROL, 0);
	assert_int_equal(line(), 0);
	assert_int_equal(load32(RIS), 1);
	assert_int_equal(load32(MIS), 0);
	put(CONTROL, INTEN | RESEN);
	assert_int_equal(line(), 1);
	m.now = TICK(300) + TICK(300);
	assert_silent(alarm(0));
}

static void a_guest_that_goes_on_is_watched_again_once_it_tends(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(1000);
	assert_silent(settle(0, alarm(0), &heard));
	put(INTCLR, 1);
	assert_int_equal(load32(VALUE), 300);
	m.now = TICK(1000) + TICK(601);
	assert_silent(settle(0, alarm(0), &heard));
}

static void who_tends_too_late_was_silent(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(601);
	assert_silent(settle(1, store_by(1, INTCLR, 4, 1), &heard));
	assert_int_equal(settle(1, alarm(1), &heard).verdict, VERDICT_DONE);
}

/* A load cannot tell of it: its answer is a value. */
static void what_a_load_sees_first_is_told_by_the_alarm(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(601);
	assert_int_equal(load32(VALUE), 0);
	assert_int_equal(load32(RIS), 1);
	assert_silent(settle(0, alarm(0), &heard));
}

static void who_set_it_going_is_woken(void **state)
{
	uint32_t heard;

	(void)state;
	assert_nothing(store_by(0, LOAD, 4, 300));
	assert_alarm(store_by(2, CONTROL, 4, INTEN | RESEN), TICK(300));
	m.now = TICK(100);
	assert_alarm(store_by(1, INTCLR, 4, 0), TICK(100) + TICK(300));
	m.now = TICK(300);
	assert_nothing(alarm(2));
	m.now = TICK(100) + TICK(300);
	settle(1, alarm(1), &heard);
	assert_int_equal(heard, HEARD_LINE | HEARD_ALARM);
}

static void a_keeper_that_is_off_is_still_woken(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	assert_int_equal(upcall(0, UPCALL_CALL, 0, 0x84000002, 0, 0, 0).verdict, VERDICT_OFF);
	m.now = TICK(601);
	assert_silent(settle(0, alarm(0), &heard));
}

static void the_alarm_is_for_what_comes_first_of_watchdog_clock_and_timer(void **state)
{
	uint32_t heard;

	(void)state;
	assert_alarm(store(RTC + 4, 4, RTC_START + 5), 5 * HZ);
	put(LOAD, 4 * WATCHDOG_HZ);
	assert_alarm(store(CONTROL, 4, INTEN), 4 * HZ);
	upcall(0, UPCALL_SYSREG, 0x6234f804, 3 * HZ, 0, 0, 0);         /* CNTP_CVAL_EL0 */
	assert_alarm(upcall(0, UPCALL_SYSREG, 0x6232f804, 1, 0, 0, 0), 3 * HZ); /* CNTP_CTL_EL0 */
	m.now = 3 * HZ;
	settle(0, alarm(0), &heard);
	m.now = 4 * HZ;
	settle(0, alarm(0), &heard);
	assert_int_equal(line(), 1);
}

/* ---- Integration test mode ---- */

static void in_test_mode_the_outputs_are_what_itop_says(void **state)
{
	uint32_t heard;

	(void)state;
	store32(ITOP, 3);
	assert_int_equal(line(), 0);
	assert_silent(settle(0, store(ITCR, 4, 1), &heard));
	assert_int_equal(heard, HEARD_LINE);
	assert_int_equal(line(), 1);
	assert_int_equal(load32(RIS), 0);
	put(ITOP, 0);
	assert_int_equal(line(), 0);
	assert_silent(store(ITOP, 4, 1));
	assert_nothing(store(ITOP, 4, 1));
	put(ITCR, 0);
	assert_int_equal(load32(ITOP), 0);
}

/* ---- Running from the start ---- */

static struct reply start_watched(void)
{
	m.conf.watchdog_start = 300;
	return machine_reset();
}

static void one_that_runs_from_the_start_is_locked_and_counts(void **state)
{
	(void)state;
	m.now = 77;
	assert_int_equal(start_watched().verdict, VERDICT_START);
	assert_int_equal(load32(LOAD), 300);
	assert_int_equal(load32(VALUE), 300);
	assert_int_equal(load32(CONTROL), INTEN | RESEN);
	assert_int_equal(load32(LOCK), 1);
	store32(INTCLR, 1);
	m.now = 77 + TICK(150);
	assert_int_equal(load32(VALUE), 300 - OVER(TICK(150)));
}

static void the_alarm_is_set_before_the_guest_starts(void **state)
{
	struct reply r, last = { 0 };

	(void)state;
	m.conf.watchdog_start = 300;
	memset(&m.vmm, 0, sizeof(m.vmm));
	for (r = upcall(0, UPCALL_RESET, RESET_BOOT, HZ, 0, 0, 0); r.verdict == VERDICT_CONTINUE;
	     r = carry_on(0, r, 0)) {
		m.now++;       /* loading takes its time, which is not the guest's */
		last = r;
	}
	assert_int_equal(r.verdict, VERDICT_START);
	assert_int_equal(r.value, KERNEL_IPA);
	assert_int_equal(r.op_arg[0], DTB_IPA);
	assert_int_equal(last.op, UPCALL_OP(OP_ALARM, 0, 0));
	assert_int_equal(last.op_arg[0], m.now - 1 + TICK(300));
}

static void a_guest_that_never_tends_it_is_silent(void **state)
{
	uint32_t heard;

	(void)state;
	start_watched();
	m.now = TICK(601);
	assert_silent(settle(0, alarm(0), &heard));
}

static void a_driver_takes_it_over(void **state)
{
	uint32_t heard;

	(void)state;
	start_watched();
	m.now = TICK(250);
	put(LOCK, KEY);
	put(LOAD, 3000);
	put(INTCLR, 1);
	put(CONTROL, INTEN | RESEN);
	put(LOCK, 1);
	m.now = TICK(601);
	assert_int_equal(settle(0, alarm(0), &heard).verdict, VERDICT_DONE);
	assert_int_equal(load32(VALUE), 3000 - OVER(TICK(601) - TICK(250)));
}

static void a_reset_lowers_the_line_and_starts_anew(void **state)
{
	uint32_t heard;

	(void)state;
	enable(300);
	m.now = TICK(300);
	settle(0, alarm(0), &heard);
	assert_int_equal(line(), 1);
	machine_reset();
	assert_int_equal(line(), 0);
	registers_after_reset(NULL);
}

/* ---- Against a reference ---- */

/* One that knows nothing of time but the edges of WDOGCLK, which it counts one by one: so many a tick. */
#define EDGES 3u
static struct reference {
	uint32_t load, count, control;
	bool ris, res, reload, locked;
} ref;

static void ref_edge(void)
{
	if ((ref.control & INTEN) == 0 || ref.res)
		return;
	if (ref.reload) {
		ref.reload = false;
		ref.count = ref.load != 0 ? ref.load : 1;
		return;
	}
	if (--ref.count != 0)
		return;
	ref.res = ref.ris;
	ref.ris = true;
	ref.reload = !ref.res;
}

static void ref_load(void)
{
	ref.count = ref.load != 0 ? ref.load : 1;
	ref.reload = false;
	ref.res = false;
}

static void ref_store(uint32_t offset, uint32_t value)
{
	if (offset == 0xc00)
		ref.locked = value != KEY;
	if (ref.locked)
		return;
	if (offset == 0x00) {
		ref.load = value;
		ref_load();
	} else if (offset == 0x08) {
		bool starts = (value & INTEN) != 0 && (ref.control & INTEN) == 0;

		ref.control = value & 3;
		if (starts)
			ref_load();
	} else if (offset == 0x0c) {
		ref.ris = false;
		ref_load();
	}
}

static void assert_as_reference(void)
{
	assert_int_equal(load32(LOAD), ref.load);
	assert_int_equal(load32(VALUE), ref.count);
	assert_int_equal(load32(CONTROL), ref.control);
	assert_int_equal(load32(RIS), ref.ris);
	assert_int_equal(load32(MIS), ref.ris && (ref.control & INTEN) != 0);
	assert_int_equal(load32(LOCK), ref.locked);
}

static uint32_t random32(void)
{
	static uint64_t x = 88172645463325252u;        /* xorshift64, Marsaglia 2003 */

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	return (uint32_t)(x >> 16);
}

static void step(void)
{
	static const uint32_t offsets[] = { 0x00, 0x08, 0x0c, 0x0c, 0xc00, 0x08 };
	uint32_t offset = offsets[random32() % 6], value = random32() % 12;
	uint32_t vcpu = random32() % 3, heard;

	for (uint32_t ticks = random32() % 6 * (random32() % 4 == 0); ticks != 0; ticks--) {
		m.now++;
		for (uint32_t edges = EDGES; edges != 0; edges--)
			ref_edge();
	}
	assert_as_reference();
	if (offset == 0xc00 && random32() % 3 != 0)
		value = KEY;
	settle(vcpu, store_by(vcpu, WATCHDOG + offset, 4, value), &heard);
	ref_store(offset, value);
	assert_as_reference();
	assert_int_equal(line(), ref.ris && (ref.control & INTEN) != 0);
}

static void it_does_what_a_reference_does(void **state)
{
	(void)state;
	m.conf.watchdog_hz = EDGES * HZ;
	machine_reset();
	memset(&ref, 0, sizeof(ref));
	ref.load = ref.count = UINT32_MAX;
	for (uint32_t i = 0; i < 300000; i++)
		step();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_after_reset),
		TEST(identification_is_an_sp805),
		TEST(what_is_not_there_is_zero_and_ignores_writes),
		TEST(only_the_bits_that_exist_are_kept),
		TEST(narrow_accesses_are_those_of_a_32_bit_bus),
		TEST(the_window_is_one_page),
		TEST(a_vm_without_watchdog_has_nothing_there),
		TEST(a_locked_one_takes_nothing_but_the_key),
		TEST(it_counts_down_at_the_rate_of_its_clock),
		TEST(a_disabled_one_stands_and_is_loaded_when_it_is_enabled),
		TEST(enabling_the_reset_does_not_load_it),
		TEST(a_load_while_it_stands_does_not_start_it),
		TEST(a_load_of_zero_counts_as_one),
		TEST(the_longest_period_ends_when_it_should),
		TEST(who_comes_from_before_the_load_does_not_see_it_expired),
		TEST(the_first_zero_raises_the_interrupt),
		TEST(the_line_is_told_to_the_vcpu_that_it_is_routed_to),
		TEST(after_the_first_zero_it_is_loaded_again),
		TEST(clearing_lowers_the_line_and_begins_anew),
		TEST(the_second_zero_is_silence_told_once),
		TEST(an_alarm_that_comes_late_tells_of_both),
		TEST(without_the_reset_enabled_silence_is_nothing_until_it_is),
		TEST(a_load_alone_does_not_take_the_interrupt_back),
		TEST(disabling_masks_the_interrupt_and_keeps_its_status),
		TEST(a_guest_that_goes_on_is_watched_again_once_it_tends),
		TEST(who_tends_too_late_was_silent),
		TEST(what_a_load_sees_first_is_told_by_the_alarm),
		TEST(who_set_it_going_is_woken),
		TEST(a_keeper_that_is_off_is_still_woken),
		TEST(the_alarm_is_for_what_comes_first_of_watchdog_clock_and_timer),
		TEST(in_test_mode_the_outputs_are_what_itop_says),
		TEST(one_that_runs_from_the_start_is_locked_and_counts),
		TEST(the_alarm_is_set_before_the_guest_starts),
		TEST(a_guest_that_never_tends_it_is_silent),
		TEST(a_driver_takes_it_over),
		TEST(a_reset_lowers_the_line_and_starts_anew),
		TEST(it_does_what_a_reference_does),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
