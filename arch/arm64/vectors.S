/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Into and out of EL2. While EL1 or EL0 runs, SP_EL2 points to the frame of what runs: registers
 * go straight to their place. There are two tables, one for guests and one for compartments, so
 * that nothing has to be decoded here. DDI 0487, "Exception vectors".
 */
#include "abi/layout.h"

#define FRAME_STACK 248
#define FRAME_SP_EL0 256
#define FRAME_ELR 264
#define FRAME_SPSR 272

#define EC_SVC64 0x15

	/* No speculation past an exception return: DDI 0487, "Speculation Barrier". */
	.macro	return_from_exception
	eret
	dsb	nsh
	isb
	.endm

	.macro	save_caller_saved
	stp	x0, x1, [sp, #0]
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	stp	x8, x9, [sp, #64]
	stp	x10, x11, [sp, #80]
	stp	x12, x13, [sp, #96]
	stp	x14, x15, [sp, #112]
	stp	x16, x17, [sp, #128]
	str	x18, [sp, #144]
	str	x30, [sp, #240]
	.endm

	.macro	save_callee_saved
	stp	x19, x20, [sp, #152]
	stp	x21, x22, [sp, #168]
	stp	x23, x24, [sp, #184]
	stp	x25, x26, [sp, #200]
	stp	x27, x28, [sp, #216]
	str	x29, [sp, #232]
	.endm

	.macro	restore_callee_saved
	ldp	x19, x20, [sp, #152]
	ldp	x21, x22, [sp, #168]
	ldp	x23, x24, [sp, #184]
	ldp	x25, x26, [sp, #200]
	ldp	x27, x28, [sp, #216]
	ldr	x29, [sp, #232]
	.endm

	.macro	restore_caller_saved
	ldp	x0, x1, [sp, #0]
	ldp	x2, x3, [sp, #16]
	ldp	x4, x5, [sp, #32]
	ldp	x6, x7, [sp, #48]
	ldp	x8, x9, [sp, #64]
	ldp	x10, x11, [sp, #80]
	ldp	x12, x13, [sp, #96]
	ldp	x14, x15, [sp, #112]
	ldp	x16, x17, [sp, #128]
	ldr	x18, [sp, #144]
	ldr	x30, [sp, #240]
	.endm

	/* x0: the frame; SP_EL2: the CPU's stack, empty. */
	.macro	to_kernel_stack
	mov	x0, sp
	ldr	x1, [sp, #FRAME_STACK]
	mov	sp, x1
	.endm

	/* A vector has room for 32 instructions: what is on the way in stands there. */
	.macro	vector
	.balign	0x80
	.endm
	.macro	vector_ours number
	vector
	mov	x0, #\number
	b	ours
	.endm
	.macro	vectors_of_el2
	vector_ours 0x000
	vector_ours 0x080
	vector_ours 0x100
	vector_ours 0x180
	vector_ours 0x200
	vector_ours 0x280
	vector_ours 0x300
	vector_ours 0x380
	.endm

	/* Into `handler` with the frame; x1 is the frame again when it returns, w0 its answer. */
	.macro	interrupt handler, answered
	save_caller_saved
	to_kernel_stack
	str	x0, [sp, #-16]!
	bl	\handler
	ldr	x1, [sp], #16
	mov	sp, x1
	b	\answered
	.endm

/* ---- From guests. What runs in AArch32 comes by the last four ---- */

	.section .vectors, "ax"
	.balign	0x800
	.global	vectors_guest
vectors_guest:
	vectors_of_el2
	vector
guest_sync:
	save_caller_saved
	save_callee_saved
	to_kernel_stack
	mov	x19, x0
	bl	guest_synchronous
	b	guest_synchronous_done
	vector
guest_irq:
	interrupt guest_interrupt, guest_interrupt_done
	vector
	b	guest_irq
	vector
guest_error:
	save_caller_saved
	save_callee_saved
	to_kernel_stack
	b	guest_serror
	vector
	b	guest_sync
	vector
	b	guest_irq
	vector
	b	guest_irq
	vector
	b	guest_error

/* ---- From compartments. An answer carries all it has in x0 to x6; nothing else is kept ---- */

	.balign	0x800
	.global	vectors_el0
vectors_el0:
	vectors_of_el2
	vector
el0_sync:
	mov	x7, sp
	ldr	x8, [sp, #FRAME_STACK]
	mov	sp, x8
	mrs	x8, esr_el2
	lsr	x8, x8, #26
	cmp	x8, #EC_SVC64
	b.eq	el0_answer
	mov	x0, x7
	b	el0_fault
	vector
el0_irq:
	interrupt el0_interrupt, el0_interrupt_done
	vector
	b	el0_irq
	vector
el0_error:
	to_kernel_stack
	b	el0_serror
	vector
	b	el0_sync
	vector
	b	el0_irq
	vector
	b	el0_irq
	vector
	b	el0_error

/* ---- On the way out ---- */

	.text
guest_synchronous_done:
	mov	sp, x19
	restore_callee_saved            /* a trapped read may have changed any register */
	restore_caller_saved
	return_from_exception

guest_interrupt_done:
	cbnz	w0, 1f
	restore_caller_saved
	return_from_exception
1:	save_callee_saved
	to_kernel_stack
	b	kernel_dispatch

el0_interrupt_done:
	cbnz	w0, 1f
	restore_caller_saved
	return_from_exception
1:	save_callee_saved
	mrs	x2, sp_el0
	mrs	x3, elr_el2
	mrs	x4, spsr_el2
	str	x2, [sp, #FRAME_SP_EL0]
	stp	x3, x4, [sp, #FRAME_ELR]
	to_kernel_stack
	b	kernel_dispatch

/* _Noreturn void frame_enter(struct frame *f) */
	.global	frame_enter
frame_enter:
	mov	sp, x0
	ldr	x1, [sp, #FRAME_SP_EL0]
	ldp	x2, x3, [sp, #FRAME_ELR]
	msr	sp_el0, x1
	msr	elr_el2, x2
	msr	spsr_el2, x3
	restore_callee_saved
	restore_caller_saved
	return_from_exception

/* ---- Ours ---- */

ours:
	mrs	x1, esr_el2
	mrs	x2, elr_el2
	mrs	x3, far_el2
	ldr	x4, =STACK_TOP          /* whatever SP was, it may be what is wrong */
	mov	sp, x4
	b	kernel_fault

/* ---- FP/SIMD of a guest that begins a life: zero. CPTR_EL2.TFP is clear ---- */

	.arch	armv8-a+fp+simd
	.global	fp_clear
fp_clear:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	movi	v\n\().2d, #0
	.endr
	msr	fpcr, xzr
	msr	fpsr, xzr
	ret
