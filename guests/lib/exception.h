/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every exception goes one way: all registers onto the stack that is in use, exception_taken,
 * and back from the frame that it returns, which need not be the one that it was given.
 */
#ifndef PARTITA_GUESTS_LIB_EXCEPTION_H
#define PARTITA_GUESTS_LIB_EXCEPTION_H

#define FRAME_BYTES 272

#ifndef __ASSEMBLER__
#include <stdint.h>

struct frame {
	uint64_t x[31];
	uint64_t elr;
	uint64_t spsr;
	uint64_t reserved;
};
_Static_assert(sizeof(struct frame) == FRAME_BYTES, "vectors.S knows the layout");

/* DDI 0487, "Vector tables": four sources, each with these four. */
enum exception_kind {
	EXCEPTION_SYNC,
	EXCEPTION_IRQ,
	EXCEPTION_FIQ,
	EXCEPTION_SERROR,
};

/* The guest's own. */
struct frame *exception_taken(struct frame *frame, enum exception_kind kind);
#endif

#endif
