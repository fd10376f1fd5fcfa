/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Prepares the guest's RAM at each start: copies the images to their places, zeroes all the rest and
 * the memory of the channels that the guest writes, and brings everything to the point of coherency.
 * An image whose hash is not what the configuration says is never started.
 *
 * RAM is walked upwards, region by region, a piece at a time, so that interrupts and services get
 * their turn in between. It runs on the home vCPU while all others are off: no lock.
 */
#ifndef PARTITA_VMM_LOADER_H
#define PARTITA_VMM_LOADER_H

#include "abi/vmconf.h"
#include "lib/blake2b.h"
#include "vmm/upcall.h"
#include <stdint.h>

#define LOADER_COPY_BYTES 0x10000u     /* at most so many at a time: hashed and copied .. */
#define LOADER_ZERO_BYTES 0x400000u    /* .. or zeroed, which takes about as long */

struct loader {
	const struct vmconf *conf;
	uint32_t region;       /* of conf->ram, then of conf->channel */
	uint64_t done;         /* bytes of that region */
	struct blake2b hash;   /* of the image that the walk is in */
};

/* `l` is zero. */
void loader_reset(struct loader *l, const struct vmconf *conf);

/* The next piece. The reply continues, starts the guest, or stops the VM. */
void loader_step(struct loader *l, struct reply *r);

#endif
