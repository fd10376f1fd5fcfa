/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One level-1 table for 39 bits of addresses, each its own translation: the first GiB is
 * devices, the second RAM. Without it RAM would be device memory: slow, and only aligned.
 */
#define BLOCK_DEVICE 0x0000000000000401	/* AF, attribute 0 */
#define BLOCK_NORMAL 0x0000000000000705	/* AF, inner-shareable, attribute 1 */
#define MAIR 0xff00			/* 0: Device-nGnRnE, 1: normal write-back */
#define TCR 0x0000000200803519		/* T0SZ 25, write-back, inner-shareable, EPD1, IPS 40 bits */
#define SCTLR 0x30d0180d		/* RES1, M, C, SA, I */

	.section .text.mmu, "ax"
	.global	mmu_map
mmu_map:
	adrp	x0, mmu_table
	ldr	x1, =BLOCK_DEVICE
	ldr	x2, =0x40000000 | BLOCK_NORMAL
	stp	x1, x2, [x0]
	ret

/* For each CPU. The table was written with the MMU off, or by a CPU that shares its caches. */
	.global	mmu_enable
mmu_enable:
	ldr	x0, =MAIR
	msr	mair_el1, x0
	ldr	x0, =TCR
	msr	tcr_el1, x0
	adrp	x0, mmu_table
	msr	ttbr0_el1, x0
	dsb	sy			/* the table is in memory before a walk can read it */
	tlbi	vmalle1
	ic	iallu
	dsb	sy
	isb
	ldr	x0, =SCTLR
	msr	sctlr_el1, x0
	isb
	ret

	.section .bss.mmu, "aw", %nobits
	.balign	4096
	.global	mmu_table
mmu_table:
	.space	4096
