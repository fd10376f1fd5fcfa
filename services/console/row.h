/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A row of the real terminal, made of cells (line.h): the name of who speaks, then what it
 * says. Whatever gets to the terminal was a row first. A row that is full swallows the rest.
 */
#ifndef PARTITA_CONSOLE_ROW_H
#define PARTITA_CONSOLE_ROW_H

#include "abi/fmap.h"
#include "services/console/line.h"

#define ROW_PREFIX_MAX (FMAP_NAME_BYTES + 3)
#define ROW_CELLS (ROW_PREFIX_MAX + LINE_CELLS + 1)

struct row {
	uint32_t length;
	uint32_t cursor;
	uint32_t cell[ROW_CELLS];
};

/* Starts a row with "NAME | ". */
void row_start(struct row *row, const char *name);

void row_cell(struct row *row, uint32_t cell);
void row_text(struct row *row, const char *text);
void row_name(struct row *row, const char *name); /* ends at a zero, or at FMAP_NAME_BYTES */
void row_decimal(struct row *row, uint64_t value);
void row_hex(struct row *row, uint64_t value);    /* at least eight digits */

#endif
