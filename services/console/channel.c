/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/channel.h"

#define RING_MASK (CHANNEL_RING_BYTES - 1)
_Static_assert((CHANNEL_RING_BYTES & RING_MASK) == 0, "indices are masked");

/* How full a ring is by its two counts, one of which may be a lie. */
static uint32_t ring_fill(uint32_t filled, uint32_t taken)
{
	uint32_t fill = filled - taken;

	return fill < CHANNEL_RING_BYTES ? fill : CHANNEL_RING_BYTES;
}

uint32_t channel_fill(const struct channel *channel)
{
	/* Acquire: bytes are read after the count that covers them. Its partner is the peer's
	 * release of `filled` after it wrote the bytes. */
	return ring_fill(__atomic_load_n(&channel->peer->filled, __ATOMIC_ACQUIRE), channel->own->taken);
}

bool channel_take(const struct channel *channel, uint8_t *byte)
{
	struct channel_page *own = channel->own;
	uint32_t taken = own->taken;

	if (channel_fill(channel) == 0)
		return false;
	*byte = __atomic_load_n(&channel->peer->ring[taken & RING_MASK], __ATOMIC_RELAXED);
	/* Release: the byte was read before the peer may overwrite it. Its partner is the peer's
	 * acquire of `taken` when it looks for room. */
	__atomic_store_n(&own->taken, taken + 1, __ATOMIC_RELEASE);
	__atomic_store_n(&own->waiting, 0, __ATOMIC_RELAXED);
	return true;
}

bool channel_wait(const struct channel *channel)
{
	/* Said before and nothing taken since: then the look below was done, too. */
	if (channel->own->waiting)
		return channel_fill(channel) == 0;
	__atomic_store_n(&channel->own->waiting, 1, __ATOMIC_RELAXED);
	/* Full: "I wait" is seen before the ring is looked at again. Its partner is the peer's
	 * full barrier between publishing `filled` and looking at `waiting`: one of the two sees
	 * the other's store, so no byte lies there without a doorbell. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return channel_fill(channel) == 0;
}

uint32_t channel_mark(const struct channel *channel)
{
	return channel->own->taken + channel_fill(channel);
}

bool channel_passed(const struct channel *channel, uint32_t mark)
{
	return (int32_t)(channel->own->taken - mark) >= 0;
}

uint32_t channel_dropped(const struct channel *channel)
{
	return __atomic_load_n(&channel->peer->dropped, __ATOMIC_RELAXED);
}

bool channel_put(const struct channel *channel, uint8_t byte)
{
	struct channel_page *own = channel->own;
	uint32_t filled = own->filled;

	/* Acquire: the slot is written after the peer said that it read it. Its partner is the
	 * peer's release of `taken`. */
	uint32_t taken = __atomic_load_n(&channel->peer->taken, __ATOMIC_ACQUIRE);

	if (ring_fill(filled, taken) == CHANNEL_RING_BYTES) {
		__atomic_store_n(&own->dropped, own->dropped + 1, __ATOMIC_RELAXED);
		return false;
	}
	__atomic_store_n(&own->ring[filled & RING_MASK], byte, __ATOMIC_RELAXED);
	/* Release: the byte is there before the count that covers it. Its partner is the peer's
	 * acquire of `filled`. */
	__atomic_store_n(&own->filled, filled + 1, __ATOMIC_RELEASE);
	/* Full: published before looking whether the peer waits. Its partner is the peer's full
	 * barrier between setting `waiting` and looking at `filled` again. */
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	return __atomic_load_n(&channel->peer->waiting, __ATOMIC_RELAXED) != 0;
}
