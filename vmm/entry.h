/* SPDX-License-Identifier: Apache-2.0 */
/* What the monitor's entry stub knows of C: plain numbers, which vmm/main.c asserts. */
#ifndef PARTITA_VMM_ENTRY_H
#define PARTITA_VMM_ENTRY_H

#define ENTRY_RESET 1          /* UPCALL_RESET */
#define ENTRY_ABORT 2          /* UPCALL_ABORT */
#define ENTRY_REPLY 64         /* struct upcall is that long; struct reply lies behind it */
#define ENTRY_FRAME_BYTES 128  /* both, a multiple of 16 */

#endif
