/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The proof of isolation: for each stretch of physical memory, everything that can reach it, and
 * whether they may. It rests on the tables and on grants alone, not on the plans of spaces.c.
 */
#ifndef PARTITA_VERIFY_OWNERS_H
#define PARTITA_VERIFY_OWNERS_H

#include "tools/verify/grants.h"

/* What was found to have more than one owner, all granted. Bytes. */
struct sharing {
	uint64_t bytes[GRANT_KINDS];
};

/* After claims_sort. */
void owners_check(const struct image *image, const struct claims *claims, const struct grants *grants,
		  struct sharing *sharing, struct report *r);

#endif
