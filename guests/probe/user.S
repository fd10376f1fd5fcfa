/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Code for EL0, where RAM is execute-only (guests/lib/mmu.S: AP 0, UXN 0): registers are all it has.
 * It keeps x30, and ends by its first exception; exception.c then returns from user_run.
 */
#define SPSR_EL0t_MASKED 0x3c0

	.section .text.user, "ax"
	.global	user_run
user_run:				/* x0: where to begin; returns x0 as it was at EL0 */
	msr	elr_el1, x0
	mov	x1, #SPSR_EL0t_MASKED
	msr	spsr_el1, x1
	eret

	.irp	reg, cntpct_el0, cntvct_el0, cntv_ctl_el0, cntp_ctl_el0
	.global	user_read_\reg
user_read_\reg:
	mrs	x0, \reg
	svc	#0
	.endr
