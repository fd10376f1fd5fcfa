/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/row.h"

void row_cell(struct row *row, uint32_t cell)
{
	if (row->length >= ROW_CELLS)
		return;
	row->cell[row->length++] = cell;
	row->cursor = row->length;
}

void row_text(struct row *row, const char *text)
{
	while (*text)
		row_cell(row, (uint8_t)*text++);
}

void row_name(struct row *row, const char *name)
{
	for (uint32_t i = 0; i < FMAP_NAME_BYTES && name[i]; i++)
		row_cell(row, (uint8_t)name[i]);
}

void row_start(struct row *row, const char *name)
{
	row->length = 0;
	row->cursor = 0;
	row_name(row, name);
	row_text(row, " | ");
}

static void row_number(struct row *row, uint64_t value, uint32_t base, uint32_t least_digits)
{
	char digits[20];
	uint32_t count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0 || count < least_digits);
	while (count > 0)
		row_cell(row, (uint8_t)digits[--count]);
}

void row_decimal(struct row *row, uint64_t value)
{
	row_number(row, value, 10, 1);
}

void row_hex(struct row *row, uint64_t value)
{
	row_text(row, "0x");
	row_number(row, value, 16, 8);
}
