/* SPDX-License-Identifier: Apache-2.0 */
/* The ends of channels between VMs: registers, ringing and being rung, and the writer's lives. */
#include "tests/unit/vmm/machine.h"

#define ID 0x00u
#define ROLE 0x04u
#define PEERS 0x08u
#define LIFE 0x0cu
#define RING 0x10u
#define PENDING 0x14u
#define ACK 0x18u
#define ENABLE 0x1cu
#define RUNG 1u
#define RESTARTED 2u
#define FAILED 4u

#define NOTIFIED(n) (1u << (NOTIFY_CHANNEL + (n)))
#define PEER_FAILED(n) (1u << (NOTIFY_PEER + (n)))
#define WRITER 0
#define READER 1

static struct reply notify(uint32_t bits)
{
	return upcall(0, UPCALL_NOTIFY, bits, 0, 0, 0, 0);
}

static uint32_t line(uint32_t intid)
{
	return m.lines[intid / 32] >> intid % 32 & 1;
}

/* What the writer's monitor of channel 1 does, somewhere else. */
static void others_life(uint32_t life)
{
	m.control[READER].life = life;
}

/* ---- Registers ---- */

static void registers_say_what_the_end_is(void **state)
{
	(void)state;
	assert_int_equal(load32(BELL(WRITER) + ID), 0x31484350);
	assert_int_equal(load32(BELL(WRITER) + ROLE), 1);
	assert_int_equal(load32(BELL(READER) + ROLE), 0);
	assert_int_equal(load32(BELL(WRITER) + PEERS), 2);
	assert_int_equal(load32(BELL(READER) + PEERS), 1);
	assert_int_equal(load(BELL(WRITER) + ID + 1, 1).value, 0x43);
}

static void what_is_no_register_reads_as_zero(void **state)
{
	(void)state;
	assert_reads_as_zero(BELL(0) + RING, 4);
	assert_reads_as_zero(BELL(0) + ACK, 4);
	assert_reads_as_zero(BELL(0) + 0x20, 4);
	assert_reads_as_zero(BELL(0) + 0xffc, 4);
	store32(BELL(0) + ID, ~0u);
	store32(BELL(0) + LIFE, ~0u);
	store32(BELL(0) + PENDING, ~0u);
	store32(BELL(0) + 0xffc, ~0u);
	assert_int_equal(load32(BELL(0) + PENDING), 0);
	assert_int_equal(load32(BELL(0) + LIFE), 2);
	assert_int_equal(load(BELL(0), 8).verdict, VERDICT_ABORT);
	assert_int_equal(load(BELL(2), 4).verdict, VERDICT_ABORT);
}

/* ---- Ringing ---- */

static void a_ring_reaches_whom_its_bits_name(void **state)
{
	(void)state;
	assert_int_equal(store(BELL(WRITER) + RING, 4, 1).doorbells, 1u << RING_FIRST);
	assert_int_equal(store(BELL(WRITER) + RING, 4, 2).doorbells, 2u << RING_FIRST);
	assert_int_equal(store(BELL(WRITER) + RING, 4, ~0u).doorbells, 3u << RING_FIRST);
	assert_int_equal(store(BELL(WRITER) + RING, 4, ~3u).doorbells, 0);
	assert_int_equal(store(BELL(READER) + RING, 4, ~0u).doorbells, 1u << RING_BACK);
	assert_int_equal(store(BELL(WRITER) + RING + 1, 1, ~0u).doorbells, 0);
	assert_int_equal(load(BELL(WRITER) + RING, 4).doorbells, 0);
}

/* ---- Being rung ---- */

static void without_enable_a_ring_is_pending_and_quiet(void **state)
{
	struct reply r = notify(NOTIFIED(WRITER));

	(void)state;
	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
	assert_int_equal(load32(BELL(WRITER) + PENDING), RUNG);
	assert_int_equal(load32(BELL(READER) + PENDING), 0);
	assert_int_equal(line(BELL_SPI(WRITER)), 0);
}

static void an_enabled_ring_raises_the_line_until_it_is_acknowledged(void **state)
{
	(void)state;
	store32(BELL(WRITER) + ENABLE, ~0u);
	assert_int_equal(load32(BELL(WRITER) + ENABLE), RUNG | RESTARTED | FAILED);
	assert_operation(notify(NOTIFIED(WRITER)), OP_LINES, 32, 1);
	assert_int_equal(line(BELL_SPI(WRITER)), 1);
	/* Once more: nothing new. */
	assert_operation(notify(NOTIFIED(WRITER)), OP_NONE, 0, 0);
	store32(BELL(WRITER) + ACK, RESTARTED);
	assert_operation(store(BELL(WRITER) + ACK, 4, RUNG), OP_LINES, 32, 1);
	assert_int_equal(line(BELL_SPI(WRITER)), 0);
	assert_operation(notify(NOTIFIED(WRITER)), OP_LINES, 32, 1);
}

