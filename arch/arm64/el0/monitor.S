/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Entry of a monitor, for each upcall: x0 to x7 become a struct upcall on the stack, the struct
 * reply behind it becomes x0 to x6 (abi/upcall.h). A reset finds the data of the life before, locks
 * held for ever among it, so it makes the data anew. No other vCPU is in the monitor then.
 */
#include "arch/arm64/el0/data.h"
#include "vmm/entry.h"

	.section .text.comp_entry, "ax"
	.global	comp_entry
	.type	comp_entry, %function
comp_entry:
	cmp	x0, #ENTRY_RESET
	b.eq	reset
call:	stp	x0, x1, [sp, #-ENTRY_FRAME_BYTES]!
	stp	x2, x3, [sp, #16]
	stp	x4, x5, [sp, #32]
	stp	x6, x7, [sp, #48]
	ldr	x0, =monitor
	mov	x1, sp
	add	x2, sp, #ENTRY_REPLY
	bl	vmm_upcall
	ldp	x0, x1, [sp, #ENTRY_REPLY]
	ldp	x2, x3, [sp, #ENTRY_REPLY + 16]
	ldp	x4, x5, [sp, #ENTRY_REPLY + 32]
	ldr	x6, [sp, #ENTRY_REPLY + 48]
	svc	#0
	udf	#0			/* the kernel does not come back here */

reset:	data_make_anew
	b	call
	.size	comp_entry, . - comp_entry
