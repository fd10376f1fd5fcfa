/* SPDX-License-Identifier: Apache-2.0 */
/* Words for the records of the kernel's log, which are numbers. */
#ifndef PARTITA_CONSOLE_WORDS_H
#define PARTITA_CONSOLE_WORDS_H

#include "abi/klog.h"
#include "abi/vmconf.h"
#include "services/console/row.h"

/* Appends what the record says. */
void words_for_record(struct row *row, const struct svcconf *conf, const struct klog_record *record);

#endif
