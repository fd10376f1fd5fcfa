/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything that the monitor asks of the machine it runs on. The target's answers are in
 * arch/arm64/el0/ and vmm/main.c, those for tests on a host in tests/unit/vmm/port.c.
 */
#ifndef PARTITA_VMM_PORT_H
#define PARTITA_VMM_PORT_H

#include "abi/control.h"
#include "abi/vmconf.h"
#include "vmm/channel.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What surrounds a monitor: pages that the f-map gives it. */
struct vmm_world {
	const struct vmconf *conf;
	uint32_t *lines;       /* the page of level lines, read by the kernel: 32 INTIDs a word */
	struct channel console;            /* used if conf has a UART */
	/* Of conf->channel: written only where this VM is the writer, else read-only. */
	struct channel_control *control[VMCONF_MAX_CHANNELS];
};
void port_world(struct vmm_world *world);

/* A number of fresh entropy; false: none came in a reasonable time. Only if vmconf.trng. */
bool port_random(uint64_t *value);

/* Where memory that the configuration names by address is reached: the guest's RAM, read-write,
 * and the pristine images, read-only. */
void *port_memory(uint64_t address);

/* Zero a range, quickly. */
void port_zero(void *p, size_t bytes);

/* Bring a range to the point of coherency and out of the caches, and wait for it: a guest reads
 * it with its MMU and caches off. */
void port_clean(const void *p, size_t bytes);

#endif
