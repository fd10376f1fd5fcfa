/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/channel.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static struct channel_page own, peer;
static const struct channel channel = { &own, &peer };

static int setup(void **state)
{
	(void)state;
	memset(&own, 0, sizeof(own));
	memset(&peer, 0, sizeof(peer));
	return 0;
}

static void peer_sends(const char *text)
{
	for (; *text; text++)
		peer.ring[peer.filled++ % CHANNEL_RING_BYTES] = (uint8_t)*text;
}

static void bytes_come_out_in_order_and_are_counted(void **state)
{
	uint8_t byte;

	(void)state;
	peer_sends("ab");
	assert_true(channel_take(&channel, &byte));
	assert_int_equal(byte, 'a');
	assert_true(channel_take(&channel, &byte));
	assert_int_equal(byte, 'b');
	assert_false(channel_take(&channel, &byte));
	assert_int_equal(own.taken, 2);
}

static void counts_go_on_across_2_to_the_32(void **state)
{
	uint8_t byte;

	(void)state;
	own.taken = peer.filled = 0xffffffff;
	peer_sends("xy");
	assert_int_equal(channel_fill(&channel), 2);
	assert_true(channel_take(&channel, &byte));
	assert_int_equal(byte, 'x');
	assert_true(channel_take(&channel, &byte));
	assert_int_equal(byte, 'y');
	assert_int_equal(own.taken, 1);
}

static void a_lying_count_yields_at_most_one_ring(void **state)
{
	(void)state;
	peer.filled = 0x80000000;
	assert_int_equal(channel_fill(&channel), CHANNEL_RING_BYTES);
	assert_int_equal(channel_mark(&channel), CHANNEL_RING_BYTES);
}

static void waiting_is_said_until_a_byte_was_taken(void **state)
{
	uint8_t byte;

	(void)state;
	assert_true(channel_wait(&channel));
	assert_int_equal(own.waiting, 1);
	peer_sends("a");
	assert_false(channel_wait(&channel));
	assert_true(channel_take(&channel, &byte));
	assert_int_equal(own.waiting, 0);
}

static void a_byte_for_a_peer_that_waits_rings(void **state)
{
	(void)state;
	assert_false(channel_put(&channel, 'a'));
	peer.waiting = 1;
	assert_true(channel_put(&channel, 'b'));
	assert_int_equal(own.filled, 2);
	assert_memory_equal(own.ring, "ab", 2);
}

static void a_full_ring_drops_and_counts(void **state)
{
	(void)state;
	peer.waiting = 1;
	own.filled = CHANNEL_RING_BYTES;
	assert_false(channel_put(&channel, 'z'));
	assert_int_equal(own.dropped, 1);
	assert_int_equal(own.filled, CHANNEL_RING_BYTES);
	peer.taken = 1;
	assert_true(channel_put(&channel, 'z'));
	assert_int_equal(own.ring[0], 'z');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(bytes_come_out_in_order_and_are_counted, setup),
		cmocka_unit_test_setup(counts_go_on_across_2_to_the_32, setup),
		cmocka_unit_test_setup(a_lying_count_yields_at_most_one_ring, setup),
		cmocka_unit_test_setup(waiting_is_said_until_a_byte_was_taken, setup),
		cmocka_unit_test_setup(a_byte_for_a_peer_that_waits_rings, setup),
		cmocka_unit_test_setup(a_full_ring_drops_and_counts, setup),
	};

	return cmocka_run_group_tests_name("console/channel", tests, NULL, NULL);
}
