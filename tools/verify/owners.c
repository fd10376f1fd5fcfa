/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each stretch:
 *
 *   - tables: nobody maps them
 *   - the file: nobody writes it. The image's memory: no guest sees it, but for channels'
 *   - the kernel's normal memory: only the image's
 *   - writers are of one domain; the kernel's are one CPU's, but for the shared area and devices
 *   - what anybody executes nobody writes, but a guest its own RAM
 *   - another domain than the writer's reads only by a grant
 *   - device memory and normal memory are never the same
 */
#include "tools/verify/owners.h"
#include "tools/verify/sweep.h"

struct context {
	const struct grants *grants;
	struct sharing *sharing;
	struct report *r;
};

static bool va_in(const struct stretch *s, const struct claim *c, uint64_t base, uint64_t bytes)
{
	uint64_t va = stretch_va(s, c);

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
			       (uintmax_t)s->end - 1, what, stretch_view(s, a)->name,
			       (uintmax_t)stretch_va(s, a), stretch_view(s, b)->name,
			       (uintmax_t)stretch_va(s, b));
	else
		report_failure(r, "%#jx-%#jx: %s (%s at %#jx)", (uintmax_t)s->pa, (uintmax_t)s->end - 1, what,
			       stretch_view(s, a)->name, (uintmax_t)stretch_va(s, a));
}

/* ---- Single claims ---- */

static bool overlaps(const struct stretch *s, uint64_t base, uint64_t end)
{
	return s->pa < end && s->end > base;
}

/* The image zeroes the memory of channels: which guests have it, the rows of the f-map say. */
static bool in_channel(const struct stretch *s)
{
	for (uint32_t i = 0; i < s->image->fmap->memory.count; i++) {
		const struct fmap_memory *row = &s->image->memory[i];

		if (row->kind == MEMORY_CHANNEL && s->pa >= row->pa && s->end - row->pa <= row->bytes)
			return true;
	}
	return false;
}

/* A loader hashes it, so the head need not. */
static bool guest_image(const struct stretch *s, const struct claim *c)
{
	return stretch_view(s, c)->world == WORLD_MONITOR && c->rights == RIGHT_READ &&
	       va_in(s, c, COMP_IMAGES, (UINT64_C(1) << IPA_BITS) - COMP_IMAGES);
}

static void check_claim(const struct stretch *s, const struct claim *c, struct report *r)
{
	const struct image_header *h = s->image->header;
	const struct view *view = stretch_view(s, c);
	bool in_image = overlaps(s, h->load_pa, image_end(s->image));

	if ((c->rights & RIGHT_WRITE) && overlaps(s, h->load_pa, h->load_pa + h->file_bytes))
		fail(s, "part of the image's file is writable", c, NULL, r);
	if (overlaps(s, h->load_pa + h->sum_bytes, h->load_pa + h->file_bytes) && !guest_image(s, c))
		fail(s, "the head's sum leaves out what is no guest's image", c, NULL, r);
	if (c->rights && view->world == WORLD_GUEST && in_image && !in_channel(s))
		fail(s, "a guest sees the image's own memory", c, NULL, r);
	if (c->rights && in_image && c->device)
		fail(s, "the image's memory is mapped as a device", c, NULL, r);
	if (view->world == WORLD_KERNEL && c->rights && !c->device &&
	    (s->pa < h->load_pa || s->end > image_end(s->image)))
		fail(s, "the kernel maps memory that is not the image's", c, NULL, r);
	if (view->world != WORLD_GUEST && (c->rights & RIGHT_WRITE) && (c->rights & RIGHT_EXECUTE))
		fail(s, "writable and executable", c, NULL, r);
	if (view->world == WORLD_GUEST && stretch_va(s, c) >= GUEST_IPA_END)
		fail(s, "a guest has memory where monitors have theirs", c, NULL, r);
	if (view->world != WORLD_KERNEL && view->world != WORLD_GUEST && (c->rights & RIGHT_EXECUTE) &&
	    !va_in(s, c, COMP_TEXT, COMP_DATA - COMP_TEXT))
		fail(s, "a compartment executes something else than its text", c, NULL, r);
	if (view->world == WORLD_KERNEL && (c->rights & RIGHT_EXECUTE) &&
	    !va_in(s, c, KERNEL_VA, KERNEL_BYTES_MAX) &&
	    !(stretch_va(s, c) == h->load_pa && s->pa == h->load_pa))
		fail(s, "the kernel executes something else than its text and its head", c, NULL, r);
}

/* ---- Pairs ---- */

/* The kernel's window on what all its CPUs share. */
static bool kernel_shares(const struct stretch *s, const struct claim *a, const struct claim *b)
{
	if (stretch_va(s, a) != stretch_va(s, b))
		return false;
	return va_in(s, a, SHARED_VA, SHARED_BYTES_MAX) ||
	       (a->device &&
		(va_in(s, a, GICD_VA, GICR_VA - GICD_VA) || va_in(s, a, EARLY_UART_VA, PAGE_BYTES)));
}