static void enable_tells_of_a_ring_that_came_before(void **state)
{
	(void)state;
	(void)notify(NOTIFIED(READER));
	assert_operation(store(BELL(READER) + ENABLE, 4, RUNG), OP_LINES, 32, 1);
	assert_operation(store(BELL(READER) + ENABLE, 4, RESTARTED), OP_LINES, 32, 1);
	assert_int_equal(line(BELL_SPI(READER)), 0);
}

static void the_failure_of_a_peer_is_told_apart_from_a_ring(void **state)
{
	(void)state;
	store32(BELL(READER) + ENABLE, FAILED);
	assert_operation(notify(NOTIFIED(READER)), OP_NONE, 0, 0);
	assert_operation(notify(PEER_FAILED(READER)), OP_LINES, 32, 1);
	assert_int_equal(load32(BELL(READER) + PENDING), RUNG | FAILED);
	assert_int_equal(load32(BELL(WRITER) + PENDING), 0);
	store32(BELL(READER) + ACK, RUNG);
	assert_int_equal(line(BELL_SPI(READER)), 1);
	assert_operation(store(BELL(READER) + ACK, 4, FAILED), OP_LINES, 32, 1);
	assert_int_equal(line(BELL_SPI(READER)), 0);
}

static void channels_that_are_not_there_are_told_of_nothing(void **state)
{
	(void)state;
	assert_operation(notify(PEER_FAILED(WRITER + 2)), OP_NONE, 0, 0);
	assert_operation(notify(PEER_FAILED(VMCONF_MAX_CHANNELS - 1)), OP_NONE, 0, 0);
}

/* A reply has room for one operation. */
static void rings_of_two_channels_are_told_one_after_the_other(void **state)
{
	struct reply r;

	(void)state;
	store32(BELL(WRITER) + ENABLE, RUNG);
	store32(BELL(READER) + ENABLE, FAILED);
	r = notify(NOTIFIED(WRITER) | PEER_FAILED(READER) | 1u << NOTIFY_CONSOLE_IN | 1u << NOTIFY_ALARM);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 32, 1));
	assert_int_equal(line(BELL_SPI(WRITER)), 1);
	r = carry_on(0, r, 0);
	assert_int_equal(r.op, UPCALL_OP(OP_LINES, 32, 1));
	assert_int_equal(line(BELL_SPI(READER)), 1);
	r = carry_on(0, r, 0);
	assert_int_equal(r.verdict, VERDICT_DONE);
}

static void the_line_follows_its_route(void **state)
{
	struct reply r = store(GICD + 0x6000 + 8 * BELL_SPI(READER), 8, 1);

	(void)state;
	r = carry_on(0, r, 1);
	(void)carry_on(0, r, 1);
	store32(BELL(READER) + ENABLE, RUNG);
	assert_operation(notify(NOTIFIED(READER)), OP_LINES, 32, 1u << 1);
}

static void channels_that_are_not_there_notify_nobody(void **state)
{
	struct reply r = notify(~0u & ~NOTIFIED(WRITER) & ~NOTIFIED(READER));

	(void)state;
	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
}

/* ---- Lives ---- */

static void a_start_zeroes_what_the_guest_writes_and_tells_the_others(void **state)
{
	struct reply r;

	(void)state;
	memset(m.shared, 0x5a, sizeof(m.shared));
	memset(m.shared_clean, 0, sizeof(m.shared_clean));
	r = machine_reset();
	assert_int_equal(r.verdict, VERDICT_START);
	assert_int_equal(r.doorbells, 3u << RING_FIRST | 1u << RING_BACK);
	for (size_t i = 0; i < sizeof(m.shared); i++) {
		assert_int_equal(m.shared[i], 0);
		assert_int_equal(m.shared_clean[i], 1);
	}
	assert_int_equal(m.control[WRITER].life, 4);
	assert_int_equal(load32(BELL(WRITER) + LIFE), 4);
}

static void from_the_reset_until_all_is_zero_the_life_is_odd(void **state)
{
	struct reply r;

	(void)state;
	memset(&m.vmm, 0, sizeof(m.vmm));
	memset(m.shared, 0x5a, sizeof(m.shared));
	r = upcall(0, UPCALL_RESET, RESET_AGAIN, HZ, 0, 0, 0);
	while (r.verdict == VERDICT_CONTINUE) {
		assert_int_equal(m.control[WRITER].life, 3);
		assert_int_equal(r.doorbells, 0);
		r = carry_on(0, r, 0);
	}
	assert_int_equal(m.control[WRITER].life, 4);
}

