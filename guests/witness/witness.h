/* SPDX-License-Identifier: Apache-2.0 */
/* What the witness keeps in its registers, and what tells whether they still have it. */
#ifndef PARTITA_WITNESS_H
#define PARTITA_WITNESS_H

#define GENERAL_PATTERN 0x5a00   /* of x<n>: this + n, in the lowest and in the highest 16 bits */
#define VECTOR_PATTERN 0x60      /* of v<n>: this + n, in each byte */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Fills x0 to x30, waits with interrupts open until one was taken, and tells what they are then. */
void general_hold(uint64_t held[31]);

void vectors_fill(void);
void vectors_read(uint64_t held[64]);
#endif

#endif
