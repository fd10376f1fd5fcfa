/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's log, read: the records of all CPUs, oldest first (abi/klog.h). A record that was
 * overwritten before it was read is counted as lost.
 */
#ifndef PARTITA_CONSOLE_LOG_H
#define PARTITA_CONSOLE_LOG_H

#include "abi/klog.h"
#include "abi/layout.h"
#include <stdbool.h>

struct log_reader {
	uint32_t count;        /* CPUs */
	struct {
		const struct klog *page;
		uint32_t seen;         /* seq of the last record taken or given up */
		uint32_t suppressed;   /* as last told */
	} cpu[MAX_CPUS];
	uint32_t lost;         /* records, since they were last told */
};

/* The oldest record that nobody took, left where it is. False: there is none. */
bool log_peek(struct log_reader *log, struct klog_record *record);

/* Takes the record that log_peek gave. */
void log_take(struct log_reader *log, const struct klog_record *record);

/* Records lost or suppressed since the last call. */
uint32_t log_missing(struct log_reader *log);

#endif
