/* SPDX-License-Identifier: Apache-2.0 */
/* Upcalls into a VM's monitor and its answers: abi/upcall.h is the contract. */
#ifndef PARTITA_KERNEL_UPCALL_H
#define PARTITA_KERNEL_UPCALL_H

#include "abi/upcall.h"
#include "kernel/state.h"

/* Prepares an upcall on behalf of v, which is resident and does not run its monitor: event and
 * arguments of abi/upcall.h. Then it is entered by GUEST_UPCALL or arch_enter_monitor. */
void upcall(struct cpu *c, struct vcpu *v, enum upcall_event event, uint64_t x1, uint64_t x2, uint64_t x3,
	    uint64_t x4, uint64_t x5);
/* UPCALL_CONTINUE, after v->answer. */
void upcall_continue(struct cpu *c, struct vcpu *v);
/* The timer is set to the end of the budget of the upcall that begins. It stays set for later ones
 * until it has come, so nearly all find v->watched set. */
void upcall_watch(struct cpu *c, struct vcpu *v);
/* The monitor of v answered. Returns: the guest goes on, parked, and nothing else is due. A short
 * answer is VERDICT_DONE with a value and nothing else. */
void upcall_answer(struct cpu *c, struct vcpu *v, uint64_t verdict, uint64_t value, uint64_t op,
		   uint64_t x3, uint64_t x4, uint64_t doorbells);
bool upcall_answer_is_short(uint64_t esr);
/* The monitor took an exception, or answered wrongly: its VM ends. */
void upcall_fault(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t a, uint64_t b);
void upcall_overrun(struct cpu *c, struct vcpu *v);
/* Ticks that the monitor took for the event that it works on, before the upcall that runs. */
static inline uint64_t upcall_spent(const struct vcpu *v)
{
	return v->arch.args[0] == UPCALL_CONTINUE ? v->spent : 0;
}

/* Sends what is unsent and looks for answers. True: the operation is done everywhere, and the
 * verdict took effect. */
bool upcall_progress(struct cpu *c, struct vcpu *v);

/* The doorbells of a compartment's answer. False: one of them is not its own. */
bool doorbells_ring(struct cpu *c, uint32_t cap_first, uint32_t cap_count, uint32_t number,
		    uint64_t doorbells);

#endif
