/* SPDX-License-Identifier: Apache-2.0 */
/* What vmm/port.h asks of the counter. The kernel lets a monitor read it: CNTKCTL_EL1.EL0VCTEN. */

/* uint32_t port_counter_hz(void) */
	.section .text.port_counter_hz, "ax"
	.global	port_counter_hz
	.type	port_counter_hz, %function
port_counter_hz:
	mrs	x0, cntfrq_el0
	ret
	.size	port_counter_hz, . - port_counter_hz
