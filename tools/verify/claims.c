/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/claims.h"

#include <stdlib.h>

#define MAX_CLAIMS (1u << 20) /* a real system has some hundreds */

const char *rights_text(uint32_t rights)
{
	static const char *const text[] = { "---", "r--", "-w-", "rw-", "--x", "r-x", "-wx", "rwx" };

	return text[rights & 7];
}

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
	size_t *last = claim.rights ? &c->last_leaf : &c->last_table;
	struct view *view = &c->view[claim.view];

	if (claim.device)
		view->device_bytes += claim.bytes;
	else
		view->bytes[claim.rights] += claim.bytes;
	if (*last < c->count && runs_on(&c->claim[*last], &claim)) {
		c->claim[*last].bytes += claim.bytes;
		return true;
	}
	if (!grow(c, r))
		return false;
	if (view->count++ == 0)
		view->first = c->count;
	*last = c->count;
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

uint32_t view_of_cpu(const struct image *m, uint32_t cpu)
{
	(void)m;
	return cpu;
}

uint32_t view_of_guest(const struct image *m, uint32_t vm)
{
	return m->fmap->cpus.count + 2 * vm;
}

uint32_t view_of_monitor(const struct image *m, uint32_t vm)
{
	return view_of_guest(m, vm) + 1;
}

uint32_t view_of_service(const struct image *m, uint32_t service)
{
	return view_of_guest(m, m->fmap->vms.count) + service;
}

const void *claims_data(const struct claims *c, const struct image *m, uint32_t view, uint64_t va,
			uint64_t bytes)
{
	const struct view *v = &c->view[view];

	for (size_t i = v->first; i < v->first + v->count; i++) {
		const struct claim *claim = &c->claim[i];

		if (claim->rights && va >= claim->va && va - claim->va < claim->bytes &&
		    bytes <= claim->bytes - (va - claim->va))
			return image_at(m, claim->pa + (va - claim->va), bytes);
	}
	return NULL;
}

void claims_free(struct claims *c)
{
	free(c->claim);
	*c = (struct claims){ .count = 0 };
}
