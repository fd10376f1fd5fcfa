/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The architecture as the host tool needs it: register values that go into the f-map, and
 * translation table descriptors. Titles are sections of DDI 0487 (Arm Architecture Reference
 * Manual for A-profile). Host code only; the kernel has its own register definitions.
 */
#ifndef PARTITA_TOOL_ARM_H
#define PARTITA_TOOL_ARM_H

#include <stdint.h>

#define BIT(n) (UINT64_C(1) << (n))

/* "HCR_EL2, Hypervisor Configuration Register" */
#define HCR_EL2_VM BIT(0)
#define HCR_EL2_SWIO BIT(1)
#define HCR_EL2_PTW BIT(2)
#define HCR_EL2_FMO BIT(3)
#define HCR_EL2_IMO BIT(4)
#define HCR_EL2_AMO BIT(5)
#define HCR_EL2_DC BIT(12)
#define HCR_EL2_TID1 BIT(16)
#define HCR_EL2_TID3 BIT(18)
#define HCR_EL2_TSC BIT(19)
#define HCR_EL2_TIDCP BIT(20)
#define HCR_EL2_TACR BIT(21)
#define HCR_EL2_TSW BIT(22)
#define HCR_EL2_TGE BIT(27)
#define HCR_EL2_RW BIT(31)

/* A guest at EL1. Not TID2, which would trap CTR_EL0: the kernel adds TID4 where the core has it. */
#define HCR_EL2_GUEST (HCR_EL2_VM | HCR_EL2_SWIO | HCR_EL2_PTW | HCR_EL2_FMO | HCR_EL2_IMO | HCR_EL2_AMO | \
	HCR_EL2_TID1 | HCR_EL2_TID3 | HCR_EL2_TSC | HCR_EL2_TIDCP | HCR_EL2_TACR | \
	HCR_EL2_TSW | HCR_EL2_RW)
/* A compartment at EL0: no EL1 below it, stage 1 off and cacheable. It may read CTR_EL0 and
 * DCZID_EL0 and do cache maintenance by address: neither TID2 nor TPC, TPU, TDZ. */
#define HCR_EL2_COMPARTMENT \
	(HCR_EL2_VM | HCR_EL2_DC | HCR_EL2_TGE | HCR_EL2_RW | HCR_EL2_FMO | HCR_EL2_IMO | HCR_EL2_AMO | \
	 HCR_EL2_TID3 | HCR_EL2_TSC | HCR_EL2_TIDCP | HCR_EL2_TACR | HCR_EL2_TSW)

/* "CPTR_EL2, Architectural Feature Trap Register", HCR_EL2.E2H 0. TZ and TSM are RES1 on cores
 * without SVE and SME. */
#define CPTR_EL2_RES1 (UINT64_C(0xff) | BIT(9) | BIT(13))
#define CPTR_EL2_TZ BIT(8)
#define CPTR_EL2_TFP BIT(10)
#define CPTR_EL2_TSM BIT(12)
#define CPTR_EL2_TTA BIT(20)
#define CPTR_EL2_TAM BIT(30)
#define CPTR_EL2_GUEST (CPTR_EL2_RES1 | CPTR_EL2_TZ | CPTR_EL2_TSM | CPTR_EL2_TTA | CPTR_EL2_TAM)
#define CPTR_EL2_COMPARTMENT (CPTR_EL2_GUEST | CPTR_EL2_TFP)

/* "MDCR_EL2, Monitor Debug Configuration Register". HPMN is PMCR_EL0.N, which only the core
 * knows: the kernel sets it. */
#define MDCR_EL2_TPMCR BIT(5)
#define MDCR_EL2_TPM BIT(6)
#define MDCR_EL2_TDA BIT(9)
#define MDCR_EL2_TDOSA BIT(10)
#define MDCR_EL2_TDRA BIT(11)
#define MDCR_EL2_ALL (MDCR_EL2_TPMCR | MDCR_EL2_TPM | MDCR_EL2_TDA | MDCR_EL2_TDOSA | MDCR_EL2_TDRA)

/* "CNTHCTL_EL2, Counter-timer Hypervisor Control Register": EL1PCTEN and EL1PCEN 0, so the
 * physical counter and timer trap. */
#define CNTHCTL_EL2_CLOSED UINT64_C(0)

/* "MPIDR_EL1, Multiprocessor Affinity Register" */
#define MPIDR_EL1_RES1 BIT(31)
#define MPIDR_EL1_AFFINITY UINT64_C(0xff00ffffff)

/* "TCR_EL2, Translation Control Register (EL2)" and "VTCR_EL2, Virtualization Translation
 * Control Register" have these fields at the same places. */
#define TCR_T0SZ(bits) ((uint64_t)(64 - (bits)))
#define TCR_IRGN0_WBWA (UINT64_C(1) << 8)
#define TCR_ORGN0_WBWA (UINT64_C(1) << 10)
#define TCR_SH0_INNER (UINT64_C(3) << 12)
#define TCR_TG0_4K (UINT64_C(0) << 14)
#define TCR_PS(ps) ((uint64_t)(ps) << 16)
#define TCR_WALK (TCR_IRGN0_WBWA | TCR_ORGN0_WBWA | TCR_SH0_INNER | TCR_TG0_4K)
#define TCR_EL2_RES1 (BIT(23) | BIT(31))
#define VTCR_EL2_RES1 BIT(31)
#define VTCR_EL2_SL0_LEVEL1 (UINT64_C(1) << 6)  /* with 4 KiB granules */

/* "VTTBR_EL2, Virtualization Translation Table Base Register": 8-bit VMIDs, VTCR_EL2.VS 0 */
#define VTTBR_EL2_VMID(vmid) ((uint64_t)(vmid) << 48)
#define VMID_MAX 255u

/* "VMSAv8-64 translation table format descriptors" */
#define DESCRIPTOR_VALID BIT(0)
#define DESCRIPTOR_TABLE BIT(1)   /* levels 0 to 2: a table; level 3: a page */
#define DESCRIPTOR_AF BIT(10)
#define DESCRIPTOR_SH_INNER (UINT64_C(3) << 8)
#define DESCRIPTOR_XN BIT(54)     /* stage 1 of EL2, and stage 2: bit 53 is 0 */
#define DESCRIPTOR_ADDRESS UINT64_C(0x0000fffffffff000)
/* Stage 1. EL2 has one VA range and no EL0 below it: AP[1] is RES1. */
#define STAGE1_ATTR_INDEX(n) ((uint64_t)(n) << 2)
#define STAGE1_AP1_RES1 BIT(6)
#define STAGE1_AP2_READ_ONLY BIT(7)
/* Stage 2 */
#define STAGE2_MEMATTR_DEVICE_nGnRE (UINT64_C(0x1) << 2)
#define STAGE2_MEMATTR_NORMAL_WB (UINT64_C(0xf) << 2)
#define STAGE2_S2AP_READ BIT(6)
#define STAGE2_S2AP_WRITE BIT(7)

/* TCR_EL2.PS, VTCR_EL2.PS and ID_AA64MMFR0_EL1.PARange: the code of a size of physical addresses;
 * -1: there is no such size. */
static inline int arm_pa_code(unsigned int bits)
{
	static const unsigned int size[] = { 32, 36, 40, 42, 44, 48 };

	for (unsigned int i = 0; i < sizeof(size) / sizeof(size[0]); i++) {
		if (size[i] == bits)
			return (int)i;
	}
	return -1;
}

#endif
