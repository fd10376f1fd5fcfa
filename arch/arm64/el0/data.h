/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For the entry stubs: .data and .bss of a compartment made anew, from the pristine copy that lies
 * in its read-only file. The linker script aligns all four addresses to 16 bytes and puts .bss
 * right behind .data. Changes x9 to x13 and the flags.
 */
#ifndef PARTITA_ARCH_ARM64_EL0_DATA_H
#define PARTITA_ARCH_ARM64_EL0_DATA_H

	.macro	data_make_anew
	ldr	x9, =__data_load
	ldr	x10, =__data_start
	ldr	x11, =__data_end
1:	cmp	x10, x11
	b.hs	2f
	ldp	x12, x13, [x9], #16
	stp	x12, x13, [x10], #16
	b	1b
2:	ldr	x11, =__bss_end
3:	cmp	x10, x11
	b.hs	4f
	stp	xzr, xzr, [x10], #16
	b	3b
4:
	.endm

#endif
