/* SPDX-License-Identifier: Apache-2.0 */
/* Code for EL0, for el0_call. */
	.section .text.user, "ax"
	.irp	reg, cntpct_el0, cntvct_el0, cntv_ctl_el0, cntp_ctl_el0
	.global	user_read_\reg
user_read_\reg:
	mrs	x0, \reg
	svc	#0
	.endr
