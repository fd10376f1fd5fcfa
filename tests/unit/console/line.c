/* SPDX-License-Identifier: Apache-2.0 */
#define _XOPEN_SOURCE 700 /* wcwidth */
#include "services/console/line.h"
#include <limits.h>
#include <locale.h>
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

static struct line line;

static int setup(void **state)
{
	(void)state;
	memset(&line, 0, sizeof(line));
	return 0;
}

static void feed(const char *bytes)
{
	for (; *bytes; bytes++)
		assert_int_equal(line_feed(&line, (uint8_t)*bytes), LINE_OPEN);
}

/* The line's characters; anything outside ASCII as '*'. */
static const char *text(void)
{
	static char buffer[LINE_CELLS + 1];
	uint32_t i;

	for (i = 0; i < line.length; i++)
		buffer[i] = (line.cell[i] & CELL_CHAR) < 0x80 ? (char)line.cell[i] : '*';
	buffer[i] = 0;
	return buffer;
}

static void carriage_return_writes_over(void **state)
{
	(void)state;
	feed("10%\r20");
	assert_string_equal(text(), "20%");
	assert_int_equal(line.column, 2);
}

static void line_feed_ends_the_line(void **state)
{
	(void)state;
	feed("abc\r");
	assert_int_equal(line_feed(&line, '\n'), LINE_END);
	assert_string_equal(text(), "abc");
}

static void backspace_and_erase_take_away(void **state)
{
	(void)state;
	feed("lsx\b\033[J");
	assert_string_equal(text(), "ls");
	feed("yz\b\b\033[K");
	assert_string_equal(text(), "ls");
	feed("\b\b\b\b");
	assert_int_equal(line.column, 0);
}

static void inserting_and_deleting_move_the_rest(void **state)
{
	(void)state;
	feed("abef\b\b\033[2@cd");
	assert_string_equal(text(), "abcdef");
	feed("\r\033[2P");
	assert_string_equal(text(), "cdef");
	feed("\r\033[99P");
	assert_string_equal(text(), "");
}

static void cursor_moves_stay_on_the_line(void **state)
{
	(void)state;
	feed("abc\033[2Dx\033[1G-\033[9999Cy");
	assert_int_equal(line.length, LINE_CELLS);
	assert_memory_equal(text(), "-xc  ", 5);
	assert_int_equal(text()[LINE_CELLS - 1], 'y');
}

/* Bytes of which the last ends the line. */
static void feed_to_end(const char *bytes)
{
	for (; bytes[1]; bytes++)
		assert_int_equal(line_feed(&line, (uint8_t)*bytes), LINE_OPEN);
	assert_int_equal(line_feed(&line, (uint8_t)*bytes), LINE_END);
}

static void a_screen_comes_row_by_row(void **state)
{
	(void)state;
	feed("\033[2J\033[H   \033[5;3Htitle");
	assert_string_equal(text(), "  title");
	feed("\033[5;3HT");
	assert_string_equal(text(), "  Title");
	feed_to_end("\033[6;2H");
	line_clear(&line);
	feed("text");
	assert_string_equal(text(), " text");
	feed_to_end("\n");
	line_clear(&line);
	/* It is somewhere below now: row 6 is another one. */
	feed("more");
	feed_to_end("\033[6f");
	line_clear(&line);
	assert_int_equal(line.column, 0);
	feed("x\033[7;9999");
	assert_int_equal(line_feed(&line, 'H'), LINE_END);
	line_clear(&line);
	assert_int_equal(line.column, LINE_CELLS - 1);
}

static void letters_draw_lines_where_told(void **state)
{
	(void)state;
	feed("x\033(0xA\033(Bx\033#8");
	assert_string_equal(text(), "x*Ax");
	assert_int_equal(line.cell[1] & CELL_CHAR, 0x2502);
}

static void sequences_that_leave_the_line_vanish(void **state)
{
	(void)state;
	feed("a\033[2Ab\033[1;1rc\033[?25ld\033]0;title\007e\033(Bf\033Mg\033P1;2q~~\033\\h\033[>1mi");
	assert_string_equal(text(), "abcdefghi");
}

static void a_sequence_without_end_ends_with_the_line(void **state)
{
	(void)state;
	feed("a\033]0;");
	assert_int_equal(line_feed(&line, '\n'), LINE_END);
	line_clear(&line);
	feed("b");
	assert_string_equal(text(), "b");
}

static void controls_and_broken_utf8_show_as_marks(void **state)
{
	(void)state;
	feed("a\001b\177c\300\257d\355\240\200e\302f\302\233g\342\200\256h\377i");
	assert_null(strchr(text(), '*'));
	assert_string_equal(text(), "a?b?c??d?e?f?g?h?i");
}

static void utf8_is_one_cell_a_character(void **state)
{
	(void)state;
	feed("\303\244\342\202\254\342\224\202");
	assert_int_equal(line.length, 3);
	assert_int_equal(line.cell[0], 0xe4);
	assert_int_equal(line.cell[1], 0x20ac);
	assert_int_equal(line.cell[2], 0x2502);
}

