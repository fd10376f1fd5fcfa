/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every register that holds state of this VM's, as it is at the first instruction of a life, and as
 * dirty as it can be at the last one. guests/attack/state.h is made from the table in
 * tests/attack/registers.py.
 *
 * What this core does not have is undefined and skipped by vectors of its own.
 */
#include "guests/attack/state.h"
#include "guests/attack/state_end.h"

#define CPACR_FPEN (3 << 20)
#define SCTLR_UCI (1 << 26)

/* ---- At the start ---- */

	.section .text.state, "ax"
	.global	attack_start
attack_start:
	adrp	x9, state_at_start
	add	x9, x9, :lo12:state_at_start
#define READ(name, register, value) mrs x1, register; str x1, [x9], 8;
	STATE(READ)
	mov	x1, sp
	str	x1, [x9], #8
	adr	x1, skip_vectors
	msr	vbar_el1, x1
	mov	x1, #CPACR_FPEN
	msr	cpacr_el1, x1
	isb
	STATE_LATER(READ)
	/* Written past the caches. */
	adrp	x9, state_at_start
	add	x9, x9, :lo12:state_at_start
	mov	x1, #STATE_BYTES
1:	dc	ivac, x9
	add	x9, x9, #16
	subs	x1, x1, #16
	b.gt	1b
	dsb	sy
	b	_start

	.balign	2048
skip_vectors:
	.rept	16
	.balign	128
	mrs	x2, elr_el1
	add	x2, x2, #4
	msr	elr_el1, x2
	mov	x1, #STATE_ABSENT
	eret
	.endr
	.balign	128

/* ---- At the end: x0 is how it comes, a PSCI function. Tells by a call that nobody answers how many of
 * its registers are not what they were at the start. ---- */

	.global	state_dirty
state_dirty:
	mrs	x1, sctlr_el1
	ldr	x2, =5                  /* M, C: what lies here is its own address */
	bic	x1, x1, x2
	msr	sctlr_el1, x1
	isb
	adr	x1, skip_vectors
	msr	vbar_el1, x1
	isb
	msr	S3_0_C12_C12_7, xzr     /* ICC_IGRPEN1_EL1: nothing is taken when DAIF's turn comes */
	mov	x3, #0
	mov	x4, x0
	/* What is 0 becomes all ones, but for SCTLR_EL1, of which that would be too much. */
	.macro	dirty register, value
	ldr	x5, =\value
	ldr	x7, =0x30d50838
	mvn	x6, x5
	eor	x8, x5, #SCTLR_UCI
	cmp	x5, x7
	csel	x6, x8, x6, eq
	msr	\register, x6
	isb
	mov	x1, x5
	mrs	x1, \register           /* STATE_ABSENT, where there is none */
	cmp	x1, x5
	mov	x7, #STATE_ABSENT
	ccmp	x1, x7, #4, ne
	cinc	x3, x3, ne
	msr	daifset, #0xf
	.endm
#define DIRTY(name, register, value) dirty register, value;
	STATE_LATER(DIRTY)
	STATE(DIRTY)
	msr	spsel, #1
	ldr	x1, =0xdead0000
	mov	sp, x1
	ldr	x0, =STATE_CALL
	add	x0, x0, x3
	hvc	#0
	mov	x0, x4
	hvc	#0
	b	.
	.ltorg

	.section .data.state, "aw"
	.balign	64
	.global	state_at_start
state_at_start:
	.space	STATE_BYTES
