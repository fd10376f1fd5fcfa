/* SPDX-License-Identifier: Apache-2.0 */
/* Records for the service that prints them: see abi/klog.h. */
#ifndef PARTITA_KERNEL_LOG_H
#define PARTITA_KERNEL_LOG_H

#include "kernel/state.h"

/* On account of a vCPU: at most LOG_PER_SECOND in each second of its own, the rest is counted. What its
 * guest does wrong takes half of them at most, so that a noisy guest's end is told. */
#define LOG_PER_SECOND 32
#define LOG_NOISE_PER_SECOND 16
/* That limit is reached; a look at the time only then. */
static inline bool log_is_full(const struct vcpu *v, uint32_t limit)
{
	return v->log_count >= limit && arch_now() < v->log_until;
}
void log_vcpu(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b);

/* On nobody's account. */
void log_board(struct cpu *c, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b);

#endif
