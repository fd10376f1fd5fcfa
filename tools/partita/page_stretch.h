/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's addresses as drawings show them: the pieces that matter to somebody each for itself,
 * Partita's own as one where they are neighbours, and RAM that nobody has.
 */
#ifndef PARTITA_TOOL_PAGE_STRETCH_H
#define PARTITA_TOOL_PAGE_STRETCH_H

#include "tools/partita/page.h"

enum stretch_kind { STRETCH_PIECE, STRETCH_IMAGE, STRETCH_ZERO, STRETCH_GIC, STRETCH_FREE };
struct stretch {
	enum stretch_kind kind;
	uint64_t pa, bytes;
	uint32_t first;        /* of the pieces that it is made of */
	int y, height;         /* page_memory.c */
};

/* By address. */
struct stretches {
	struct stretch *stretch;
	uint32_t count;
};

struct stretches page_stretches(const struct machine *m);
const char *page_stretch_name(const struct machine *m, const struct stretch *s);
const char *page_stretch_class(const struct machine *m, const struct stretch *s);
/* For who points at it: what, from where to where, how much. */
const char *page_stretch_title(const struct machine *m, const struct stretch *s);

#endif
