/* SPDX-License-Identifier: Apache-2.0 */
/* Code that C cannot write: vector registers, and code that runs at EL0 or as AArch32. */
	.arch	armv8-a+fp+simd
	.section .text.code, "ax"

	.global	vectors_fill
vectors_fill:
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	add	x1, x0, #\n
	dup	v\n\().2d, x1
	.endr
	ret

/* How many of them do not hold what vectors_fill(x0) gave them. */
	.global	vectors_differ
vectors_differ:
	mov	x4, #0
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	add	x1, x0, #\n
	mov	x2, v\n\().d[0]
	mov	x3, v\n\().d[1]
	eor	x2, x2, x1
	eor	x3, x3, x1
	orr	x2, x2, x3
	cmp	x2, #0
	cinc	x4, x4, ne
	.endr
	mov	x0, x4
	ret

	.global	vectors_not_zero
vectors_not_zero:
	mov	x0, #0
	.irp	n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31
	mov	x2, v\n\().d[0]
	mov	x3, v\n\().d[1]
	orr	x2, x2, x3
	cmp	x2, #0
	cinc	x0, x0, ne
	.endr
	ret

/* ---- For el0_call: one instruction each, then back ---- */

	.macro	at_el0 name, instruction:vararg
	.global	el0_\name
el0_\name:
	\instruction
	svc	#0
	.endm

	at_el0	return, nop
	at_el0	hvc, hvc #0
	at_el0	smc, smc #0
	at_el0	load, ldr w0, [x0]
	at_el0	store, str w0, [x0]
	at_el0	brk, brk #7
	at_el0	hlt, hlt #7
	at_el0	misaligned_sp, .inst 0xd10013ff, 0xf94003e0	/* SUB sp, sp, #4; LDR x0, [sp] */

/* ---- AArch32: A32, then T32; each ends by its exception ---- */

	.balign	4
	.global	a32_words, a32_words_end, t32_halves, t32_halves_end
a32_words:
	.word	0xef000000		/* SVC #0 */
	.word	0xe1400070		/* HVC #0 */
	.word	0xe1600070		/* SMC #0 */
	.word	0xe1200070		/* BKPT #0 */
	.word	0xe7f000f0		/* UDF */
	.word	0xee100f10		/* MRC p15, 0, r0, c0, c0, 0: MIDR */
	.word	0xee110f10		/* MRC p15, 0, r0, c1, c0, 0: SCTLR */
	.word	0xee1f0f10		/* MRC p15, 0, r0, c15, c0, 0 */
	.word	0xee0f0f10		/* MCR p15, 0, r0, c15, c0, 0 */
	.word	0xee1b0f10		/* MRC p15, 0, r0, c11, c0, 0 */
	.word	0xee190f1c		/* MRC p15, 0, r0, c9, c12, 0: PMCR */
	.word	0xee070f5e		/* MCR p15, 0, r0, c7, c14, 2: DCCISW */
	.word	0xec510f0e		/* MRRC p15, 0, r0, r1, c14: CNTPCT */
	.word	0xec520f0c		/* MRRC p15, 2, r0, r1, c12 */
	.word	0xee100e10		/* MRC p14, 0, r0, c0, c0, 0: DBGDIDR */
	.word	0xee100e15		/* MRC p14, 0, r0, c0, c5, 0: DBGDTRRX */
	.word	0xec510e00		/* MRRC p14, 0, r0, r1, c0 */
	.word	0xec000e01		/* STC p14, c0, .. */
	.word	0xed905e00		/* LDC p14, c5, [r0]: DBGDTRTX */
	.word	0xee160e10		/* MRC p14, 0, r0, c6, c0, 0: TEECR */
	.word	0xeef00a10		/* VMRS r0, FPSID */
	.word	0xe10f0000		/* MRS r0, CPSR */
	.word	0xf1080080		/* CPSIE i */
	.word	0xe160006e		/* ERET */
	.word	0xe320f003		/* WFI */
a32_words_end:
	.global	a32_store, a32_load
a32_store:
	.word	0xe5800000		/* STR r0, [r0] */
	.word	0xef000000		/* SVC #0 */
a32_load:
	.word	0xe5900000		/* LDR r0, [r0] */
	.word	0xef000000		/* SVC #0 */

t32_halves:
	.hword	0xdf00, 0xbf00		/* SVC #0 */
	.hword	0xbe00, 0xbf00		/* BKPT #0 */
	.hword	0xde00, 0xbf00		/* UDF */
	.hword	0xbf08, 0xdf00		/* IT EQ; SVC */
	.hword	0xbf18, 0xde00		/* IT NE; UDF */
	.hword	0xee10, 0x0f10		/* MRC p15: MIDR */
	.hword	0xf7e0, 0x8000		/* HVC */
	.hword	0xf7f0, 0x8000		/* SMC */
t32_halves_end:
