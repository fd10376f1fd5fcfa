/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/claims.h"

#include <stdlib.h>

#define MAX_CLAIMS (1u << 20)  /* a real system has some hundreds */

static bool runs_on(const struct claim *a, const struct claim *b)
{
	return a->view == b->view && a->rights == b->rights && a->device == b->device &&
	       a->pa + a->bytes == b->pa && a->va + a->bytes == b->va;
}

static bool grow(struct claims *c, struct report *r)
{
	size_t capacity = c->capacity ? 2 * c->capacity : 1024;
	struct claim *claim;

	if (c->count < c->capacity)
		return true;
	claim = capacity <= MAX_CLAIMS ? realloc(c->claim, capacity * sizeof(*claim)) : NULL;
	if (!report_expect(r, claim, "the tables map more than %u separate stretches", MAX_CLAIMS))
		return false;
	c->claim = claim;
	c->capacity = capacity;
	return true;
}

bool claims_add(struct claims *c, struct claim claim, struct report *r)
{
	struct claim *last = c->count ? &c->claim[c->count - 1] : NULL;

	if (claim.device)
		c->view[claim.view].device_bytes += claim.bytes;
	else
		c->view[claim.view].bytes[claim.rights] += claim.bytes;
	if (last && runs_on(last, &claim)) {
		last->bytes += claim.bytes;
		return true;
	}
	if (!grow(c, r))
		return false;
	c->claim[c->count++] = claim;
	return true;
}

static int compare(const void *pa, const void *pb)
{
	const struct claim *a = pa, *b = pb;

	if (a->pa != b->pa)
		return a->pa < b->pa ? -1 : 1;
	return a->view < b->view ? -1 : a->view > b->view;
}

void claims_sort(struct claims *c)
{
	if (c->count)
		qsort(c->claim, c->count, sizeof(c->claim[0]), compare);
}

void claims_free(struct claims *c)
{
	free(c->claim);
	*c = (struct claims){ .count = 0 };
}
