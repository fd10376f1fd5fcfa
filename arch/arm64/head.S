/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The head: the first page of the boot image. It runs with the MMU off, at whatever address a
 * loader chose, and ends in kernel_main at the kernel's own address, on each CPU.
 *
 * One CPU, that of the first entry in the header's list, moves the image and clears memory. Where
 * the board was entered at EL3 the others come here as well, and wait for `released`.
 *
 * Register use: x19 physical address of this page, x20 index of this CPU, x21 exception level at
 * entry, x22 non-zero: started by the boot CPU through firmware, x23 what to say of an exception.
 */
#include "abi/image.h"
#include "abi/layout.h"

#define CURRENT_EL2 (2 << 2)
#define CURRENT_EL3 (3 << 2)

#define SCTLR_EL2_OFF 0x30c50830        /* RES1 */
#define SCTLR_EL2_ON 0x30cd183d         /* RES1, M, C, I, SA, WXN; A clear */
#define SPSR_EL2H_MASKED 0x3c9
#define SCR_EL3_LOWER 0x531             /* NS, RES1, HCE, RW */
#define GICD_CTLR_DS (1 << 6)

	.section .head, "ax"
	.global head
head:
	/* The arm64 Image header: Linux, Documentation/arm64/booting. */
	b	start
	.word	0
	.quad	0                       /* text_offset */
	.quad	0                       /* image_size: the tool's */
	.quad	0xa                     /* little-endian, 4 KiB pages, anywhere in memory */
	.quad	0, 0, 0
	.ascii	"ARM\x64"
	.word	0

	.org	head + IMAGE_HEADER_OFFSET
	/* struct image_header: see kernel.lds.S for the two sizes. */
	.quad	0, 0
	.quad	kernel_bytes            /* file_bytes */
	.quad	0
	.quad	kernel_text_bytes       /* zero_bytes */
	.org	head + IMAGE_HEADER_OFFSET + IH_BYTES

released:
	.quad	0

/* DDI 0487, "Exception vectors": the page is the table until the MMU is on, and of it this entry, for what
 * is synchronous, from the current exception level with SP_ELx. All else is masked. */
	.org	head + 0x200
	mov	x0, x23
	b	die

/* ---- Entries ---- */

	/* From firmware, for a CPU that the boot CPU started: x0 is its index. */
	.global	secondary_start
secondary_start:
	mov	x20, x0
	mov	x22, #1
	b	1f
start:
	mov	x22, #0
1:	msr	daifset, #0xf
	msr	spsel, #1
	adr	x19, head
	mrs	x21, CurrentEL
	cmp	x21, #CURRENT_EL3
	b.eq	from_el3
	cmp	x21, #CURRENT_EL2
	b.eq	at_el2
	adr	x0, text_el1
	b	die

/* Nothing of EL3 is used later: only what lets EL2 have the whole machine. */
from_el3:
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_FLAGS]
	adr	x1, text_el3
	tbz	x0, #0, die_x1
	mov	x0, #SCR_EL3_LOWER
	/* Controls that EL2 will write exist below EL3 only if EL3 says so. */
	mrs	x1, id_aa64mmfr0_el1
	ubfx	x2, x1, #56, #4         /* FGT */
	cbz	x2, 1f
	orr	x0, x0, #1 << 27        /* FGTEn */
1:	ubfx	x2, x1, #60, #4         /* ECV */
	cbz	x2, 1f
	orr	x0, x0, #1 << 28        /* ECVEn */
1:	mrs	x1, id_aa64mmfr1_el1
	ubfx	x2, x1, #40, #4         /* HCX */
	cbz	x2, 1f
	orr	x0, x0, #1 << 38        /* HXEn */
1:	msr	scr_el3, x0
	mov	x0, #1 << 12            /* ESM: EL2 ends what streaming mode there is */
	msr	cptr_el3, x0
	msr	mdcr_el3, xzr
	mov	x0, #0xf                /* SRE, DFB, DIB, Enable */
	msr	S3_6_C12_C12_5, x0      /* ICC_SRE_EL3 */
	isb
	/* One security state: the interrupts are all EL2's. By the boot CPU, before it sets the
	 * distributor up and while the others wait. */
	bl	which_cpu
	cbnz	x20, 1f
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_GICD_PA]
	mov	w1, #GICD_CTLR_DS
	str	w1, [x0]
