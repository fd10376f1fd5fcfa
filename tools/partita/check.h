/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold between the parts of a system: every CPU, device, interrupt and address has
 * one owner. Also chooses what the description left open and only the whole can decide. */
#ifndef PARTITA_TOOL_CHECK_H
#define PARTITA_TOOL_CHECK_H

#include "tools/partita/system.h"

/* p NULL: the board could not be read, and only what does not need it is checked. */
void check_system(struct system *s, const struct platform *p, struct diag *d);

#endif
