/* SPDX-License-Identifier: Apache-2.0 */
/* The first instructions of a second CPU, then second_main: x0, which CPU_ON was given, is the top of
 * its stack. */
	.section .text.second, "ax"
	.global	second_start
second_start:
	mov	sp, x0
	adrp	x1, exception_vectors
	add	x1, x1, :lo12:exception_vectors
	msr	vbar_el1, x1
	bl	mmu_enable
	b	second_main
