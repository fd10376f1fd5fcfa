/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A sweep over physical memory. Between two neighbouring ends of claims the set of claims is
 * constant: a stretch. For each stretch:
 *
 *   - tables: nobody maps them
 *   - the file: nobody writes it. The image's memory: no guest sees it
 *   - the kernel's normal memory: only the image's
 *   - writers are of one domain; the kernel's are one CPU's, but for the shared area and devices
 *   - what anybody executes nobody writes, but a guest its own RAM
 *   - another domain than the writer's reads only what the ABI shares by its address
 *   - device memory and normal memory are never the same
 */
#include "tools/verify/owners.h"

#define MAX_ACTIVE 128   /* 16 CPUs, 65 other spaces, and a kernel page mapped twice */

struct stretch {
	const struct image *image;
	const struct claims *claims;
	uint64_t pa, end;
	const struct claim *claim[MAX_ACTIVE];
	uint32_t count;
};

static const struct view *view_of(const struct stretch *s, const struct claim *c)
{
	return &s->claims->view[c->view];
}

/* Where in its space a claim has the stretch's first byte. */
static uint64_t va_of(const struct stretch *s, const struct claim *c)
{
	return c->va + (s->pa - c->pa);
}

static bool va_in(const struct stretch *s, const struct claim *c, uint64_t base, uint64_t bytes)
{
	uint64_t va = va_of(s, c);

	return va >= base && va - base < bytes;
}

/* A guest and its monitor are one. */
static bool same_domain(const struct view *a, const struct view *b)
{
	bool vm_a = a->world == WORLD_GUEST || a->world == WORLD_MONITOR;
	bool vm_b = b->world == WORLD_GUEST || b->world == WORLD_MONITOR;

	if (vm_a || vm_b)
		return vm_a && vm_b && a->index == b->index;
	return a->world == b->world && (a->world == WORLD_KERNEL || a->index == b->index);
}

static void fail(const struct stretch *s, const char *what, const struct claim *a, const struct claim *b,
		 struct report *r)
{
	if (b)
		report_failure(r, "%#jx-%#jx: %s (%s at %#jx, %s at %#jx)", (uintmax_t)s->pa,
			       (uintmax_t)s->end - 1, what, view_of(s, a)->name, (uintmax_t)va_of(s, a),
			       view_of(s, b)->name, (uintmax_t)va_of(s, b));
	else
		report_failure(r, "%#jx-%#jx: %s (%s at %#jx)", (uintmax_t)s->pa,
			       (uintmax_t)s->end - 1, what, view_of(s, a)->name,
			       (uintmax_t)va_of(s, a));
}

/* ---- Single claims ---- */

static bool overlaps(const struct stretch *s, uint64_t base, uint64_t end)
{
	return s->pa < end && s->end > base;
}

static void check_claim(const struct stretch *s, const struct claim *c, struct report *r)
{
	const struct image_header *h = s->image->header;
	const struct view *view = view_of(s, c);
	bool in_image = overlaps(s, h->load_pa, image_end(s->image));

	if ((c->rights & RIGHT_WRITE) && overlaps(s, h->load_pa, h->load_pa + h->file_bytes))
		fail(s, "part of the image's file is writable", c, NULL, r);
	if (c->rights && view->world == WORLD_GUEST && in_image)
		fail(s, "a guest sees the image's own memory", c, NULL, r);
	if (c->rights && in_image && c->device)
		fail(s, "the image's memory is mapped as a device", c, NULL, r);
	if (view->world == WORLD_KERNEL && c->rights && !c->device &&
	    (s->pa < h->load_pa || s->end > image_end(s->image)))
		fail(s, "the kernel maps memory that is not the image's", c, NULL, r);
	if (view->world != WORLD_GUEST && (c->rights & RIGHT_WRITE) && (c->rights & RIGHT_EXECUTE))
		fail(s, "writable and executable", c, NULL, r);
	if (view->world == WORLD_GUEST && va_of(s, c) >= GUEST_IPA_END)
		fail(s, "a guest has memory where monitors have theirs", c, NULL, r);
	if (view->world != WORLD_KERNEL && view->world != WORLD_GUEST && (c->rights & RIGHT_EXECUTE) &&
	    !va_in(s, c, COMP_TEXT, COMP_DATA - COMP_TEXT))
		fail(s, "a compartment executes something else than its text", c, NULL, r);
	if (view->world == WORLD_KERNEL && (c->rights & RIGHT_EXECUTE) &&
	    !va_in(s, c, KERNEL_VA, KERNEL_BYTES_MAX) &&
	    !(va_of(s, c) == h->load_pa && s->pa == h->load_pa))
		fail(s, "the kernel executes something else than its text and its head", c, NULL, r);
}

/* ---- Pairs ---- */

/* The kernel's window on what all its CPUs share. */
static bool kernel_shares(const struct stretch *s, const struct claim *a, const struct claim *b)
{
	if (va_of(s, a) != va_of(s, b))
		return false;
	return va_in(s, a, SHARED_VA, SHARED_BYTES_MAX) ||
	       (a->device &&
		(va_in(s, a, GICD_VA, GICR_VA - GICD_VA) || va_in(s, a, EARLY_UART_VA, PAGE_BYTES)));
}

static bool is_compartment(const struct view *v)
{
	return v->world == WORLD_MONITOR || v->world == WORLD_SERVICE;
}

/* `w` writes; may `o`, of another domain, read (or, the UART, write)? */
static uint64_t *declared(const struct stretch *s, const struct claim *w, const struct claim *o,
			  struct sharing *sharing)
{
	const struct view *wv = view_of(s, w), *ov = view_of(s, o);
	uint64_t page = s->pa / PAGE_BYTES * PAGE_BYTES;

