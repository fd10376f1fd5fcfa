/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the kernel makes of health events. Time is a variable; ends and rings are written down. The
 * shared area is an array of this test, as in doorbell.c.
 */
#include "abi/layout.h"
#undef SHARED_VA
#define SHARED_VA ((uintptr_t)shared)
#include <stdint.h>
static uint8_t shared[4096] __attribute__((aligned(64)));
#include "kernel/link.c"

#include "kernel/health.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"
#include "kernel/vm.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

static uint64_t now, rung;
static uint32_t ends;
static enum health_action ended_by;
static enum health_event ended_for;

uint64_t arch_now(void)
{
	return now;
}

void vm_end(struct cpu *c, struct vcpu *v, enum health_action ending, enum health_event why)
{
	(void)c, (void)v;
	ends++;
	ended_by = ending;
	ended_for = why;
}

bool doorbells_ring(struct cpu *c, uint32_t cap_first, uint32_t cap_count, uint32_t number,
		    uint64_t doorbells)
{
	(void)c;
	assert_int_equal(cap_first, 3);
	assert_int_equal(number, 1);
	assert_int_equal(doorbells, (1ull << cap_count) - 1);
	rung |= doorbells;
	return true;
}

uint64_t timer_ticks(uint64_t frequency, uint64_t ns)
{
	assert_int_equal(frequency, 1000000000);
	return ns;
}

void arch_barrier(void)
{
	abort();
}

uint64_t arch_kick_of(uint32_t cpu, uint32_t intid)
{
	(void)cpu, (void)intid;
	abort();
}

void arch_kick(uint64_t kick)
{
	(void)kick;
	abort();
}

static struct fmap_vm vm;
static struct vcpu v;
static struct cpu c;

static int setup(void **state)
{
	(void)state;
	memset(shared, 0, sizeof(shared));
	vm = (struct fmap_vm){ 0 };
	vm.health = (struct fmap_health){ .cap_first = 3, .cap_count = 2, .restarts = 2, .window_ns = 1000 };
	v = (struct vcpu){ .vm = &vm, .number = 1, .vm_id = 2 };
	c = (struct cpu){ .frequency = 1000000000 };
	now = 5000;
	rung = 0;
	ends = 0;
	return 0;
}

static void each_event_has_the_action_of_the_map(void **state)
{
	(void)state;
	for (enum health_event e = HEALTH_OFF; e < HEALTH_EVENTS; e++) {
		for (enum health_action a = ACTION_RESTART; a < HEALTH_ACTIONS; a++) {
			setup(NULL);
			vm.health.action[e] = (uint8_t)a;
			assert_true(health_event(&c, &v, e));
			assert_int_equal(ends, 1);
			assert_int_equal(ended_by, a);
			assert_int_equal(ended_for, e);
			assert_int_equal(rung, 0);
		}
	}
}

static void a_guest_goes_on_where_it_can(void **state)
{
	(void)state;
	assert_false(health_event(&c, &v, HEALTH_ABORT));
	assert_false(health_event(&c, &v, HEALTH_CALL));
	assert_false(health_event(&c, &v, HEALTH_WATCHDOG));
	assert_int_equal(ends, 0);
}

/* No description says so; a kernel that obeyed would let a monitor answer wrongly for ever. */
static void where_it_cannot_go_on_it_is_stopped(void **state)
{
	(void)state;
	assert_true(health_event(&c, &v, HEALTH_MONITOR));
	assert_int_equal(ended_by, ACTION_STOP);
	assert_true(health_event(&c, &v, HEALTH_SERROR));
	assert_true(health_event(&c, &v, HEALTH_IMAGE));
	assert_true(health_event(&c, &v, HEALTH_OFF));
	assert_true(health_event(&c, &v, HEALTH_RESET));
	assert_int_equal(ends, 5);
}

static void those_who_are_to_know_are_told_whatever_follows(void **state)
{
	(void)state;
	vm.health.notify = 1u << HEALTH_ABORT | 1u << HEALTH_MONITOR;
	assert_true(health_event(&c, &v, HEALTH_SERROR));
	assert_int_equal(rung, 0);
	assert_false(health_event(&c, &v, HEALTH_ABORT));
	assert_int_equal(rung, 3);
	rung = 0;
	assert_true(health_event(&c, &v, HEALTH_MONITOR));
	assert_int_equal(rung, 3);
}

static void so_many_restarts_are_allowed_in_a_window(void **state)
{
	(void)state;
	assert_true(health_may_restart(&c, &v, HEALTH_MONITOR));
	now += 600;
	assert_true(health_may_restart(&c, &v, HEALTH_ABORT));
	now += 399;
	assert_false(health_may_restart(&c, &v, HEALTH_MONITOR));
}

static void a_window_begins_with_the_first_restart_after_the_last_window(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++) {
		assert_true(health_may_restart(&c, &v, HEALTH_WATCHDOG));
		assert_true(health_may_restart(&c, &v, HEALTH_WATCHDOG));
		now += 1000;
	}
}

static void what_the_guest_asks_for_is_not_counted(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 10; i++)
		assert_true(health_may_restart(&c, &v, HEALTH_RESET));
	assert_true(health_may_restart(&c, &v, HEALTH_MONITOR));
	assert_true(health_may_restart(&c, &v, HEALTH_OFF));
	assert_false(health_may_restart(&c, &v, HEALTH_OFF));
	assert_true(health_may_restart(&c, &v, HEALTH_RESET));
}

static void with_no_restart_allowed_there_is_none(void **state)
{
	(void)state;
	vm.health.restarts = 0;
	assert_false(health_may_restart(&c, &v, HEALTH_MONITOR));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(each_event_has_the_action_of_the_map, setup),
		cmocka_unit_test_setup(a_guest_goes_on_where_it_can, setup),
		cmocka_unit_test_setup(where_it_cannot_go_on_it_is_stopped, setup),
		cmocka_unit_test_setup(those_who_are_to_know_are_told_whatever_follows, setup),
		cmocka_unit_test_setup(so_many_restarts_are_allowed_in_a_window, setup),
		cmocka_unit_test_setup(a_window_begins_with_the_first_restart_after_the_last_window, setup),
		cmocka_unit_test_setup(what_the_guest_asks_for_is_not_counted, setup),
		cmocka_unit_test_setup(with_no_restart_allowed_there_is_none, setup),
	};

	return cmocka_run_group_tests_name("kernel/health", tests, NULL, NULL);
}
