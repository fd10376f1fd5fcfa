/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What vmm/port.h asks of the machine for whole ranges of memory. EL0 may do all of this: the
 * kernel enters a compartment with SCTLR_EL1.{UCI, UCT, DZE} set.
 */

/*
 * void port_zero(void *p, size_t bytes)
 * By DC ZVA where DCZID_EL0 allows it (DZP 0; its block is 4 << BS bytes), else 16 bytes at a time.
 */
	.section .text.port_zero, "ax"
	.global	port_zero
	.type	port_zero, %function
port_zero:
	add	x1, x0, x1		/* the end */
1:	tst	x0, #15			/* bytes up to the first 16-byte boundary */
	b.eq	2f
	cmp	x0, x1
	b.hs	9f
	strb	wzr, [x0], #1
	b	1b
2:	mrs	x2, dczid_el0
	tbnz	x2, #4, 6f
	and	x2, x2, #15
	mov	x3, #4
	lsl	x3, x3, x2		/* bytes of a block */
	sub	x4, x3, #1
	cmp	x3, #16
	b.lo	6f
3:	tst	x0, x4			/* 16 bytes at a time up to the first block */
	b.eq	4f
	sub	x5, x1, x0
	cmp	x5, #16
	b.lo	8f
	stp	xzr, xzr, [x0], #16
	b	3b
4:	sub	x5, x1, x0
5:	cmp	x5, x3
	b.lo	6f
	dc	zva, x0
	add	x0, x0, x3
	sub	x5, x5, x3
	b	5b
6:	sub	x5, x1, x0
7:	cmp	x5, #16
	b.lo	8f
	stp	xzr, xzr, [x0], #16
	sub	x5, x5, #16
	b	7b
8:	cmp	x0, x1
	b.hs	9f
	strb	wzr, [x0], #1
	b	8b
9:	ret
	.size	port_zero, . - port_zero

/*
 * void port_clean(const void *p, size_t bytes)
 * DC CIVAC, not CVAC: a guest that starts with its MMU off writes past the caches, and must not
 * find the lines of before when it turns them on. The DSB is for the whole system, since the other
 * observer, the guest with its MMU off, is not bound to a shareability domain.
 */
	.section .text.port_clean, "ax"
	.global	port_clean
	.type	port_clean, %function
port_clean:
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4		/* CTR_EL0.DminLine: log2 of words in the smallest line */
	mov	x3, #4
	lsl	x3, x3, x2
	add	x1, x0, x1
	sub	x4, x3, #1
	bic	x0, x0, x4
1:	cmp	x0, x1
	b.hs	2f
	dc	civac, x0
	add	x0, x0, x3
	b	1b
2:	dsb	sy
	ret
	.size	port_clean, . - port_clean