/* Two readers of what nobody writes: the binary that all monitors run. */
static bool monitors_binary(const struct stretch *s, const struct claim *a, const struct claim *b)
{
	return stretch_view(s, a)->world == WORLD_MONITOR && stretch_view(s, b)->world == WORLD_MONITOR &&
	       va_in(s, a, COMP_TEXT, COMP_DATA - COMP_TEXT) && stretch_va(s, a) == stretch_va(s, b) &&
	       a->rights == b->rights;
}

/* `w` writes; may `o`, of another domain, read (or, the UART, write)? */
static bool granted(const struct stretch *s, const struct claim *w, const struct claim *o,
		    const struct grants *grants, enum grant_kind *kind)
{
	const struct grant *g = grants_find(grants, w->view, stretch_va(s, w), o->view, stretch_va(s, o));

	if (!(w->rights & RIGHT_WRITE) || !g)
		return false;
	*kind = g->kind;
	return g->kind == GRANT_UART ? w->device && o->device : o->rights == RIGHT_READ && !o->device;
}

/* Neither writes. */
static bool both_granted(const struct stretch *s, const struct claim *a, const struct claim *b,
			 const struct grants *grants, enum grant_kind *kind)
{
	const struct grant *g =
		grants_of_readers(grants, a->view, stretch_va(s, a), b->view, stretch_va(s, b));

	*kind = g ? g->kind : GRANT_BINARY;
	return g ? (a->rights | b->rights) == RIGHT_READ : monitors_binary(s, a, b);
}

static void check_same_domain(const struct stretch *s, const struct claim *a, const struct claim *b,
			      struct report *r)
{
	const struct view *va = stretch_view(s, a), *vb = stretch_view(s, b);
	uint8_t both = a->rights | b->rights;

	if (a->view == b->view) {
		if (va->world != WORLD_KERNEL || (both & RIGHT_WRITE) ||
		    s->end > s->image->header->load_pa + PAGE_BYTES)
			fail(s, "mapped twice in one space", a, b, r);
		return;
	}
	if (va->world == WORLD_KERNEL) {
		if ((both & RIGHT_WRITE) && !kernel_shares(s, a, b))
			fail(s, "one CPU reaches what is another's alone", a, b, r);
		return;
	}
	/* A guest and its monitor: the same RAM at the same address, for the monitor never text. */
	if (stretch_va(s, a) != stretch_va(s, b))
		fail(s, "a guest and its monitor see one page at different addresses", a, b, r);
	if ((va->world == WORLD_MONITOR ? a : b)->rights & RIGHT_EXECUTE || vb->world == va->world)
		fail(s, "a monitor executes its guest's memory", a, b, r);
}

/* True: of two domains, by a grant of *kind. */
static bool check_pair(const struct stretch *s, const struct claim *a, const struct claim *b,
		       const struct context *p, enum grant_kind *kind)
{
	bool ok;

	if (!a->rights || !b->rights) {
		fail(s, "a page of tables is mapped, or belongs to two tables", a, b, p->r);
		return false;
	}
	if (a->device != b->device)
		fail(s, "device memory and normal memory at once", a, b, p->r);
	if (same_domain(stretch_view(s, a), stretch_view(s, b))) {
		check_same_domain(s, a, b, p->r);
		return false;
	}
	if ((a->rights | b->rights) & RIGHT_WRITE)
		ok = granted(s, a, b, p->grants, kind) || granted(s, b, a, p->grants, kind);
	else
		ok = both_granted(s, a, b, p->grants, kind);
	if (!ok)
		fail(s, "two owners", a, b, p->r);
	return ok;
}

static bool check_stretch(const struct stretch *s, void *context)
{
	const struct context *p = context;
	enum grant_kind kind = GRANT_KINDS;
	bool shared = false;

	for (uint32_t i = 0; i < s->count && !report_full(p->r); i++) {
		check_claim(s, s->claim[i], p->r);
		for (uint32_t k = 0; k < i; k++)
			shared |= check_pair(s, s->claim[k], s->claim[i], p, &kind);
	}
	if (shared && kind < GRANT_KINDS)
		p->sharing->bytes[kind] += s->end - s->pa;
	return !report_full(p->r);
}

void owners_check(const struct image *m, const struct claims *claims, const struct grants *grants,
		  struct sharing *sharing, struct report *r)
{
	struct context p = { grants, sharing, r };

	*sharing = (struct sharing){ 0 };
	report_expect(r, sweep(m, claims, check_stretch, &p), "a page is mapped more than %d times",
		      MAX_ACTIVE);
}
