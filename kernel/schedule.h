/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The cyclic schedule of a CPU: slots within a major frame that repeats for ever. A CPU that has
 * one vCPU has one slot and a frame of no length: that slot never ends.
 */
#ifndef PARTITA_KERNEL_SCHEDULE_H
#define PARTITA_KERNEL_SCHEDULE_H

#include "kernel/state.h"

#define SLOT_NONE 0xffffffffu

struct slot_choice {
	uint32_t slot;         /* index among the CPU's slots, or SLOT_NONE: nobody's time */
	uint64_t end_ns;       /* within the frame; NEVER */
};
/* The slot at a time within the frame. Slots are sorted and do not overlap. Pure. */
struct slot_choice slot_at(const struct fmap_slot *slots, uint32_t count, uint64_t frame_ns, uint64_t at_ns);

/* Makes the vCPU of the present slot resident. */
void schedule(struct cpu *c);

#endif
