/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BLAKE2b after RFC 7693: section 2 has the constants, section 3.1 the mixing function G,
 * section 3.2 the compression function F, section 3.3 the padding. Names are the RFC's.
 *
 * The last block is compressed with its final flag set, so a full block waits in the buffer
 * until more data or the end comes.
 */
#include "lib/blake2b.h"

#include <stdbool.h>

static const uint64_t iv[8] = {
	0x6a09e667f3bcc908, 0xbb67ae8584caa73b, 0x3c6ef372fe94f82b, 0xa54ff53a5f1d36f1,
	0x510e527fade682d1, 0x9b05688c2b3e6c1f, 0x1f83d9abfb41bd6b, 0x5be0cd19137e2179,
};

#define ROUNDS 12

/* Rounds 10 and 11 use rows 0 and 1 again. */
static const uint8_t sigma[ROUNDS][16] = {
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
	{ 11, 8, 12, 0, 5, 2, 15, 13, 10, 14, 3, 6, 7, 1, 9, 4 },
	{ 7, 9, 3, 1, 13, 12, 11, 14, 2, 6, 5, 10, 4, 0, 15, 8 },
	{ 9, 0, 5, 7, 2, 4, 10, 15, 14, 1, 11, 12, 6, 8, 3, 13 },
	{ 2, 12, 6, 10, 0, 11, 8, 3, 4, 13, 7, 5, 15, 14, 1, 9 },
	{ 12, 5, 1, 15, 14, 13, 4, 10, 0, 7, 6, 3, 9, 2, 8, 11 },
	{ 13, 11, 7, 14, 12, 1, 3, 9, 5, 0, 15, 4, 8, 6, 2, 10 },
	{ 6, 15, 14, 9, 11, 3, 0, 8, 12, 2, 13, 7, 1, 4, 10, 5 },
	{ 10, 2, 8, 4, 7, 6, 1, 5, 15, 11, 9, 14, 3, 12, 13, 0 },
	{ 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15 },
	{ 14, 10, 4, 8, 9, 15, 13, 6, 1, 12, 0, 2, 11, 7, 5, 3 },
};

static inline uint64_t rotate_right(uint64_t x, unsigned int n)
{
	return x >> n | x << (64 - n);
}

/* Written by bytes for any alignment and byte order; compilers make one load of it. */
static inline uint64_t load64(const uint8_t *p)
{
	return (uint64_t)p[0] | (uint64_t)p[1] << 8 | (uint64_t)p[2] << 16 | (uint64_t)p[3] << 24 |
	       (uint64_t)p[4] << 32 | (uint64_t)p[5] << 40 | (uint64_t)p[6] << 48 | (uint64_t)p[7] << 56;
}

#define G(a, b, c, d, x, y) do { \
	a += b + (x); d = rotate_right(d ^ a, 32); \
	c += d;       b = rotate_right(b ^ c, 24); \
	a += b + (y); d = rotate_right(d ^ a, 16); \
	c += d;       b = rotate_right(b ^ c, 63); \
} while (0)

/* The sixteen words of v are sixteen variables, so that they stay in registers. */
static void compress(struct blake2b *b, const uint8_t *block, bool last)
{
	uint64_t m[16];
	uint64_t v0 = b->h[0], v1 = b->h[1], v2 = b->h[2], v3 = b->h[3];
	uint64_t v4 = b->h[4], v5 = b->h[5], v6 = b->h[6], v7 = b->h[7];
	uint64_t v8 = iv[0], v9 = iv[1], v10 = iv[2], v11 = iv[3];
	uint64_t v12 = iv[4] ^ b->count[0], v13 = iv[5] ^ b->count[1];
	uint64_t v14 = last ? ~iv[6] : iv[6], v15 = iv[7];

	for (unsigned int i = 0; i < 16; i++)
		m[i] = load64(block + 8 * i);
	for (unsigned int r = 0; r < ROUNDS; r++) {
		const uint8_t *s = sigma[r];

		G(v0, v4, v8, v12, m[s[0]], m[s[1]]);
		G(v1, v5, v9, v13, m[s[2]], m[s[3]]);
		G(v2, v6, v10, v14, m[s[4]], m[s[5]]);
		G(v3, v7, v11, v15, m[s[6]], m[s[7]]);
		G(v0, v5, v10, v15, m[s[8]], m[s[9]]);
		G(v1, v6, v11, v12, m[s[10]], m[s[11]]);
		G(v2, v7, v8, v13, m[s[12]], m[s[13]]);
		G(v3, v4, v9, v14, m[s[14]], m[s[15]]);
	}
	b->h[0] ^= v0 ^ v8;
	b->h[1] ^= v1 ^ v9;
	b->h[2] ^= v2 ^ v10;
	b->h[3] ^= v3 ^ v11;
	b->h[4] ^= v4 ^ v12;
	b->h[5] ^= v5 ^ v13;
	b->h[6] ^= v6 ^ v14;
	b->h[7] ^= v7 ^ v15;
}

static void count_bytes(struct blake2b *b, size_t bytes)
{
	b->count[0] += bytes;
	if (b->count[0] < bytes)
		b->count[1]++;
}

void blake2b_init(struct blake2b *b, size_t out_bytes)
{
	for (unsigned int i = 0; i < 8; i++)
		b->h[i] = iv[i];
	/* The parameter block: digest length, no key, fanout 1, depth 1. */
	b->h[0] ^= 0x01010000 ^ (uint64_t)out_bytes;
	b->count[0] = 0;
	b->count[1] = 0;
	b->out_bytes = out_bytes;
	b->fill = 0;
}

void blake2b_update(struct blake2b *b, const void *data, size_t bytes)
{
	const uint8_t *p = data;

	while (bytes > 0) {
		if (b->fill == BLAKE2B_BLOCK_BYTES) {
			count_bytes(b, BLAKE2B_BLOCK_BYTES);
			compress(b, b->block, false);
			b->fill = 0;
		}
		/* Whole blocks that are not the last go straight from the caller's memory. */
		while (b->fill == 0 && bytes > BLAKE2B_BLOCK_BYTES) {
			count_bytes(b, BLAKE2B_BLOCK_BYTES);
			compress(b, p, false);
			p += BLAKE2B_BLOCK_BYTES;
			bytes -= BLAKE2B_BLOCK_BYTES;
		}
		while (bytes > 0 && b->fill < BLAKE2B_BLOCK_BYTES) {
			b->block[b->fill++] = *p++;
			bytes--;
		}
	}
}

void blake2b_final(struct blake2b *b, uint8_t *out)
{
	count_bytes(b, b->fill);
	for (size_t i = b->fill; i < BLAKE2B_BLOCK_BYTES; i++)
		b->block[i] = 0;
	compress(b, b->block, true);
	for (size_t i = 0; i < b->out_bytes; i++)
		out[i] = (uint8_t)(b->h[i / 8] >> 8 * (i % 8));
}
