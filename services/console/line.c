/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/line.h"
#include <stddef.h>

enum line_state {
	STATE_TEXT,
	STATE_ESC,             /* after ESC */
	STATE_CSI,             /* after ESC [ */
	STATE_STRING,          /* OSC, DCS and their like: skipped up to BEL or ST */
	STATE_STRING_ESC,      /* ESC in such a string: ST is ESC \ */
	STATE_CHARSET,         /* after ESC ( */
	STATE_SKIP_ONE,        /* ESC # 8 and its like: one more byte */
};

#define BEL 0x07
#define ESC 0x1b
#define MARK '?'
#define ARGUMENT_MAX 9999
#define ARGUMENTS (sizeof((struct line *)0)->argument / sizeof(uint32_t))
#define TAB_COLUMNS 8

static uint32_t min_u32(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

void line_clear(struct line *line)
{
	line->length = 0;
	line->column = line->next_column;
	line->next_column = 0;
	line->asks_position = false;
}

/* ---- What a sequence does to the cells ---- */

static void blank_from(struct line *line, uint32_t from, uint32_t to)
{
	for (uint32_t i = from; i < to; i++)
		line->cell[i] = ' ';
}

static void cursor_to(struct line *line, uint32_t column)
{
	line->column = min_u32(column, LINE_CELLS - 1);
}

static void put_cell(struct line *line, uint32_t character)
{
	if (line->column > line->length)
		blank_from(line, line->length, line->column);
	line->cell[line->column++] = character | line->look;
	if (line->length < line->column)
		line->length = line->column;
}

/* K and J: 0 to the end, 1 up to the cursor, 2 all of it. */
static void erase(struct line *line, uint32_t what)
{
	if (what == 0)
		line->length = min_u32(line->length, line->column);
	else if (what == 1)
		blank_from(line, 0, min_u32(line->length, line->column + 1));
	else if (what == 2)
		line->length = 0;
}

static void delete_cells(struct line *line, uint32_t count)
{
	if (line->column >= line->length)
		return;
	count = min_u32(count, line->length - line->column);
	for (uint32_t i = line->column; i + count < line->length; i++)
		line->cell[i] = line->cell[i + count];
	line->length -= count;
}

static void insert_cells(struct line *line, uint32_t count)
{
	if (line->column >= line->length)
		return;
	count = min_u32(count, LINE_CELLS - line->column);
	line->length = min_u32(line->length + count, LINE_CELLS);
	for (uint32_t i = line->length; i-- > line->column + count; )
		line->cell[i] = line->cell[i - count];
	blank_from(line, line->column, min_u32(line->column + count, line->length));
}

static bool is_blank(const struct line *line)
{
	for (uint32_t i = 0; i < line->length; i++)
		if ((line->cell[i] & CELL_CHAR) != ' ')
			return false;
	return true;
}

/* What was drawn in one row is a line. Of one without a character only the background was drawn. */
static enum line_event screen_move(struct line *line, uint32_t row, uint32_t column)
{
	bool leaves = row != line->row;

	line->row = row;
	if (leaves && !is_blank(line)) {
		line->next_column = min_u32(column, LINE_CELLS - 1);
		return LINE_END;
	}
	if (leaves)
		line->length = 0;
	cursor_to(line, column);
	return LINE_OPEN;
}

static void set_look(struct line *line, uint32_t code)
{
	static const struct {
		uint32_t code, clear, set;
	} looks[] = {
		{ 0, CELL_LOOK, 0 },
		{ 1, 0, LOOK_BOLD },
		{ 4, 0, LOOK_UNDERLINE },
		{ 7, 0, LOOK_REVERSE },
		{ 22, LOOK_BOLD, 0 },
		{ 24, LOOK_UNDERLINE, 0 },
		{ 27, LOOK_REVERSE, 0 },
		{ 39, LOOK_FG_MASK, 0 },
	};

	if ((code >= 30 && code <= 37) || (code >= 90 && code <= 97)) {
		line->look = (line->look & ~LOOK_FG_MASK) | LOOK_FG | (code % 10) << LOOK_FG_SHIFT;
		return;
	}
	for (size_t i = 0; i < sizeof(looks) / sizeof(looks[0]); i++)
		if (looks[i].code == code)
			line->look = (line->look & ~looks[i].clear) | looks[i].set;
}

static enum line_event run_sequence(struct line *line, uint8_t final)
{
	uint32_t first = line->argument[0];
	uint32_t count = first ? first : 1;

	if (line->private)
		return LINE_OPEN;
	switch (final) {
	case 'C':
		cursor_to(line, line->column + count);
		break;
	case 'D':
		cursor_to(line, line->column - min_u32(count, line->column));
		break;
	case 'G':
		cursor_to(line, count - 1);
		break;
	case 'K':
	case 'J':
		erase(line, first);
		break;
	case 'P':
		delete_cells(line, count);
		break;
	case '@':
		insert_cells(line, count);
		break;
	case 'm':
		for (uint32_t i = 0; i <= line->arguments; i++)
			set_look(line, line->argument[i]);
		break;
	case 'n':
		line->asks_position |= first == 6;
		break;
	case 'H':
	case 'f':
		return screen_move(line, count, line->argument[1] ? line->argument[1] - 1 : 0);
	}
	return LINE_OPEN;
}

/* ---- Bytes to characters and sequences ---- */

static void start_sequence(struct line *line)
{
	line->state = STATE_CSI;
	line->arguments = 0;
	line->private = false;
	for (size_t i = 0; i < ARGUMENTS; i++)
		line->argument[i] = 0;
}

/* ECMA-48, "Control sequences": parameters 0x30 to 0x3f, intermediates 0x20 to 0x2f, final. */
static enum line_event feed_csi(struct line *line, uint8_t byte)
{
	uint32_t *argument = &line->argument[line->arguments];

	if (byte >= '0' && byte <= '9') {
		*argument = min_u32(*argument * 10 + (uint32_t)(byte - '0'), ARGUMENT_MAX);
	} else if (byte == ';' && line->arguments < ARGUMENTS - 1) {
		line->arguments++;
	} else if (byte >= 0x20 && byte <= 0x3f) {
		line->private = true;
	} else {
		line->state = byte == ESC ? STATE_ESC : STATE_TEXT;
		if (byte >= 0x40 && byte <= 0x7e)
			return run_sequence(line, byte);
	}
	return LINE_OPEN;
}

/* ECMA-35: ESC, intermediates, final; the strings of ECMA-48 open with ESC P, X, ], ^ or _. */
static void feed_esc(struct line *line, uint8_t byte)
{
	if (byte == '[')
		start_sequence(line);
	else if (byte == 'P' || byte == 'X' || byte == ']' || byte == '^' || byte == '_')
		line->state = STATE_STRING;
	else if (byte == '(')
		line->state = STATE_CHARSET;
	else if (byte >= 0x20 && byte <= 0x2f)
		line->state = STATE_SKIP_ONE;
	else if (byte != ESC)
		line->state = STATE_TEXT;
}

static enum line_event feed_control(struct line *line, uint8_t byte)
{
	switch (byte) {
	case '\n':
		line->row = 0;
		return LINE_END;
	case '\r':
		line->column = 0;
		break;
	case '\b':
		line->column -= line->column > 0;
		break;
	case '\t':
		cursor_to(line, (line->column / TAB_COLUMNS + 1) * TAB_COLUMNS);
		break;
	case 0:
	case BEL:
		break;
	default:
		put_cell(line, MARK);
	}
	return LINE_OPEN;
}

/* The DEC special graphics of the VT100, as far as they are lines. */
static uint32_t drawn(uint8_t letter)
{
	static const uint16_t lines[] = {
		['j'] = 0x2518, ['k'] = 0x2510, ['l'] = 0x250c, ['m'] = 0x2514, ['n'] = 0x253c,
		['q'] = 0x2500, ['t'] = 0x251c, ['u'] = 0x2524, ['v'] = 0x2534, ['w'] = 0x252c,
		['x'] = 0x2502,
	};

	return letter < sizeof(lines) / sizeof(lines[0]) && lines[letter] ? lines[letter] : letter;
}

/*
 * Beyond ASCII: what any terminal shows one column wide, and beside what comes before it. A cell that
 * took none or two, or that moved or hid its neighbours, would let a line look otherwise than it reads, and
 * the cursor go where the name of the line is. Latin, Greek and Cyrillic letters, punctuation, arrows,
 * mathematics, drawings, Braille; not what combines, nor what is wide.
 */
static bool character_is_plain(uint32_t c)
{
	static const struct {
		uint16_t first, last;
	} plain[] = {
		{ 0x00a0, 0x00ac }, { 0x00ae, 0x02ff }, { 0x0370, 0x0377 }, { 0x037a, 0x037f },
		{ 0x0384, 0x038a }, { 0x038c, 0x038c }, { 0x038e, 0x03a1 }, { 0x03a3, 0x0482 },
		{ 0x048a, 0x052f }, { 0x1e00, 0x1eff }, { 0x2010, 0x2027 }, { 0x2030, 0x205e },
		{ 0x2070, 0x2071 }, { 0x2074, 0x208e }, { 0x2090, 0x209c }, { 0x20a0, 0x20bf },
		{ 0x2100, 0x218b }, { 0x2190, 0x2319 }, { 0x231c, 0x2328 }, { 0x232b, 0x23e8 },
		{ 0x23ed, 0x23ef }, { 0x23f1, 0x23f2 }, { 0x23f4, 0x23ff }, { 0x2500, 0x25fc },
		{ 0x25ff, 0x25ff }, { 0x2713, 0x2718 }, { 0x2800, 0x28ff },
	};

	for (uint32_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++)
		if (c >= plain[i].first && c <= plain[i].last)
			return true;
	return false;
}

static void feed_utf8_lead(struct line *line, uint8_t byte)
{
	if (byte >= 0xc2 && byte <= 0xdf) {
		line->utf8_left = 1;
		line->utf8_char = byte & 0x1f;
		line->utf8_least = 0x80;
	} else if (byte >= 0xe0 && byte <= 0xef) {
		line->utf8_left = 2;
		line->utf8_char = byte & 0x0f;
		line->utf8_least = 0x800;
	} else if (byte >= 0xf0 && byte <= 0xf4) {
		line->utf8_left = 3;
		line->utf8_char = byte & 0x07;
		line->utf8_least = 0x10000;
	} else {
		put_cell(line, MARK);
	}
}

static void feed_utf8_more(struct line *line, uint8_t byte)
{
	line->utf8_char = line->utf8_char << 6 | (byte & 0x3f);
	if (--line->utf8_left > 0)
		return;
	if (line->utf8_char < line->utf8_least || !character_is_plain(line->utf8_char))
		line->utf8_char = MARK;
	put_cell(line, line->utf8_char);
}

static enum line_event feed_text(struct line *line, uint8_t byte)
{
	if (byte == ESC)
		line->state = STATE_ESC;
	else if (byte < 0x20 || byte == 0x7f)
		return feed_control(line, byte);
	else if (byte < 0x80)
		put_cell(line, line->drawing ? drawn(byte) : byte);
	else if (line->utf8_left > 0)
		feed_utf8_more(line, byte);
	else
		feed_utf8_lead(line, byte);
	return LINE_OPEN;
}

static void feed_string(struct line *line, uint8_t byte)
{
	if (byte == BEL || (byte == '\\' && line->state == STATE_STRING_ESC))
		line->state = STATE_TEXT;
	else
		line->state = byte == ESC ? STATE_STRING_ESC : STATE_STRING;
}

/* What needs no cell, so that a line which is just full can end, or be edited. */
static bool byte_needs_no_cell(uint8_t byte)
{
	return byte == '\n' || byte == '\r' || byte == '\b' || byte == ESC;
}

enum line_event line_feed(struct line *line, uint8_t byte)
{
	/* The end of a line also ends a sequence, else one without an end would silence a VM. */
	if (byte == '\n' || byte == '\r')
		line->state = STATE_TEXT;
	if (line->utf8_left > 0 && (byte & 0xc0) != 0x80) {
		line->utf8_left = 0;
		put_cell(line, MARK);
	}
	switch (line->state) {
	case STATE_ESC:
		feed_esc(line, byte);
		return LINE_OPEN;
	case STATE_CSI:
		return feed_csi(line, byte);
	case STATE_STRING:
	case STATE_STRING_ESC:
		feed_string(line, byte);
		return LINE_OPEN;
	case STATE_CHARSET:
		line->drawing = byte == '0';
		line->state = STATE_TEXT;
		return LINE_OPEN;
	case STATE_SKIP_ONE:
		line->state = STATE_TEXT;
		return LINE_OPEN;
	}
	if (line->column >= LINE_CELLS && !byte_needs_no_cell(byte))
		return LINE_FULL;
	return feed_text(line, byte);
}
