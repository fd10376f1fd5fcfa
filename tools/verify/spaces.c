/* SPDX-License-Identifier: Apache-2.0 */
/*
 * For each view a plan is written down, a list of extents, and held against its claims, both in
 * the order of addresses. What is private has no physical address in the plan: any zeroed pages of
 * the image will do there, in one piece, since owners.c shows that no other has them.
 */
#include "tools/verify/spaces.h"
#include "tools/verify/channels.h"

#include <stdlib.h>

enum backing { AT_PA, IN_FILE, IN_ZERO };

struct extent {
	uint64_t va, bytes;
	enum backing backing;
	uint64_t pa;
	uint8_t rights;
	bool device;
	const char *what;
};

struct plan {
	const struct image *image;
	const struct view *view;
	struct extent *extent;
	uint32_t count;
};

#define R RIGHT_READ
#define W RIGHT_WRITE
#define X RIGHT_EXECUTE

/* Extents of a plan that are not rows of the f-map: a monitor's stacks and images, and some more;
 * a service's channels and logs; the kernel's level lines. */
#define EXTENTS_MAX (2 * SVCCONF_MAX_CHANNELS + MAX_CPUS + MAX_VMS + VMCONF_MAX_LOADS + \
		     MAX_VCPUS_PER_VM + VMCONF_MAX_CHANNELS + 16)

static void add(struct plan *p, struct extent e)
{
	if (e.bytes)
		p->extent[p->count++] = e;
}

static void add_zero(struct plan *p, const char *what, uint64_t va, uint64_t bytes, uint8_t rights)
{
	add(p, (struct extent){ va, bytes, IN_ZERO, 0, rights, false, what });
}

static void add_file(struct plan *p, const char *what, uint64_t va, uint64_t bytes, uint8_t rights)
{
	add(p, (struct extent){ va, bytes, IN_FILE, 0, rights, false, what });
}

