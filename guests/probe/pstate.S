/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uint64_t pstate_after_undefined(void), pstate_after_stray_load(uint64_t address): PAN and SSBS, where
 * PSTATE has them, as they are at EL1's vector after such an exception. With VBAR_EL1 = pstate_vectors.
 */
	.section .text.pstate, "ax"
	.balign	2048
	.global	pstate_vectors
pstate_vectors:
	.space	0x200
	mrs	x0, S3_0_C4_C2_3	/* PAN */
	mrs	x1, S3_3_C4_C2_6	/* SSBS */
	orr	x0, x0, x1
	mrs	x1, elr_el1
	add	x1, x1, #4
	msr	elr_el1, x1
	eret
	.balign	2048
	.global	pstate_after_undefined
pstate_after_undefined:
	udf	#0
	ret
	.global	pstate_after_stray_load
pstate_after_stray_load:
	ldr	x2, [x0]
	ret
