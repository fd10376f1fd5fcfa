/* SPDX-License-Identifier: Apache-2.0 */
/* Function identifiers: DEN 0028, "SMC Calling Convention"; DEN 0022, "PSCI". */
#ifndef PARTITA_LIB_SMCCC_H
#define PARTITA_LIB_SMCCC_H

#define SMCCC_64 0x40000000u
#define SMCCC_NOT_SUPPORTED (-1ll)
#define SMCCC_VERSION 0x80000000u
#define SMCCC_1_2 0x10002
#define SMCCC_ARCH_FEATURES 0x80000001u

#define STANDARD_FIRST 0x84000000u /* PSCI .. */
#define STANDARD_COUNT 0x60u       /* .. to TRNG (DEN 0098) */
#define PSCI_VERSION 0x84000000u
#define PSCI_1_1 0x10001
#define PSCI_CPU_ON_64 0xc4000003u
#define PSCI_SYSTEM_OFF 0x84000008u

#endif
