/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two lists of facts against one another: subjects that came or went, with all that is to be said
 * of them, and of those that stayed what changed. A line begins with + for what came, - for what
 * went, ~ for what changed.
 */
#include "tools/partita/diff.h"
#include "tools/partita/text.h"

#include <string.h>

/* A name in an image may be anybody's: no controls reach the terminal. */
static void put_plain(FILE *out, const char *text)
{
	while (*text) {
		const char *start = text;

		if (text_next(&text) == TEXT_REPLACEMENT)
			fputc('?', out);
		else
			fwrite(start, 1, (size_t)(text - start), out);
	}
}

static void print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void print(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_print(out, put_plain, format, &args);
	va_end(args);
}

static const struct fact *find(const struct facts *f, const struct fact *like)
{
	for (uint32_t i = 0; i < f->count; i++) {
		if (strcmp(f->fact[i].subject, like->subject) == 0 &&
		    strcmp(f->fact[i].name, like->name) == 0)
			return &f->fact[i];
	}
	return NULL;
}

static bool has_subject(const struct facts *f, const char *subject)
{
	for (uint32_t i = 0; i < f->count; i++) {
		if (strcmp(f->fact[i].subject, subject) == 0)
			return true;
	}
	return false;
}

static void print_subject(const struct facts *f, const char *subject, char sign, FILE *out)
{
	print(out, "%c %s\n", sign, subject);
	for (uint32_t i = 0; i < f->count; i++) {
		if (strcmp(f->fact[i].subject, subject) == 0)
			print(out, "    %c %s: %s\n", sign, f->fact[i].name, f->fact[i].value);
	}
}

/* Of a subject that both have. The first line is its name, and comes only with a second. */
static bool print_changes(const struct facts *before, const struct facts *after, const char *subject,
			  FILE *out)
{
	const char *head = subject;

	for (uint32_t side = 0; side < 2; side++) {
		const struct facts *here = side ? after : before, *there = side ? before : after;

		for (uint32_t i = 0; i < here->count; i++) {
			const struct fact *fact = &here->fact[i], *other = find(there, fact);

			if (strcmp(fact->subject, subject) != 0 ||
			    (other && (side || strcmp(fact->value, other->value) == 0)))
				continue;
			if (head)
				print(out, "  %s\n", head);
			head = NULL;
			if (other)
				print(out, "    ~ %s: %s -> %s\n", fact->name, fact->value, other->value);
			else
				print(out, "    %c %s: %s\n", side ? '+' : '-', fact->name, fact->value);
		}
	}
	return head == NULL;
}

static bool is_first(const struct facts *f, uint32_t i)
{
	return i == 0 || strcmp(f->fact[i - 1].subject, f->fact[i].subject) != 0;
}

bool diff_print(const struct facts *before, const struct facts *after, FILE *out)
{
	bool changed = false;

	if (before->image.bytes == after->image.bytes &&
	    memcmp(before->image.data, after->image.data, before->image.bytes) == 0)
		return false;
	for (uint32_t i = 0; i < before->count; i++) {
		const char *subject = before->fact[i].subject;

		if (!is_first(before, i))
			continue;
		if (has_subject(after, subject)) {
			changed |= print_changes(before, after, subject, out);
		} else {
			print_subject(before, subject, '-', out);
			changed = true;
		}
	}
	for (uint32_t i = 0; i < after->count; i++) {
		if (is_first(after, i) && !has_subject(before, after->fact[i].subject)) {
			print_subject(after, after->fact[i].subject, '+', out);
			changed = true;
		}
	}
	if (!changed)
		print(out, "  Image\n    ~ only bytes of which none of these terms tells\n");
	return true;
}
