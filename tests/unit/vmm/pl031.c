/* SPDX-License-Identifier: Apache-2.0 */
/* The real-time clock, register by register, its match interrupt, and who is woken for it. */
#include "machine.h"

#define DR (RTC + 0x00)
#define MR (RTC + 0x04)
#define LR (RTC + 0x08)
#define CR (RTC + 0x0c)
#define IMSC (RTC + 0x10)
#define RIS (RTC + 0x14)
#define MIS (RTC + 0x18)
#define ICR (RTC + 0x1c)

static struct reply alarm(uint64_t vcpu)
{
	return upcall(vcpu, UPCALL_NOTIFY, 1u << NOTIFY_ALARM, 0, 0, 0, 0);
}

static uint32_t line(void)
{
	assert_int_equal(m.lines[RTC_SPI / 32] & ~(1u << RTC_SPI % 32), 0);
	return m.lines[RTC_SPI / 32] >> RTC_SPI % 32 & 1;
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

#define assert_line_told(given, vcpu) do { \
	struct reply line_ = given; \
	assert_operation(line_, OP_LINES, RTC_SPI & ~31u, 1u << (vcpu)); \
	assert_int_equal(line_.op_arg[0], 1u << RTC_SPI % 32); \
} while (0)

static void registers_after_reset(void **state)
{
	(void)state;
	assert_int_equal(load32(DR), RTC_START);
	assert_int_equal(load32(MR), 0);
	assert_int_equal(load32(LR), RTC_START);
	assert_int_equal(load32(CR), 1);
	assert_int_equal(load32(IMSC), 0);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(MIS), 0);
	assert_int_equal(load32(ICR), 0);
}

static void identification_is_a_pl031(void **state)
{
	static const uint8_t id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(load32(RTC + 0xfe0 + 4 * i), id[i]);
}

static void what_is_not_there_is_zero_and_ignores_writes(void **state)
{
	static const uint32_t offsets[] = { 0x20, 0x80, 0x100, 0xfdc };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(RTC + offsets[i], UINT32_MAX);
		assert_reads_as_zero(RTC + offsets[i], 4);
	}
}

static void read_only_registers_ignore_writes(void **state)
{
	(void)state;
	store32(DR, 5);
	store32(RIS, 1);
	store32(MIS, 1);
	store32(CR, 0);
	assert_int_equal(load32(DR), RTC_START);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(MIS), 0);
	assert_int_equal(load32(CR), 1);
}

static void it_counts_seconds_of_the_virtual_counter(void **state)
{
	(void)state;
	m.now = HZ - 1;
	assert_int_equal(load32(DR), RTC_START);
	m.now = HZ;
	assert_int_equal(load32(DR), RTC_START + 1);
	m.now = 3600ull * HZ;
	assert_int_equal(load32(DR), RTC_START + 3600);
}

static void the_counter_wraps_after_32_bits(void **state)
{
	(void)state;
	store(LR, 4, UINT32_MAX);
	m.now = HZ;
	assert_int_equal(load32(DR), 0);
}

static void the_load_register_sets_the_count(void **state)
{
	(void)state;
	m.now = 10 * HZ + 7;
	store(LR, 4, 1000);
	assert_int_equal(load32(LR), 1000);
	assert_int_equal(load32(DR), 1000);
	m.now = 11 * HZ;
	assert_int_equal(load32(DR), 1001);
	assert_int_equal(load32(LR), 1000);
}

static void narrow_accesses_are_those_of_a_32_bit_bus(void **state)
{
	(void)state;
	store(MR, 1, 0x44);
	assert_int_equal(load32(MR), 0x44);
	store(MR + 1, 1, 0x55);
	assert_int_equal(load32(MR), 0x44);
	store(MR, 4, 0x11223344);
	assert_int_equal(load(MR + 1, 1).value, 0x33);
	assert_int_equal(load(MR + 2, 2).value, 0x1122);
	assert_int_equal(load(MR, 8).verdict, VERDICT_ABORT);
	assert_int_equal(store(DR, 8, 0).verdict, VERDICT_ABORT);
}

