/* SPDX-License-Identifier: Apache-2.0 */
/* Diagnostics: collected newest first, printed by file and line, each once. */
#include "tools/partita/diag.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

struct meaning {
	const char *code, *what, *why;
	enum diag_kind kind;
};

#define GROUP(title)
#define CODE(id, code, kind, what, why) [DIAG_##id] = { code, what, why, DIAG_KIND_##kind },
static const struct meaning meanings[DIAG_CODES] = {
#include "tools/partita/codes.def"
};
#undef GROUP
#undef CODE

static const char *const kind_name[DIAG_KINDS] = {
	[DIAG_KIND_ERROR] = "error",
	[DIAG_KIND_WARNING] = "warning",
	[DIAG_KIND_FAILURE] = "error",
};

void diag_report(struct diag *d, enum diag_code code, struct pos pos, const char *format, ...)
{
	struct diag_message *m = arena_alloc(d->arena, sizeof(*m));
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	m->code = code;
	m->pos = pos;
	m->text = arena_copy(d->arena, text, strlen(text));
	m->next = d->messages;
	d->messages = m;
	d->count[meanings[code].kind]++;
}

unsigned int diag_errors(const struct diag *d)
{
	return d->count[DIAG_KIND_ERROR];
}

int diag_status(const struct diag *d)
{
	if (d->count[DIAG_KIND_FAILURE])
		return 2;
	return d->count[DIAG_KIND_ERROR] ? 1 : 0;
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
	const struct meaning *meaning = &meanings[m->code];

	if (m->pos.file)
		fprintf(out, "%s:%u: ", m->pos.file, m->pos.line);
	else
		fprintf(out, "partita: ");
	fprintf(out, "%s: %s [%s]\n", kind_name[meaning->kind], m->text, meaning->code);
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

/* ---- What codes mean ---- */

/* The sections of codes.def: a title before each code, or NULL where none begins. */
#define GROUP(title) title,
#define CODE(id, code, kind, what, why) NULL,
static const char *const rows[] = {
#include "tools/partita/codes.def"
};
#undef GROUP
#undef CODE

static void explain_one(const struct meaning *m, FILE *out)
{
	static const char *const kind[DIAG_KINDS] = {
		[DIAG_KIND_ERROR] = "Error",
		[DIAG_KIND_WARNING] = "Warning",
		[DIAG_KIND_FAILURE] = "Failure",
	};

	fprintf(out, "### %s\n\n%s: %s.\n\n%s\n", m->code, kind[m->kind], m->what, m->why);
}

static void explain_all(FILE *out)
{
	const struct meaning *m = meanings;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (i)
			fprintf(out, "\n");
		if (rows[i])
			fprintf(out, "## %s\n", rows[i]);
		else
			explain_one(m++, out);
	}
}

bool diag_explain(const char *code, FILE *out)
{
	if (!code)
		explain_all(out);
	for (size_t i = 0; code && i < DIAG_CODES; i++) {
		if (strcmp(meanings[i].code, code) == 0) {
			explain_one(&meanings[i], out);
			return true;
		}
	}
	return !code;
}
