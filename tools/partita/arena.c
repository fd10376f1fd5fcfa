/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One malloc for each allocation, in a list: so the address sanitizer of the unit tests sees
 * each object's true bounds.
 */
#include "tools/partita/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct arena_block {
	struct arena_block *next;
	_Alignas(max_align_t) char data[];
};

void *arena_alloc(struct arena *a, size_t bytes)
{
	struct arena_block *block = calloc(1, sizeof(*block) + bytes);

	if (!block) {
		fprintf(stderr, "partita: out of memory\n");
		exit(2);
	}
	block->next = a->blocks;
	a->blocks = block;
	return block->data;
}

char *arena_copy(struct arena *a, const char *text, size_t bytes)
{
	char *copy = arena_alloc(a, bytes + 1);

	memcpy(copy, text, bytes);
	return copy;
}

char *arena_printf(struct arena *a, const char *format, ...)
{
	va_list args;
	int length;
	char *text;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	text = arena_alloc(a, (size_t)length + 1);
	va_start(args, format);
	vsnprintf(text, (size_t)length + 1, format, args);
	va_end(args);
	return text;
}

void *arena_extend(struct arena *a, void *array, uint32_t *count, size_t bytes)
{
	uint32_t n = *count;

	if ((n & (n - 1)) == 0) {
		void *larger = arena_alloc(a, (n ? 2 * (size_t)n : 1) * bytes);

		if (n)
			memcpy(larger, array, n * bytes);
		array = larger;
	}
	(*count)++;
	return array;
}

void arena_free(struct arena *a)
{
	while (a->blocks) {
		struct arena_block *next = a->blocks->next;

		free(a->blocks);
		a->blocks = next;
	}
}
