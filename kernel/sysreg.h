/* SPDX-License-Identifier: Apache-2.0 */
/* The names of system registers as a trap's syndrome has them. */
#ifndef PARTITA_KERNEL_SYSREG_H
#define PARTITA_KERNEL_SYSREG_H

#include "kernel/state.h"
#include "lib/reg.h"

/* As ISS has them, without Rt and the direction. */
#define KEY(op0, op1, crn, crm, op2) \
	((uint32_t)(op0) << 20 | (uint32_t)(op2) << 17 | (uint32_t)(op1) << 14 | (uint32_t)(crn) << 10 | \
	 (uint32_t)(crm) << 1)
#define KEY_BITS 0x3ffc1eu
#define KEY_READ 1u

#define KEY_ICC_SGI1R_EL1 KEY(3, 0, 12, 11, 5)

/* ICC_SGI1R_EL1: "Interrupt Controller Software Generated Interrupt Group 1 Register". Only
 * vCPUs of the same VM exist; what names another affinity reaches nobody. */
#define ICC_SGI1R(F, R)                                                                  \
	F(R, TargetList, 0, 16) F(R, Aff1, 16, 8) F(R, INTID, 24, 4) F(R, Aff2, 32, 8)   \
	F(R, IRM, 40, 1) F(R, RS, 44, 4) F(R, Aff3, 48, 8)
REG64(icc_sgi1r, ICC_SGI1R, REG_MASK(28, 4) | REG_MASK(41, 3) | REG_MASK(56, 8))

void sgi_send(struct vcpu *v, icc_sgi1r_t r);

#endif
