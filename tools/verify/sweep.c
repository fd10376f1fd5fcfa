/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/sweep.h"

/* Drops what ended at or before `pa`; the nearest end or begin after it. */
static uint64_t advance(struct stretch *s, uint64_t pa, uint64_t next_begin)
{
	uint64_t end = next_begin;
	uint32_t kept = 0;

	for (uint32_t i = 0; i < s->count; i++) {
		uint64_t claim_end = s->claim[i]->pa + s->claim[i]->bytes;

		if (claim_end <= pa)
			continue;
		s->claim[kept++] = s->claim[i];
		if (claim_end < end)
			end = claim_end;
	}
	s->count = kept;
	return end;
}

bool sweep(const struct image *image, const struct claims *claims,
	   bool (*visit)(const struct stretch *s, void *context), void *context)
{
	struct stretch s = { .image = image, .claims = claims };
	size_t next = 0;
	uint64_t pa = 0;

	while (next < claims->count || s.count) {
		if (s.count == 0)
			pa = claims->claim[next].pa;
		while (next < claims->count && claims->claim[next].pa == pa) {
			if (s.count == MAX_ACTIVE)
				return false;
			s.claim[s.count++] = &claims->claim[next++];
		}
		s.pa = pa;
		s.end = advance(&s, pa, next < claims->count ? claims->claim[next].pa : UINT64_MAX);
		if (!visit(&s, context))
			return true;
		pa = s.end;
		advance(&s, pa, UINT64_MAX);
	}
	return true;
}
