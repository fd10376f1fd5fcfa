/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Firmware that leaves as much behind as it can, and then goes to the image: each register that
 * controls.py and registers.py name and a few more (firmware_registers.h is made from them), timers that
 * have rung, interrupts pending and active, one acknowledged and never ended. It runs at EL2 or EL3, on
 * each CPU that is started here, with the MMU off. What a core does not have is skipped.
 */
#include "firmware.h"
#include "firmware_registers.h"

#define CURRENT_EL3 (3 << 2)
#define GICD_CTLR_ALL 0x37            /* both groups, ARE */
#define GICD_ISENABLER 0x100
#define GICD_ISPENDR 0x200
#define GICD_ISACTIVER 0x300
#define GICD_IPRIORITYR 0x400
#define GICD_ICFGR 0xc00

	.section .text, "ax"
	.global	_start
_start:
	adr	x1, skip_vectors
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL3
	b.ne	1f
	msr	vbar_el3, x1
	ldr	x0, =SCR_EL3
	msr	scr_el3, x0
	mov	x0, #0xf
	msr	S3_6_C12_C12_5, x0      /* ICC_SRE_EL3 */
	mov	x0, #1 << 8 | 1 << 12   /* EZ, ESM */
	msr	cptr_el3, x0
	b	2f
1:	msr	vbar_el2, x1
2:	isb
	msr	hcr_el2, xzr
	msr	cptr_el2, xzr
	mov	x0, #0xf
	msr	S3_4_C12_C9_5, x0       /* ICC_SRE_EL2 */
	isb

	/* The GIC: everything is enabled, pending, active, and of the highest priority. */
	ldr	x1, =GICD
	mov	w0, #GICD_CTLR_ALL
	str	w0, [x1]
	mrs	x2, mpidr_el1
	and	x2, x2, #0xff
	mov	x3, #GICR_BYTES
	ldr	x4, =GICR
	madd	x4, x2, x3, x4
	str	wzr, [x4, #GICR_WAKER]
	add	x4, x4, #GICR_SGI
	mov	w0, #-1
	.irp	offset, GIC_IGROUPR, GICD_ISENABLER, GICD_ISPENDR, GICD_ISACTIVER, GICD_ICFGR + 4
	str	w0, [x4, #\offset]
	.endr
	mov	x5, #4
3:	add	x6, x1, x5
	.irp	offset, GIC_IGROUPR, GICD_ISENABLER, GICD_ISPENDR, GICD_ICFGR
	str	w0, [x6, #\offset]
	.endr
	/* Every second one is active too, so that the others can be acknowledged. */
	mov	w7, #0x55555555
	str	w7, [x6, #GICD_ISACTIVER]
	add	x5, x5, #4
	cmp	x5, #4 * WORDS
	b.lo	3b
	mov	x0, #0xff
	msr	S3_0_C4_C6_0, x0        /* ICC_PMR_EL1 */
	mov	x0, #1
	msr	S3_0_C12_C12_7, x0      /* ICC_IGRPEN1_EL1 */
	isb
	/* One is acknowledged and never ended; not at EL3, where QEMU (10.0) has nobody clear that again:
	 * it ignores writes of ICC_AP1R0_EL1 on cores that have EL3. */
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL3
	b.eq	4f
	mrs	x0, S3_0_C12_C12_0      /* ICC_IAR1_EL1 */
	dsb	sy
4:

	/* At EL3 all CPUs come here; the first goes on when the others have done this much, as the
	 * distributor is theirs too. */
	mrs	x0, CurrentEL
	cmp	x0, #CURRENT_EL3
	b.ne	5f
	adr	x3, done
	mov	w0, #1
	strb	w0, [x3, x2]
	dsb	sy
	cbnz	x2, 5f
	ldr	w4, =0x01010101
4:	ldr	w0, [x3]
	cmp	w0, w4
	b.ne	4b
5:	ldr	x10, =IMAGE             /* SCTLR_EL2.EE would turn it around */
	/* Registers, HCR_EL2 last: with E2H names are of others. */
	mov	x0, #-1
#define DIRTY(register) msr register, x0;
	FIRMWARE_REGISTERS(DIRTY)
	/* Timers that have rung, and nobody has masked. */
	mov	x1, #1
	msr	cnthp_cval_el2, xzr
	msr	cnthp_ctl_el2, x1
	msr	cntp_cval_el0, xzr
	msr	cntp_ctl_el0, x1
	msr	cntv_cval_el0, xzr
	msr	cntv_ctl_el0, x1
	mov	x1, #-2                 /* all but M: there are no tables */
	msr	sctlr_el2, x1
	msr	hcr_el2, x0
	isb
	br	x10
	.ltorg

	.balign	4
done:	.word	0

	.balign	2048
skip_vectors:
	.rept	16
	.balign	128
	mrs	x2, CurrentEL
	cmp	x2, #CURRENT_EL3
	b.ne	1f
	mrs	x2, elr_el3
	add	x2, x2, #4
	msr	elr_el3, x2
	eret
1:	mrs	x2, elr_el2
	add	x2, x2, #4
	msr	elr_el2, x2
	eret
	.endr
	.balign	128
