/* SPDX-License-Identifier: Apache-2.0 */
/* A sweep over physical memory. Between two neighbouring ends of claims the set of claims is
 * constant: a stretch. */
#ifndef PARTITA_VERIFY_SWEEP_H
#define PARTITA_VERIFY_SWEEP_H

#include "tools/verify/claims.h"

/* Each view may have a page once, but each CPU's kernel has its head twice. */
#define MAX_ACTIVE (MAX_VIEWS + MAX_CPUS)

struct stretch {
	const struct image *image;
	const struct claims *claims;
	uint64_t pa, end;
	const struct claim *claim[MAX_ACTIVE];
	uint32_t count;
};

static inline const struct view *stretch_view(const struct stretch *s, const struct claim *c)
{
	return &s->claims->view[c->view];
}

/* Where in its space a claim has the stretch's first byte. */
static inline uint64_t stretch_va(const struct stretch *s, const struct claim *c)
{
	return c->va + (s->pa - c->pa);
}

/* Calls `visit` for each stretch, by address, until it returns false. After claims_sort. False: a
 * stretch has more claims than there can be. */
bool sweep(const struct image *image, const struct claims *claims,
	   bool (*visit)(const struct stretch *s, void *context), void *context);

#endif
