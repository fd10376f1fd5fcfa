/* SPDX-License-Identifier: Apache-2.0 */
/* The console UART, register by register, and the interrupts that drivers rely on. */
#include "machine.h"

#define DR (UART + 0x00)
#define RSR (UART + 0x04)
#define FR (UART + 0x18)
#define LCR_H (UART + 0x2c)
#define CR (UART + 0x30)
#define IFLS (UART + 0x34)
#define IMSC (UART + 0x38)
#define RIS (UART + 0x3c)
#define MIS (UART + 0x40)
#define ICR (UART + 0x44)

#define FEN 0x10u
#define RXFE 0x10u
#define RXFF 0x40u
#define TXFE 0x80u
#define MODEM 0x107u           /* RI, DCD, DSR, CTS */

#define INT_RX 0x10u
#define INT_TX 0x20u
#define INT_RT 0x40u
#define INT_OE 0x400u
#define INT_MODEM 0x00fu

#define LOOPBACK 0x381u        /* UARTEN, LBE, TXE, RXE */

/* Interrupts off, so that no access tells of the line: the tests of the line do that. */
static int uart_on(void **state)
{
	machine_start(state);
	store32(LCR_H, 0x70);
	store32(CR, 0x301);
	return 0;
}

#define UART_TEST(name) cmocka_unit_test_setup(name, uart_on)

static struct reply typed(const char *text)
{
	for (; *text != '\0'; text++)
		m.peer.ring[m.peer.filled++ % CHANNEL_RING_BYTES] = (uint8_t)*text;
	return upcall(0, UPCALL_NOTIFY, 1u << NOTIFY_CONSOLE_IN, 0, 0, 0, 0);
}

static uint32_t line(void)
{
	for (size_t i = 0; i < sizeof(m.lines) / sizeof(m.lines[0]); i++) {
		if (i != UART_SPI / 32)
			assert_int_equal(m.lines[i], 0);
	}
	assert_int_equal(m.lines[UART_SPI / 32] & ~(1u << UART_SPI % 32), 0);
	return m.lines[UART_SPI / 32] >> UART_SPI % 32 & 1;
}

static void registers_after_reset(void **state)
{
	(void)state;
	assert_int_equal(load32(CR), 0x300);
	assert_int_equal(load32(IFLS), 0x12);
	assert_int_equal(load32(FR) & ~MODEM, TXFE | RXFE);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(MIS), 0);
	assert_int_equal(load32(IMSC), 0);
	assert_int_equal(load32(LCR_H), 0);
	assert_int_equal(load32(RSR), 0);
}

static void plain_registers_keep_the_bits_that_exist(void **state)
{
	static const struct {
		uint32_t offset, bits;
	} plain[] = { { 0x20, 0xff }, { 0x24, 0xffff }, { 0x28, 0x3f }, { 0x2c, 0xff }, { 0x30, 0xff87 },
		      { 0x34, 0x3f }, { 0x48, 0x7 }, { 0x38, 0x7ff } };

	(void)state;
	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		store(UART + plain[i].offset, 4, UINT32_MAX);
		assert_int_equal(load(UART + plain[i].offset, 4).value, plain[i].bits);
		store(UART + plain[i].offset, 4, 0);
		assert_int_equal(load(UART + plain[i].offset, 4).value, 0);
	}
}

static void read_only_registers_ignore_writes(void **state)
{
	(void)state;
	store32(FR, 0);
	store32(RIS, UINT32_MAX);
	store32(MIS, UINT32_MAX);
	assert_int_equal(load32(FR) & ~MODEM, TXFE | RXFE);
	assert_int_equal(load32(RIS), 0);
}

static void identification_is_a_pl011_with_fifos_of_16(void **state)
{
	static const uint8_t id[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	(void)state;
	for (uint32_t i = 0; i < 8; i++)
		assert_int_equal(load32(UART + 0xfe0 + 4 * i), id[i]);
}

static void what_is_not_there_is_zero_and_ignores_writes(void **state)
{
	static const uint32_t offsets[] = { 0x08, 0x0c, 0x10, 0x14, 0x1c, 0x4c, 0x80, 0x100, 0xfdc };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(UART + offsets[i], UINT32_MAX);
		assert_reads_as_zero(UART + offsets[i], 4);
	}
	assert_reads_as_zero(ICR, 4);
}

static void modem_inputs_say_that_a_terminal_is_there(void **state)
{
	(void)state;
	assert_int_equal(load32(FR) & MODEM, 0x7);
}

static void what_is_written_goes_to_the_channel(void **state)
{
	(void)state;
	store32(DR, 'h');
	store(DR, 1, 'i');
	store(DR, 2, 0xff00 | '!');
	assert_int_equal(m.own.filled, 3);
	assert_memory_equal(m.own.ring, "hi!", 3);
	assert_int_equal(load32(FR) & (TXFE | 0x28), TXFE);
}

