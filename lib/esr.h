/* SPDX-License-Identifier: Apache-2.0 */
/* ESR_ELx: DDI 0487, "ESR_EL2, Exception Syndrome Register (EL2)". Monitors read it too. */
#ifndef PARTITA_LIB_ESR_H
#define PARTITA_LIB_ESR_H

#include "lib/reg.h"
#include <stdint.h>

#define ESR_EL2(F, R) F(R, ISS, 0, 25) F(R, IL, 25, 1) F(R, EC, 26, 6) F(R, ISS2, 32, 24)
REG64(esr_el2, ESR_EL2, REG_MASK(56, 8))

#define ISS_BITS 0x1ffffffu
#define ISS_SYSREG_BITS 0x3fffffu

enum esr_class {
	EC_UNKNOWN = 0x00,
	EC_WFX = 0x01,
	EC_FP = 0x07,
	EC_SVC64 = 0x15,
	EC_HVC64 = 0x16,
	EC_SMC64 = 0x17,
	EC_SYSREG = 0x18,
	EC_IABT_LOWER = 0x20,
	EC_IABT_SAME = 0x21,
	EC_DABT_LOWER = 0x24,
	EC_DABT_SAME = 0x25,
};

/* "ISS encoding for an exception from a Data Abort" */
#define ISS_ABORT(F, R)                                                                     \
	F(R, DFSC, 0, 6) F(R, WnR, 6, 1) F(R, S1PTW, 7, 1) F(R, CM, 8, 1) F(R, EA, 9, 1)    \
	F(R, FnV, 10, 1) F(R, SET, 11, 2) F(R, VNCR, 13, 1) F(R, AR, 14, 1) F(R, SF, 15, 1) \
	F(R, SRT, 16, 5) F(R, SSE, 21, 1) F(R, SAS, 22, 2) F(R, ISV, 24, 1)
REG64(iss_abort, ISS_ABORT, REG_MASK(25, 39))

enum fault_status {
	FSC_TYPE_TRANSLATION = 1,     /* FSC >> 2, levels in the low bits */
	FSC_TYPE_ACCESS = 2,
	FSC_TYPE_PERMISSION = 3,
	FSC_EXTERNAL = 0x10,
	FSC_EXTERNAL_WALK = 0x14,     /* | level */
};

/* "ISS encoding for an exception from MSR, MRS, or System instruction execution in AArch64 state" */
#define ISS_SYSREG(F, R)                                                                    \
	F(R, Read, 0, 1) F(R, CRm, 1, 4) F(R, Rt, 5, 5) F(R, CRn, 10, 4) F(R, Op1, 14, 3)   \
	F(R, Op2, 17, 3) F(R, Op0, 20, 2)
REG64(iss_sysreg, ISS_SYSREG, REG_MASK(22, 42))

/* What a load puts into its register: value has the size of the access in its low bits. */
static inline uint64_t iss_abort_extend(iss_abort_t iss, uint64_t value)
{
	unsigned unused = 64 - (8u << iss_abort_SAS(iss));

	value = value << unused >> unused;
	if (iss_abort_SSE(iss))
		value = (uint64_t)((int64_t)(value << unused) >> unused);
	return iss_abort_SF(iss) ? value : value & 0xffffffff;
}

/* What a store writes, zero-extended to its size. */
static inline uint64_t iss_abort_truncate(iss_abort_t iss, uint64_t value)
{
	unsigned unused = 64 - (8u << iss_abort_SAS(iss));

	return value << unused >> unused;
}

#endif
