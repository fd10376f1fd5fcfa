/* SPDX-License-Identifier: Apache-2.0 */
/*
 * BLAKE2b (RFC 7693), unkeyed: the hash of boot images and guest images. Chosen because it is
 * a standard hash made for 64-bit integer registers: a monitor at EL0 has no FP and no crypto
 * instructions. Incremental, so that a monitor can hash in chunks. Allocates nothing, and has
 * no state but the caller's struct.
 */
#ifndef PARTITA_LIB_BLAKE2B_H
#define PARTITA_LIB_BLAKE2B_H

#include <stddef.h>
#include <stdint.h>

#define BLAKE2B_BLOCK_BYTES 128
#define BLAKE2B_256_BYTES 32

struct blake2b {
	uint64_t h[8];         /* chained state */
	uint64_t count[2];     /* bytes compressed so far, 128 bits, low word first */
	size_t out_bytes;
	size_t fill;           /* bytes waiting in `block` */
	uint8_t block[BLAKE2B_BLOCK_BYTES];
};

/* `out_bytes` is 1 to 64, the length that blake2b_final writes. */
void blake2b_init(struct blake2b *b, size_t out_bytes);
void blake2b_update(struct blake2b *b, const void *data, size_t bytes);
void blake2b_final(struct blake2b *b, uint8_t *out);

#endif
