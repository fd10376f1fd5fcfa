/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/space.h"

void space_init(struct space *s, struct arena *a, const char *name, enum stage stage)
{
	*s = (struct space){ .arena = a, .name = name, .stage = stage };
}

void space_map_part(struct space *s, uint64_t va, const struct object *o, uint64_t offset, uint64_t bytes,
		    enum access access)
{
	struct mapping *m;

	if (bytes == 0)
		return;
	m = arena_alloc(s->arena, sizeof(*m));
	*m = (struct mapping){ .va = va, .bytes = bytes, .object = o, .offset = offset, .access = access };
	if (s->last)
		s->last->next = m;
	else
		s->first = m;
	s->last = m;
}

void space_map(struct space *s, uint64_t va, const struct object *o, enum access access)
{
	space_map_part(s, va, o, 0, o->bytes, access);
}

const char *space_access_name(enum access access)
{
	static const char *const name[] = {
		[ACCESS_R] = "r--", [ACCESS_RX] = "r-x", [ACCESS_RW] = "rw-", [ACCESS_RWX] = "rwx",
	};

	return name[access];
}
