/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry of a service, for each notification: x0 notifications, x6 now; the answer of service_run
 * goes to x0, x1, x2 and x6 (abi/upcall.h).
 *
 * The pages of .data are zero at boot. `prepared` is a word in .data whose pristine value is 1: it
 * reads 0 until the pristine copy has been made.
 */
#include "arch/arm64/el0/data.h"

	.section .data.prepared, "aw"
	.balign	8
prepared:
	.quad	1

	.section .text.comp_entry, "ax"
	.global	comp_entry
	.type	comp_entry, %function
comp_entry:
	ldr	x9, =prepared
	ldr	x9, [x9]
	cbz	x9, first
call:	mov	x1, x6
	mov	x2, x7
	sub	sp, sp, #32
	mov	x8, sp			/* where the struct service_reply goes (AAPCS64, "Result return") */
	bl	service_run
	ldp	x0, x1, [sp]
	ldp	x2, x6, [sp, #16]
	svc	#0
	udf	#0			/* the kernel does not come back here */

first:	data_make_anew
	b	call
	.size	comp_entry, . - comp_entry
