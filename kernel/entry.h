/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything the architecture may call in the kernel. Interrupts are masked; the stack is the
 * CPU's own, empty. `f` is the frame that SP_EL2 pointed to.
 */
#ifndef PARTITA_KERNEL_ENTRY_H
#define PARTITA_KERNEL_ENTRY_H

#include "kernel/arch.h"

/* On each CPU, with the MMU on. `el` is the exception level at which this CPU was entered. */
_Noreturn void kernel_main(uint32_t cpu, uint32_t el);

/* What comes after an exit. */
enum guest_exit {
	GUEST_RESUMES,         /* live: its caller-saved registers are taken from the frame */
	GUEST_RESUMES_PARKED,  /* all of it is taken from the frame */
	GUEST_UPCALL,          /* its monitor runs, with arch_vcpu.args */
};

/* From a guest, all registers saved; from AArch32 only at EL0. */
enum guest_exit guest_synchronous(struct frame *f);
/* From a guest, caller-saved registers saved. True: all are to be saved, then guest_dispatch. */
bool guest_interrupt(struct frame *f);
_Noreturn void guest_dispatch(struct frame *f);
_Noreturn void guest_serror(struct frame *f);

/* From a compartment: `svc`, with its x0 to x6. Returns: the guest goes on, parked. */
void el0_answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4, uint64_t x5, uint64_t x6,
		struct frame *f);
_Noreturn void el0_fault(struct frame *f);
/* Caller-saved registers saved. True: the whole frame is to be saved, then el0_dispatch. */
bool el0_interrupt(struct frame *f);
_Noreturn void el0_dispatch(struct frame *f);
_Noreturn void el0_serror(struct frame *f);

/* An exception at EL2 itself: ours. */
_Noreturn void kernel_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far);

#endif
