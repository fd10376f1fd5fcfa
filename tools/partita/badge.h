/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which notification bit of the console service means what. 30 and 31 are the kernel's own
 * (SERVICE_ALARM, SERVICE_ALL_OFF).
 */
#ifndef PARTITA_TOOL_BADGE_H
#define PARTITA_TOOL_BADGE_H

#define BADGE_CHANNELS 28u     /* 0 to 27: channel n has output */
#define BADGE_LOG 28u          /* a CPU's log has a record */
#define BADGE_UART 29u         /* the UART's interrupt */

#endif