static void the_window_is_one_page(void **state)
{
	(void)state;
	assert_int_equal(load(RTC + 0x1000, 4).verdict, VERDICT_ABORT);
	assert_int_equal(load(RTC - 4, 4).verdict, VERDICT_ABORT);
}

static void a_vm_without_clock_has_nothing_there(void **state)
{
	(void)state;
	m.conf.rtc_base = 0;
	m.conf.rtc_intid = 0;
	machine_reset();
	assert_int_equal(load(DR, 4).verdict, VERDICT_ABORT);
	m.now = 100 * HZ;
	assert_nothing(alarm(0));
	assert_int_equal(m.lines[0], 0);
}

/* ---- The match ---- */

static void a_match_ahead_sets_the_alarm_to_the_start_of_that_second(void **state)
{
	(void)state;
	m.now = 2 * HZ + 300;
	assert_alarm(store(MR, 4, RTC_START + 5), 5 * HZ);
}

static void the_match_raises_the_interrupt_and_the_line(void **state)
{
	(void)state;
	store32(IMSC, 1);
	store(MR, 4, RTC_START + 5);
	m.now = 5 * HZ;
	assert_line_told(alarm(0), 0);
	assert_int_equal(line(), 1);
	assert_int_equal(load32(RIS), 1);
	assert_int_equal(load32(MIS), 1);
}

static void a_match_with_the_present_second_comes_at_once(void **state)
{
	(void)state;
	store32(IMSC, 1);
	m.now = 4 * HZ + 1;
	assert_line_told(store(MR, 4, RTC_START + 4), 0);
	assert_int_equal(line(), 1);
}

static void a_match_value_that_has_passed_does_not_match(void **state)
{
	(void)state;
	store32(IMSC, 1);
	m.now = 4 * HZ;
	store(MR, 4, RTC_START + 3);
	m.now = 10 * HZ;
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(line(), 0);
}

static void the_status_is_true_before_the_alarm_has_come(void **state)
{
	(void)state;
	store(MR, 4, RTC_START + 5);
	m.now = 5 * HZ;
	assert_int_equal(load32(RIS), 1);
	assert_int_equal(load32(MIS), 0);
}

static void a_masked_match_moves_no_line_until_it_is_unmasked(void **state)
{
	(void)state;
	store(MR, 4, RTC_START + 5);
	m.now = 5 * HZ;
	assert_nothing(alarm(0));
	assert_int_equal(line(), 0);
	assert_line_told(store(IMSC, 4, 1), 0);
	assert_int_equal(line(), 1);
	assert_line_told(store(IMSC, 4, 0), 0);
	assert_int_equal(line(), 0);
	assert_int_equal(load32(RIS), 1);
}

static void clearing_lowers_the_line_and_it_stays_low(void **state)
{
	(void)state;
	store32(IMSC, 1);
	store(MR, 4, RTC_START + 5);
	m.now = 5 * HZ;
	alarm(0);
	store32(ICR, 0);
	assert_int_equal(line(), 1);
	assert_line_told(store(ICR, 4, 1), 0);
	assert_int_equal(line(), 0);
	assert_int_equal(load32(RIS), 0);
	m.now = 6 * HZ;
	assert_nothing(alarm(0));
	assert_int_equal(load32(RIS), 0);
}

static void loading_the_counter_moves_the_match(void **state)
{
	(void)state;
	m.now = 10 * HZ;
	assert_alarm(store(MR, 4, RTC_START + 100), 100 * HZ);
	assert_alarm(store(LR, 4, RTC_START + 90), 20 * HZ);
}

static void a_match_beyond_the_range_of_the_counter_is_never(void **state)
{
	(void)state;
	m.now = UINT64_MAX - 10;
	assert_nothing(store(MR, 4, load32(DR) + 1));
	assert_int_equal(load32(RIS), 0);
}

