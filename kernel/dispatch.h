/* SPDX-License-Identifier: Apache-2.0 */
/* What a CPU does next. */
#ifndef PARTITA_KERNEL_DISPATCH_H
#define PARTITA_KERNEL_DISPATCH_H

#include "kernel/state.h"

/* All registers of whatever ran are saved. Services first, as far as their budget goes; then the
 * vCPU of the slot; else sleep until an interrupt. */
_Noreturn void dispatch(struct cpu *c);
/* Acknowledges one physical interrupt and acts on it. False: none was pending. */
bool interrupt_take(struct cpu *c);
/* The same for one that was acknowledged. */
bool interrupt_serve(struct cpu *c, uint32_t intid);
/* Signals that siblings sent to v, which is resident. */
void signals_to_vcpu(struct vcpu *v, uint32_t bits);
/* What other CPUs sent to the vCPUs and services of this one. */
void inbox_serve(struct cpu *c);

#endif
