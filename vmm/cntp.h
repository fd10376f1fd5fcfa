/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The EL1 physical timer of one vCPU: CNTP_CTL_EL0, CNTP_CVAL_EL0 and its view CNTP_TVAL_EL0
 * (DDI 0487, "The Generic Timer in AArch64 state"). The guest's physical count is its virtual one,
 * so no time of the host's shows here.
 *
 * Only its own vCPU gets here: no lock. Time passes by itself, but the line moves only when it is
 * sampled: after each write, and at the moment that cntp_due names.
 */
#ifndef PARTITA_VMM_CNTP_H
#define PARTITA_VMM_CNTP_H

#include "vmm/line.h"
#include <stdbool.h>
#include <stdint.h>

#define CNTP_INTID 30u         /* PPI 14, as on the virt board and in the BSA */
#define CNTP_NEVER UINT64_MAX

/* Op2 of the registers. */
enum cntp_register {
	CNTP_TVAL,
	CNTP_CTL,
	CNTP_CVAL,
};

struct cntp {
	struct line line;
	uint64_t cval;
	uint32_t ctl;          /* IMASK and ENABLE */
};

/* `lines`: the vCPU's word of the page of lines. */
void cntp_reset(struct cntp *t, uint32_t *lines);

uint64_t cntp_read(const struct cntp *t, uint32_t reg, uint64_t now);
void cntp_write(struct cntp *t, uint32_t reg, uint64_t value, uint64_t now);

/* The processor goes off, and with it what it had set. */
void cntp_off(struct cntp *t);

/* Puts the line where it belongs. True: it has moved. */
bool cntp_sample(struct cntp *t, uint64_t now);

/* When the line, as sampled just now, will rise; or CNTP_NEVER. */
uint64_t cntp_due(const struct cntp *t, uint64_t now);

#endif
