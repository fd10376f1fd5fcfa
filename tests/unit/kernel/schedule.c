/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/schedule.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

uint64_t arch_now(void)
{
	return 0;
}
void arch_timer_set(uint64_t ticks)
{
	(void)ticks;
}
void arch_vcpu_load(const struct arch_vcpu *v)
{
	(void)v;
}
void upcall_overrun(struct cpu *c, struct vcpu *v)
{
	(void)c, (void)v;
}

static const struct fmap_slot slots[] = {
	{ .vcpu = 0, .start_ns = 0, .length_ns = 300 },
	{ .vcpu = 1, .start_ns = 400, .length_ns = 600 },
};

static void at(uint64_t ns, uint32_t slot, uint64_t end)
{
	struct slot_choice s = slot_at(slots, 2, 1000, ns);

	assert_int_equal(s.slot, slot);
	assert_int_equal(s.end_ns, end);
}

static void a_slot_is_found_from_its_first_to_its_last_nanosecond(void **state)
{
	(void)state;
	at(0, 0, 300);
	at(299, 0, 300);
	at(400, 1, 1000);
	at(999, 1, 1000);
}

static void time_between_slots_is_nobodys(void **state)
{
	(void)state;
	at(300, SLOT_NONE, 400);
	at(399, SLOT_NONE, 400);
}

static void one_slot_without_a_frame_never_ends(void **state)
{
	struct slot_choice s = slot_at(slots, 1, 0, 12345);

	(void)state;
	assert_int_equal(s.slot, 0);
	assert_true(s.end_ns == NEVER);
	assert_int_equal(slot_at(slots, 0, 0, 0).slot, SLOT_NONE);
}

static void ticks_do_not_overflow(void **state)
{
	(void)state;
	assert_int_equal(timer_ticks(62500000, 1000000000), 62500000);
	assert_int_equal(timer_ticks(62500000, 16), 1);
	assert_true(timer_ticks(1000000000, 31536000000000000ull) == 31536000000000000ull); /* a year */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_slot_is_found_from_its_first_to_its_last_nanosecond),
		cmocka_unit_test(time_between_slots_is_nobodys),
		cmocka_unit_test(one_slot_without_a_frame_never_ends),
		cmocka_unit_test(ticks_do_not_overflow),
	};

	return cmocka_run_group_tests_name("schedule", tests, 0, 0);
}