	if (w->device && o->device && page == s->image->fmap->uart.pa && wv->world != ov->world &&
	    ((wv->world == WORLD_KERNEL && ov->world == WORLD_SERVICE &&
	      va_in(s, w, EARLY_UART_VA, PAGE_BYTES)) ||
	     (ov->world == WORLD_KERNEL && wv->world == WORLD_SERVICE &&
	      va_in(s, o, EARLY_UART_VA, PAGE_BYTES))))
		return &sharing->emergency;
	if (o->rights != RIGHT_READ || o->device)
		return NULL;
	if (wv->world == WORLD_MONITOR && ov->world == WORLD_KERNEL && va_in(s, w, COMP_LINES, PAGE_BYTES) &&
	    va_in(s, o, LINES_VA + (uint64_t)wv->index * PAGE_BYTES, PAGE_BYTES))
		return &sharing->lines;
	if (wv->world == WORLD_KERNEL && ov->world == WORLD_SERVICE && va_in(s, w, LOG_VA, PAGE_BYTES) &&
	    va_in(s, o, COMP_LOGS + (uint64_t)wv->index * PAGE_BYTES, PAGE_BYTES))
		return &sharing->logs;
	if (is_compartment(wv) && is_compartment(ov) && wv->world != ov->world &&
	    va_in(s, w, COMP_CHANNELS, COMP_LOGS - COMP_CHANNELS) &&
	    va_of(s, w) % COMP_CHANNEL_STRIDE < PAGE_BYTES &&
	    va_in(s, o, COMP_CHANNELS, COMP_LOGS - COMP_CHANNELS) &&
	    va_of(s, o) % COMP_CHANNEL_STRIDE >= PAGE_BYTES)
		return &sharing->channels;
	return NULL;
}

/* Two readers of what nobody writes: the binary that all monitors run. */
static bool monitors_binary(const struct stretch *s, const struct claim *a, const struct claim *b)
{
	return view_of(s, a)->world == WORLD_MONITOR && view_of(s, b)->world == WORLD_MONITOR &&
	       va_in(s, a, COMP_TEXT, COMP_DATA - COMP_TEXT) && va_of(s, a) == va_of(s, b) &&
	       a->rights == b->rights;
}

static void check_same_domain(const struct stretch *s, const struct claim *a, const struct claim *b,
			      struct report *r)
{
	const struct view *va = view_of(s, a), *vb = view_of(s, b);
	uint8_t both = a->rights | b->rights;

	if (a->view == b->view) {
		if (va->world != WORLD_KERNEL || (both & RIGHT_WRITE))
			fail(s, "mapped twice in one space", a, b, r);
		return;
	}
	if (va->world == WORLD_KERNEL) {
		if ((both & RIGHT_WRITE) && !kernel_shares(s, a, b))
			fail(s, "one CPU reaches what is another's alone", a, b, r);
		return;
	}
	/* A guest and its monitor: the same RAM at the same address, for the monitor never text. */
	if (va_of(s, a) != va_of(s, b))
		fail(s, "a guest and its monitor see one page at different addresses", a, b, r);
	if ((va->world == WORLD_MONITOR ? a : b)->rights & RIGHT_EXECUTE || vb->world == va->world)
		fail(s, "a monitor executes its guest's memory", a, b, r);
}

static void check_pair(const struct stretch *s, const struct claim *a, const struct claim *b,
		       struct sharing *sharing, uint64_t **shared_as, struct report *r)
{
	uint64_t *how = NULL;

	if (!a->rights || !b->rights) {
		fail(s, "a page of tables is mapped, or belongs to two tables", a, b, r);
		return;
	}
	if (a->device != b->device)
		fail(s, "device memory and normal memory at once", a, b, r);
	if (same_domain(view_of(s, a), view_of(s, b))) {
		check_same_domain(s, a, b, r);
		return;
	}
	if (!((a->rights | b->rights) & RIGHT_WRITE))
		how = monitors_binary(s, a, b) ? &sharing->binaries : NULL;
	else if (a->rights & RIGHT_WRITE)
		how = declared(s, a, b, sharing);
	if (!how && (b->rights & RIGHT_WRITE))
		how = declared(s, b, a, sharing);
	if (how)
		*shared_as = how;
	else
		fail(s, "two owners", a, b, r);
}

static void check_stretch(const struct stretch *s, struct sharing *sharing, struct report *r)
{
	uint64_t *shared_as = NULL;

	for (uint32_t i = 0; i < s->count; i++) {
		check_claim(s, s->claim[i], r);
		for (uint32_t k = 0; k < i; k++)
			check_pair(s, s->claim[k], s->claim[i], sharing, &shared_as, r);
	}
	if (shared_as)
		*shared_as += s->end - s->pa;
}

/* ---- The sweep ---- */

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

void owners_check(const struct image *image, struct claims *claims, struct sharing *sharing, struct report *r)
{
	struct stretch s = { .image = image, .claims = claims };
	size_t next = 0;
	uint64_t pa = 0;

	*sharing = (struct sharing){ 0 };
	claims_sort(claims);
	while (next < claims->count || s.count) {
		if (s.count == 0)
			pa = claims->claim[next].pa;
		while (next < claims->count && claims->claim[next].pa == pa) {
			if (!report_expect(r, s.count < MAX_ACTIVE, "%#jx is mapped more than %d times",
					   (uintmax_t)pa, MAX_ACTIVE))
				return;
			s.claim[s.count++] = &claims->claim[next++];
		}
		s.pa = pa;
		s.end = advance(&s, pa, next < claims->count ? claims->claim[next].pa : UINT64_MAX);
		check_stretch(&s, sharing, r);
		pa = s.end;
		advance(&s, pa, UINT64_MAX);
	}
}
