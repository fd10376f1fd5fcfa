/* SPDX-License-Identifier: Apache-2.0 */
/* The second CPU: MMU off, no interrupts, no calls. It counts at the address in x0 for ever, and
 * so shows whether anything but the end of its life can stop it. */
	.section .text.second_start, "ax"
	.global	second_start
second_start:
1:	ldr	x1, [x0]
	add	x1, x1, #1
	str	x1, [x0]
	dsb	sy
	b	1b
