/* SPDX-License-Identifier: Apache-2.0 */
/* What only assembly can hold: all general and vector registers at once. */
#include "guests/witness/witness.h"

	.arch	armv8-a+fp+simd
	.section .text.registers, "ax"

/* void general_hold(uint64_t held[31]): every register has its pattern while an interrupt is waited
 * for and taken; then they are stored. */
	.global	general_hold
general_hold:
	stp	x29, x30, [sp, #-112]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	str	x0, [sp, #96]
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30
	movz	x\n, #(GENERAL_PATTERN + \n)
	movk	x\n, #(GENERAL_PATTERN + \n), lsl #48
	.endr
	msr	daifclr, #2
	wfi
	msr	daifset, #2
	str	x0, [sp, #104]
	ldr	x0, [sp, #96]
	stp	x2, x3, [x0, #16]
	stp	x4, x5, [x0, #32]
	stp	x6, x7, [x0, #48]
	stp	x8, x9, [x0, #64]
	stp	x10, x11, [x0, #80]
	stp	x12, x13, [x0, #96]
	stp	x14, x15, [x0, #112]
	stp	x16, x17, [x0, #128]
	stp	x18, x19, [x0, #144]
	stp	x20, x21, [x0, #160]
	stp	x22, x23, [x0, #176]
	stp	x24, x25, [x0, #192]
	stp	x26, x27, [x0, #208]
	stp	x28, x29, [x0, #224]
	str	x30, [x0, #240]
	ldr	x2, [sp, #104]
	stp	x2, x1, [x0]
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	x29, x30, [sp], #112
	ret

/* void vectors_fill(void) */
	.global	vectors_fill
vectors_fill:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	mov	w0, #(VECTOR_PATTERN + \n)
	dup	v\n\().16b, w0
	.endr
	ret

/* void vectors_read(uint64_t held[64]) */
	.global	vectors_read
vectors_read:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	str	q\n, [x0, #(\n * 16)]
	.endr
	ret
