/* SPDX-License-Identifier: Apache-2.0 */
/* What state.S and C agree on. */
#ifndef PARTITA_ATTACK_STATE_END_H
#define PARTITA_ATTACK_STATE_END_H

#define STATE_BYTES 512        /* of what was noted at the start */
#define STATE_ABSENT 0xab5e    /* this core has no such register */
#define STATE_CALL 0x8600d000  /* plus how many registers were dirty at the end */

#endif
