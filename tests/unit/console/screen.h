/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A terminal to look at: it obeys the few controls that the console may send, fails the test
 * on any other, and keeps the rows that scrolled away. Wide enough that nothing wraps.
 */
#ifndef PARTITA_TESTS_CONSOLE_SCREEN_H
#define PARTITA_TESTS_CONSOLE_SCREEN_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCREEN_COLUMNS 1024
#define SCREEN_ROWS 2048

struct screen {
	char row[SCREEN_ROWS][SCREEN_COLUMNS];
	size_t at, column;
	char escape[32];       /* a sequence being read, from ESC on */
	size_t escape_length;
	unsigned asked;        /* CSI 6n */
	unsigned looks;        /* CSI m */
};

static inline void screen_sequence(struct screen *s)
{
	char final = s->escape[s->escape_length - 1];
	char *row = s->row[s->at];
	int n = atoi(s->escape + 2);

	if (final == 'K') {
		assert_int_equal(s->escape_length, 3);
		memset(row + s->column, 0, SCREEN_COLUMNS - s->column);
	} else if (final == 'C') {
		s->column += (size_t)n;
	} else if (final == 'm') {
		s->looks++;
	} else {
		assert_string_equal(s->escape, "\033[6n");
		s->asked++;
	}
}

static inline void screen_put(struct screen *s, char c)
{
	char *row = s->row[s->at];

	if (s->escape_length > 0) {
		assert_true(s->escape_length < sizeof(s->escape) - 1);
		s->escape[s->escape_length++] = c;
		s->escape[s->escape_length] = 0;
		if (s->escape_length > 2 && c >= '@' && c <= '~') {
			screen_sequence(s);
			s->escape_length = 0;
		}
	} else if (c == '\033') {
		s->escape[s->escape_length++] = c;
	} else if (c == '\n') {
		assert_true(++s->at < SCREEN_ROWS);
	} else if (c == '\r') {
		s->column = 0;
	} else if (c == '\b') {
		assert_true(s->column-- > 0);
	} else {
		assert_true((unsigned char)c >= 0x20 && c != 0x7f);
		assert_true(s->column < SCREEN_COLUMNS - 1);
		for (size_t i = strlen(row); i < s->column; i++)
			row[i] = ' ';
		row[s->column++] = c;
	}
}

#endif
