/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A console channel: two pages, one written by each side and read by the other. Each page has
 * a ring that its owner fills and the count of what its owner took from the other's ring.
 *
 *     filled        bytes ever put into this page's ring (mod 2^32), written after the bytes
 *     taken         bytes ever taken from the peer's ring
 *     dropped       bytes the owner had to drop since the start because the ring was full
 *     waiting       owner found the peer's ring empty and wants a doorbell for the next byte
 *
 * A side that starts anew goes on from the counts in its own page.
 *
 * The peer is not trusted: fill level = peer.filled - own.taken is clamped to the ring's size,
 * and no index is used unmasked. Ordering: bytes before `filled` (release), `filled` before
 * bytes (acquire); "publish, then look whether the peer waits" against "say that I wait, then
 * look again" is a store-buffering pattern and needs a full barrier on both sides.
 */
#ifndef PARTITA_ABI_CHANNEL_H
#define PARTITA_ABI_CHANNEL_H

#include <stdint.h>

#define CHANNEL_RING_BYTES 2048u /* a power of two */

struct channel_page {
	uint32_t filled;
	uint32_t taken;
	uint32_t dropped;
	uint32_t waiting;
	uint32_t reserved[12];
	uint8_t ring[CHANNEL_RING_BYTES];
};

_Static_assert(sizeof(struct channel_page) <= 4096, "one page");

#endif