static void a_start_that_was_not_finished_counts_once(void **state)
{
	(void)state;
	memset(&m.vmm, 0, sizeof(m.vmm));
	(void)upcall(0, UPCALL_RESET, RESET_AGAIN, HZ, 0, 0, 0);
	(void)machine_reset();
	assert_int_equal(m.control[WRITER].life, 4);
}

static void an_image_that_is_refused_leaves_the_life_odd(void **state)
{
	(void)state;
	m.images[0] ^= 1;
	assert_int_equal(machine_reset().verdict, VERDICT_EVENT);
	assert_int_equal(m.control[WRITER].life, 3);
}

static void a_reader_is_told_once_that_the_writer_started_anew(void **state)
{
	(void)state;
	store32(BELL(READER) + ENABLE, RESTARTED);
	others_life(2);
	assert_operation(notify(NOTIFIED(READER)), OP_LINES, 32, 1);
	assert_int_equal(load32(BELL(READER) + PENDING), RUNG | RESTARTED);
	assert_int_equal(load32(BELL(READER) + LIFE), 2);
	assert_operation(store(BELL(READER) + ACK, 4, RUNG | RESTARTED), OP_LINES, 32, 1);
	(void)notify(NOTIFIED(READER));
	assert_int_equal(load32(BELL(READER) + PENDING), RUNG);
}

static void a_reader_writes_nothing_of_the_channels(void **state)
{
	(void)state;
	others_life(7);
	(void)machine_reset();
	assert_int_equal(m.control[READER].life, 7);
	assert_int_equal(load32(BELL(READER) + PENDING), 0);
}

static void a_reset_forgets_what_was_pending(void **state)
{
	(void)state;
	store32(BELL(READER) + ENABLE, RUNG);
	(void)notify(NOTIFIED(READER));
	(void)machine_reset();
	assert_int_equal(line(BELL_SPI(READER)), 0);
	assert_int_equal(load32(BELL(READER) + PENDING), 0);
	assert_int_equal(load32(BELL(READER) + ENABLE), 0);
}

/* ---- The configuration ---- */

static void refuses(const char *what)
{
	if (machine_reset().verdict != VERDICT_EVENT)
		fail_msg("%s", what);
	machine_build();
}

static void a_wrong_configuration_is_refused(void **state)
{
	(void)state;
	m.conf.channel_count = VMCONF_MAX_CHANNELS + 1;
	refuses("too many");
	m.conf.channel[1].intid = 31;
	refuses("no SPI");
	m.conf.channel[1].intid = m.conf.intids;
	refuses("no interrupt");
	m.conf.channel[0].bytes++;
	refuses("half a page");
	m.conf.channel[0].memory = GUEST_IPA_END;
	refuses("out of reach");
	m.conf.channel[0].cap_first = 63;
	refuses("no such capability");
	m.conf.channel[0].cap_count = 33;
	refuses("too many others");
	assert_int_equal(machine_reset().verdict, VERDICT_START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_say_what_the_end_is),
		TEST(what_is_no_register_reads_as_zero),
		TEST(a_ring_reaches_whom_its_bits_name),
		TEST(without_enable_a_ring_is_pending_and_quiet),
		TEST(an_enabled_ring_raises_the_line_until_it_is_acknowledged),
		TEST(enable_tells_of_a_ring_that_came_before),
		TEST(the_failure_of_a_peer_is_told_apart_from_a_ring),
		TEST(channels_that_are_not_there_are_told_of_nothing),
		TEST(rings_of_two_channels_are_told_one_after_the_other),
		TEST(the_line_follows_its_route),
		TEST(channels_that_are_not_there_notify_nobody),
		TEST(a_start_zeroes_what_the_guest_writes_and_tells_the_others),
		TEST(from_the_reset_until_all_is_zero_the_life_is_odd),
		TEST(a_start_that_was_not_finished_counts_once),
		TEST(an_image_that_is_refused_leaves_the_life_odd),
		TEST(a_reader_is_told_once_that_the_writer_started_anew),
		TEST(a_reader_writes_nothing_of_the_channels),
		TEST(a_reset_forgets_what_was_pending),
		TEST(a_wrong_configuration_is_refused),
	};

	return cmocka_run_group_tests_name("doorbell", tests, NULL, NULL);
}
