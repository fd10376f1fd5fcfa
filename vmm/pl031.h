/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's real-time clock: a PL031 (DDI 0224). It counts the seconds of the guest's own virtual
 * time from a start value that the configuration gives, as if firmware had set it and it had run
 * ever since: RTCCR reads as enabled, and once enabled it stays so. So two runs see the same time.
 *
 * The match interrupt needs somebody to wake up: the vCPU that set the match last keeps it, which
 * means that its alarm covers pl031_due. Between two alarms time passes unseen; every access first
 * looks whether the match has come.
 *
 * One lock guards all of it.
 */
#ifndef PARTITA_VMM_PL031_H
#define PARTITA_VMM_PL031_H

#include "vmm/access.h"
#include "vmm/line.h"
#include "vmm/spinlock.h"
#include <stdbool.h>
#include <stdint.h>

#define PL031_BYTES 0x1000u
#define PL031_NEVER UINT64_MAX

struct pl031 {
	struct spinlock lock;
	struct line line;
	uint32_t hz;           /* ticks of `now` a second */
	uint32_t offset;       /* RTCDR is the seconds of `now` plus this, in 32 bits */
	uint32_t mr, lr;
	uint64_t match;        /* the tick at which RTCDR gets to RTCMR, or PL031_NEVER */
	uint8_t keeper;        /* the vCPU that has an eye on it */
	bool imsc, ris;
};

/* `r` is zero. `lines`: the word of the page of lines that `intid` is in. */
void pl031_reset(struct pl031 *r, uint32_t *lines, uint32_t intid, uint32_t hz, uint32_t start);

/* An access by `vcpu`, 32 bits at most. The value of a load. */
uint64_t pl031_access(struct pl031 *r, struct access a, uint32_t vcpu, uint64_t now);

/* Puts the line where it belongs. True: it has moved. */
bool pl031_sample(struct pl031 *r, uint64_t now);

/* When `vcpu` has to sample it, or PL031_NEVER. */
uint64_t pl031_due(struct pl031 *r, uint32_t vcpu);

#endif
