/* SPDX-License-Identifier: Apache-2.0 */
/* The physical timer of each vCPU: its registers, its line, and the alarm that moves it in time. */
#include "machine.h"

#define TVAL 0u
#define CTL 1u
#define CVAL 2u

#define ENABLE 1u
#define IMASK 2u
#define ISTATUS 4u

#define NEVER UINT64_MAX

/* The syndrome of MSR or MRS, X5. */
static uint64_t sysreg(uint32_t reg, bool read)
{
	return 0x62000000u | 3u << 20 | reg << 17 | 3u << 14 | 14u << 10 | 5u << 5 | 2u << 1 | read;
}

static struct reply set_by(uint64_t vcpu, uint32_t reg, uint64_t value)
{
	return upcall(vcpu, UPCALL_SYSREG, sysreg(reg, false), value, 0, 0, 0);
}

static struct reply set(uint32_t reg, uint64_t value)
{
	return set_by(0, reg, value);
}

static uint64_t get_by(uint64_t vcpu, uint32_t reg)
{
	struct reply r = upcall(vcpu, UPCALL_SYSREG, sysreg(reg, true), 0, 0, 0, 0);

	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
	return r.value;
}

static uint64_t get(uint32_t reg)
{
	return get_by(0, reg);
}

static struct reply alarm_at(uint64_t now)
{
	m.now = now;
	return upcall(0, UPCALL_NOTIFY, 1u << NOTIFY_ALARM, 0, 0, 0, 0);
}

static uint32_t line(uint32_t vcpu)
{
	assert_int_equal(m.lines[LINES_PRIVATE + vcpu] & ~(1u << 30), 0);
	return m.lines[LINES_PRIVATE + vcpu] >> 30;
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
	assert_operation(line_, OP_LINES, 0, 1u << (vcpu)); \
	assert_int_equal(line_.op_arg[0], 1u << 30); \
} while (0)

static void it_is_off_at_first(void **state)
{
	(void)state;
	assert_int_equal(get(CTL), 0);
	m.now = 100;
	assert_int_equal(get(CTL), 0);
}

static void registers_keep_what_is_written(void **state)
{
	(void)state;
	assert_nothing(set(CVAL, 0x123456789abcdef0));
	assert_int_equal(get(CVAL), 0x123456789abcdef0);
	assert_nothing(set(CTL, ~0ull & ~(uint64_t)ENABLE));
	assert_int_equal(get(CTL), IMASK);
	assert_nothing(set(CTL, ENABLE | IMASK));
	assert_int_equal(get(CTL), ENABLE | IMASK);
}

static void encodings_that_are_no_register_read_as_zero(void **state)
{
	(void)state;
	for (uint32_t reg = 3; reg < 8; reg++) {
		assert_nothing(set(reg, 1));
		assert_int_equal(get(reg), 0);
	}
}

static void timer_value_is_the_distance_in_32_bits(void **state)
{
	(void)state;
	m.now = 0x500000000;
	set(CVAL, 0x500000123);
	assert_int_equal(get(TVAL), 0x123);
	m.now = 0x500000124;
	assert_int_equal(get(TVAL), UINT32_MAX);
}

static void a_written_timer_value_is_signed(void **state)
{
	(void)state;
	m.now = 0x500000000;
	set(TVAL, 0xffffffff00000010);
	assert_int_equal(get(CVAL), 0x500000010);
	set(TVAL, 0xfffffff0);
	assert_int_equal(get(CVAL), 0x4fffffff0);
}

static void status_says_that_the_count_has_reached_the_value(void **state)
{
	(void)state;
	set(CVAL, 50);
	set(CTL, ENABLE | IMASK);
	m.now = 49;
	assert_int_equal(get(CTL), ENABLE | IMASK);
	m.now = 50;
	assert_int_equal(get(CTL), ENABLE | IMASK | ISTATUS);
	set(CTL, IMASK);
	assert_int_equal(get(CTL), IMASK);
}

static void a_deadline_ahead_sets_the_alarm(void **state)
{
	(void)state;
	assert_nothing(set(CVAL, 500));
	assert_alarm(set(CTL, ENABLE), 500);
	assert_int_equal(line(0), 0);
}

static void the_line_rises_with_the_alarm(void **state)
{
	(void)state;
	set(CVAL, 500);
	set(CTL, ENABLE);
	assert_line_told(alarm_at(500), 0);
	assert_int_equal(line(0), 1);
	assert_int_equal(line(1), 0);
}

static void a_deadline_that_has_passed_raises_the_line_at_once(void **state)
{
	(void)state;
	m.now = 500;
	set(CVAL, 500);
	assert_line_told(set(CTL, ENABLE), 0);
	assert_int_equal(line(0), 1);
}

static void masking_lowers_the_line_and_unmasking_raises_it(void **state)
{
	(void)state;
	m.now = 500;
	set(CTL, ENABLE);
	assert_line_told(set(CTL, ENABLE | IMASK), 0);
	assert_int_equal(line(0), 0);
	assert_nothing(set(CTL, ENABLE | IMASK));
	assert_line_told(set(CTL, ENABLE), 0);
	assert_int_equal(line(0), 1);
	assert_line_told(set(CTL, 0), 0);
	assert_int_equal(line(0), 0);
}

