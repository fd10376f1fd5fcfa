/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Registers as types. A register is described once, as a list of its fields:
 *
 *     #define ESR_EL2(F, R) F(R, ISS, 0, 25) F(R, IL, 25, 1) F(R, EC, 26, 6) F(R, ISS2, 32, 24)
 *     REG64(esr_el2, ESR_EL2, REG_MASK(56, 8))             last: RES0
 *
 * which makes a type esr_el2_t and esr_el2_EC(r), esr_el2_set_EC(r, v). Fields that overlap,
 * that lie in RES0, or a bit that is neither do not compile; nor does passing one register
 * where another is meant.
 */
#ifndef PARTITA_LIB_REG_H
#define PARTITA_LIB_REG_H

#include <stdint.h>

#define REG_MASK(lsb, width) ((~0ull >> (64 - (width))) << (lsb))

/* Not every field of a register is used by every file. */
#define REG_INLINE_ __attribute__((unused)) static inline

#define REG_OR_(R, name, lsb, width) | REG_MASK(lsb, width)
#define REG_ADD_(R, name, lsb, width) +REG_MASK(lsb, width)

#define REG_ACCESS_(R, name, lsb, width)                                                        \
	REG_INLINE_ uint64_t R##_##name(R##_t r)                                                \
	{                                                                                       \
		return r.bits >> (lsb) & REG_MASK(0, width);                                    \
	}                                                                                       \
	REG_INLINE_ R##_t R##_set_##name(R##_t r, uint64_t v)                                   \
	{                                                                                       \
		return (R##_t){ (r.bits & ~REG_MASK(lsb, width)) | (v & REG_MASK(0, width)) << (lsb) }; \
	}

#define REG64(R, FIELDS, RES0)                                                                  \
	typedef struct {                                                                        \
		uint64_t bits;                                                                  \
	} R##_t;                                                                                \
	FIELDS(REG_ACCESS_, R)                                                                  \
	_Static_assert((0 FIELDS(REG_OR_, R)) == (0 FIELDS(REG_ADD_, R)), #R ": fields overlap"); \
	_Static_assert(((0 FIELDS(REG_OR_, R)) & (RES0)) == 0, #R ": a field lies in RES0");    \
	_Static_assert(((0 FIELDS(REG_OR_, R)) | (RES0)) == ~0ull, #R ": a bit is not accounted for");

#endif
