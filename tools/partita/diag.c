/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: collected newest first, printed by file and line, each once. */
#include "tools/partita/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

static void add(struct diag *d, enum diag_kind kind, struct pos pos, const char *format, va_list args)
{
	struct diag_message *m = arena_alloc(d->arena, sizeof(*m));
	char text[1024];

	vsnprintf(text, sizeof(text), format, args);
	m->kind = kind;
	m->pos = pos;
	m->text = arena_copy(d->arena, text, strlen(text));
	m->next = d->messages;
	d->messages = m;
	d->count[kind]++;
}

void diag_error(struct diag *d, struct pos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(d, DIAG_ERROR, pos, format, args);
	va_end(args);
}

void diag_warning(struct diag *d, struct pos pos, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(d, DIAG_WARNING, pos, format, args);
	va_end(args);
}

void diag_failure(struct diag *d, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	add(d, DIAG_FAILURE, (struct pos){ NULL, 0 }, format, args);
	va_end(args);
}

int diag_status(const struct diag *d)
{
	if (d->count[DIAG_FAILURE])
		return 2;
	return d->count[DIAG_ERROR] ? 1 : 0;
}

static int compare(const void *pa, const void *pb)
{
	const struct diag_message *a = *(const struct diag_message *const *)pa;
	const struct diag_message *b = *(const struct diag_message *const *)pb;
	int order;

	if (!a->pos.file || !b->pos.file)
		return (a->pos.file != NULL) - (b->pos.file != NULL);
	order = strcmp(a->pos.file, b->pos.file);
	if (order)
		return order;
	if (a->pos.line != b->pos.line)
		return a->pos.line < b->pos.line ? -1 : 1;
	return strcmp(a->text, b->text);
}

static void print_one(const struct diag_message *m, FILE *out)
{
	static const char *const word[] = { "error", "warning", "error" };

	if (m->pos.file)
		fprintf(out, "%s:%u: %s: %s\n", m->pos.file, m->pos.line, word[m->kind], m->text);
	else
		fprintf(out, "partita: %s: %s\n", word[m->kind], m->text);
}

void diag_print(const struct diag *d, FILE *out)
{
	size_t count = 0, i = 0;
	const struct diag_message **sorted;

	for (const struct diag_message *m = d->messages; m; m = m->next)
		count++;
	if (!count)
		return;
	sorted = arena_alloc(d->arena, count * sizeof(*sorted));
	for (const struct diag_message *m = d->messages; m; m = m->next)
		sorted[i++] = m;
	qsort(sorted, count, sizeof(*sorted), compare);
	for (i = 0; i < count; i++) {
		if (i == 0 || compare(&sorted[i - 1], &sorted[i]) != 0)
			print_one(sorted[i], out);
	}
}
