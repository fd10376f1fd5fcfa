/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/suggest.h"

#include <string.h>

#define MAX_LENGTH 127
#define MAX_DISTANCE 3

/* Levenshtein's: how many letters to insert, delete or replace to make `b` of `a`. */
static size_t edit_distance(const char *a, const char *b)
{
	size_t row[MAX_LENGTH + 1], length = strlen(b);

	if (length > MAX_LENGTH)
		return length;
	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t best = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			if (row[j] + 1 < best)
				best = row[j] + 1;
			if (row[j - 1] + 1 < best)
				best = row[j - 1] + 1;
			row[j] = best;
		}
	}
	return row[length];
}

struct suggestion suggest(const char *word)
{
	return (struct suggestion){ .word = word, .distance = MAX_DISTANCE + 1 };
}

void suggest_try(struct suggestion *s, const char *candidate)
{
	size_t distance = edit_distance(s->word, candidate);

	/* A word of which nothing would be left is not near. */
	if (distance < s->distance && distance < strlen(s->word)) {
		s->distance = distance;
		s->nearest = candidate;
	}
}

const char *suggest_advice(const struct suggestion *s, const char *otherwise, struct arena *a)
{
	return s->nearest ? arena_printf(a, "did you mean '%s'?", s->nearest) : otherwise;
}
