/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The terminal at the other end of the serial line: what the cursor's row shows, and a queue
 * of bytes on their way there. A whole line scrolls away and is forgotten; the unfinished line
 * stays on the cursor's row, is changed where it differs from what is wanted, and taken away
 * when another's line has to come out.
 *
 * A row that stays is never wider than TERMINAL_COLUMNS, so that one "erase line" takes it
 * away on every terminal at least as wide.
 *
 * The queue never overflows: a print is begun only when terminal_has_room() says so, and
 * after it one show fits.
 */
#ifndef PARTITA_CONSOLE_TERMINAL_H
#define PARTITA_CONSOLE_TERMINAL_H

#include "services/console/row.h"

#define TERMINAL_COLUMNS 79
#define TERMINAL_QUEUE_BYTES 8192u /* a power of two */
#define TERMINAL_LOW_BYTES 512u    /* no print is begun while more than these wait */

struct terminal {
	uint32_t shown[TERMINAL_COLUMNS];
	uint32_t shown_length;
	uint32_t cursor;
	uint32_t look;
	uint32_t head, tail;   /* of the queue: bytes ever put in, ever taken out */
	uint8_t queue[TERMINAL_QUEUE_BYTES];
};

bool terminal_has_room(const struct terminal *terminal);

/* Takes away what the cursor's row shows. */
void terminal_erase(struct terminal *terminal);

/* Makes the cursor's row show this (at most TERMINAL_COLUMNS cells), with its cursor. */
void terminal_show(struct terminal *terminal, const struct row *row);

/* Prints a whole line. What the cursor's row shows must be its beginning, or be erased. */
void terminal_print(struct terminal *terminal, const struct row *row);

/* Asks the terminal where its cursor is; it answers as if that had been typed. */
void terminal_ask_position(struct terminal *terminal);

/* The queue's end towards the UART. */
uint32_t terminal_waiting(const struct terminal *terminal);
uint8_t terminal_first(const struct terminal *terminal);
void terminal_sent(struct terminal *terminal);

#endif
