/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An upcall and its reply as C sees them: the registers of abi/upcall.h, in order. `arg[0]` of an
 * upcall is x1. A model fills in only what differs from "done": see reply_done.
 */
#ifndef PARTITA_VMM_UPCALL_H
#define PARTITA_VMM_UPCALL_H

#include "abi/upcall.h"
#include <stdint.h>

struct upcall {
	uint64_t event;        /* enum upcall_event */
	uint64_t arg[5];
	uint64_t now;          /* CNTVCT_EL0 */
	uint64_t vcpu;         /* the kernel's word: below vmconf.vcpu_count */
};

struct reply {
	uint64_t verdict;      /* enum upcall_verdict */
	uint64_t value;
	uint64_t op;           /* UPCALL_OP(..) or 0 */
	uint64_t op_arg[3];    /* x3, x4, x5 */
	uint64_t doorbells;
};

/*
 * Why the monitor wants to be called again: the value that goes with VERDICT_CONTINUE and comes
 * back with UPCALL_CONTINUE. Its own word, by way of the kernel: no guest can forge it.
 */
enum continuation {
	CONTINUE_LOAD,         /* more of the guest's memory is to be prepared */
	CONTINUE_RELEASED,     /* an SPI has left its old owner; subject: INTID */
	CONTINUE_ADOPTED,      /* and has arrived at the new one; subject: INTID */
	CONTINUE_CPU_START,    /* subject: the vCPU that was to start */
	CONTINUE_TIME,         /* lines and alarms of which the kernel has not heard yet */
	CONTINUE_NOTIFY,       /* notifications that are left; subject: their bits */
};
#define CONTINUATION(why, subject) ((uint64_t)(why) | (uint64_t)(subject) << 8)
#define CONTINUATION_WHY(value) ((uint32_t)(value) & 0xff)
#define CONTINUATION_SUBJECT(value) ((uint32_t)((value) >> 8))

/* Field by field: a handful of stores, where a compiler may call memset for the whole. */
static inline void reply_done(struct reply *r)
{
	r->verdict = VERDICT_DONE;
	r->value = 0;
	r->op = 0;
	r->op_arg[0] = 0;
	r->op_arg[1] = 0;
	r->op_arg[2] = 0;
	r->doorbells = 0;
}

static inline void reply_continue(struct reply *r, enum continuation why, uint32_t subject)
{
	r->verdict = VERDICT_CONTINUE;
	r->value = CONTINUATION(why, subject);
}

#endif
