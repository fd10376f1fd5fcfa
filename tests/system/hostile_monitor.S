/* SPDX-License-Identifier: Apache-2.0 */
/* A monitor that answers its first upcall, to load its guest, with ANSWER_X0 and ANSWER_X2. */
	.section .text.comp_entry, "ax"
	.global	comp_entry
comp_entry:
	ldr	x0, =ANSWER_X0
	mov	x1, #0
	ldr	x2, =ANSWER_X2
	mov	x3, #-1
	mov	x4, #-1
	ldr	x6, =ANSWER_X6
	svc	#1
