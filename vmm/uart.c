/* SPDX-License-Identifier: Apache-2.0 */
/* What the PL011 is tied to: its line to an interrupt, the far end of its cable to a doorbell. */
#include "vmm/vmm.h"

static void uart_effect(struct vmm *vmm, struct pl011_effect e, struct reply *r)
{
	const struct vmconf *conf = vmm->world.conf;

	r->value = e.value;
	if (e.ring && conf->console_doorbell != FMAP_NONE)
		r->doorbells = 1ull << conf->console_doorbell;
	if (e.line_changed)
		gic_line_changed(&vmm->gic, conf->uart_intid, r);
}

void uart_access(struct vmm *vmm, struct access a, struct reply *r)
{
	/* Its bus is 32 bits wide. */
	if (access_bytes(a) > 4)
		r->verdict = VERDICT_ABORT;
	else
		uart_effect(vmm, pl011_access(&vmm->uart, a), r);
}

void uart_input(struct vmm *vmm, struct reply *r)
{
	uart_effect(vmm, pl011_input(&vmm->uart), r);
}
