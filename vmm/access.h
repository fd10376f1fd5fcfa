/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest's load or store on a device, as a model sees it: an offset into the model's window. It
 * is aligned to its size; whatever is not never reaches a model. Sixteen bytes, so that it travels
 * in two registers; size and direction stay in the syndrome until somebody asks.
 */
#ifndef PARTITA_VMM_ACCESS_H
#define PARTITA_VMM_ACCESS_H

#include "lib/esr.h"
#include <stdbool.h>
#include <stdint.h>

struct access {
	uint64_t value;        /* of a store, zero-extended */
	uint32_t offset;
	uint32_t iss;          /* lower half of ESR_EL2 */
};

_Static_assert(sizeof(struct access) == 16, "two registers");

/* 1, 2, 4 or 8. */
static inline uint32_t access_bytes(struct access a)
{
	return 1u << iss_abort_SAS((iss_abort_t){ a.iss });
}

static inline bool access_stores(struct access a)
{
	return iss_abort_WnR((iss_abort_t){ a.iss }) != 0;
}

/* A load of 1 << sas bytes. */
static inline bool iss_loads(uint64_t esr, uint64_t sas)
{
	iss_abort_t bits = iss_abort_set_SAS(iss_abort_set_WnR((iss_abort_t){ 0 }, 1), 3);

	return (esr & bits.bits) == iss_abort_set_SAS((iss_abort_t){ 0 }, sas).bits;
}

/*
 * The part of a 32-bit register that a load covers. A PrimeCell's bus is 32 bits wide and has no byte
 * strobes: a narrow load gets its part; a narrow store writes the whole register if it is at its
 * address, and nothing elsewhere.
 */
static inline uint32_t access_lane(struct access a, uint32_t value)
{
	return (value >> 8 * (a.offset % 4)) & (uint32_t)((1ull << 8 * access_bytes(a)) - 1);
}

/* The part of a 64-bit register that a load covers. */
static inline uint64_t access_part(struct access a, uint64_t value)
{
	value >>= 8 * (a.offset % 8);
	return access_bytes(a) == 4 ? (uint32_t)value : value;
}

/* A 64-bit register after a store to all of it, or to one half. */
static inline uint64_t access_merge(struct access a, uint64_t old)
{
	if (access_bytes(a) == 8)
		return a.value;
	return a.offset % 8 == 0 ? (old & ~(uint64_t)UINT32_MAX) | a.value : (uint32_t)old | a.value << 32;
}

#endif
