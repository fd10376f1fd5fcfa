/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into and out of EL2. While EL1 or EL0 runs, SP_EL2 points to the frame of what runs: registers
 * go straight to their place. Whether that is a guest's or a compartment's its address says, by the bit
 * FRAME_COMPARTMENT_BIT; nothing else is decoded here. DDI 0487, "Exception vectors".
 *
 * There are two tables, of which arch_cpu_init takes one for good: vectors_plain, and vectors_history for
 * cores on which the branches that EL1 and EL0 took may steer those that EL2 predicts. Its entries first
 * clear that history, and go on in the plain one.
 *
 * C decides, and what it decides comes back in w0; only here is a world entered or left. KERNEL_STACK
 * is the empty stack of the CPU; the word there is the guest frame of the resident vCPU.
 */
#include "abi/layout.h"
#include "arch/arm64/offsets.h"

#define ESR_SHORT_ANSWER 0x56000000     /* svc #0 in AArch64, a 32-bit instruction */
#define EC_SVC64 0x15

	/* No speculation past an exception return: DDI 0487, "Speculation Barrier". */
	.macro	return_from_exception
	eret
	dsb	nsh
	isb
	.endm

	/* Those that a call may change, but x0 and x1, with which every vector begins; x18 is not used by the
	 * kernel. */
	.macro	save_caller_saved
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	stp	x30, xzr, [sp, #240]
	.endm

	.macro	save_others
	stp	x18, x19, [sp, #144]
	stp	x20, x21, [sp, #160]
	stp	x22, x23, [sp, #176]
	stp	x24, x25, [sp, #192]
	stp	x26, x27, [sp, #208]
	stp	x28, x29, [sp, #224]
	.endm

	.macro	restore_others
	ldp	x18, x19, [sp, #144]
	ldp	x20, x21, [sp, #160]
	ldp	x22, x23, [sp, #176]
	ldp	x24, x25, [sp, #192]
	ldp	x26, x27, [sp, #208]
	ldp	x28, x29, [sp, #224]
	.endm

	.macro	restore_upper
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldr	x30, [sp, #240]
	.endm

	.macro	restore_caller_saved
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	restore_upper
	.endm

	/* SP_EL2: the CPU's stack, empty; x0 stays the frame, or becomes it. */
	.macro	to_stack
	ldr	x1, [sp, #FRAME_STACK]
	mov	sp, x1
	.endm
	.macro	to_kernel_stack
	mov	x0, sp
	to_stack
	.endm

	/* From the CPU's stack, empty again, to the frame of the guest that is live. */
	.macro	to_guest_frame
	ldr	x1, [sp]
	mov	sp, x1
	.endm

	/* The way in. Of x0 and x1 only x0 has changed. */
	.macro	enter compartment
	stp	x0, x1, [sp, #0]
	mov	x0, sp
	tbnz	x0, #FRAME_COMPARTMENT_BIT, \compartment
	.endm

	/* As many taken branches as the core remembers, or its instruction for it, which is a hint: see
	 * history_rounds (cpu.c). Then as `enter`, which begins with the same instruction. */
	.macro	vector_history offset
	vector	vectors_history, \offset
	stp	x0, x1, [sp, #0]
	hint	#22                     /* CLRBHB */
	ldr	x0, [sp, #FRAME_HISTORY]
	cbz	x0, 3f
1:	b	2f
2:	subs	x0, x0, #1
	b.ne	1b
3:	dsb	nsh
	isb
	b	vectors_plain + \offset + 4
	.endm

	/* A vector has room for 32 instructions: what is on the way in stands there. Those of EL2 itself
	 * need two; the room behind them holds what is on the way out. */
	.macro	vector table, offset
	.org	\table + \offset      /* an error if what stands before is too long */
	.endm
	.macro	vector_ours table, offset
	vector	\table, \offset
	mov	x0, #\offset
	b	ours
	.endm

	.section .vectors, "ax"

/* ---- The last four of each table are for an EL1 in AArch32, which HCR_EL2.RW excludes; AArch32 at EL0
 * comes by the four before, like all else (DDI 0487, "Exception vectors"). So they are told as a fault of
 * EL2's own ---- */

	.balign	0x800
	.global	vectors_plain
vectors_plain:
	vector_ours vectors_plain, 0x000

	/* The fast way did not do: it goes into the monitor, or there is more to do. */
guest_not_resumed:
	tbz	w0, #EXIT_UPCALL_BIT, guest_not_upcall
	mrs	x2, spsr_el2
	tbnz	w2, #4, guest_sync_more         /* an access in AArch32: its IT state cannot be moved on */
guest_upcall:
	mrs	x0, sp_el0
	mrs	x1, elr_el2
	mrs	x3, sctlr_el1
	stp	x0, x1, [sp, #FRAME_SP_EL0]
	str	x2, [sp, #FRAME_SPSR]
	str	x3, [sp, #VCPU_SCTLR_EL1]
	b	upcall

	vector_ours vectors_plain, 0x080

	/* Into the monitor of a guest that is parked. It keeps x18 to x29 as any function does. */
upcall:	ldp	x0, x1, [sp, #VCPU_MONITOR_WORLD]
	ldr	x2, [sp, #VCPU_MONITOR_WORLD + 16]
	ldp	x4, x5, [sp, #VCPU_MONITOR_ENTRY]
	ldr	w6, =SCTLR_EL1_COMPARTMENT
	mov	x7, #SPSR_EL0t_DAIF
	msr	vttbr_el2, x0
	msr	hcr_el2, x1
	msr	cptr_el2, x2
	msr	elr_el2, x4
	msr	sp_el0, x5
	msr	sctlr_el1, x6
	msr	spsr_el2, x7
	ldp	x0, x1, [sp, #VCPU_ARGS]
	ldp	x2, x3, [sp, #VCPU_ARGS + 16]
	ldp	x4, x5, [sp, #VCPU_ARGS + 32]
	ldp	x6, x7, [sp, #VCPU_ARGS + 48]
	restore_upper                   /* nothing of the kernel's is left in a register */
	add	sp, sp, #VCPU_MONITOR
	return_from_exception

	vector_ours vectors_plain, 0x100

	/* Into a guest: x0 SP_EL0, x1 ELR_EL2, x2 SPSR_EL2. */
into_guest:
	ldr	x3, [sp, #VCPU_SCTLR_EL1]
	ldp	x4, x5, [sp, #VCPU_GUEST_WORLD]
	ldr	x6, [sp, #VCPU_GUEST_WORLD + 16]
	msr	sp_el0, x0
	msr	elr_el2, x1
	msr	spsr_el2, x2
	msr	sctlr_el1, x3
	msr	vttbr_el2, x4
	msr	hcr_el2, x5
	msr	cptr_el2, x6
	/* HCR_EL2.TGE = 0 must hold before the ERET, or its target is illegal: DDI 0487, "Illegal
	 * exception returns from AArch64 state". */
	isb
	restore_caller_saved
	return_from_exception

	vector_ours vectors_plain, 0x180

	/* _Noreturn void guest_enter(struct arch_vcpu *v) */
	.global	guest_enter
guest_enter:
	mov	sp, x0
resume:	restore_others
	ldp	x0, x1, [sp, #FRAME_SP_EL0]
	ldr	x2, [sp, #FRAME_SPSR]
	b	into_guest

	/* _Noreturn void monitor_enter(struct arch_vcpu *v) */
	.global	monitor_enter
monitor_enter:
	mov	sp, x0
	restore_others
	b	upcall

	vector_ours vectors_plain, 0x200

guest_not_upcall:
	tbz	w0, #EXIT_GENERAL_BIT, resume   /* it is parked */
guest_sync_more:
	save_others
	to_kernel_stack
	bl	guest_synchronous_general
	to_guest_frame
	cbz	w0, guest_resumes
	tbz	w0, #EXIT_UPCALL_BIT, resume    /* it is parked */
	mrs	x2, spsr_el2
	b	guest_upcall

guest_interrupt_more:
	to_guest_frame
	save_others
	to_kernel_stack
	b	guest_dispatch

	vector_ours vectors_plain, 0x280

	/* _Noreturn void frame_enter(struct frame *f): a compartment, where it was interrupted */
	.global	frame_enter
frame_enter:
	mov	sp, x0
	ldp	x1, x2, [sp, #FRAME_SP_EL0]
	ldr	x3, [sp, #FRAME_SPSR]
	msr	sp_el0, x1
	msr	elr_el2, x2
	msr	spsr_el2, x3
	restore_others
	restore_caller_saved
	return_from_exception

	vector_ours vectors_plain, 0x300

el0_interrupt_more:
	save_others
	mrs	x2, sp_el0
	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	stp	x2, x3, [sp, #FRAME_SP_EL0]
	str	x4, [sp, #FRAME_SPSR]
	to_kernel_stack
	b	el0_dispatch

	vector_ours vectors_plain, 0x380

ours:
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	ldr	x4, =KERNEL_STACK       /* whatever SP was, it may be what is wrong */
	mov	sp, x4
	b	kernel_fault

	vector	vectors_plain, 0x400
	enter	el0_sync
guest_sync:
	save_caller_saved
	to_stack
	bl	guest_synchronous
	to_guest_frame
	cbnz	w0, guest_not_resumed
guest_resumes:
	restore_caller_saved
	return_from_exception
	vector	vectors_plain, 0x480
irq:	enter	el0_irq
guest_irq:
	save_caller_saved
	to_stack
	bl	guest_interrupt
	cbnz	w0, guest_interrupt_more
	to_guest_frame
	restore_caller_saved
	return_from_exception
	vector	vectors_plain, 0x500
	stp	x0, x1, [sp, #0]
	b	irq + 4
	vector	vectors_plain, 0x580
error:	enter	el0_error
	save_caller_saved
	save_others
	to_kernel_stack
	b	guest_serror
	vector_ours vectors_plain, 0x600
	vector_ours vectors_plain, 0x680
	vector_ours vectors_plain, 0x700
	vector_ours vectors_plain, 0x780

	.org	vectors_plain + 0x800
	.global	vectors_history
vectors_history:
	vector_ours vectors_history, 0x000

	/* A compartment's answer carries all it has in x0 to x6; nothing else is kept. */
el0_more:
	lsr	x8, x7, #26
	cmp	x8, #EC_SVC64
	b.ne	el0_not_svc
	ldr	x0, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	str	x6, [sp, #48]
	ldr	x9, [sp, #FRAME_STACK]
	mov	sp, x9
	bl	el0_answer
	to_guest_frame
	cbz	w0, answered
	save_others
	to_kernel_stack
	bl	el0_answer_general
	to_guest_frame
	b	resume

	vector_ours vectors_history, 0x080

	/* ICH_LR<n>_EL2 by number, n below LR_MAX: into the n-th of as many pairs of instructions.
	 * uint64_t arch_lr_read(uint32_t n); void arch_lr_write(uint32_t n, uint64_t lr) */
	.macro	list_register name, instruction:vararg
	.global	\name
\name:
	adr	x2, 1f
	add	x2, x2, w0, uxtw #3
	br	x2
1:	.irp	op2, 0, 1, 2, 3, 4, 5, 6, 7
	\instruction
	ret
	.endr
	.endm
	list_register arch_lr_read, mrs x0, S3_4_C12_C12_\op2

	vector_ours vectors_history, 0x100
	list_register arch_lr_write, msr S3_4_C12_C12_\op2, x1

	vector_ours vectors_history, 0x180

el0_sync:
	mrs	x7, esr_el2
	mov	w8, #ESR_SHORT_ANSWER
	cmp	x7, x8
	b.ne	el0_more
	ldr	x8, [sp, #FRAME_RESULT]
	cbz	x8, el0_more
	/* To a trapped load or store: x1 the value, x8 where it goes. */
	str	x1, [x8]
	sub	sp, sp, #VCPU_MONITOR
answered:
	str	xzr, [sp, #VCPU_EVENT]
	ldp	x0, x1, [sp, #FRAME_SP_EL0]
	ldr	x2, [sp, #FRAME_SPSR]
	add	x1, x1, #4              /* as frame_skip does */
	and	x2, x2, #~(3 << 10)
	b	into_guest

el0_not_svc:
	to_kernel_stack
	b	el0_fault

el0_error:
	to_kernel_stack
	b	el0_serror

	vector_ours vectors_history, 0x200

el0_irq:
	save_caller_saved
	to_stack
	str	x0, [sp, #-16]!
	bl	el0_interrupt
	ldr	x1, [sp], #16
	mov	sp, x1
	cbnz	w0, el0_interrupt_more
	restore_caller_saved
	return_from_exception

	/* FP/SIMD of a guest that begins a life: zero. CPTR_EL2.TFP is clear. */
	.arch	armv8-a+fp+simd
	vector_ours vectors_history, 0x280
	.global	fp_clear
fp_clear:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
	movi	v\n\().2d, #0
	.endr
	b	1f

	vector_ours vectors_history, 0x300
1:	.irp	n, 16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret
	.arch	armv8-a

	vector_ours vectors_history, 0x380

	.irp	offset, 0x400, 0x480, 0x500, 0x580
	vector_history \offset
	.endr
	.irp	offset, 0x600, 0x680, 0x700, 0x780
	vector_ours vectors_history, \offset
	.endr
	.ltorg
