/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages over a channel between VMs: one writer, readers that see the memory read-only. The memory is
 * a word, the number of the newest message, and a ring of slots; message n is in slot n mod SLOTS, and
 * a message says its number and the sum of its words. The writer fills a batch of slots, rings, and
 * goes on when it is rung back. It cannot tell by whom, and each start of an end rings once, too: so
 * there is room for some batches more than one, and a reader that answers misses nothing.
 *
 * All accesses are of one register: to guests/lib the memory is a device's.
 */
#ifndef PARTITA_COURIER_COURIER_H
#define PARTITA_COURIER_COURIER_H

#include <stdbool.h>
#include <stdint.h>

#define SLOTS 64u
#define BATCH 8u
#define SLOT_WORDS 16u

/* ---- main.c ---- */

/* Bits of PENDING since the last call, acknowledged; waits for an interrupt or a key, or until the
 * counter gets there. */
uint32_t rung_wait(uint64_t until);
extern volatile char key;        /* last typed, 0: none */
/* Takes it, and does what each end does. */
char key_taken(void);
extern uint64_t interrupts;      /* of the channel, so far */

void ring(void);
uint64_t ticks_of_ms(uint64_t ms);

/* Stores to that address. False: it was refused, by an external abort. */
bool store_is_taken(uint64_t address);

/* ---- message.c ---- */

uint32_t message_newest(void);
void message_write(uint32_t number);
bool message_is_right(uint32_t number);
/* The writer's, at its start. */
bool memory_is_zero(void);

/* ---- writer.c, reader.c: for ever ---- */

_Noreturn void writer_run(void);
_Noreturn void reader_run(void);

#endif