/* By a vCPU that has no alarm yet: two operations, one after the other. */
static void a_new_match_does_not_lose_the_one_that_has_just_come(void **state)
{
	struct reply r;

	(void)state;
	store32(IMSC, 1);
	store(MR, 4, RTC_START + 5);
	m.now = 5 * HZ;
	r = store_by(2, MR, 4, RTC_START + 8);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, RTC_SPI & ~31u, 1));
	assert_alarm(carry_on(2, r, 0), 8 * HZ);
	assert_int_equal(line(), 1);
}

static void the_line_is_told_to_the_vcpu_that_it_is_routed_to(void **state)
{
	struct reply r = store(GICD + 0x6000 + 8 * RTC_SPI, 8, 1);

	(void)state;
	carry_on(0, carry_on(0, r, 1), 0);
	store32(IMSC, 1);
	assert_line_told(store(MR, 4, RTC_START), 1);
}

static void who_sets_the_match_is_woken(void **state)
{
	(void)state;
	store32(IMSC, 1);
	assert_alarm(store_by(0, MR, 4, RTC_START + 5), 5 * HZ);
	assert_alarm(store_by(2, MR, 4, RTC_START + 7), 7 * HZ);
	m.now = 5 * HZ;
	assert_nothing(alarm(0));
	m.now = 7 * HZ;
	assert_line_told(alarm(2), 0);
}

static void the_alarm_is_for_what_comes_first_of_clock_and_timer(void **state)
{
	struct reply r;

	(void)state;
	assert_alarm(store(MR, 4, RTC_START + 5), 5 * HZ);
	upcall(0, UPCALL_SYSREG, 0x6234f804, 3 * HZ, 0, 0, 0);         /* CNTP_CVAL_EL0 */
	assert_alarm(upcall(0, UPCALL_SYSREG, 0x6232f804, 1, 0, 0, 0), 3 * HZ); /* CNTP_CTL_EL0 */
	m.now = 3 * HZ;
	r = alarm(0);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 0, 1));
	assert_alarm(carry_on(0, r, 0), 5 * HZ);
}

static void a_reset_lowers_the_line_and_starts_anew(void **state)
{
	(void)state;
	store32(IMSC, 1);
	store(MR, 4, RTC_START);
	store(LR, 4, 7);
	machine_reset();
	assert_int_equal(line(), 0);
	assert_int_equal(load32(DR), RTC_START);
	assert_int_equal(load32(IMSC), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_after_reset),
		TEST(identification_is_a_pl031),
		TEST(what_is_not_there_is_zero_and_ignores_writes),
		TEST(read_only_registers_ignore_writes),
		TEST(it_counts_seconds_of_the_virtual_counter),
		TEST(the_counter_wraps_after_32_bits),
		TEST(the_load_register_sets_the_count),
		TEST(narrow_accesses_are_those_of_a_32_bit_bus),
		TEST(the_window_is_one_page),
		TEST(a_vm_without_clock_has_nothing_there),
		TEST(a_match_ahead_sets_the_alarm_to_the_start_of_that_second),
		TEST(the_match_raises_the_interrupt_and_the_line),
		TEST(a_match_with_the_present_second_comes_at_once),
		TEST(a_match_value_that_has_passed_does_not_match),
		TEST(the_status_is_true_before_the_alarm_has_come),
		TEST(a_masked_match_moves_no_line_until_it_is_unmasked),
		TEST(clearing_lowers_the_line_and_it_stays_low),
		TEST(loading_the_counter_moves_the_match),
		TEST(a_match_beyond_the_range_of_the_counter_is_never),
		TEST(a_new_match_does_not_lose_the_one_that_has_just_come),
		TEST(the_line_is_told_to_the_vcpu_that_it_is_routed_to),
		TEST(who_sets_the_match_is_woken),
		TEST(the_alarm_is_for_what_comes_first_of_clock_and_timer),
		TEST(a_reset_lowers_the_line_and_starts_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