static void the_doorbell_rings_only_when_the_service_waits(void **state)
{
	(void)state;
	assert_int_equal(store(DR, 1, 'a').doorbells, 0);
	m.peer.waiting = 1;
	assert_int_equal(store(DR, 1, 'b').doorbells, 1u << DOORBELL);
	m.peer.waiting = 0;
	assert_int_equal(store(DR, 1, 'c').doorbells, 0);
}

static void a_console_without_doorbell_rings_nobody(void **state)
{
	(void)state;
	m.conf.console_doorbell = FMAP_NONE;
	machine_reset();
	m.peer.waiting = 1;
	assert_int_equal(store(DR, 1, 'a').doorbells, 0);
	assert_int_equal(m.own.filled, 1);
}

static void characters_for_a_full_channel_are_dropped_and_counted(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < CHANNEL_RING_BYTES + 5; i++)
		assert_int_equal(store(DR, 1, 'x').verdict, VERDICT_DONE);
	assert_int_equal(m.own.filled, CHANNEL_RING_BYTES);
	assert_int_equal(m.own.dropped, 5);
}

static void each_character_sent_raises_the_transmit_interrupt(void **state)
{
	(void)state;
	assert_int_equal(load32(RIS) & INT_TX, 0);
	store32(DR, 'a');
	assert_int_equal(load32(RIS), INT_TX);
	store32(ICR, INT_TX);
	assert_int_equal(load32(RIS), 0);
	store32(DR, 'b');
	assert_int_equal(load32(RIS), INT_TX);
}

