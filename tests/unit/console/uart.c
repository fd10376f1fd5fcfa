/* SPDX-License-Identifier: Apache-2.0 */
/* The PL011 driver on registers that are plain memory: what a store leaves, a load finds. */
#include "services/console/uart.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define UARTDR (0x000 / 4)
#define UARTFR (0x018 / 4)
#define UARTIBRD (0x024 / 4)
#define UARTLCR_H (0x02c / 4)
#define UARTCR (0x030 / 4)
#define UARTIMSC (0x038 / 4)
#define UARTICR (0x044 / 4)

static uint32_t registers[0x1000 / 4];
static const struct uart uart = { registers };

static int setup(void **state)
{
	(void)state;
	memset(registers, 0, sizeof(registers));
	return 0;
}

static void opening_keeps_the_speed_and_wants_input(void **state)
{
	(void)state;
	registers[UARTIBRD] = 13;
	registers[UARTCR] = 0xc000; /* flow control, as firmware set it */
	uart_open(&uart);
	assert_int_equal(registers[UARTIBRD], 13);
	assert_int_equal(registers[UARTCR], 0xc301);
	assert_int_equal(registers[UARTLCR_H], 0x70);
	assert_int_equal(registers[UARTIMSC], 0x50);
}

static void flags_say_busy_and_room(void **state)
{
	(void)state;
	assert_false(uart_busy(&uart));
	assert_true(uart_has_room(&uart));
	registers[UARTFR] = 1u << 3 | 1u << 5;
	assert_true(uart_busy(&uart));
	assert_false(uart_has_room(&uart));
}

static void bytes_go_through_the_data_register(void **state)
{
	uint8_t byte = 0;

	(void)state;
	uart_put(&uart, 0xe4);
	assert_int_equal(registers[UARTDR], 0xe4);
	assert_true(uart_get(&uart, &byte));
	assert_int_equal(byte, 0xe4);
	registers[UARTFR] = 1u << 4;
	assert_false(uart_get(&uart, &byte));
}

static void input_stays_on_when_room_is_awaited_and_nothing_is_cleared(void **state)
{
	(void)state;
	uart_interrupt_on_room(&uart, true);
	assert_int_equal(registers[UARTIMSC], 0x70);
	uart_interrupt_on_room(&uart, false);
	assert_int_equal(registers[UARTIMSC], 0x50);
	assert_int_equal(registers[UARTICR], 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(opening_keeps_the_speed_and_wants_input, setup),
		cmocka_unit_test_setup(flags_say_busy_and_room, setup),
		cmocka_unit_test_setup(bytes_go_through_the_data_register, setup),
		cmocka_unit_test_setup(input_stays_on_when_room_is_awaited_and_nothing_is_cleared, setup),
	};

	return cmocka_run_group_tests_name("console/uart", tests, NULL, NULL);
}
