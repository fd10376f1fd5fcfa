/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/terminal.h"

#define QUEUE_MASK (TERMINAL_QUEUE_BYTES - 1)
#define CELL_BYTES_MAX 18        /* ESC [ 0 ; 1 ; 4 ; 7 ; 3 7 m and four of UTF-8 */
#define MOVE_BYTES_MAX 16
#define PRINT_BYTES_MAX (ROW_CELLS * CELL_BYTES_MAX + 2 * MOVE_BYTES_MAX)
#define SHOW_BYTES_MAX (TERMINAL_COLUMNS * CELL_BYTES_MAX + 3 * MOVE_BYTES_MAX)
#define BACKSPACES_MAX 4         /* farther back, an escape sequence is shorter */

_Static_assert((TERMINAL_QUEUE_BYTES & QUEUE_MASK) == 0, "indices are masked");
_Static_assert(TERMINAL_LOW_BYTES + PRINT_BYTES_MAX + SHOW_BYTES_MAX <= TERMINAL_QUEUE_BYTES,
	       "a print that is begun, and the show after it, fit");

/* ---- The queue ---- */

uint32_t terminal_waiting(const struct terminal *terminal)
{
	return terminal->head - terminal->tail;
}

bool terminal_has_room(const struct terminal *terminal)
{
	return terminal_waiting(terminal) < TERMINAL_LOW_BYTES;
}

uint8_t terminal_first(const struct terminal *terminal)
{
	return terminal->queue[terminal->tail & QUEUE_MASK];
}

void terminal_sent(struct terminal *terminal)
{
	terminal->tail++;
}

static void put_byte(struct terminal *terminal, uint32_t byte)
{
	if (terminal_waiting(terminal) < TERMINAL_QUEUE_BYTES)
		terminal->queue[terminal->head++ & QUEUE_MASK] = (uint8_t)byte;
}

static void put_text(struct terminal *terminal, const char *text)
{
	while (*text)
		put_byte(terminal, (uint8_t)*text++);
}

/* ---- Characters and their looks ---- */

static void put_utf8(struct terminal *terminal, uint32_t c)
{
	if (c < 0x80) {
		put_byte(terminal, c);
		return;
	}
	if (c < 0x800) {
		put_byte(terminal, 0xc0 | c >> 6);
	} else if (c < 0x10000) {
		put_byte(terminal, 0xe0 | c >> 12);
		put_byte(terminal, 0x80 | (c >> 6 & 0x3f));
	} else {
		put_byte(terminal, 0xf0 | c >> 18);
		put_byte(terminal, 0x80 | (c >> 12 & 0x3f));
		put_byte(terminal, 0x80 | (c >> 6 & 0x3f));
	}
	put_byte(terminal, 0x80 | (c & 0x3f));
}

static void look_set(struct terminal *terminal, uint32_t look)
{
	if (look == terminal->look)
		return;
	terminal->look = look;
	put_text(terminal, "\033[0");
	if (look & LOOK_BOLD)
		put_text(terminal, ";1");
	if (look & LOOK_UNDERLINE)
		put_text(terminal, ";4");
	if (look & LOOK_REVERSE)
		put_text(terminal, ";7");
	if (look & LOOK_FG) {
		put_text(terminal, ";3");
		put_byte(terminal, '0' + (look >> LOOK_FG_SHIFT & 7));
	}
	put_byte(terminal, 'm');
}

static void put_cells(struct terminal *terminal, const struct row *row, uint32_t from)
{
	for (uint32_t i = from; i < row->length; i++) {
		look_set(terminal, row->cell[i] & CELL_LOOK);
		put_utf8(terminal, row->cell[i] & CELL_CHAR);
	}
	look_set(terminal, 0);
	terminal->cursor = row->length;
}

/* ---- The cursor's row ---- */

static void cursor_right(struct terminal *terminal, uint32_t columns)
{
	char digits[10];
	uint32_t count = 0;

	put_text(terminal, "\033[");
	for (uint32_t left = columns; left > 0; left /= 10)
		digits[count++] = (char)('0' + left % 10);
	while (count > 0)
		put_byte(terminal, (uint8_t)digits[--count]);
	put_byte(terminal, 'C');
}

static void cursor_move(struct terminal *terminal, uint32_t column)
{
	uint32_t from = terminal->cursor;

	if (column < from && from - column <= BACKSPACES_MAX) {
		for (; from > column; from--)
			put_byte(terminal, '\b');
	} else if (column < from) {
		put_byte(terminal, '\r');
		from = 0;
	}
	if (column > from)
		cursor_right(terminal, column - from);
	terminal->cursor = column;
}

void terminal_erase(struct terminal *terminal)
{
	if (terminal->shown_length > 0)
		put_text(terminal, "\r\033[K");
	terminal->shown_length = 0;
	terminal->cursor = 0;
}

/* How many cells at the row's start are on the terminal already. */
static uint32_t shown_already(const struct terminal *terminal, const struct row *row)
{
	uint32_t same = 0;

	while (same < terminal->shown_length && same < row->length &&
	       terminal->shown[same] == row->cell[same])
		same++;
	return same;
}

static void row_update(struct terminal *terminal, const struct row *row)
{
	uint32_t same = shown_already(terminal, row);

	if (same < row->length || same < terminal->shown_length)
		cursor_move(terminal, same);
	if (same < row->length)
		put_cells(terminal, row, same);
	if (row->length < terminal->shown_length)
		put_text(terminal, "\033[K");
}

void terminal_show(struct terminal *terminal, const struct row *row)
{
	if (row->length == 0) {
		terminal_erase(terminal);
		return;
	}
	if (row->length > TERMINAL_COLUMNS)
		return;
	row_update(terminal, row);
	for (uint32_t i = 0; i < row->length; i++)
		terminal->shown[i] = row->cell[i];
	terminal->shown_length = row->length;
	cursor_move(terminal, row->cursor);
}

void terminal_print(struct terminal *terminal, const struct row *row)
{
	row_update(terminal, row);
	put_text(terminal, "\r\n");
	terminal->shown_length = 0;
	terminal->cursor = 0;
}

void terminal_ask_position(struct terminal *terminal)
{
	put_text(terminal, "\033[6n");
}