static void the_line_follows_the_masked_interrupts_and_each_change_is_told(void **state)
{
	struct reply r;

	(void)state;
	store32(DR, 'a');
	assert_int_equal(line(), 0);
	r = store(IMSC, 4, INT_TX);
	assert_operation(r, OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(r.op_arg[0], 1u << UART_SPI % 32);
	assert_int_equal(line(), 1);
	assert_int_equal(load32(MIS), INT_TX);
	store32(DR, 'b');
	r = store(ICR, 4, INT_TX);
	assert_operation(r, OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(line(), 0);
	r = store(DR, 4, 'c');
	assert_operation(r, OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(line(), 1);
	r = store(IMSC, 4, 0);
	assert_operation(r, OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(line(), 0);
}

static void the_line_is_told_to_the_vcpu_that_it_is_routed_to(void **state)
{
	struct reply r = store(GICD + 0x6000 + 8 * UART_SPI, 8, 1);

	(void)state;
	carry_on(0, carry_on(0, r, 1), 0);
	store32(DR, 'a');
	assert_operation(store(IMSC, 4, INT_TX), OP_LINES, UART_SPI & ~31u, 2u);
}

static void a_reset_lowers_the_line(void **state)
{
	(void)state;
	store32(DR, 'a');
	store(IMSC, 4, INT_TX);
	machine_reset();
	assert_int_equal(line(), 0);
}

static void a_typed_character_is_received(void **state)
{
	(void)state;
	typed("A");
	assert_int_equal(load32(FR) & (RXFE | RXFF), 0);
	assert_int_equal(load32(DR), 'A');
	assert_int_equal(load32(FR) & RXFE, RXFE);
	assert_int_equal(m.own.taken, 1);
}

static void an_empty_fifo_reads_without_effect(void **state)
{
	(void)state;
	typed("A");
	load32(DR);
	load32(DR);
	assert_int_equal(m.own.taken, 1);
	typed("B");
	assert_int_equal(load32(DR), 'B');
}

static void the_receive_timeout_tells_of_a_single_character(void **state)
{
	struct reply r;

	(void)state;
	store32(IMSC, INT_RT);
	r = typed("A");
	assert_operation(r, OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(load32(RIS), INT_RT);
	assert_int_equal(line(), 1);
	assert_operation(load(DR, 4), OP_LINES, UART_SPI & ~31u, 1u);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(line(), 0);
}

static void the_receive_timeout_comes_again_while_there_is_data(void **state)
{
	(void)state;
	typed("A");
	store32(ICR, INT_RT);
	assert_int_equal(load32(RIS), INT_RT);
	load32(DR);
	assert_int_equal(load32(RIS), 0);
}

static void the_receive_interrupt_has_the_level_of_ifls(void **state)
{
	static const uint8_t level[] = { 2, 4, 8, 12, 14 };

	for (uint32_t i = 0; i < sizeof(level); i++) {
		uart_on(state);
		store32(IFLS, i << 3);
		for (uint32_t n = 1; n < level[i]; n++) {
			typed("x");
			assert_int_equal(load32(RIS) & INT_RX, 0);
		}
		typed("x");
		assert_int_equal(load32(RIS) & INT_RX, INT_RX);
		load32(DR);
		assert_int_equal(load32(RIS) & INT_RX, 0);
	}
}

static void the_receive_interrupt_can_be_cleared(void **state)
{
	(void)state;
	typed("12345678");
	store32(ICR, INT_RX);
	assert_int_equal(load32(RIS) & INT_RX, 0);
}

static void without_fifo_a_driver_that_clears_after_it_reads_loses_none(void **state)
{
	(void)state;
	store32(LCR_H, 0x60);
	typed("AB");
	assert_int_equal(load32(DR), 'A');
	store32(ICR, INT_RX);
	assert_int_equal(load32(RIS), INT_RX);
	store32(ICR, INT_RX);
	assert_int_equal(load32(RIS), 0);
	assert_int_equal(load32(DR), 'B');
	store32(ICR, INT_RX);
	assert_int_equal(load32(RIS), 0);
}

static void a_character_that_is_left_without_fifo_raises_the_receive_interrupt(void **state)
{
	(void)state;
	typed("A");
	assert_int_equal(load32(RIS), INT_RT);
	store32(LCR_H, 0x60);
	assert_int_equal(load32(RIS), INT_RT | INT_RX);
	load32(DR);
	assert_int_equal(load32(RIS), 0);
}

static void without_fifo_each_character_raises_the_receive_interrupt(void **state)
{
	(void)state;
	store32(LCR_H, 0x60);
	typed("AB");
	assert_int_equal(load32(RIS), INT_RX);
	assert_int_equal(load32(FR) & RXFF, RXFF);
	assert_int_equal(m.own.taken, 1);
	assert_int_equal(load32(DR), 'A');
	assert_int_equal(load32(RIS), INT_RX);
	assert_int_equal(load32(DR), 'B');
	assert_int_equal(load32(RIS), 0);
}

static void what_does_not_fit_stays_in_the_channel_in_order(void **state)
{
	static const char text[] = "The quick brown fox jumps over the lazy dog";

	(void)state;
	typed(text);
	assert_int_equal(m.own.taken, 16);
	assert_int_equal(load32(FR) & RXFF, RXFF);
	assert_int_equal(m.own.waiting, 0);
	for (size_t i = 0; i < sizeof(text) - 1; i++)
		assert_int_equal(load32(DR), text[i]);
	assert_int_equal(load32(FR) & RXFE, RXFE);
	assert_int_equal(m.own.waiting, 1);
}

static void with_room_left_it_waits_for_the_next_character(void **state)
{
	(void)state;
	assert_int_equal(m.own.waiting, 1);
	typed("A");
	assert_int_equal(m.own.waiting, 1);
}

static void a_disabled_receiver_takes_nothing_until_it_is_enabled(void **state)
{
	static const uint32_t off[] = { 0x300, 0x101, 0 };

	for (size_t i = 0; i < sizeof(off) / sizeof(off[0]); i++) {
		uart_on(state);
		store32(CR, off[i]);
		typed("A");
		assert_int_equal(load32(FR) & RXFE, RXFE);
		assert_int_equal(m.own.taken, 0);
		assert_int_equal(m.own.waiting, 0);
		store32(CR, 0x301);
		assert_int_equal(load32(DR), 'A');
	}
}

static void input_typed_before_a_reset_is_still_there_after_it(void **state)
{
	(void)state;
	store32(CR, 0x300);
	typed("A");
	machine_reset();
	store32(LCR_H, 0x70);
	store32(CR, 0x301);
	assert_int_equal(load32(DR), 'A');
}

static void a_lying_peer_costs_characters_and_nothing_else(void **state)
{
	(void)state;
	m.peer.filled = 0xdeadbeef;
	m.peer.taken = 0x80000000;
	assert_int_equal(upcall(0, UPCALL_NOTIFY, 1, 0, 0, 0, 0).verdict, VERDICT_DONE);
	for (int i = 0; i < 5000; i++) {
		assert_int_equal(load(DR, 4).verdict, VERDICT_DONE);
		assert_int_equal(store(DR, 4, 'x').verdict, VERDICT_DONE);
	}
	assert_int_equal(m.own.dropped, 5000);
}

static void loopback_feeds_the_transmitter_to_the_receiver(void **state)
{
	(void)state;
	store32(CR, LOOPBACK);
	store32(DR, 'L');
	assert_int_equal(m.own.filled, 0);
	assert_int_equal(load32(DR), 'L');
}

static void loopback_keeps_the_outside_out(void **state)
{
	(void)state;
	store32(CR, LOOPBACK);
	typed("A");
	assert_int_equal(load32(FR) & RXFE, RXFE);
	store32(CR, 0x301);
	assert_int_equal(load32(DR), 'A');
}

static void loopback_beyond_the_fifo_overruns(void **state)
{
	(void)state;
	store32(CR, LOOPBACK);
	for (int i = 0; i < 17; i++)
		store32(DR, (uint32_t)('a' + i));
	assert_int_equal(load32(RIS) & INT_OE, INT_OE);
	assert_int_equal(load32(RSR), 8);
	assert_int_equal(load32(DR), 'a');
	store32(RSR, 0);
	assert_int_equal(load32(RSR), 0);
	assert_int_equal(load32(DR), 'b');
}

/* The one that was lost is told with the next that is not, and once. */
static void overrun_comes_with_the_next_character(void **state)
{
	(void)state;
	store32(CR, LOOPBACK);
	for (int i = 0; i < 17; i++)
		store32(DR, (uint32_t)('a' + i));
	assert_int_equal(load32(DR), 'a');
	store32(DR, 'x');
	for (int i = 1; i < 16; i++)
		assert_int_equal(load32(DR), 'a' + i);
	assert_int_equal(load32(DR), 0x800 | 'x');
	store32(DR, 'y');
	assert_int_equal(load32(DR), 'y');
}

static void loopback_connects_modem_outputs_to_inputs(void **state)
{
	(void)state;
	store32(CR, LOOPBACK);
	assert_int_equal(load32(FR) & MODEM, 0);
	assert_int_equal(load32(RIS) & INT_MODEM, 0xe);
	store32(ICR, INT_MODEM);
	store32(CR, LOOPBACK | 0x2000);
	assert_int_equal(load32(FR) & MODEM, 0x100);
	assert_int_equal(load32(RIS) & INT_MODEM, 0x1);
	store32(CR, LOOPBACK | 0x1c00);
	assert_int_equal(load32(FR) & MODEM, 0x7);
}

static void narrow_accesses_have_their_lane_and_wide_ones_abort(void **state)
{
	(void)state;
	store32(UART + 0x24, 0x1234);
	assert_int_equal(load(UART + 0x25, 1).value, 0x12);
	assert_int_equal(load(UART + 0x24, 2).value, 0x1234);
	assert_int_equal(load(UART + 0x26, 2).value, 0);
	store(UART + 0x25, 1, 0xff);
	assert_int_equal(load32(UART + 0x24), 0x1234);
	assert_int_equal(load(DR, 8).verdict, VERDICT_ABORT);
	assert_int_equal(store(DR, 8, 'x').verdict, VERDICT_ABORT);
	assert_int_equal(m.own.filled, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(registers_after_reset),
		TEST(plain_registers_keep_the_bits_that_exist),
		UART_TEST(read_only_registers_ignore_writes),
		TEST(identification_is_a_pl011_with_fifos_of_16),
		TEST(what_is_not_there_is_zero_and_ignores_writes),
		TEST(modem_inputs_say_that_a_terminal_is_there),
		UART_TEST(what_is_written_goes_to_the_channel),
		UART_TEST(the_doorbell_rings_only_when_the_service_waits),
		UART_TEST(a_console_without_doorbell_rings_nobody),
		UART_TEST(characters_for_a_full_channel_are_dropped_and_counted),
		UART_TEST(each_character_sent_raises_the_transmit_interrupt),
		UART_TEST(the_line_follows_the_masked_interrupts_and_each_change_is_told),
		UART_TEST(the_line_is_told_to_the_vcpu_that_it_is_routed_to),
		UART_TEST(a_reset_lowers_the_line),
		UART_TEST(a_typed_character_is_received),
		UART_TEST(an_empty_fifo_reads_without_effect),
		UART_TEST(the_receive_timeout_tells_of_a_single_character),
		UART_TEST(the_receive_timeout_comes_again_while_there_is_data),
		TEST(the_receive_interrupt_has_the_level_of_ifls),
		UART_TEST(the_receive_interrupt_can_be_cleared),
		UART_TEST(without_fifo_a_driver_that_clears_after_it_reads_loses_none),
		UART_TEST(a_character_that_is_left_without_fifo_raises_the_receive_interrupt),
		UART_TEST(without_fifo_each_character_raises_the_receive_interrupt),
		UART_TEST(what_does_not_fit_stays_in_the_channel_in_order),
		UART_TEST(with_room_left_it_waits_for_the_next_character),
		TEST(a_disabled_receiver_takes_nothing_until_it_is_enabled),
		UART_TEST(input_typed_before_a_reset_is_still_there_after_it),
		UART_TEST(a_lying_peer_costs_characters_and_nothing_else),
		UART_TEST(loopback_feeds_the_transmitter_to_the_receiver),
		UART_TEST(loopback_keeps_the_outside_out),
		UART_TEST(loopback_beyond_the_fifo_overruns),
		UART_TEST(overrun_comes_with_the_next_character),
		UART_TEST(loopback_connects_modem_outputs_to_inputs),
		UART_TEST(narrow_accesses_have_their_lane_and_wide_ones_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
