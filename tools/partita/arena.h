/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory of one run: everything the tool makes lives until the run ends and is freed at once.
 * Running out of memory ends the program (exit status 2).
 */
#ifndef PARTITA_TOOL_ARENA_H
#define PARTITA_TOOL_ARENA_H

#include <stddef.h>
#include <stdint.h>

struct arena {
	struct arena_block *blocks;
};

/* Zeroed, aligned for any type. */
void *arena_alloc(struct arena *a, size_t bytes);
char *arena_printf(struct arena *a, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_copy(struct arena *a, const char *text, size_t bytes);
/* An array with one more element at its end, zeroed. It moves when it has to double; `count` is its
 * length, and `bytes` an element's. */
void *arena_extend(struct arena *a, void *array, uint32_t *count, size_t bytes);
void arena_free(struct arena *a);

#endif