/* The C library knows how wide terminals show a character: not wide, not combining, not without width. */
static void what_shows_is_one_column_wide(void **state)
{
	uint32_t shown = 0;

	(void)state;
	assert_non_null(setlocale(LC_CTYPE, "C.UTF-8"));
	for (uint32_t c = 0x80; c <= 0x10ffff; c++) {
		char text[MB_LEN_MAX + 1] = "";

		if ((c >= 0xd800 && c <= 0xdfff) || wctomb(text, (wchar_t)c) < 0)
			continue;
		line_clear(&line);
		feed(text);
		assert_int_equal(line.length, 1);
		if ((line.cell[0] & CELL_CHAR) != c)
			continue;
		shown++;
		if (wcwidth((wchar_t)c) != 1)
			fail_msg("U+%04x is %d columns wide", c, wcwidth((wchar_t)c));
	}
	assert_true(shown > 2000);
}

static void looks_belong_to_cells(void **state)
{
	(void)state;
	feed("\033[1;31mr\033[0mn\033[92mg");
	assert_int_equal(line.cell[0], 'r' | LOOK_BOLD | LOOK_FG | 1u << LOOK_FG_SHIFT);
	assert_int_equal(line.cell[1], 'n');
	assert_int_equal(line.cell[2], 'g' | LOOK_FG | 2u << LOOK_FG_SHIFT);
}

static void question_where_the_cursor_is_is_kept(void **state)
{
	(void)state;
	feed("/ # \033[5n");
	assert_false(line.asks_position);
	feed("\033[6n");
	assert_true(line.asks_position);
	assert_string_equal(text(), "/ # ");
}

static void a_full_line_asks_to_be_split_and_loses_nothing(void **state)
{
	(void)state;
	for (int i = 0; i < LINE_CELLS; i++)
		assert_int_equal(line_feed(&line, 'x'), LINE_OPEN);
	assert_int_equal(line_feed(&line, 'y'), LINE_FULL);
	line_clear(&line);
	assert_int_equal(line_feed(&line, 'y'), LINE_OPEN);
	assert_string_equal(text(), "y");
}

static void a_line_that_is_just_full_ends_unsplit(void **state)
{
	(void)state;
	for (int i = 0; i < LINE_CELLS; i++)
		line_feed(&line, 'x');
	assert_int_equal(line_feed(&line, '\r'), LINE_OPEN);
	assert_int_equal(line_feed(&line, '\n'), LINE_END);
	assert_int_equal(line.length, LINE_CELLS);
}

/* Whatever comes, counts stay in their bounds; the sanitizers watch the array. */
static void any_bytes_leave_a_line_in_bounds(void **state)
{
	static const uint8_t likely[] = "\033\033[[[;0199CDGKJHP@mn(0x\r\b\t\xe2\x82\xac\xff";
	uint32_t random = 1;

	(void)state;
	for (int i = 0; i < 2000000; i++) {
		uint8_t byte;

		random = random * 1664525 + 1013904223;
		byte = random >> 31 ? likely[(random >> 8) % (sizeof(likely) - 1)] : (uint8_t)(random >> 16);
		if (line_feed(&line, byte) != LINE_OPEN)
			line_clear(&line);
		assert_true(line.length <= LINE_CELLS);
		assert_true(line.column <= LINE_CELLS);
		assert_true(line.column <= line.length || line.column < LINE_CELLS);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(carriage_return_writes_over, setup),
		cmocka_unit_test_setup(line_feed_ends_the_line, setup),
		cmocka_unit_test_setup(backspace_and_erase_take_away, setup),
		cmocka_unit_test_setup(inserting_and_deleting_move_the_rest, setup),
		cmocka_unit_test_setup(cursor_moves_stay_on_the_line, setup),
		cmocka_unit_test_setup(a_screen_comes_row_by_row, setup),
		cmocka_unit_test_setup(letters_draw_lines_where_told, setup),
		cmocka_unit_test_setup(sequences_that_leave_the_line_vanish, setup),
		cmocka_unit_test_setup(a_sequence_without_end_ends_with_the_line, setup),
		cmocka_unit_test_setup(controls_and_broken_utf8_show_as_marks, setup),
		cmocka_unit_test_setup(utf8_is_one_cell_a_character, setup),
		cmocka_unit_test_setup(what_shows_is_one_column_wide, setup),
		cmocka_unit_test_setup(looks_belong_to_cells, setup),
		cmocka_unit_test_setup(question_where_the_cursor_is_is_kept, setup),
		cmocka_unit_test_setup(a_full_line_asks_to_be_split_and_loses_nothing, setup),
		cmocka_unit_test_setup(a_line_that_is_just_full_ends_unsplit, setup),
		cmocka_unit_test_setup(any_bytes_leave_a_line_in_bounds, setup),
	};

	return cmocka_run_group_tests_name("console/line", tests, NULL, NULL);
}
