/* SPDX-License-Identifier: Apache-2.0 */
/* The proof of isolation: for each stretch of physical memory, everything that can reach it, and
 * whether they may. */
#ifndef PARTITA_VERIFY_OWNERS_H
#define PARTITA_VERIFY_OWNERS_H

#include "tools/verify/claims.h"

/* Sharing that the ABI declares, counted so that it can be shown. Bytes. */
struct sharing {
	uint64_t lines;        /* a monitor writes, the kernel reads */
	uint64_t logs;         /* the kernel writes, a service reads */
	uint64_t channels;     /* one side writes, the other reads */
	uint64_t binaries;     /* the monitors' text and constants, nobody writes */
	uint64_t emergency;    /* the UART: a service's, and the kernel's for its last words */
};

/* Sorts the claims. */
void owners_check(const struct image *image, struct claims *claims, struct sharing *sharing,
		  struct report *r);

#endif
