/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/terminal.h"
#include "tests/unit/console/screen.h"

static struct terminal terminal;
static struct screen screen;
static struct row row;

static int setup(void **state)
{
	(void)state;
	memset(&terminal, 0, sizeof(terminal));
	memset(&screen, 0, sizeof(screen));
	return 0;
}

static void make(const char *text)
{
	row_start(&row, "vm");
	row_text(&row, text);
}

/* Lets all bytes through to the screen; returns how many. */
static uint32_t flush(void)
{
	uint32_t count = 0;

	for (; terminal_waiting(&terminal) > 0; count++) {
		screen_put(&screen, (char)terminal_first(&terminal));
		terminal_sent(&terminal);
	}
	return count;
}

static void show(const char *text)
{
	make(text);
	terminal_show(&terminal, &row);
	flush();
}

static void an_unfinished_line_shows(void **state)
{
	(void)state;
	show("/ # ");
	assert_string_equal(screen.row[0], "vm | / # ");
	assert_int_equal(screen.column, 9);
}

static void an_echo_costs_one_byte(void **state)
{
	(void)state;
	show("/ # ");
	make("/ # l");
	terminal_show(&terminal, &row);
	assert_int_equal(flush(), 1);
	assert_string_equal(screen.row[0], "vm | / # l");
	terminal_show(&terminal, &row);
	assert_int_equal(flush(), 0);
}

static void a_shorter_line_leaves_nothing_behind(void **state)
{
	(void)state;
	show("/ # cat file");
	show("/ # ");
	assert_string_equal(screen.row[0], "vm | / # ");
	assert_int_equal(screen.column, 9);
}

static void a_change_in_the_middle_and_the_cursor_arrive(void **state)
{
	(void)state;
	show("one two three");
	make("one TWO three");
	row.cursor = 6;
	terminal_show(&terminal, &row);
	flush();
	assert_string_equal(screen.row[0], "vm | one TWO three");
	assert_int_equal(screen.column, 6);
}

static void the_rest_of_a_line_completes_it(void **state)
{
	(void)state;
	show("Hello");
	make("Hello world");
	terminal_print(&terminal, &row);
	assert_int_equal(flush(), strlen(" world\r\n"));
	assert_string_equal(screen.row[0], "vm | Hello world");
	assert_int_equal(screen.at, 1);
}

static void an_erased_line_makes_room_and_comes_back(void **state)
{
	(void)state;
	show("/ # ls");
	terminal_erase(&terminal);
	row_start(&row, "other");
	row_text(&row, "x");
	terminal_print(&terminal, &row);
	show("/ # ls");
	assert_string_equal(screen.row[0], "other | x");
	assert_string_equal(screen.row[1], "vm | / # ls");
}

static void a_look_ends_with_its_cells(void **state)
{
	(void)state;
	make("a");
	row_cell(&row, 'b' | LOOK_BOLD);
	row_cell(&row, 'c');
	terminal_print(&terminal, &row);
	flush();
	assert_int_equal(screen.looks, 2);
	assert_int_equal(terminal.look, 0);
	assert_string_equal(screen.row[0], "vm | abc");
}

static void the_costliest_print_and_show_fit_when_there_is_room(void **state)
{
	uint32_t worst = 0x10ffff | LOOK_UNDERLINE | LOOK_REVERSE | LOOK_FG;

	(void)state;
	for (uint32_t i = 0; i < TERMINAL_LOW_BYTES / 4 - 1; i++)
		terminal_ask_position(&terminal);
	assert_true(terminal_has_room(&terminal));
	row.length = 0;
	for (uint32_t i = 0; i < ROW_CELLS; i++)
		row_cell(&row, worst | (i % 2 ? LOOK_BOLD : 0) | i % 8 << LOOK_FG_SHIFT);
	terminal_print(&terminal, &row);
	row.length = row.cursor = TERMINAL_COLUMNS;
	terminal_show(&terminal, &row);
	assert_true(terminal_waiting(&terminal) < TERMINAL_QUEUE_BYTES);
	assert_false(terminal_has_room(&terminal));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(an_unfinished_line_shows, setup),
		cmocka_unit_test_setup(an_echo_costs_one_byte, setup),
		cmocka_unit_test_setup(a_shorter_line_leaves_nothing_behind, setup),
		cmocka_unit_test_setup(a_change_in_the_middle_and_the_cursor_arrive, setup),
		cmocka_unit_test_setup(the_rest_of_a_line_completes_it, setup),
		cmocka_unit_test_setup(an_erased_line_makes_room_and_comes_back, setup),
		cmocka_unit_test_setup(a_look_ends_with_its_cells, setup),
		cmocka_unit_test_setup(the_costliest_print_and_show_fit_when_there_is_room, setup),
	};

	return cmocka_run_group_tests_name("console/terminal", tests, NULL, NULL);
}
