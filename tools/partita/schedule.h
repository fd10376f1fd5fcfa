/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Schedules: a CPU's time as slots of a frame that repeats. A CPU without one is its vCPU's
 * always, which is the same as one slot for the whole frame, and all that the kernel runs yet. So
 * a schedule is checked to be one, and if it is another than that it is refused.
 */
#ifndef PARTITA_TOOL_SCHEDULE_H
#define PARTITA_TOOL_SCHEDULE_H

#include "tools/partita/system.h"

void schedule_check(const struct system *s, const struct platform *p, struct diag *d);

#endif