static void a_masked_timer_needs_no_alarm(void **state)
{
	(void)state;
	set(CVAL, 500);
	assert_nothing(set(CTL, ENABLE | IMASK));
	assert_nothing(alarm_at(500));
	assert_int_equal(line(0), 0);
}

/* Two operations, and a reply has one: the write is tried again. */
static void a_write_that_lowers_the_line_and_sets_a_deadline_is_tried_again(void **state)
{
	struct reply r;

	(void)state;
	m.now = 500;
	set(CTL, ENABLE);
	r = set(CVAL, 900);
	assert_int_equal(r.verdict, VERDICT_RETRY);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 0, 1));
	assert_int_equal(line(0), 0);
	m.now = 510;
	assert_alarm(set(CVAL, 900), 900);
}

static void an_earlier_deadline_moves_the_alarm(void **state)
{
	(void)state;
	set(CTL, ENABLE | IMASK);
	set(CVAL, 500);
	assert_alarm(set(CTL, ENABLE), 500);
	assert_alarm(set(CVAL, 400), 400);
	assert_nothing(set(CVAL, 400));
}

/* A later one does not: the alarm comes, finds nothing, and is set again. */
static void a_later_deadline_is_set_when_the_alarm_comes(void **state)
{
	(void)state;
	set(CVAL, 500);
	set(CTL, ENABLE);
	assert_nothing(set(CVAL, 700));
	assert_alarm(alarm_at(500), 700);
	assert_int_equal(line(0), 0);
	assert_line_told(alarm_at(700), 0);
}

static void an_alarm_for_a_timer_that_was_stopped_does_nothing(void **state)
{
	(void)state;
	set(CVAL, 500);
	set(CTL, ENABLE);
	assert_nothing(set(CTL, 0));
	assert_nothing(alarm_at(500));
	assert_int_equal(line(0), 0);
}

/* The kernel adds an offset to the alarm: a sum that wraps would be in the past, again and again. */
static void a_deadline_in_centuries_is_never(void **state)
{
	(void)state;
	m.now = 500;
	set(CVAL, ~0ull - 1);
	assert_nothing(set(CTL, ENABLE));
	assert_alarm(set(CVAL, 500ull + INT64_MAX), 500ull + INT64_MAX);
}

static void each_vcpu_has_its_own(void **state)
{
	(void)state;
	m.now = 500;
	set_by(1, CVAL, 100);
	assert_int_equal(get_by(0, CVAL), 0);
	assert_line_told(set_by(1, CTL, ENABLE), 1);
	assert_int_equal(line(0), 0);
	assert_int_equal(line(1), 1);
	assert_int_equal(get_by(2, CTL), 0);
}

static void a_vcpu_that_goes_off_forgets_it(void **state)
{
	struct reply r;

	(void)state;
	m.now = 500;
	set_by(1, CTL, ENABLE);
	r = upcall(1, UPCALL_CALL, 0, 0x84000002, 0, 0, 0);
	assert_int_equal(r.verdict, VERDICT_OFF);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 0, 2));
	assert_int_equal(line(1), 0);
	assert_int_equal(get_by(1, CTL), 0);
}

static void the_console_and_the_alarm_may_come_together(void **state)
{
	struct reply r;

	(void)state;
	store(UART + 0x38, 4, 0x40);
	store(UART + 0x2c, 4, 0x10);
	store(UART + 0x30, 4, 0x301);
	set(CVAL, 500);
	set(CTL, ENABLE);
	m.peer.ring[m.peer.filled++] = 'a';
	m.now = 500;
	r = upcall(0, UPCALL_NOTIFY, 1u << NOTIFY_CONSOLE_IN | 1u << NOTIFY_ALARM, 0, 0, 0, 0);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 32, 1));
	assert_line_told(carry_on(0, r, 0), 0);
	assert_int_equal(line(0), 1);
}

static void a_reset_turns_it_off(void **state)
{
	(void)state;
	m.now = 500;
	set(CTL, ENABLE);
	machine_reset();
	assert_int_equal(line(0), 0);
	assert_int_equal(get(CTL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(it_is_off_at_first),
		TEST(registers_keep_what_is_written),
		TEST(encodings_that_are_no_register_read_as_zero),
		TEST(timer_value_is_the_distance_in_32_bits),
		TEST(a_written_timer_value_is_signed),
		TEST(status_says_that_the_count_has_reached_the_value),
		TEST(a_deadline_ahead_sets_the_alarm),
		TEST(the_line_rises_with_the_alarm),
		TEST(a_deadline_that_has_passed_raises_the_line_at_once),
		TEST(masking_lowers_the_line_and_unmasking_raises_it),
		TEST(a_masked_timer_needs_no_alarm),
		TEST(a_write_that_lowers_the_line_and_sets_a_deadline_is_tried_again),
		TEST(an_earlier_deadline_moves_the_alarm),
		TEST(a_later_deadline_is_set_when_the_alarm_comes),
		TEST(an_alarm_for_a_timer_that_was_stopped_does_nothing),
		TEST(a_deadline_in_centuries_is_never),
		TEST(each_vcpu_has_its_own),
		TEST(a_vcpu_that_goes_off_forgets_it),
		TEST(the_console_and_the_alarm_may_come_together),
		TEST(a_reset_turns_it_off),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
