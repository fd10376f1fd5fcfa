/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first CPU from its first instruction to guest_main, a second one in two roles, and vectors
 * that read the counter before anything else. The MMU stays off; instructions are cached, which
 * only a board knows of.
 */
#include "guests/bench/bench.h"
#include "guests/lib/exception.h"
#include "guests/lib/psci.h"

#define SCTLR 0x30d01800		/* RES1 and I */

	.macro	prepare_cpu
	ldr	x1, =SCTLR
	msr	sctlr_el1, x1
	adrp	x1, bench_vectors
	add	x1, x1, :lo12:bench_vectors
	msr	vbar_el1, x1
	isb
	.endm

	.section .text.start, "ax"
	.global	_start
_start:
	adrp	x1, stack_top
	mov	sp, x1
	adrp	x1, bss_start		/* page-aligned, both */
	adrp	x2, bss_end
1:	cmp	x1, x2
	b.hs	2f
	stp	xzr, xzr, [x1], #16
	b	1b
2:	prepare_cpu
	bl	guest_main
	.global	machine_off
machine_off:
	ldr	w0, =PSCI_SYSTEM_OFF
	hvc	#0
	b	.			/* not reached */

/* A second CPU that only lives to say when it began: x0 is where to. */
	.global	newborn_start
newborn_start:
	isb
	mrs	x1, cntvct_el0
	str	x1, [x0]
	ldr	x1, =SGI_TO_FIRST << 24 | 1
	dsb	sy			/* the time is written before the first CPU wakes */
	msr	S3_0_C12_C11_5, x1	/* ICC_SGI1R_EL1 */
	ldr	w0, =PSCI_CPU_OFF
	hvc	#0
	b	.			/* not reached */

/* A second CPU that answers interrupts: x0 is the top of its stack. */
	.global	echo_start
echo_start:
	mov	sp, x0
	prepare_cpu
	bl	echo_open
1:	wfi				/* masked, as the first CPU sleeps */
	msr	daifclr, #2
	isb
	msr	daifset, #2
	b	1b

/* x28 is the time of arrival. Interrupts are only open where it holds nothing else. */
	.section .text.vectors, "ax"
	.balign	2048
bench_vectors:
	.rept	4			/* SP_EL0, SP_EL1, lower EL in AArch64, in AArch32 */
	.irp	kind, 0, 1, 2, 3
	.balign	128
	isb
	mrs	x28, cntvct_el0
	sub	sp, sp, #FRAME_BYTES
	stp	x0, x1, [sp]
	mov	x1, #\kind
	b	exception_enter
	.endr
	.endr
