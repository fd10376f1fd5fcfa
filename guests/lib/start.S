/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the first instruction to guest_main(device tree): at EL1, MMU off, x0 is the device tree.
 * When guest_main returns, the machine goes off.
 */
#include "guests/lib/psci.h"

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
2:	mov	x19, x0
	adrp	x1, exception_vectors
	add	x1, x1, :lo12:exception_vectors
	msr	vbar_el1, x1
	bl	mmu_map
	adrp	x1, bss_start		/* what was written past the caches must not be hidden by */
	adrp	x2, stack_top		/* what they still hold; 16 bytes is the smallest line there is */
3:	dc	ivac, x1
	add	x1, x1, #16
	cmp	x1, x2
	b.lo	3b
	dsb	sy
	bl	mmu_enable
	mov	x0, x19
	bl	guest_main
	.global	machine_off
machine_off:
	ldr	w0, =PSCI_SYSTEM_OFF
	hvc	#0
	b	.			/* not reached */
