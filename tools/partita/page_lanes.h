/* SPDX-License-Identifier: Apache-2.0 */
/* A drawing in rows: from a box on the left, by way of a label, to a box on the right. */
#ifndef PARTITA_TOOL_PAGE_LANES_H
#define PARTITA_TOOL_PAGE_LANES_H

#include "tools/partita/page.h"

struct lane {
	const char *left, *left_more, *left_class;
	const char *label, *label_more; /* label NULL: nothing leads from left to right */
	const char *right, *right_more, *right_class;
	const char *wire_class;
	const char *href, *title;
};

struct lanes {
	int side; /* the width of the boxes, in tenths of a percent */
	const char *name, *title, *description;
	const char *left_head, *label_head, *right_head;
	const struct lane *lane;
	uint32_t count;
};

/* Neighbouring rows with the same box on a side have one box there. */
void page_lanes(const struct lanes *l, FILE *out);

#endif
