/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The doorbell of a channel between VMs, at one of its ends: by a store the guest rings the others,
 * and it is interrupted when they ring. docs/guest-machine.md has the registers.
 *
 * Whoever is to see what was written before a ring has to acknowledge first and look then: a ring
 * after the acknowledgement interrupts again, one before it was followed by the look. Between the
 * writer's stores and the readers' loads stand the barriers of the kernel's signal (kernel/link.c),
 * which is sent and taken on the CPUs of those who ring and are rung, and of the lock here.
 *
 * Also told is that the writer has started anew (abi/control.h), and that another end's VM failed
 * (abi/health.h). One lock guards all of it.
 */
#ifndef PARTITA_VMM_DOORBELL_H
#define PARTITA_VMM_DOORBELL_H

#include "abi/control.h"
#include "abi/vmconf.h"
#include "vmm/access.h"
#include "vmm/line.h"
#include "vmm/spinlock.h"
#include <stdbool.h>
#include <stdint.h>

#define DOORBELL_BYTES 0x1000u

struct doorbell {
	struct spinlock lock;
	const struct vmconf_channel *conf;
	struct channel_control *control;
	struct line line;
	uint32_t pending, enable;
	uint32_t life;         /* of the writer, when this end last heard of it */
};

/* What an access led to. */
struct doorbell_effect {
	uint64_t value;        /* of a load */
	uint64_t ring;         /* capabilities */
	bool line_changed;
};

/* `d` is zero. Where the guest is the writer, its memory is the next life's from now on, and is to be
 * zeroed. `lines`: the word of the page of lines that the interrupt is in. */
void doorbell_reset(struct doorbell *d, const struct vmconf_channel *conf, struct channel_control *control,
		    uint32_t *lines);

/* The guest starts, its memory is zero. The capabilities that tell the others. */
uint64_t doorbell_start(struct doorbell *d);

struct doorbell_effect doorbell_access(struct doorbell *d, struct access a);

/* Another end rang; a VM at another end had a health event that its description wants told here.
 * True: the line has changed. */
bool doorbell_rung(struct doorbell *d);
bool doorbell_peer_failed(struct doorbell *d);

#endif
