/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The service's end of one console channel (abi/channel.h): it takes what the monitor filled
 * in, and fills in what was typed. The peer's page is hostile: it is read, each value once,
 * and whatever stands there can cost that VM's characters and nothing else.
 */
#ifndef PARTITA_CONSOLE_CHANNEL_H
#define PARTITA_CONSOLE_CHANNEL_H

#include "abi/channel.h"
#include <stdbool.h>
#include <stdint.h>

struct channel {
	struct channel_page *own;         /* written here only */
	const struct channel_page *peer;
};

/* Bytes that wait to be taken, at most CHANNEL_RING_BYTES. */
uint32_t channel_fill(const struct channel *channel);

/* Takes one byte; false if there is none. */
bool channel_take(const struct channel *channel, uint8_t *byte);

/* Asks for a doorbell at the next byte. False: there is one already, take it first. */
bool channel_wait(const struct channel *channel);

/* Where the peer's ring ends now, and whether all up to there has been taken. */
uint32_t channel_mark(const struct channel *channel);
bool channel_passed(const struct channel *channel, uint32_t mark);

/* What the peer had to drop, as it says. */
uint32_t channel_dropped(const struct channel *channel);

/* Gives one byte to the peer, or counts it as dropped. True: the peer waits, ring its bell. */
bool channel_put(const struct channel *channel, uint8_t byte);

#endif
