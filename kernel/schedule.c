/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/schedule.h"
#include "kernel/timer.h"

struct slot_choice slot_at(const struct fmap_slot *slots, uint32_t count, uint64_t frame_ns, uint64_t at_ns)
{
	if (!frame_ns)
		return (struct slot_choice){ count ? 0 : SLOT_NONE, NEVER };
	for (uint32_t i = 0; i < count; i++) {
		if (at_ns < slots[i].start_ns)
			return (struct slot_choice){ SLOT_NONE, slots[i].start_ns };
		if (at_ns < slots[i].start_ns + slots[i].length_ns)
			return (struct slot_choice){ i, slots[i].start_ns + slots[i].length_ns };
	}
	return (struct slot_choice){ SLOT_NONE, frame_ns };
}

/* A time in the frame as nanoseconds: remainders first, so nothing overflows in centuries. */
static uint64_t ns_of(uint64_t ticks, uint64_t frequency)
{
	return ticks / frequency * 1000000000 + ticks % frequency * 1000000000 / frequency;
}

void schedule(struct cpu *c)
{
	uint64_t now = arch_now();

	if (now < c->slot_end && c->slot_end != 0)
		return;
	uint64_t frame = timer_ticks(c->frequency, c->f->frame_ns);
	uint64_t frame_start = frame ? now - now % frame : 0;
	struct slot_choice s = slot_at(fmap_slot(c->fmap, c->f->slot_first), c->f->slot_count, c->f->frame_ns,
				       ns_of(now - frame_start, c->frequency));
	struct vcpu *next = 0;

	if (s.slot != SLOT_NONE)
		next = &c->vcpu[fmap_slot(c->fmap, c->f->slot_first + s.slot)->vcpu - c->f->vcpu_first];
	c->slot_end = s.end_ns == NEVER ? NEVER : frame_start + timer_ticks(c->frequency, s.end_ns);
	if (next && next != c->resident)
		arch_vcpu_load(&next->arch);
	c->resident = next;
	timer_update(c);
}
