/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Diagnostics: what is wrong with a description, where, and what to do about it. They are
 * collected, so that one run reports every mistake, and printed sorted by place:
 *
 *     file:line: error: what is wrong; what to do
 *
 * A failure that is not the description's (a file that cannot be written, dtc not installed)
 * is no mistake: diag_failure, exit status 2.
 */
#ifndef PARTITA_TOOL_DIAG_H
#define PARTITA_TOOL_DIAG_H

#include "tools/partita/arena.h"
#include <stdio.h>

/* A place in a description. file NULL: none. */
struct pos {
	const char *file;
	unsigned int line;
};

enum diag_kind { DIAG_ERROR, DIAG_WARNING, DIAG_FAILURE };

struct diag_message {
	struct diag_message *next;
	struct pos pos;
	enum diag_kind kind;
	const char *text;
};

struct diag {
	struct arena *arena;
	struct diag_message *messages;  /* newest first */
	unsigned int count[3];          /* by enum diag_kind */
};

void diag_error(struct diag *d, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_warning(struct diag *d, struct pos pos, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
void diag_failure(struct diag *d, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* 0 nothing but warnings, 1 mistakes, 2 a failure of something else */
int diag_status(const struct diag *d);
void diag_print(const struct diag *d, FILE *out);

#endif
