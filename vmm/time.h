/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a vCPU has to do with time: its physical timer, and the one alarm that the kernel keeps for
 * it (OP_ALARM), shared by that timer and, if it keeps them, the match of the real-time clock and the
 * watchdog.
 *
 * The alarm may be too early, never too late: an early one wakes the monitor for nothing, which then
 * sets the next one. So what moves a deadline away needs no operation.
 *
 * A reply carries one operation. What is left is owed, and told at the next occasion, which the
 * reply asks for. Only the vCPU itself looks at any of this.
 */
#ifndef PARTITA_VMM_TIME_H
#define PARTITA_VMM_TIME_H

#include "vmm/access.h"
#include "vmm/cntp.h"
#include "vmm/upcall.h"
#include <stdbool.h>
#include <stdint.h>

struct vmm;

struct vcpu_time {
	struct cntp cntp;
	uint64_t alarm;        /* as the kernel has it; UINT64_MAX: none */
	uint8_t owed;          /* see time.c */
};

/* hz: ticks of the counter a second. */
void time_reset(struct vmm *vmm, uint32_t hz);

/* The guest starts by this reply, and with it what runs from its start. True: the reply carries an
 * operation, which has to be done first. */
bool time_start(struct vmm *vmm, const struct upcall *u, struct reply *r);

/* UPCALL_SYSREG, an access to the real-time clock or the watchdog, NOTIFY_ALARM. */
void time_sysreg(struct vmm *vmm, const struct upcall *u, struct reply *r);
void time_rtc_access(struct vmm *vmm, const struct upcall *u, struct access a, struct reply *r);
void time_watchdog_access(struct vmm *vmm, const struct upcall *u, struct access a, struct reply *r);
void time_alarm(struct vmm *vmm, const struct upcall *u, struct reply *r);

/* UPCALL_CONTINUE of one of these. */
void time_continue(struct vmm *vmm, const struct upcall *u, struct reply *r);

/* The vCPU goes off by this reply. */
void time_cpu_off(struct vmm *vmm, const struct upcall *u, struct reply *r);

#endif
