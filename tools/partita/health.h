/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What follows on a health event of a VM (abi/health.h): its node `health`, with defaults. Who is to
 * be told of one is at another end of a channel of the VM's.
 */
#ifndef PARTITA_TOOL_HEALTH_H
#define PARTITA_TOOL_HEALTH_H

#include "tools/partita/system.h"

/* For each VM; their channels are known. */
void health_read(struct system *s, struct diag *d);

/* How many others are told of a VM's events. */
uint32_t health_peers(const struct vm *vm);

/* For maps: the property of an event, and what follows, "restart, told". An action that no event has
 * is "?": the table may be of anybody's image. */
const char *health_event_name(uint32_t event);
const char *health_follows(const struct fmap_health *h, uint32_t event, struct arena *a);
/* "5 in 60 s" */
const char *health_limit(const struct fmap_health *h, struct arena *a);

#endif
