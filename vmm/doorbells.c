/* SPDX-License-Identifier: Apache-2.0 */
/* What the doorbells of a VM's channels are tied to: their lines to interrupts, their ringing to the
 * capabilities that the kernel checks. */
#include "vmm/vmm.h"
#include <stddef.h>

void doorbells_reset(struct vmm *vmm)
{
	const struct vmm_world *world = &vmm->world;

	for (uint32_t i = 0; i < world->conf->channel_count; i++) {
		const struct vmconf_channel *c = &world->conf->channel[i];

		doorbell_reset(&vmm->doorbell[i], c, world->control[i], &world->lines[c->intid / 32]);
	}
}

void doorbells_start(struct vmm *vmm, struct reply *r)
{
	for (uint32_t i = 0; i < vmm->world.conf->channel_count; i++)
		r->doorbells |= doorbell_start(&vmm->doorbell[i]);
}

struct doorbell *doorbell_at(struct vmm *vmm, uint64_t ipa)
{
	for (uint32_t i = 0; i < vmm->world.conf->channel_count; i++)
		if (ipa - vmm->doorbell[i].conf->registers < DOORBELL_BYTES)
			return &vmm->doorbell[i];
	return NULL;
}

void doorbells_access(struct vmm *vmm, struct doorbell *d, struct access a, struct reply *r)
{
	struct doorbell_effect e;

	if (access_bytes(a) > 4) {
		r->verdict = VERDICT_ABORT;
		return;
	}
	e = doorbell_access(d, a);
	r->value = e.value;
	r->doorbells = e.ring;
	if (e.line_changed)
		gic_line_changed(&vmm->gic, d->conf->intid, r);
}

void doorbells_told(struct vmm *vmm, uint32_t n, bool (*tell)(struct doorbell *d), struct reply *r)
{
	if (tell(&vmm->doorbell[n]))
		gic_line_changed(&vmm->gic, vmm->doorbell[n].conf->intid, r);
}
