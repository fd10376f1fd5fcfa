/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions that a guest takes at EL1 as real hardware would raise them. */
#ifndef PARTITA_KERNEL_INJECT_H
#define PARTITA_KERNEL_INJECT_H

#include "kernel/arch.h"

/* DDI 0487, shared pseudocode "AArch64.TakeException", target EL1: pure. */
void el1_take_exception(struct el1_trap *t);

/* An undefined instruction. esr: ESR_EL2 of the trapped one, for its length. */
void inject_undef(struct arch_vcpu *v, uint64_t esr);
/* A synchronous external abort for the access that trapped with this ESR_EL2 at this address. */
void inject_abort(struct arch_vcpu *v, bool instruction, uint64_t far, uint64_t esr);

#endif
