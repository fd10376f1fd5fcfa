/* SPDX-License-Identifier: Apache-2.0 */
/*
 * In place of lib/blake2b.c. The hash of an image costs more than all else, and a right one would keep
 * every mutant from going further: so here a hash is zero bytes, and that all bytes to be hashed are
 * there is what is checked of it. The seeds of images (seeds.py) have such hashes.
 */
#include "lib/blake2b.h"
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

void blake2b_init(struct blake2b *b, size_t out_bytes)
{
	b->out_bytes = out_bytes;
}

void blake2b_update(struct blake2b *b, const void *data, size_t bytes)
{
	(void)b;
	if (__asan_region_is_poisoned((void *)(uintptr_t)data, bytes))
		abort();
}

void blake2b_final(struct blake2b *b, uint8_t *out)
{
	memset(out, 0, b->out_bytes);
}
