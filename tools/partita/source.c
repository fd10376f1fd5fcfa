/* SPDX-License-Identifier: Apache-2.0 */
/* Reading device-tree sources: cpp, dtc twice, and the marriage of the two results. */
#include "tools/partita/source.h"
#include "tools/partita/dtb.h"
#include "tools/partita/file.h"

#include <libfdt.h>
#include <stdlib.h>
#include <string.h>

/* ---- Annotated source ---- */

/* "/ * file:line:col-line:col, next .. * /" at the end of a line: the first file and line.
 * What dtc made itself has none. */
static struct pos annotation_pos(const char *line, size_t length, struct arena *a)
{
	struct pos none = { NULL, 0 };
	const char *start = NULL, *colon = NULL, *end = line + length;

	for (const char *p = line; p + 3 <= end; p++) {
		if (memcmp(p, "/* ", 3) == 0)
			start = p + 3;
	}
	if (!start)
		return none;
	/* The file name may have colons itself: the line number is the first "\d+:\d+-" after one. */
	for (const char *p = start; p < end; p++) {
		unsigned int row, column;
		int used = 0;

		if (*p == ':' && sscanf(p, ":%u:%u-%n", &row, &column, &used) == 2 && used > 0) {
			colon = p;
			return (struct pos){ arena_copy(a, start, (size_t)(colon - start)), row };
		}
	}
	return none;
}

static enum source_form line_form(const char *line, const char *end)
{
	const char *value;

	/* A node's line has its brace before the annotation. Its name has neither space nor quote,
	 * so " {" before any '=' is that brace. */
	for (const char *p = line; p < end && *p != '=' && *p != ';'; p++) {
		if (*p == '{')
			return FORM_NODE;
	}
	value = memchr(line, '=', (size_t)(end - line));
	if (!value || memchr(line, ';', (size_t)(value - line)))
		return FORM_EMPTY;
	/* Labels may stand before the value. */
	for (value++; value < end; value++) {
		if (*value == '"')
			return FORM_STRING;
		if (*value == '<' || *value == '/')
			return FORM_CELLS;
		if (*value == '[')
			return FORM_BYTES;
	}
	return FORM_EMPTY;
}

size_t source_parse_annotated(const char *text, struct source_token *token, size_t max, struct arena *a)
{
	size_t count = 0;

	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		const char *p = line + strspn(line, "\t ");

		if (p < end && *p != '}' && strncmp(p, "/dts-v1/", 8) != 0 &&
		    strncmp(p, "/memreserve/", 12) != 0) {
			if (count < max) {
				token[count].pos = annotation_pos(p, (size_t)(end - p), a);
				token[count].form = line_form(p, end);
			}
			count++;
		}
		line = *end ? end + 1 : end;
	}
	return count;
}

/* ---- The compiled tree ---- */

static size_t tree_tokens(const void *fdt, struct source_token *token)
{
	size_t count = 0;
	int next = 0;

	for (int offset = 0;; offset = next) {
		uint32_t tag = fdt_next_tag(fdt, offset, &next);

		if (tag == FDT_END || next < 0)
			return count;
		if (tag == FDT_BEGIN_NODE || tag == FDT_PROP) {
			if (token)
				token[count].offset = offset;
			count++;
		}
	}
}

/* dtc's own properties (phandle) have no place: give them their node's. Each line has a node
 * before it. */
static void fill_places(struct source *s)
{
	struct pos last = { s->path, 1 };

	for (size_t i = 0; i < s->count; i++) {
		if (s->token[i].pos.file)
			last = s->token[i].pos;
		else
			s->token[i].pos = last;
	}
}

static void report_duplicates(const struct source *s, int node, struct diag *d)
{
	int p, q;

	fdt_for_each_property_offset(p, s->fdt, node) {
		const char *name, *other;

		fdt_getprop_by_offset(s->fdt, p, &name, NULL);
		fdt_for_each_property_offset(q, s->fdt, node) {
			if (q >= p)
				break;
			fdt_getprop_by_offset(s->fdt, q, &other, NULL);
			if (strcmp(name, other) == 0) {
				diag_report(d, DIAG_PROPERTY_TWICE, source_token(s, p)->pos,
					    "property '%s' is given twice (first in line %u); "
					    "keep one",
					    name, source_token(s, q)->pos.line);
				break;
			}
		}
	}
}

/* ---- Running cpp and dtc ---- */

/* Messages of cpp ("file:3:5: error: text") and dtc ("Error: file:3.5-8 text"), in our form. What
 * has no place (a total, a picture of the line) is dropped. */
static void report_line(const char *line, struct diag *d)
{
	const char *p = line;

	if (strncmp(p, "Error: ", 7) == 0)
		p += 7;
	for (const char *colon = strchr(p, ':'); colon; colon = strchr(colon + 1, ':')) {
		unsigned int row, column;
		int used = 0;
		const char *text;

		if (sscanf(colon, ":%u%*[.:]%u%n", &row, &column, &used) != 2 || used == 0)
			continue;
		text = colon + used;
		text += strspn(text, "0123456789.-: ");
		for (const char *const *word =
			     (const char *const[]){ "fatal error: ", "error: ", "ERROR ", NULL };
		     *word; word++) {
			if (strncmp(text, *word, strlen(*word)) == 0)
				text += strlen(*word);
		}
		diag_report(d, DIAG_SYNTAX, (struct pos){ arena_copy(d->arena, p, (size_t)(colon - p)), row },
			    "%s; correct it and check again: reading stops at the first mistake of this kind",
			    text);
		return;
	}
}

