/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a console channel (abi/channel.h). `own` is written here and only here, so its counts
 * can be believed; `peer` belongs to a stranger, and every number in it may be a lie: a lie costs
 * characters, nothing else. The caller sees to it that one vCPU at a time is in here.
 */
#ifndef PARTITA_VMM_CHANNEL_H
#define PARTITA_VMM_CHANNEL_H

#include "abi/channel.h"
#include <stdbool.h>
#include <stdint.h>

struct channel {
	struct channel_page *own;
	const struct channel_page *peer;
};

/* One byte to the peer, or one more dropped. True: the peer waits and is to be rung. */
__attribute__((warn_unused_result)) bool channel_put(struct channel *ch, uint8_t byte);

/* One byte from the peer, if there is one. */
__attribute__((warn_unused_result)) bool channel_take(struct channel *ch, uint8_t *byte);

/* Ask for a doorbell at the next byte. False: there is one already, nothing was asked for. */
__attribute__((warn_unused_result)) bool channel_wait(struct channel *ch);

/* Take back what channel_wait asked for. */
void channel_ignore(struct channel *ch);

#endif
