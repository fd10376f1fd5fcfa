/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One line of text as a VM means it: what a terminal one row high would show after the VM's
 * bytes. A cell is a character and how it looks. Nothing of a VM's bytes reaches the real
 * terminal but through cells, so no VM can write on another's line, whatever it sends.
 *
 * Understood: printable ASCII and UTF-8, BS, TAB, CR, LF, and of the escape sequences those
 * which stay on the line: CSI n C, D, G (cursor), K and J (erase), P and @ (delete, insert),
 * m (colours), 6n ("where is the cursor?", which shells ask), and ESC ( 0 (line drawing). Programs
 * that draw a whole screen go to a row of it by CSI H: that ends the line, unless it is the row that
 * they are in, so a screen comes as the lines that it is made of. All others vanish whole; other
 * control characters, broken UTF-8, and characters that are not one column wide show as a mark.
 */
#ifndef PARTITA_CONSOLE_LINE_H
#define PARTITA_CONSOLE_LINE_H

#include <stdbool.h>
#include <stdint.h>

#define LINE_CELLS 200           /* longer lines are split */

/* A cell: 21 bits of code point, then how it looks. */
#define CELL_CHAR 0x001fffffu
#define CELL_LOOK 0xff000000u
#define LOOK_FG_SHIFT 24         /* 3 bits of colour, if LOOK_FG */
#define LOOK_FG 0x08000000u
#define LOOK_BOLD 0x10000000u
#define LOOK_UNDERLINE 0x20000000u
#define LOOK_REVERSE 0x40000000u
#define LOOK_FG_MASK 0x0f000000u

enum line_event {
	LINE_OPEN,             /* the byte was taken, the line goes on */
	LINE_END,              /* the line is complete */
	LINE_FULL,             /* there is no room: print it as split and feed the byte again */
};

struct line {
	uint32_t cell[LINE_CELLS];
	uint32_t length;
	uint32_t column;       /* where the next character goes, <= length or at most LINE_CELLS */
	uint32_t next_column;  /* .. and in the line after this one */
	uint32_t row;          /* of the screen, if CSI H went to one, from 1; or 0 */
	uint32_t look;         /* of the next character */
	bool asks_position;    /* CSI 6n came */
	uint8_t state;         /* enum line_state */
	uint8_t utf8_left;     /* continuation bytes to come */
	uint32_t utf8_char;
	uint32_t utf8_least;   /* the smallest character that needs this many bytes */
	uint32_t argument[4];
	uint32_t arguments;    /* index of the one being read */
	bool drawing;          /* small letters are lines of a drawing */
	bool private;          /* the sequence has a byte that makes it none of the above */
};

enum line_event line_feed(struct line *line, uint8_t byte);

/* Starts a new line; colours and a sequence half read go on. */
void line_clear(struct line *line);

#endif
