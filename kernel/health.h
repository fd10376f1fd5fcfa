/* SPDX-License-Identifier: Apache-2.0 */
/* What follows on a health event: abi/health.h. */
#ifndef PARTITA_KERNEL_HEALTH_H
#define PARTITA_KERNEL_HEALTH_H

#include "kernel/state.h"

/* What the f-map says of that event; never ACTION_LOG where the guest cannot go on. */
enum health_action health_action(const struct vcpu *v, enum health_event event);

/* Nothing follows on it but its record. */
bool health_is_silent(const struct vcpu *v, enum health_event event);

/* It has come, to the VM of v, which is resident and whose guest may be live; its record is written.
 * Tells those who are to know. True: the VM ends, and the caller goes to dispatch. */
bool health_event(struct cpu *c, struct vcpu *v, enum health_event event);

/* Whoever stops VM v->vm_id for a new life asks. False: it was one restart too many. */
bool health_may_restart(const struct cpu *c, const struct vcpu *v, enum health_event event);

#endif
