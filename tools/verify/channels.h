/* SPDX-License-Identifier: Apache-2.0 */
/* Channels between VMs, as their monitors' configurations have them: each end is what the f-map's
 * rows say, its doorbell rings the other ends and nobody else, and interrupts by a number of its own.
 * A channel's name is one in the system, so it joins the ends. */
#ifndef PARTITA_VERIFY_CHANNELS_H
#define PARTITA_VERIFY_CHANNELS_H

#include "tools/verify/comp.h"

/* Counts and names in the configurations are in range. */
void channels_check(const struct image *image, const struct comps *comps, struct report *r);

/* The end of that channel in a configuration, or NULL. */
const struct vmconf_channel *channel_end(const struct vmconf *conf, const char name[FMAP_NAME_BYTES]);

/* Where a monitor has the page of control of its end: its own, which it writes, or the writer's. */
uint64_t channel_control(const struct vmconf *conf, const struct vmconf_channel *end);

#endif
