/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and their placement. */
#include "tools/partita/memory.h"

#include <string.h>

/* What did not fit is there, out of the way of the others, so that each is reported once. */
#define NOWHERE (UINT64_C(1) << 63)

static uint64_t round_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) / align * align;
}

struct object *memory_add(struct memory *m, enum object_kind kind, const char *owner, const char *what,
			  uint64_t bytes)
{
	struct object *o = arena_alloc(m->arena, sizeof(*o));

	o->kind = kind;
	o->owner = owner;
	o->what = what;
	o->bytes = round_up(bytes, PAGE_BYTES);
	if (m->last)
		m->last->next = o;
	else
		m->first = o;
	m->last = o;
	return o;
}

/* One after the other. What can be mapped by blocks is worth the gap before it. */
static uint64_t place_in_order(struct memory *m, enum object_kind kind, uint64_t pa)
{
	for (struct object *o = m->first; o; o = o->next) {
		if (o->kind != kind)
			continue;
		if (o->bytes >= BLOCK_BYTES)
			pa = round_up(pa, BLOCK_BYTES);
		o->pa = pa;
		pa += o->bytes;
	}
	return pa;
}

/* ---- Guests' RAM ---- */

/* Whether the stretch is clear of the image and of the RAM objects before `o`. If not, *next is
 * the end of what is in the way. */
static bool is_clear(const struct memory *m, const struct object *o, struct range r, uint64_t *next)
{
	struct range image = { m->load_pa, m->zero_end - m->load_pa };

	if (range_overlap(r, image)) {
		*next = image.base + image.bytes;
		return false;
	}
	for (const struct object *other = m->first; other != o; other = other->next) {
		if (other->kind == OBJECT_RAM &&
		    range_overlap(r, (struct range){ other->pa, other->bytes })) {
			*next = other->pa + other->bytes;
			return false;
		}
	}
	return true;
}

static bool place_ram(const struct memory *m, struct object *o, const struct platform *p)
{
	uint64_t align = o->bytes >= BLOCK_BYTES ? BLOCK_BYTES : PAGE_BYTES;
	uint64_t phase = o->congruent % align;

	for (uint32_t i = 0; i < p->ram_count; i++) {
		uint64_t from = p->ram[i].base, next;

		for (;; from = next) {
			/* The first address at or above `from` with the right phase. */
			struct range r = { from / align * align + phase, o->bytes };

			if (r.base < from)
				r.base += align;
			if (!range_within(r, p->ram[i]))
				break;
			if (is_clear(m, o, r, &next)) {
				o->pa = r.base;
				return true;
			}
		}
	}
	return false;
}

static bool image_fits(const struct memory *m, const struct platform *p)
{
	struct range image = { m->load_pa, m->zero_end - m->load_pa };

	for (uint32_t i = 0; i < p->ram_count; i++) {
		if (range_within(image, p->ram[i]))
			return true;
	}
	return false;
}

bool memory_place(struct memory *m, const struct platform *p, struct diag *d)
{
	bool fits = true;

	m->load_pa = p->load_pa;
	m->file_end = place_in_order(m, OBJECT_FILE, p->load_pa);
	m->zero_end = place_in_order(m, OBJECT_ZERO, m->file_end);
	if (!image_fits(m, p)) {
		if (d)
			diag_report(d, DIAG_IMAGE_TOO_LARGE, node_pos(node_root(&p->source)),
				    "the image and its memory (0x%jx bytes at 0x%jx) "
				    "do not fit in the memory of board %s; use smaller guest images",
				    (uintmax_t)(m->zero_end - m->load_pa), (uintmax_t)m->load_pa, p->name);
		return false;
	}
	for (struct object *o = m->first; o; o = o->next) {
		if (o->kind != OBJECT_RAM || place_ram(m, o, p))
			continue;
		fits = false;
		o->pa = NOWHERE;
		if (d)
			diag_report(
				d, DIAG_MEMORY_NO_ROOM, o->pos,
				"board %s has no free stretch left for the memory of %s at 0x%jx; make it "
				"smaller, or another VM's",
				p->name, o->owner, (uintmax_t)o->congruent);
	}
	return fits;
}