1:	mov	x0, #SPSR_EL2H_MASKED
	msr	spsr_el3, x0
	adr	x0, at_el2
	msr	elr_el3, x0
	eret

at_el2:
	mov	x0, #SCTLR_EL2_OFF & 0xffff
	movk	x0, #SCTLR_EL2_OFF >> 16, lsl #16
	msr	sctlr_el2, x0
	mov	x0, #1 << 31            /* HCR_EL2.RW, and E2H clear */
	msr	hcr_el2, x0
	msr	vbar_el2, x19
	adr	x23, text_fault
	isb
	cbnz	x22, mmu_on
	bl	which_cpu
	cbz	x20, boot_cpu
1:	ldr	x0, released
	cbnz	x0, mmu_on
	yield
	b	1b

/* x20: the place of this CPU in the header's list. One that is not in it sleeps for ever. */
which_cpu:
	mrs	x0, mpidr_el1
	mov	x1, #0xffffff
	movk	x1, #0xff, lsl #32
	and	x0, x0, x1
	add	x2, x19, #IMAGE_HEADER_OFFSET + IH_CPU
	ldr	x3, [x19, #IMAGE_HEADER_OFFSET + IH_CPU_COUNT]
	mov	x20, #0
1:	cmp	x20, x3
	b.eq	sleep
	ldr	x4, [x2], #16
	cmp	x4, x0
	b.eq	2f
	add	x20, x20, #1
	b	1b
2:	ret
sleep:	wfi
	b	sleep

/* ---- The boot CPU puts the image and memory in order ---- */

boot_cpu:
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_LOAD_PA]
	cmp	x0, x19
	b.eq	placed
	cmp	x21, #CURRENT_EL3
	adr	x1, text_moved
	b.eq	die_x1                  /* the others watch `released` here, not there */
	bl	move_image              /* returns in the new place */
