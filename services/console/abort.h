/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Words for an access that nothing answered, as whoever debugs the guest wants them: what it did, where
 * and from where, why that could not be, and what came of it. What the guest has instead is in the
 * console's configuration.
 */
#ifndef PARTITA_CONSOLE_ABORT_H
#define PARTITA_CONSOLE_ABORT_H

#include "abi/klog.h"
#include "abi/vmconf.h"
#include "services/console/row.h"

/* A record of KLOG_GUEST_ABORT, behind the name of its VM. */
void words_for_abort(struct row *row, const struct svcconf *conf, const struct klog_record *record);

/* " (pc 0x.., EL1)" */
void words_for_pc(struct row *row, uint64_t pc, bool at_el0);

#endif
