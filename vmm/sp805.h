/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's watchdog: an SP805 (DDI 0270). It counts down from WDOGLOAD at `clock_hz` of the guest's
 * own virtual time. At zero it raises the interrupt and counts down once more; at zero again, with the
 * interrupt still not cleared, it stands still with its reset output up. That output is what the
 * monitor reports: once for each time that it goes up.
 *
 * On hardware only a reset ends that. Here somebody may have decided that the guest goes on, so what
 * loads the counter takes the output back, and the watchdog watches again.
 *
 * It has to be somebody's alarm: the vCPU that set the counter going last keeps it, which means that
 * its alarm covers sp805_due. Between two alarms time passes unseen; every access first looks what has
 * come.
 *
 * One lock guards all of it.
 */
#ifndef PARTITA_VMM_SP805_H
#define PARTITA_VMM_SP805_H

#include "vmm/access.h"
#include "vmm/line.h"
#include "vmm/spinlock.h"
#include <stdbool.h>
#include <stdint.h>

#define SP805_BYTES 0x1000u
#define SP805_NEVER UINT64_MAX

struct sp805 {
	struct spinlock lock;
	struct line line;
	uint32_t hz;           /* ticks of `now` a second */
	uint32_t clock_hz;     /* of WDOGCLK, which counts */
	uint32_t load;         /* WDOGLOAD */
	uint32_t count;        /* WDOGVALUE when it was loaded, or while it stands */
	uint64_t since;        /* the tick at which it was loaded */
	uint8_t keeper;        /* the vCPU that has an eye on it */
	uint8_t control, itcr, itop;
	bool carried;          /* the interrupt was up when it was loaded: the next zero is the last */
	bool ris, res;         /* zero came, and came again: it stands still */
	bool locked;
	bool was_up;           /* the reset output, as last looked at */
	bool silent;           /* it went up, and nobody was told */
};

/* `w` is zero. `lines`: the word of the page of lines that `intid` is in. */
void sp805_reset(struct sp805 *w, uint32_t *lines, uint32_t intid, uint32_t hz, uint32_t clock_hz);

/* As firmware would do it: counts from `load` on, interrupt and reset enabled, and locked. Nothing if it
 * counts already. */
void sp805_start(struct sp805 *w, uint32_t load, uint32_t vcpu, uint64_t now);

/* An access by `vcpu`, 32 bits at most. The value of a load. */
uint64_t sp805_access(struct sp805 *w, struct access a, uint32_t vcpu, uint64_t now);

/* Puts the line where it belongs. True: it has moved. */
bool sp805_sample(struct sp805 *w, uint64_t now);

/* When `vcpu` has to sample it, or SP805_NEVER. */
uint64_t sp805_due(struct sp805 *w, uint32_t vcpu);

/* The reset output went up since this was last asked. */
bool sp805_take_silence(struct sp805 *w);

#endif
