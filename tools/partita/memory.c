/* SPDX-License-Identifier: Apache-2.0 */
/* Objects and their placement. */
#include "tools/partita/memory.h"

#include <string.h>

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

static struct range object_range(const struct object *o)
{
	return (struct range){ o->pa, o->bytes };
}

static struct range image_range(const struct memory *m)
{
	return (struct range){ m->load_pa, m->zero_end - m->load_pa };
}

/* RAM that already lies there, or NULL. */
static const struct object *ram_at(const struct memory *m, struct range r)
{
	for (const struct object *o = m->first; o; o = o->next) {
		if (o->kind == OBJECT_RAM && o->placed && range_overlap(r, object_range(o)))
			return o;
	}
	return NULL;
}

/* Whether the stretch is clear of the image and of placed RAM. If not, *next is the end of what is
 * in the way. */
static bool is_clear(const struct memory *m, struct range r, uint64_t *next)
{
	const struct object *other = ram_at(m, r);

	if (range_overlap(r, image_range(m))) {
		*next = m->zero_end;
		return false;
	}
	if (other)
		*next = other->pa + other->bytes;
	return !other;
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
			if (is_clear(m, r, &next)) {
				o->pa = r.base;
				return true;
			}
		}
	}
	return false;
}

static bool in_board(const struct platform *p, struct range r)
{
	for (uint32_t i = 0; i < p->ram_count; i++) {
		if (range_within(r, p->ram[i]))
			return true;
	}
	return false;
}

/* ---- Pinned RAM ---- */

static bool check_pinned(const struct memory *m, const struct object *o, const struct platform *p,
			 struct diag *d)
{
	const struct object *other = ram_at(m, object_range(o));
	struct range r = object_range(o);

	if (!in_board(p, r))
		diag_report(d, DIAG_MEMORY_OUTSIDE_BOARD, o->pos,
			    "physical memory 0x%jx size 0x%jx of %s is not in the memory of board %s; pin it "
			    "elsewhere",
			    (uintmax_t)r.base, (uintmax_t)r.bytes, o->owner, p->name);
	else if (range_overlap(r, image_range(m)))
		diag_report(
			d, DIAG_MEMORY_IN_HYPERVISOR, o->pos,
			"physical memory 0x%jx size 0x%jx of %s overlaps Partita's own, 0x%jx to 0x%jx; pin "
			"it elsewhere",
			(uintmax_t)r.base, (uintmax_t)r.bytes, o->owner, (uintmax_t)m->load_pa,
			(uintmax_t)m->zero_end - 1);
	else if (other)
		diag_report(d, DIAG_MEMORY_PINNED_TWICE, o->pos,
			    "physical memory 0x%jx size 0x%jx of %s overlaps 0x%jx size 0x%jx of %s; pin one "
			    "elsewhere",
			    (uintmax_t)r.base, (uintmax_t)r.bytes, o->owner, (uintmax_t)other->pa,
			    (uintmax_t)other->bytes, other->owner);
	else
		return true;
	return false;
}

static bool place_pinned(struct memory *m, const struct platform *p, struct diag *d)
{
	bool fits = true;

	for (struct object *o = m->first; o; o = o->next)
		o->placed = false;
	for (struct object *o = m->first; o; o = o->next) {
		if (o->kind != OBJECT_RAM || !o->pinned)
			continue;
		fits &= check_pinned(m, o, p, d);
		o->placed = true;
	}
	return fits;
}

/* ---- All ---- */

static bool place_others(struct memory *m, const struct platform *p, struct diag *d)
{
	bool fits = true;

	for (struct object *o = m->first; o; o = o->next) {
		if (o->kind != OBJECT_RAM || o->pinned)
			continue;
		o->placed = place_ram(m, o, p);
		if (o->placed)
			continue;
		fits = false;
		diag_report(
			d, DIAG_MEMORY_NO_ROOM, o->pos,
			"board %s has no free stretch left for the memory of %s at 0x%jx; make it smaller, "
			"or another VM's",
			p->name, o->owner, (uintmax_t)o->congruent);
	}
	return fits;
}

bool memory_place(struct memory *m, const struct platform *p, struct diag *d)
{
	m->load_pa = p->load_pa;
	m->file_end = place_in_order(m, OBJECT_FILE, p->load_pa);
	m->zero_end = place_in_order(m, OBJECT_ZERO, m->file_end);
	if (!in_board(p, image_range(m))) {
		diag_report(d, DIAG_IMAGE_TOO_LARGE, node_pos(node_root(&p->source)),
			    "the image and its memory (0x%jx bytes at 0x%jx) "
			    "do not fit in the memory of board %s; use smaller guest images",
			    (uintmax_t)(m->zero_end - m->load_pa), (uintmax_t)m->load_pa, p->name);
		return false;
	}
	return place_pinned(m, p, d) && place_others(m, p, d);
}
