/* SPDX-License-Identifier: Apache-2.0 */
/* Access to system registers, and the barriers, for arch/arm64 alone. Registers that the
 * assembler of Armv8.0 does not know are spelled by their encoding. */
#ifndef PARTITA_ARCH_SYSREG_H
#define PARTITA_ARCH_SYSREG_H

#include <stdint.h>

#define STRING_(x) #x
#define STRING(x) STRING_(x)

#define sysreg_read(name)                                                   \
	({                                                                  \
		uint64_t value_;                                            \
		__asm__ volatile("mrs %0, " STRING(name) : "=r"(value_));   \
		value_;                                                     \
	})
#define sysreg_write(name, value) \
	__asm__ volatile("msr " STRING(name) ", %x0" : : "rZ"((uint64_t)(value)) : "memory")

static inline void isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void dsb_sy(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/* GICv3, IHI 0069, "AArch64 System register descriptions". */
#define ICC_IAR1_EL1 S3_0_C12_C12_0
#define ICC_EOIR1_EL1 S3_0_C12_C12_1
#define ICC_BPR1_EL1 S3_0_C12_C12_3
#define ICC_CTLR_EL1 S3_0_C12_C12_4
#define ICC_IGRPEN1_EL1 S3_0_C12_C12_7
#define ICC_PMR_EL1 S3_0_C4_C6_0
#define ICC_DIR_EL1 S3_0_C12_C11_1
#define ICC_SGI1R_EL1 S3_0_C12_C11_5
#define ICC_AP1R0_EL1 S3_0_C12_C9_0
#define ICC_IGRPEN0_EL1 S3_0_C12_C12_6
#define ICC_SRE_EL1 S3_0_C12_C12_5
#define ICC_SRE_EL2 S3_4_C12_C9_5
#define ICH_HCR_EL2 S3_4_C12_C11_0
#define ICH_VTR_EL2 S3_4_C12_C11_1
#define ICH_EISR_EL2 S3_4_C12_C11_3
#define ICH_ELRSR_EL2 S3_4_C12_C11_5
#define ICH_VMCR_EL2 S3_4_C12_C11_7

#define VDISR_EL2 S3_4_C12_C1_1        /* with FEAT_RAS */

/* A 4-bit field of an ID register. */
static inline uint32_t id_field(uint64_t reg, unsigned lsb)
{
	return (uint32_t)(reg >> lsb & 0xf);
}

#endif
