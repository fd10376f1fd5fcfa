/* SPDX-License-Identifier: Apache-2.0 */
/* The sets that choose the next interrupt: against what a plain search finds. */
#include "kernel/virq.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>

#define INTIDS 1024
#define WORDS (INTIDS / 64)

static uint64_t bits[PRIORITY_LEVELS * WORDS];
static struct intid_queue queue;

static int setup(void **state)
{
	(void)state;
	queue_init(&queue, bits, WORDS);
	return 0;
}

static void an_empty_set_has_no_first(void **state)
{
	(void)state;
	assert_int_equal(queue_first(&queue), INTID_NONE);
}

static void the_most_urgent_comes_first(void **state)
{
	(void)state;
	queue_insert(&queue, 20, 5);
	queue_insert(&queue, 3, 900);
	queue_insert(&queue, 31, 0);
	assert_int_equal(queue_first(&queue), 900);
	queue_remove(&queue, 3, 900);
	assert_int_equal(queue_first(&queue), 5);
}

static void of_equals_the_lowest_number_comes_first(void **state)
{
	(void)state;
	queue_insert(&queue, 7, 64);
	queue_insert(&queue, 7, 63);
	queue_insert(&queue, 7, 1019);
	assert_int_equal(queue_first(&queue), 63);
}

static void removing_what_is_not_there_changes_nothing(void **state)
{
	(void)state;
	queue_insert(&queue, 7, 64);
	queue_remove(&queue, 7, 65);
	queue_remove(&queue, 8, 64);
	assert_int_equal(queue_first(&queue), 64);
}

static void any_sequence_equals_a_search(void **state)
{
	static uint8_t level_of[INTIDS];      /* + 1; 0: not in the set */

	(void)state;
	srand(1);
	for (int step = 0; step < 100000; step++) {
		uint32_t intid = (uint32_t)rand() % INTIDS, level = (uint32_t)rand() % PRIORITY_LEVELS;
		uint32_t best = INTID_NONE;

		if (level_of[intid]) {
			queue_remove(&queue, level_of[intid] - 1u, intid);
			level_of[intid] = 0;
		} else {
			queue_insert(&queue, level, intid);
			level_of[intid] = (uint8_t)(level + 1);
		}
		if (step % 100)
			continue;
		for (uint32_t i = 0; i < INTIDS; i++)
			if (level_of[i] && (best == INTID_NONE || level_of[i] < level_of[best]))
				best = i;
		assert_int_equal(queue_first(&queue), best);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_empty_set_has_no_first, setup),
		cmocka_unit_test_setup(the_most_urgent_comes_first, setup),
		cmocka_unit_test_setup(of_equals_the_lowest_number_comes_first, setup),
		cmocka_unit_test_setup(removing_what_is_not_there_changes_nothing, setup),
		cmocka_unit_test_setup(any_sequence_equals_a_search, setup),
	};

	return cmocka_run_group_tests_name("virq", tests, 0, 0);
}
