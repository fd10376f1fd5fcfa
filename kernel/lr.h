/* SPDX-License-Identifier: Apache-2.0 */
/* A list register: ICH_LR<n>_EL2, IHI 0069, "Interrupt Controller List Registers". pINTID is the
 * view with HW = 1; with HW = 0 its bit 9 (bit 41) is EOI: ask for maintenance. */
#ifndef PARTITA_KERNEL_LR_H
#define PARTITA_KERNEL_LR_H

#include "lib/reg.h"

#define ICH_LR(F, R)                                                                      \
	F(R, vINTID, 0, 32) F(R, pINTID, 32, 13) F(R, Priority, 48, 8) F(R, NMI, 59, 1)   \
	F(R, Group, 60, 1) F(R, HW, 61, 1) F(R, State, 62, 2)
REG64(ich_lr, ICH_LR, REG_MASK(45, 3) | REG_MASK(56, 3))

#define ICH_LR_EOI (1u << 9)          /* in pINTID, HW = 0 */

enum lr_state {
	LR_INVALID,
	LR_PENDING,
	LR_ACTIVE,
	LR_PENDING_ACTIVE,
};

#endif
