/* SPDX-License-Identifier: Apache-2.0 */
/* A channel between VMs, as docs/guest-machine.md has it: the first, where the tool puts it. */
#ifndef PARTITA_GUESTS_LIB_CHANNEL_H
#define PARTITA_GUESTS_LIB_CHANNEL_H

#define CHANNEL_BASE 0x0c000000
#define CHANNEL_MEMORY 0x20000000ull
#define INTID_CHANNEL 40

#define CHANNEL_ID 0x00
#define CHANNEL_ROLE 0x04
#define CHANNEL_PEERS 0x08
#define CHANNEL_LIFE 0x0c
#define CHANNEL_RING 0x10
#define CHANNEL_PENDING 0x14
#define CHANNEL_ACK 0x18
#define CHANNEL_ENABLE 0x1c

#define CHANNEL_ID_VALUE 0x31484350u
#define CHANNEL_WRITER 1u
#define CHANNEL_RUNG 1u
#define CHANNEL_RESTARTED 2u
#define CHANNEL_FAILED 4u

#endif
