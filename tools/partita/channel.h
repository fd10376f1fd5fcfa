/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Channels between VMs: memory that one VM writes and others read, with a doorbell at each end. The
 * description says who; where a guest finds its end is the tool's choice, unless it is said.
 */
#ifndef PARTITA_TOOL_CHANNEL_H
#define PARTITA_TOOL_CHANNEL_H

#include "tools/partita/check.h"

/* Links of doorbells: one from each vCPU that may ring, to each VM that it may ring. */
#define MAX_CHANNEL_LINKS 256

/* The node `channels`; the VMs are known. */
void channels_read(struct system *s, struct diag *d);

/* Addresses and interrupts in the guests; their devices are known. */
void channels_place(struct system *s, struct diag *d);

/* What lies where in a guest, of the ends that have a place. Returns how many. */
uint32_t channel_regions(const struct vm *vm, struct region *r);

/* How many others a VM may ring from that end, and the first of its monitor's capabilities for that:
 * the console's comes first, then those of the ends in their order. */
uint32_t channel_peers(const struct channel_end *end);
uint32_t channel_cap_first(const struct vm *vm, uint32_t end);

#endif
