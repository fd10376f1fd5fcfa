/* SPDX-License-Identifier: Apache-2.0 */
/* What vmm/port.h asks of the processor's random numbers. The kernel has checked that there are any. */

/* bool port_random(uint64_t *value) */
	.section .text.port_random, "ax"
	.global	port_random
	.type	port_random, %function
port_random:
	mrs	x1, S3_3_C2_C4_1	/* RNDRRS (DDI 0487): reseeded first, as entropy has to be .. */
	cset	w2, ne			/* .. and Z says that there was none in a reasonable time */
	str	x1, [x0]
	mov	w0, w2
	ret
	.size	port_random, . - port_random
