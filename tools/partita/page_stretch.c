/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/page_stretch.h"
#include "tools/partita/units.h"

#include <inttypes.h>

static bool is_window(const struct machine *m, const struct piece *p)
{
	for (uint32_t i = 0; i < m->window_count; i++) {
		if (m->window[i].object == p->object)
			return true;
	}
	return false;
}

static enum stretch_kind stretch_kind(const struct machine *m, const struct piece *p)
{
	if (is_window(m, p) || p->object == m->build->layout.uart)
		return STRETCH_PIECE;
	if (p->object->kind == OBJECT_DEVICE)
		return STRETCH_GIC;
	return p->object->kind == OBJECT_FILE ? STRETCH_IMAGE : STRETCH_ZERO;
}

static void add_stretch(struct stretches *c, struct stretch s)
{
	struct stretch *last = c->count ? &c->stretch[c->count - 1] : NULL;

	if (last && last->kind == s.kind && s.kind != STRETCH_PIECE &&
	    (s.kind != STRETCH_FREE || last->pa + last->bytes == s.pa))
		last->bytes = s.pa + s.bytes - last->pa;
	else
		c->stretch[c->count++] = s;
}

/* RAM between two addresses that nobody has. What is lost to alignment inside the image is not
 * worth a word. */
static void add_free(const struct machine *m, struct stretches *c, uint64_t from, uint64_t to)
{
	const struct platform *p = &m->build->platform;

	for (uint32_t i = 0; i < p->ram_count; i++) {
		uint64_t base = p->ram[i].base, end = base + p->ram[i].bytes;

		base = base > from ? base : from;
		end = end < to ? end : to;
		if (base < end)
			add_stretch(
				c, (struct stretch){ .kind = STRETCH_FREE, .pa = base, .bytes = end - base });
	}
}

static bool is_own(const struct machine *m, uint32_t piece)
{
	return piece < m->piece_count && m->piece[piece].object->kind <= OBJECT_ZERO &&
	       stretch_kind(m, &m->piece[piece]) != STRETCH_PIECE;
}

struct stretches page_stretches(const struct machine *m)
{
	struct stretches c = { .count = 0 };
	uint64_t at = 0;

	c.stretch = arena_alloc(m->arena, (2 * m->piece_count + PLATFORM_MAX_RAM) * sizeof(*c.stretch));
	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct object *o = m->piece[i].object;

		if (!(i && is_own(m, i - 1) && is_own(m, i)))
			add_free(m, &c, at, o->pa);
		add_stretch(&c, (struct stretch){ .kind = stretch_kind(m, &m->piece[i]),
						  .pa = o->pa,
						  .bytes = o->bytes,
						  .first = i });
		at = o->pa + o->bytes;
	}
	add_free(m, &c, at, UINT64_MAX);
	return c;
}

const char *page_stretch_name(const struct machine *m, const struct stretch *s)
{
	const struct piece *p = &m->piece[s->first];

	switch (s->kind) {
	case STRETCH_FREE:
		return "free";
	case STRETCH_GIC:
		return "GIC";
	case STRETCH_IMAGE:
		return "Partita: image";
	case STRETCH_ZERO:
		return "Partita: work memory";
	default:
		if (p->object->kind == OBJECT_RAM)
			return arena_printf(m->arena, "%s: RAM", m->party[p->owner].name);
		return page_short(m, p->object->what);
	}
}

const char *page_stretch_class(const struct machine *m, const struct stretch *s)
{
	if (s->kind == STRETCH_FREE)
		return "box free";
	if (s->kind != STRETCH_PIECE)
		return "box party kernel";
	return arena_printf(m->arena, "box %s", page_party_class(m, m->piece[s->first].owner));
}

const char *page_stretch_title(const struct machine *m, const struct stretch *s)
{
	return arena_printf(m->arena, "%s\n0x%" PRIx64 " to 0x%" PRIx64 ", %s", page_stretch_name(m, s),
			    s->pa, s->pa + s->bytes - 1, units_bytes(m->arena, s->bytes));
}
