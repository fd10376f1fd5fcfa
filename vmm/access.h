/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest's load or store on a device, as a model sees it: an offset into the model's window. It
 * is aligned to its size; whatever is not never reaches a model. Sixteen bytes, so that it travels
 * in two registers.
 */
#ifndef PARTITA_VMM_ACCESS_H
#define PARTITA_VMM_ACCESS_H

#include <stdbool.h>
#include <stdint.h>

struct access {
	uint64_t value;        /* of a store, zero-extended */
	uint32_t offset;
	uint16_t bytes;        /* 1, 2, 4 or 8 */
	bool write;
};

_Static_assert(sizeof(struct access) == 16, "two registers");

/* The part of a 64-bit register at `reg` that a read covers. */
static inline uint64_t access_part(struct access a, uint32_t reg, uint64_t value)
{
	value >>= 8 * (a.offset - reg);
	return a.bytes == 4 ? (uint32_t)value : value;
}

/* A 64-bit register at `reg` after a store to all of it, or to one half. */
static inline uint64_t access_merge(struct access a, uint32_t reg, uint64_t old)
{
	if (a.bytes == 8)
		return a.value;
	return a.offset == reg ? (old & ~(uint64_t)UINT32_MAX) | a.value : (uint32_t)old | a.value << 32;
}

#endif
