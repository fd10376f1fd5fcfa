/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware that stays at EL3, as on boards: two security states, SGIs 8 to 15 its own, Group 0 kept for
 * itself (SCR_EL3.FIQ: priorities are seen from the Non-secure side, registers of Group 0 trap), and PSCI's
 * calls for what the image needs. Whatever else comes here is told on the UART, and then nothing goes on.
 */
#include "firmware.h"

#define SPSR_EL2h_MASKED 0x3c9
#define UART 0x09000000
#define GICD_CTLR_SECURE 0x35         /* ARE_NS, ARE_S, Group 1 Secure, Group 0 */
#define SGIS_OF_ITS_OWN 0xff00
#define EC_SMC 0x17
#define PSCI_VERSION 0x84000000
#define PSCI_CPU_ON_64 0xc4000003

	.section .text, "ax"
	.global	_start
_start:
	adr	x0, vectors
	msr	vbar_el3, x0
	ldr	x0, =SCR_EL3
	msr	scr_el3, x0
	mov	x0, #1 << 8 | 1 << 12   /* EZ, ESM */
	msr	cptr_el3, x0
	msr	mdcr_el3, xzr
	mov	x0, #0xf
	msr	S3_6_C12_C12_5, x0      /* ICC_SRE_EL3 */
	isb
	mrs	x2, mpidr_el1
	and	x2, x2, #0xff
	ldr	x1, =GICD
	cbnz	x2, 2f
	mov	w0, #GICD_CTLR_SECURE
	str	w0, [x1]
	mov	w0, #-1
	mov	x3, #4
1:	add	x4, x1, x3
	str	w0, [x4, #GIC_IGROUPR]
	add	x3, x3, #4
	cmp	x3, #4 * WORDS
	b.lo	1b
2:	mov	x3, #GICR_BYTES
	ldr	x4, =GICR
	madd	x4, x2, x3, x4
	str	wzr, [x4, #GICR_WAKER]
	add	x4, x4, #GICR_SGI
	mov	w0, #~SGIS_OF_ITS_OWN
	str	w0, [x4, #GIC_IGROUPR]
	mov	x0, #0xff
	msr	S3_0_C4_C6_0, x0        /* ICC_PMR_EL1 */
	mov	x0, #1
	msr	S3_0_C12_C12_6, x0      /* ICC_IGRPEN0_EL1 */
	isb

	ldr	x1, =IMAGE
	mov	x0, #0
	cbz	x2, 4f
	adr	x3, calls
	add	x3, x3, x2, lsl #4
3:	yield
	ldar	x1, [x3]
	cbz	x1, 3b
	ldr	x0, [x3, #8]
4:	msr	elr_el3, x1
	mov	x1, #SPSR_EL2h_MASKED
	msr	spsr_el3, x1
	eret

call:	mrs	x3, esr_el3
	lsr	x3, x3, #26
	cmp	x3, #EC_SMC
	b.ne	told
	ldr	w3, =PSCI_VERSION
	cmp	w0, w3
	b.eq	5f
	ldr	w3, =PSCI_CPU_ON_64
	cmp	w0, w3
	b.ne	told
	/* x1: the CPU, x2: where, and then x0 there is the last argument, which is the CPU's number here */
	adr	x3, calls
	and	x1, x1, #0xff
	add	x3, x3, x1, lsl #4
	str	x1, [x3, #8]
	stlr	x2, [x3]
	mov	x0, #0
	eret
5:	mov	x0, #1 << 16
	eret

told:	ldr	x1, =UART
	adr	x2, text
6:	ldrb	w3, [x2], #1
	cbz	w3, 7f
	str	w3, [x1]
	b	6b
7:	wfe
	b	7b
	.ltorg
text:	.asciz	"\r\nfirmware: what is this?\r\n"

	.balign	16
calls:	.zero	16 * 4                  /* of each CPU: where it starts, and with which x0 */

	.balign	2048
vectors:
	.rept	8
	.balign	128
	b	told
	.endr
	.balign	128
	b	call                    /* from EL2, synchronous */
	.rept	7
	.balign	128
	b	told
	.endr
