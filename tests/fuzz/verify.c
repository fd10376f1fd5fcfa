/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker under libFuzzer: the input is an image. It is to say yes or no, in bounded time and
 * memory, whatever the bytes are; the sanitizers check the rest. Whole bytes at random hardly ever
 * hit what matters in an image, so the mutator works on words, and on words that are not zero.
 */
#include "tools/verify/verify.h"
#include <sanitizer/asan_interface.h>
#include <stdlib.h>
#include <string.h>

#define BYTES_MAX (256u * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t max, unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	static _Alignas(16) uint8_t image[BYTES_MAX];
	static FILE *out;

	if (!out)
		out = fopen("/dev/null", "w");
	if (bytes > BYTES_MAX || !out)
		return -1;
	__asan_unpoison_memory_region(image, sizeof(image));
	memcpy(image, data, bytes);
	/* A read behind the end is seen. */
	__asan_poison_memory_region(image + bytes, sizeof(image) - bytes);
	verify_image("", image, bytes, bytes % 2 ? VERIFY_JSON : VERIFY_TEXT, out);
	return 0;
}

/* ---- Mutations ---- */

static unsigned int next(unsigned int *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

static uint64_t get(const uint8_t *data, size_t word)
{
	uint64_t value;

	memcpy(&value, data + 8 * word, sizeof(value));
	return value;
}

/* A word at random, after some tries one that is not zero. */
static size_t pick(const uint8_t *data, size_t words, unsigned int *seed)
{
	size_t word = 0;

	for (unsigned int i = 0; i < 64; i++) {
		word = next(seed) % words;
		if (get(data, word))
			break;
	}
	return word;
}

static uint64_t changed(const uint8_t *data, size_t words, uint64_t value, unsigned int *seed)
{
	unsigned int shift = next(seed) % 64;

	switch (next(seed) % 6) {
	case 0:
		return value ^ UINT64_C(1) << shift;
	case 1:
		return value + (UINT64_C(1) << shift);
	case 2:
		return value - (UINT64_C(1) << shift);
	case 3:
		return get(data, pick(data, words, seed));
	case 4:
		return (value & 0xfff) | (get(data, pick(data, words, seed)) & ~UINT64_C(0xfff));
	default:
		return next(seed) % 4 ? next(seed) % 16 : ~UINT64_C(0);
	}
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t max, unsigned int seed)
{
	size_t words = bytes / 8;

	if (words < 64 || next(&seed) % 16 == 0)
		return LLVMFuzzerMutate(data, bytes, max < BYTES_MAX ? max : BYTES_MAX);
	for (unsigned int i = next(&seed) % 4 + 1; i; i--) {
		size_t word = pick(data, words, &seed);
		uint64_t value = changed(data, words, get(data, word), &seed);

		memcpy(data + 8 * word, &value, sizeof(value));
	}
	return bytes;
}