static void report_output(FILE *err, struct diag *d)
{
	struct blob text;
	char *line, *rest;

	if (!file_read_stream(d->arena, err, &text))
		return;
	rest = arena_copy(d->arena, (const char *)text.data, text.bytes);
	while ((line = strsep(&rest, "\n")))
		report_line(line, d);
}

/* One child; its output in *out. False after reporting. */
static bool run(const char *const argv[], FILE *in, FILE **out, const struct source *s, struct diag *d)
{
	FILE *err = tmpfile();
	unsigned int before = diag_errors(d);
	int status;

	*out = tmpfile();
	if (!err || !*out) {
		diag_report(d, DIAG_FILE_UNWRITABLE, NO_POS, "cannot make a temporary file");
		if (err)
			fclose(err);
		return false;
	}
	status = file_run(argv, in, *out, err);
	if (status > 0 && status != 127)
		report_output(err, d);
	fclose(err);
	if (status == 0)
		return true;
	if (status < 0 || status == 127)
		diag_report(d, DIAG_PROGRAM_MISSING, NO_POS,
			    "cannot run %s; is it installed (packages cpp, device-tree-compiler)?", argv[0]);
	else if (diag_errors(d) == before)
		diag_report(d, DIAG_PROGRAM_FAILED, NO_POS, "%s failed on %s with status %d", argv[0],
			    s->path, status);
	return false;
}

static bool compile(struct source *s, struct arena *a, struct diag *d, struct blob *dtb,
		    struct blob *annotated)
{
	static const char *const dtb_argv[] = { "dtc", "-q", "-I", "dts", "-O", "dtb",
		"-E", "no-duplicate_property_names", "-", NULL };
	static const char *const dts_argv[] = { "dtc", "-q", "-I", "dts", "-O", "dts", "-T", "-T",
		"-E", "no-duplicate_property_names", "-", NULL };
	/* By name, not from its input: the line markers carry it. */
	const char *const cpp_argv[] = { "cpp",	  "-nostdinc", "-undef", "-x", "assembler-with-cpp",
					 s->path, NULL };
	FILE *source = fopen(s->path, "rb"), *text = NULL, *tree = NULL, *lines = NULL;
	bool ok;

	if (!source) {
		diag_report(d, DIAG_FILE_UNREADABLE, NO_POS, "cannot read %s: %m", s->path);
		return false;
	}
	ok = run(cpp_argv, source, &text, s, d) && run(dtb_argv, text, &tree, s, d) &&
	     run(dts_argv, text, &lines, s, d) && file_read_stream(a, tree, dtb) &&
	     file_read_stream(a, lines, annotated);
	fclose(source);
	if (text)
		fclose(text);
	if (tree)
		fclose(tree);
	if (lines)
		fclose(lines);
	return ok;
}

bool source_read(struct source *s, const char *path, struct arena *a, struct diag *d)
{
	struct blob dtb, annotated;
	size_t lines;

	s->path = path;
	if (!compile(s, a, d, &dtb, &annotated))
		return false;
	s->fdt = dtb.data;
	if (!dtb_is_sound(s->fdt, dtb.bytes)) {
		diag_report(d, DIAG_DTC_UNKNOWN, NO_POS,
			    "dtc made a device tree of %s that libfdt does not take", path);
		return false;
	}
	s->count = tree_tokens(s->fdt, NULL);
	s->token = arena_alloc(a, s->count * sizeof(*s->token));
	tree_tokens(s->fdt, s->token);
	lines = source_parse_annotated((const char *)annotated.data, s->token, s->count, a);
	if (lines != s->count) {
		diag_report(d, DIAG_DTC_UNKNOWN, NO_POS,
			    "dtc's annotated output of %s has %zu lines for %zu nodes and properties; "
			    "this dtc is not understood",
			    path, lines, s->count);
		return false;
	}
	fill_places(s);
	for (int node = 0; node >= 0; node = fdt_next_node(s->fdt, node, NULL))
		report_duplicates(s, node, d);
	return true;
}

/* ---- Trees that were never source ---- */

/* Zero-terminated strings of printable characters, none of them empty. */
static bool looks_like_strings(const char *value, int length)
{
	if (value[length - 1] != 0)
		return false;
	for (int i = 0; i < length; i++) {
		if (value[i] == 0 ? i == 0 || value[i - 1] == 0 : value[i] < ' ' || value[i] > '~')
			return false;
	}
	return true;
}

static enum source_form guess_form(const char *name, const char *value, int length)
{
	/* Numbers by their binding, whatever their bytes look like. */
	static const char *const numbers[] = { "reg", "ranges", "interrupts", "interrupt-parent" };

	if (length == 0)
		return FORM_EMPTY;
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		if (strcmp(name, numbers[i]) == 0 && length % 4 == 0)
			return FORM_CELLS;
	}
	if (looks_like_strings(value, length))
		return FORM_STRING;
	return length % 4 ? FORM_BYTES : FORM_CELLS;
}

void source_of_dtb(struct source *s, const char *path, const void *fdt, struct arena *a)
{
	s->fdt = fdt;
	s->path = path;
	s->count = tree_tokens(fdt, NULL);
	s->token = arena_alloc(a, s->count * sizeof(*s->token));
	tree_tokens(fdt, s->token);
	fill_places(s);
	for (size_t i = 0; i < s->count; i++) {
		const char *name, *value;
		int length, next;

		if (fdt_next_tag(fdt, s->token[i].offset, &next) == FDT_BEGIN_NODE)
			continue;
		value = fdt_getprop_by_offset(fdt, s->token[i].offset, &name, &length);
		s->token[i].form = guess_form(name, value, length);
	}
}

const struct source_token *source_token(const struct source *s, int offset)
{
	size_t low = 0, high = s->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (s->token[middle].offset <= offset)
			low = middle;
		else
			high = middle;
	}
	return &s->token[low];
}
