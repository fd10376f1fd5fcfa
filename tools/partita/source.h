/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A device-tree source file: the compiled tree for libfdt, and beside it what libfdt does not
 * know, the place and the written form of each node and property.
 *
 * The source is preprocessed by cpp and compiled twice by dtc: to a DTB, and to annotated
 * source, one line for each node and property, in the same order as in the DTB's structure
 * block. So the k-th BEGIN_NODE or PROP token of the one is the k-th such line of the other.
 */
#ifndef PARTITA_TOOL_SOURCE_H
#define PARTITA_TOOL_SOURCE_H

#include "tools/partita/diag.h"
#include <stdbool.h>
#include <stddef.h>

/* How a property's value was written. */
enum source_form { FORM_NODE, FORM_EMPTY, FORM_STRING, FORM_CELLS, FORM_BYTES };

struct source_token {
	int offset;            /* in the structure block, as libfdt's node and property offsets */
	enum source_form form;
	struct pos pos;
};

struct source {
	const void *fdt;
	const char *path;
	struct source_token *token;  /* sorted by offset */
	size_t count;
};

/* False after an error or failure was reported. */
bool source_read(struct source *s, const char *path, struct arena *a, struct diag *d);

/* A tree that was never source: forms are guessed as dtc does, and every place is line 1. */
void source_of_dtb(struct source *s, const char *path, const void *fdt, struct arena *a);

const struct source_token *source_token(const struct source *s, int offset);

/* Annotated source to tokens, apart for the unit test that pins dtc's format: fills at most
 * `max` tokens but for their offsets, and returns how many lines there are. */
size_t source_parse_annotated(const char *text, struct source_token *token, size_t max, struct arena *a);

#endif
