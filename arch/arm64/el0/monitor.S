/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry of a monitor, for each upcall. One for a trapped access has a way of its own. For the others
 * x0 to x7 become a struct upcall on the stack, and the struct reply behind it becomes x0 to x6
 * (abi/upcall.h). A reset finds the data of the life before, locks held for ever among it, so it makes
 * the data anew. No other vCPU is in the monitor then.
 */
#include "arch/arm64/el0/data.h"
#include "vmm/entry.h"

	/* A struct reply becomes the answer. The kernel does not come back here. */
	.macro	answer reply
	ldp	x0, x1, [\reply]
	ldp	x2, x3, [\reply, #16]
	ldp	x4, x5, [\reply, #32]
	ldr	x6, [\reply, #48]
	svc	#1
	udf	#0
	.endm

	.section .text.comp_entry, "ax"
	.global	comp_entry
	.type	comp_entry, %function
comp_entry:
	cmp	x0, #ENTRY_ABORT
	b.ne	1f
	ldr	x0, =monitor
	sub	sp, sp, #ENTRY_REPLY
	mov	x4, sp
	bl	vmm_access
	cbz	x0, 2f
	svc	#0
2:	answer	sp

1:	cmp	x0, #ENTRY_RESET
	b.eq	reset
call:	stp	x0, x1, [sp, #-ENTRY_FRAME_BYTES]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	ldr	x0, =monitor
	mov	x1, sp
	add	x2, sp, #ENTRY_REPLY
	bl	vmm_upcall
	add	x7, sp, #ENTRY_REPLY
	answer	x7

reset:	data_make_anew
	b	call
	.size	comp_entry, . - comp_entry