static uint64_t pages(uint64_t bytes)
{
	return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* ---- Rows of the f-map ---- */

static const char *row_what(const struct fmap_memory *row)
{
	static const char *const kind[] = { "RAM", "a device", "a channel" };

	return row->name[0] ? row->name : kind[row->kind];
}

static void add_rows(struct plan *p, enum fmap_owner owner_kind, uint32_t owner)
{
	for (uint32_t i = 0; i < p->image->fmap->memory.count; i++) {
		const struct fmap_memory *row = &p->image->memory[i];

		if (row->owner_kind == (uint32_t)owner_kind && row->owner == owner)
			add(p, (struct extent){ row->at, row->bytes, AT_PA, row->pa, (uint8_t)row->rights,
						row->kind == MEMORY_DEVICE, row_what(row) });
	}
}

/* A monitor loads its guest: it has all the RAM, to read and write. */
static void add_guest_ram(struct plan *p, uint32_t vm)
{
	for (uint32_t i = 0; i < p->image->fmap->memory.count; i++) {
		const struct fmap_memory *row = &p->image->memory[i];

		if (row->owner_kind == OWNER_VM && row->owner == vm && row->kind == MEMORY_RAM)
			add(p, (struct extent){ row->at, row->bytes, AT_PA, row->pa, R | W, false,
						"its guest's RAM" });
	}
}

/* ---- Plans ---- */

static void plan_kernel(struct plan *p, uint32_t cpu)
{
	const struct image_header *h = p->image->header;
	const struct fmap *f = p->image->fmap;
	uint64_t text = f->kernel_text_bytes, constants = f->kernel_bytes - text;

	add(p, (struct extent){ h->load_pa, PAGE_BYTES, AT_PA, h->load_pa, R | X, false, "the head" });
	add(p, (struct extent){ KERNEL_VA, text, AT_PA, h->load_pa, R | X, false, "kernel text" });
	add(p, (struct extent){ KERNEL_VA + text, constants, AT_PA, h->load_pa + text, R, false,
				"kernel constants" });
	add(p, (struct extent){ FMAP_VA, pages(f->bytes), AT_PA, h->fmap_pa, R, false, "the f-map" });
	add_zero(p, "the shared area", SHARED_VA, pages(f->shared_bytes), R | W);
	add_zero(p, "the CPU's log", LOG_VA, PAGE_BYTES, R | W);
	for (uint64_t v = 0; v < f->vms.count; v++)
		add_zero(p, "a VM's level lines", LINES_VA + v * PAGE_BYTES, PAGE_BYTES, R);
	add_zero(p, "the CPU's stack", STACK_VA, STACK_BYTES, R | W);
	add_zero(p, "the CPU's state", CPU_VA, p->image->cpu[cpu].state_bytes, R | W);
	add_rows(p, OWNER_KERNEL, 0);
	add_rows(p, OWNER_CPU, cpu);
}

static void plan_comp(struct plan *p, const struct comp *c, uint64_t conf_bytes)
{
	uint64_t text = c->header->text_bytes;

	add_file(p, "its text", COMP_TEXT, text, R | X);
	add_file(p, "its constants", COMP_TEXT + text, comp_file_bytes(c) - text, R);
	add_zero(p, "its data", COMP_DATA, c->header->data_bytes, R | W);
	add_file(p, "its configuration", COMP_CONF, pages(conf_bytes), R);
}

static void add_channel(struct plan *p, uint64_t number)
{
	uint64_t va = COMP_CHANNELS + number * COMP_CHANNEL_STRIDE;

	add_zero(p, "its page of a console channel", va, PAGE_BYTES, R | W);
	add_zero(p, "the peer's page of a console channel", va + PAGE_BYTES, PAGE_BYTES, R);
}

static void plan_monitor(struct plan *p, uint32_t vm, const struct comp *c)
{
	const struct vmconf *conf = c->vmconf;

	add_guest_ram(p, vm);
	add_rows(p, OWNER_MONITOR, vm);
	plan_comp(p, c, sizeof(*conf));
	add_zero(p, "its level lines", COMP_LINES, PAGE_BYTES, R | W);
	for (uint32_t n = 0; n < p->image->vm[vm].vcpu_count; n++)
		add_zero(p, "a stack", COMP_STACKS + (uint64_t)n * COMP_STACK_STRIDE, COMP_STACK_BYTES,
			 R | W);
	if (conf->uart_base)
		add_channel(p, conf->console_channel);
	for (uint32_t n = 0; n < conf->channel_count; n++)
		add_zero(p, "a channel's control", channel_control(conf, &conf->channel[n]), PAGE_BYTES,
			 conf->channel[n].writes ? R | W : R);
	for (uint32_t i = 0; i < conf->load_count; i++)
		add_file(p, "a guest image", conf->load[i].src, pages(conf->load[i].bytes), R);
}

static void plan_service(struct plan *p, uint32_t service, const struct comp *c)
{
	plan_comp(p, c, svcconf_bytes(c->svcconf->window_count));
	add_zero(p, "its stack", COMP_STACKS, COMP_STACK_BYTES, R | W);
	for (uint32_t n = 0; n < c->svcconf->channel_count; n++)
		add_channel(p, n);
	for (uint64_t n = 0; n < c->svcconf->log_count; n++)
		add_zero(p, "a CPU's log", COMP_LOGS + n * PAGE_BYTES, PAGE_BYTES, R);
	add_rows(p, OWNER_SERVICE, service);
}

#undef R
#undef W
#undef X

/* ---- A plan against a view's claims ---- */

static bool is_backed(const struct plan *p, const struct extent *e, uint64_t pa, uint64_t bytes)
{
	const struct image_header *h = p->image->header;

	switch (e->backing) {
	case AT_PA:
		return true;
	case IN_FILE:
		return image_at(p->image, pa, bytes);
	case IN_ZERO:
		return pa >= h->zero_pa && pa - h->zero_pa <= h->zero_bytes &&
		       bytes <= h->zero_bytes - (pa - h->zero_pa);
	}
	return false;
}

struct cursor {
	uint64_t into;
	size_t index, end;
};

static void move(struct cursor *c, uint64_t step, uint64_t bytes)
{
	c->into += step;
	if (c->into < bytes)
		return;
	c->into = 0;
	c->index++;
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* An extent without an address of its own gets that of its first page: it is one piece. */
static void check_match(const struct plan *p, struct extent *e, uint64_t e_into, const struct claim *c,
			uint64_t c_into, uint64_t bytes, struct report *r)
{
	uint64_t pa = c->pa + c_into;

	if (e->backing != AT_PA && e_into == 0)
		e->pa = pa;
	report_expect(r, c->rights == e->rights && c->device == e->device,
		      "%s: %s at %#jx has rights %s%s, not %s%s", p->view->name, e->what,
		      (uintmax_t)(c->va + c_into), rights_text(c->rights), c->device ? " as a device" : "",
		      rights_text(e->rights), e->device ? " as a device" : "");
	report_expect(r, pa == e->pa + e_into && is_backed(p, e, pa, bytes),
		      "%s: %s at %#jx is mapped to %#jx, which is not its place", p->view->name, e->what,
		      (uintmax_t)(c->va + c_into), (uintmax_t)pa);
}

static void compare(const struct plan *p, const struct claims *claims, struct report *r)
{
	struct cursor e = { .end = p->count }, c = { 0, p->view->first, p->view->first + p->view->count };

	while ((e.index < e.end || c.index < c.end) && !report_full(r)) {
		struct extent *extent = e.index < e.end ? &p->extent[e.index] : NULL;
		const struct claim *claim = c.index < c.end ? &claims->claim[c.index] : NULL;
		uint64_t e_va = extent ? extent->va + e.into : UINT64_MAX;
		uint64_t c_va = claim ? claim->va + c.into : UINT64_MAX, step;

		if (claim && !claim->rights) {
			c.index++; /* a page of tables */
		} else if (e_va < c_va) {
			step = least(extent->bytes - e.into, c_va - e_va);
			report_failure(r, "%s: nothing is mapped at %#jx, where it has %s", p->view->name,
				       (uintmax_t)e_va, extent->what);
			move(&e, step, extent->bytes);
		} else if (c_va < e_va) {
			step = least(claim->bytes - c.into, e_va - c_va);
			report_failure(r, "%s: %#jx is mapped at %#jx, where it has nothing", p->view->name,
				       (uintmax_t)(claim->pa + c.into), (uintmax_t)c_va);
			move(&c, step, claim->bytes);
		} else {
			step = least(extent->bytes - e.into, claim->bytes - c.into);
			check_match(p, extent, e.into, claim, c.into, step, r);
			move(&e, step, extent->bytes);
			move(&c, step, claim->bytes);
		}
	}
}

static int by_address(const void *pa, const void *pb)
{
	const struct extent *a = pa, *b = pb;

	return a->va < b->va ? -1 : a->va > b->va;
}

static bool sort(struct plan *p, struct report *r)
{
	bool apart = true;

	if (p->count)
		qsort(p->extent, p->count, sizeof(*p->extent), by_address);
	for (uint32_t i = 1; i < p->count; i++) {
		const struct extent *a = &p->extent[i - 1], *b = &p->extent[i];

		apart &= report_expect(r, a->bytes <= b->va - a->va, "%s: %s and %s overlap at %#jx",
				       p->view->name, a->what, b->what, (uintmax_t)b->va);
	}
	return apart;
}

static void plan_view(struct plan *p, const struct comps *comps)
{
	switch (p->view->world) {
	case WORLD_KERNEL:
		plan_kernel(p, p->view->index);
		break;
	case WORLD_GUEST:
		add_rows(p, OWNER_VM, p->view->index);
		break;
	case WORLD_MONITOR:
		plan_monitor(p, p->view->index, &comps->monitor[p->view->index]);
		break;
	case WORLD_SERVICE:
		plan_service(p, p->view->index, &comps->service[p->view->index]);
		break;
	}
}

void spaces_check(const struct image *m, const struct claims *claims, const struct comps *comps,
		  struct report *r)
{
	struct plan p = { .image = m };

	p.extent = malloc((m->fmap->memory.count + EXTENTS_MAX) * sizeof(*p.extent));
	if (!report_expect(r, p.extent, "out of memory"))
		return;
	for (uint32_t v = 0; v < claims->view_count && !report_full(r); v++) {
		p.view = &claims->view[v];
		p.count = 0;
		plan_view(&p, comps);
		if (sort(&p, r))
			compare(&p, claims, r);
	}
	free(p.extent);
}
