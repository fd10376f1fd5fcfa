/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: what is wrong with a description, where, and what to do about it. They are
 * collected, so that one run reports every mistake, and printed sorted by place:
 *
 *     file:line: error: what is wrong; what to do [code]
 *
 * codes.def says what kind each is: an error, a warning, or a failure that is not the
 * description's (a file that cannot be written, dtc not installed), which has no place.
 */
#ifndef PARTITA_TOOL_DIAG_H
#define PARTITA_TOOL_DIAG_H

#include "tools/partita/arena.h"
#include <stdbool.h>
#include <stdio.h>

/* A place in a description. file NULL: none. */
struct pos {
	const char *file;
	unsigned int line;
};
#define NO_POS ((struct pos){ NULL, 0 })

enum diag_kind { DIAG_KIND_ERROR, DIAG_KIND_WARNING, DIAG_KIND_FAILURE, DIAG_KINDS };

enum diag_code {
#define GROUP(title)
#define CODE(id, code, kind, what, why) DIAG_##id,
#include "tools/partita/codes.def"
#undef GROUP
#undef CODE
	DIAG_CODES
};

struct diag_message {
	struct diag_message *next;
	struct pos pos;
	enum diag_code code;
	const char *text;
};

struct diag {
	struct arena *arena;
	struct diag_message *messages;  /* newest first */
	unsigned int count[DIAG_KINDS];
};

void diag_report(struct diag *d, enum diag_code code, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/* Errors so far: what a step compares to learn whether it found some. */
unsigned int diag_errors(const struct diag *d);
/* 0 nothing but warnings, 1 mistakes, 2 a failure of something else */
int diag_status(const struct diag *d);
void diag_print(const struct diag *d, FILE *out);

/* What a code means; all of them, for code NULL. False: there is no such code. */
bool diag_explain(const char *code, FILE *out);

#endif
