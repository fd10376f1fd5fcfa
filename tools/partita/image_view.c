/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/image_view.h"
#include "tools/partita/arm.h"

#include <string.h>

/* More than the tables of any system have entries that mean something. */
#define STEPS_MAX (1u << 20)

const void *image_view_at(const struct image_view *v, uint64_t pa, uint64_t bytes)
{
	uint64_t base = v->header->load_pa;

	if (pa < base || bytes > v->file.bytes || pa - base > v->file.bytes - bytes)
		return NULL;
	return v->file.data + (pa - base);
}

const void *image_view_element(struct image_view *v, const void *array, uint32_t count, size_t bytes,
			       uint32_t i)
{
	static const union {
		struct fmap_vm vm;
		struct fmap_vcpu vcpu;
		struct fmap_slot slot;
		struct fmap_context context;
		struct fmap_idregs idregs;
		struct fmap_link link;
		struct fmap_cap cap;
	} nothing;

	if (i < count)
		return (const uint8_t *)array + i * bytes;
	v->sound = false;
	return &nothing;
}

bool image_view_is_image(struct blob file)
{
	const struct image_header *h = (const struct image_header *)(file.data + IMAGE_HEADER_OFFSET);

	return file.bytes >= IMAGE_HEADER_OFFSET + sizeof(*h) && h->magic == IMAGE_MAGIC;
}

/* An array that lies in the f-map, and aligned. */
static const void *array(struct image_view *v, struct fmap_array a, size_t element)
{
	const struct fmap *f = v->fmap;

	if (a.offset % 8 || a.offset > f->bytes || a.count > (f->bytes - a.offset) / element)
		v->sound = false;
	return (const uint8_t *)f + a.offset;
}

static bool is_within_limits(const struct image_view *v)
{
	const struct fmap *f = v->fmap;

	return f->magic == FMAP_MAGIC && f->version == FMAP_VERSION && f->bytes >= sizeof(*f) &&
	       image_view_at(v, v->header->fmap_pa, f->bytes) && f->cpus.count == v->header->cpu_count &&
	       f->cpus.count >= 1 && f->cpus.count <= MAX_CPUS && f->vms.count <= MAX_VMS &&
	       f->services.count < MAX_VMS;
}

bool image_view_open(struct image_view *v, struct blob file, struct arena *a)
{
	*v = (struct image_view){ .arena = a, .file = file, .steps = STEPS_MAX, .sound = true };
	v->header = (const struct image_header *)(file.data + IMAGE_HEADER_OFFSET);
	v->fmap = image_view_at(v, v->header->fmap_pa, sizeof(*v->fmap));
	if (!v->fmap || (v->header->fmap_pa | v->header->load_pa) % PAGE_BYTES || !is_within_limits(v))
		return false;
	v->cpu = array(v, v->fmap->cpus, sizeof(*v->cpu));
	v->slot = array(v, v->fmap->slots, sizeof(*v->slot));
	v->vm = array(v, v->fmap->vms, sizeof(*v->vm));
	v->vcpu = array(v, v->fmap->vcpus, sizeof(*v->vcpu));
	v->service = array(v, v->fmap->services, sizeof(*v->service));
	v->context = array(v, v->fmap->contexts, sizeof(*v->context));
	v->idreg = array(v, v->fmap->idregs, sizeof(*v->idreg));
	v->link = array(v, v->fmap->links, sizeof(*v->link));
	v->cap = array(v, v->fmap->caps, sizeof(*v->cap));
	v->irq = array(v, v->fmap->irqs, sizeof(*v->irq));
	return v->sound;
}

/* ---- Tables ---- */

struct walk {
	struct image_view *view;
	bool stage2;
	struct runs *runs;
};

static enum access access_of(const struct walk *w, uint64_t entry)
{
	bool write = w->stage2 ? entry & STAGE2_S2AP_WRITE : !(entry & STAGE1_AP2_READ_ONLY);
	bool execute = !(entry & DESCRIPTOR_XN);

	if (write)
		return execute ? ACCESS_RWX : ACCESS_RW;
	return execute ? ACCESS_RX : ACCESS_R;
}

static bool is_device(const struct walk *w, uint64_t entry)
{
	if (w->stage2)
		return (entry & STAGE2_MEMATTR_NORMAL_WB) == STAGE2_MEMATTR_DEVICE_nGnRE;
	return (entry & STAGE1_ATTR_INDEX(7)) == STAGE1_ATTR_INDEX(MAIR_DEVICE_nGnRE);
}

static void add_leaf(struct walk *w, uint64_t va, uint64_t entry, uint64_t bytes)
{
	struct run *last = w->runs->count ? &w->runs->run[w->runs->count - 1] : NULL;
	struct run run = {
		.va = va,
		.pa = entry & DESCRIPTOR_ADDRESS,
		.bytes = bytes,
		.access = access_of(w, entry),
		.device = is_device(w, entry),
	};

	if (last && last->va + last->bytes == va && last->pa + last->bytes == run.pa &&
	    last->access == run.access && last->device == run.device) {
		last->bytes += bytes;
		return;
	}
	w->runs->run = arena_extend(w->view->arena, w->runs->run, &w->runs->count, sizeof(run));
	w->runs->run[w->runs->count - 1] = run;
}

#define ENTRIES 512u
#define LAST_LEVEL 3u

static void walk(struct walk *w, uint64_t table_pa, uint64_t va, uint32_t level)
{
	const uint64_t *entry = image_view_at(w->view, table_pa, ENTRIES * sizeof(*entry));
	uint64_t bytes = (uint64_t)PAGE_BYTES << (9 * (LAST_LEVEL - level));

	if (!entry || w->view->steps < ENTRIES) {
		w->view->sound = false;
		return;
	}
	w->view->steps -= ENTRIES;
	for (uint32_t i = 0; i < ENTRIES; i++, va += bytes) {
		if (!(entry[i] & DESCRIPTOR_VALID))
			continue;
		if (level < LAST_LEVEL && (entry[i] & DESCRIPTOR_TABLE))
			walk(w, entry[i] & DESCRIPTOR_ADDRESS, va, level + 1);
		else
			add_leaf(w, va, entry[i], bytes);
	}
}

struct runs image_view_stage1(struct image_view *v, uint64_t root)
{
	struct runs runs = { .count = 0 };

	walk(&(struct walk){ v, false, &runs }, root & DESCRIPTOR_ADDRESS, 0, 1);
	return runs;
}

struct runs image_view_stage2(struct image_view *v, const struct fmap_context *c)
{
	struct runs runs = { .count = 0 };

	walk(&(struct walk){ v, true, &runs }, c->vttbr_el2 & DESCRIPTOR_ADDRESS, 0, 1);
	return runs;
}

const void *image_view_seen(const struct image_view *v, struct runs space, uint64_t va, uint64_t bytes)
{
	for (uint32_t i = 0; i < space.count; i++) {
		const struct run *r = &space.run[i];

		if (va >= r->va && bytes <= r->bytes && va - r->va <= r->bytes - bytes)
			return image_view_at(v, r->pa + (va - r->va), bytes);
	}
	return NULL;
}
