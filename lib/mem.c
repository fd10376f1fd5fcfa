/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Memory functions in 64-bit words, and in bytes where the pointers do not allow words. No access
 * is ever unaligned, so they also work while the MMU is off and memory is Device.
 */
#include "lib/mem.h"
#include <stdint.h>

#define WORD sizeof(uint64_t)

/* A word that may alias any type: memory has none of its own here. */
typedef uint64_t __attribute__((may_alias)) word;

/*
 * Compilers know these loops and replace them by a call of the very function they stand in. An
 * empty statement that could have changed the pointer hides the pattern. It is no instruction.
 */
#define HIDE(pointer) __asm__("" : "+r"(pointer))

static int both_aligned(const void *a, const void *b)
{
	return (((uintptr_t)a | (uintptr_t)b) & (WORD - 1)) == 0;
}

void *memcpy(void *restrict to, const void *restrict from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	if (both_aligned(t, f)) {
		for (; bytes >= 4 * WORD; bytes -= 4 * WORD, t += 4 * WORD, f += 4 * WORD) {
			word a = ((const word *)(const void *)f)[0], b = ((const word *)(const void *)f)[1];
			word c = ((const word *)(const void *)f)[2], d = ((const word *)(const void *)f)[3];

			HIDE(t);
			((word *)(void *)t)[0] = a;
			((word *)(void *)t)[1] = b;
			((word *)(void *)t)[2] = c;
			((word *)(void *)t)[3] = d;
		}
		for (; bytes >= WORD; bytes -= WORD, t += WORD, f += WORD) {
			HIDE(t);
			*(word *)(void *)t = *(const word *)(const void *)f;
		}
	}
	for (; bytes > 0; bytes--) {
		HIDE(t);
		*t++ = *f++;
	}
	return to;
}

void *memmove(void *to, const void *from, size_t bytes)
{
	unsigned char *t = to;
	const unsigned char *f = from;

	/* Upwards is safe unless the target begins inside the source. */
	if ((uintptr_t)t - (uintptr_t)f >= bytes) {
		for (; both_aligned(t, f) && bytes >= WORD; bytes -= WORD, t += WORD, f += WORD) {
			HIDE(t);
			*(word *)(void *)t = *(const word *)(const void *)f;
		}
		for (; bytes > 0; bytes--) {
			HIDE(t);
			*t++ = *f++;
		}
		return to;
	}
	for (t += bytes, f += bytes; bytes > 0; bytes--) {
		HIDE(t);
		*--t = *--f;
	}
	return to;
}

void *memset(void *to, int value, size_t bytes)
{
	unsigned char *t = to;
	uint64_t pattern = 0x0101010101010101 * (uint64_t)(unsigned char)value;

	for (; bytes > 0 && !both_aligned(t, t); bytes--) {
		HIDE(t);
		*t++ = (unsigned char)value;
	}
	for (; bytes >= WORD; bytes -= WORD, t += WORD) {
		HIDE(t);
		*(word *)(void *)t = pattern;
	}
	for (; bytes > 0; bytes--) {
		HIDE(t);
		*t++ = (unsigned char)value;
	}
	return to;
}

int memcmp(const void *a, const void *b, size_t bytes)
{
	const unsigned char *p = a, *q = b;

	if (both_aligned(p, q)) {
		for (; bytes >= WORD; bytes -= WORD, p += WORD, q += WORD) {
			if (*(const word *)(const void *)p != *(const word *)(const void *)q)
				break;
		}
	}
	for (; bytes > 0; bytes--, p++, q++) {
		if (*p != *q)
			return *p < *q ? -1 : 1;
	}
	return 0;
}