placed:
	msr	vbar_el2, x19           /* moved, perhaps */
	isb
	bl	check_sum
	adr	x23, text_memory
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_PROBE_PA]
	ldr	x0, [x0]
	dsb	sy
	adr	x23, text_fault
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_ZERO_PA]
	ldr	x1, [x19, #IMAGE_HEADER_OFFSET + IH_ZERO_BYTES]
	bl	clean_invalidate        /* firmware's dirty lines must not fall on our zeros */
	mov	x2, x0
	add	x3, x0, x1
1:	.rept	8                       /* whole pages, of which there is one at least */
	stp	xzr, xzr, [x2], #16
	.endr
	cmp	x2, x3
	b.lo	1b
	bl	clean_invalidate        /* nor lines fetched meanwhile hide them */
	mov	x0, #1
	adr	x1, released
	str	x0, [x1]
	dsb	sy
	b	mmu_on

/*
 * Moves the whole file from x19 to x0, which may overlap, and returns to the caller's copy there.
 * Downwards the first page, which holds this code, goes ahead and the work goes on in the copy;
 * upwards it is the last to be reached and stays whole. So the distance must be a page.
 */
move_image:
	ldr	x1, [x19, #IMAGE_HEADER_OFFSET + IH_FILE_BYTES]
	mov	x9, x30
	bl	clean_invalidate        /* [x0, + x1): as for the zeros */
	mov	x30, x9
	sub	x2, x0, x19
	add	x30, x30, x2            /* the caller, there */
	cmp	x0, x19
	b.lo	move_down
	cmp	x2, #PAGE_BYTES
	b.lo	too_near
	add	x3, x19, x1
	add	x4, x0, x1
1:	ldp	x5, x6, [x3, #-16]!
	stp	x5, x6, [x4, #-16]!
	cmp	x3, x19
	b.hi	1b
	b	moved
move_down:
	neg	x3, x2
	cmp	x3, #PAGE_BYTES
	b.lo	too_near
	mov	x3, x19
	mov	x4, x0
	mov	x7, #PAGE_BYTES
1:	ldp	x5, x6, [x3], #16
	stp	x5, x6, [x4], #16
	subs	x7, x7, #16
	b.ne	1b
	dsb	sy
	ic	iallu
	dsb	sy
	isb
	adr	x5, 2f
	add	x5, x5, x2
	br	x5
2:	add	x7, x19, x1
1:	ldp	x5, x6, [x3], #16
	stp	x5, x6, [x4], #16
	cmp	x3, x7
	b.lo	1b
moved:
	mov	x19, x0
	mov	x9, x30
	bl	clean_invalidate
	ic	iallu
	dsb	sy
	isb
	br	x9

/* Whether the part of the file that nobody else checks is what was built: abi/image.h. */
check_sum:
	mov	x9, x30
	ldr	x7, =IMAGE_SUM_FACTOR
	mov	x4, #0
	mov	x2, x19
	add	x3, x19, #IMAGE_HEADER_OFFSET + IH_SUM
	bl	sum_words
	add	x2, x19, #IMAGE_HEADER_OFFSET + IH_BYTES
	ldr	x3, [x19, #IMAGE_HEADER_OFFSET + IH_SUM_BYTES]
	add	x3, x19, x3
	bl	sum_words
	ldr	x0, [x19, #IMAGE_HEADER_OFFSET + IH_SUM]
	adr	x1, text_damaged
	cmp	x0, x4
	b.ne	die_x1
	br	x9
sum_words:
	ldr	x5, [x2], #8
	eor	x4, x5, x4, ror #IMAGE_SUM_ROR
	mul	x4, x4, x7
	cmp	x2, x3
	b.lo	sum_words
	ret

/* Clean and invalidate [x0, x0 + x1), not empty, to the point of coherency; keeps x0, x1, x9. */
clean_invalidate:
	mrs	x2, ctr_el0
	ubfx	x2, x2, #16, #4         /* DminLine */
	mov	x3, #4
	lsl	x3, x3, x2
	sub	x4, x3, #1
	bic	x4, x0, x4
	add	x5, x0, x1
1:	dc	civac, x4
	add	x4, x4, x3
	cmp	x4, x5
	b.lo	1b
	dsb	sy
	ret

/* ---- Every CPU ---- */

mmu_on:
	add	x0, x19, #IMAGE_HEADER_OFFSET + IH_CPU
	add	x0, x0, x20, lsl #4
	ldr	x1, [x0, #8]
	ldr	x2, [x19, #IMAGE_HEADER_OFFSET + IH_TCR_EL2]
	mov	x3, #MAIR_EL2_VALUE
	msr	mair_el2, x3
	msr	tcr_el2, x2
	msr	ttbr0_el2, x1
	isb
	tlbi	alle2
	tlbi	alle1                   /* no stage 2 of before is ours */
	ic	iallu
	dsb	sy
	isb
	ldr	x0, =SCTLR_EL2_ON
	msr	sctlr_el2, x0
	isb
	ldr	x1, =KERNEL_STACK
	mov	sp, x1
	mov	x0, x20
	lsr	x1, x21, #2
	ldr	x2, =kernel_main
	mov	x29, #0
	mov	x30, #0
	br	x2

/* ---- Why not ---- */

too_near:
	adr	x0, text_near
	b	die
die_x1:
	mov	x0, x1
die:
	add	x9, x19, #IMAGE_HEADER_OFFSET
	ldr	x1, [x9, #IH_UART_PA]
	cbz	x1, sleep
	ldp	w2, w3, [x9, #IH_UART_DATA]     /* data, status */
	ldp	w4, w5, [x9, #IH_UART_MASK]     /* mask, ready */
1:	ldrb	w6, [x0], #1
	cbz	w6, sleep
2:	ldr	w7, [x1, x3]
	and	w7, w7, w4
	cmp	w7, w5
	b.ne	2b
	str	w6, [x1, x2]
	b	1b

	.ltorg
text_damaged:
	.asciz	"\r\nPartita: stopped: the image is damaged\r\n"
text_memory:
	.asciz	"\r\nPartita: stopped: the board has less memory than described\r\n"
text_fault:
	.asciz	"\r\nPartita: stopped: an exception before the kernel's start\r\n"
text_el1:
	.asciz	"\r\nPartita: stopped: entered at EL1; it needs EL2 (QEMU: -M virt,virtualization=on)\r\n"
text_el3:
	.asciz	"\r\nPartita: stopped: entered at EL3; on this board it needs firmware that enters at EL2\r\n"
text_moved:
	.asciz	"\r\nPartita: stopped: entered at EL3 the image must be loaded at its own address\r\n"
text_near:
	.asciz	"\r\nPartita: stopped: loaded less than a page from its own address\r\n"
	.balign	8
