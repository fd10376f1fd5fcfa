/* SPDX-License-Identifier: Apache-2.0 */
/* PSTATE as SPSR_ELx holds it, and the bits of SCTLR_EL1 that decide how an exception is taken:
 * DDI 0487, "SPSR_EL2, Saved Program Status Register (EL2)", "SCTLR_EL1". */
#ifndef PARTITA_LIB_PSTATE_H
#define PARTITA_LIB_PSTATE_H

#define PSTATE_M 0xfull
#define PSTATE_EL0t 0x0ull
#define PSTATE_EL1t 0x4ull
#define PSTATE_EL1h 0x5ull
#define PSTATE_EL 0xcull       /* of AArch64; of AArch32's User mode, which is at EL0, it is 0 too */
#define PSTATE_nRW (1ull << 4)        /* AArch32 */
#define PSTATE_DAIF (0xfull << 6)
#define PSTATE_BTYPE (3ull << 10)
#define PSTATE_SSBS (1ull << 12)
#define PSTATE_ALLINT (1ull << 13)
#define PSTATE_SS (1ull << 21)
#define PSTATE_PAN (1ull << 22)
#define PSTATE_DIT (1ull << 24)
#define PSTATE_NZCV (0xfull << 28)

#define SCTLR_SPAN (1ull << 23)
#define SCTLR_DSSBS (1ull << 44)
#define SCTLR_SPINTMASK (1ull << 62)

#endif
