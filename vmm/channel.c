/* SPDX-License-Identifier: Apache-2.0 */
/* The two rings of a channel. Counts run modulo 2^32; an index is a count, masked. */
#include "vmm/channel.h"

#define RING_MASK (CHANNEL_RING_BYTES - 1)

_Static_assert((CHANNEL_RING_BYTES & RING_MASK) == 0, "indices are masked");

bool channel_put(struct channel *ch, uint8_t byte)
{
	struct channel_page *own = ch->own;
	/* Acquire: the peer has read a place before it counts it as taken; it is ours only then. */
	uint32_t taken = __atomic_load_n(&ch->peer->taken, __ATOMIC_ACQUIRE);

	if (own->filled - taken >= CHANNEL_RING_BYTES) {
		__atomic_store_n(&own->dropped, own->dropped + 1, __ATOMIC_RELAXED);
		return false;
	}
	own->ring[own->filled & RING_MASK] = byte;
	/* Release: the byte before the count; pairs with the peer's acquire of `filled`. */
	__atomic_store_n(&own->filled, own->filled + 1, __ATOMIC_RELEASE);
	/*
	 * Publish, then look whether the peer waits. The peer says that it waits, then looks again
	 * (as channel_wait does). Without a full barrier on each side both could read the old value:
	 * no doorbell, and the byte lies there unseen. This is our side of the pair.
	 */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&ch->peer->waiting, __ATOMIC_RELAXED) != 0;
}

bool channel_take(struct channel *ch, uint8_t *byte)
{
	struct channel_page *own = ch->own;

	/* Acquire: the count before the byte; pairs with the peer's release of `filled`. */
	if (__atomic_load_n(&ch->peer->filled, __ATOMIC_ACQUIRE) == own->taken)
		return false;
	*byte = __atomic_load_n(&ch->peer->ring[own->taken & RING_MASK], __ATOMIC_RELAXED);
	/* Release: the byte has been read before its place is given back. */
	__atomic_store_n(&own->taken, own->taken + 1, __ATOMIC_RELEASE);
	return true;
}

bool channel_wait(struct channel *ch)
{
	__atomic_store_n(&ch->own->waiting, 1, __ATOMIC_RELAXED);
	/* Say that we wait, then look again: the other side of the pair in channel_put, as the peer
	 * has it for its own ring. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	if (__atomic_load_n(&ch->peer->filled, __ATOMIC_RELAXED) == ch->own->taken)
		return true;
	channel_ignore(ch);
	return false;
}

void channel_ignore(struct channel *ch)
{
	__atomic_store_n(&ch->own->waiting, 0, __ATOMIC_RELAXED);
}
