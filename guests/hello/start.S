/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The first instructions of the guest. It starts here at EL1 with the MMU and the caches off and
 * interrupts masked. x0 is the address of the device tree, which goes on to hello() as it is.
 */
	.section .text.start, "ax"
	.global	_start
_start:
	adrp	x1, stack_top		/* C needs a stack .. */
	mov	sp, x1
	bl	hello			/* .. and this guest nothing else: it has no .data, no .bss */

	ldr	w0, =0x84000008		/* PSCI SYSTEM_OFF: this machine ends here, no other does */
	hvc	#0
	b	.			/* not reached */
