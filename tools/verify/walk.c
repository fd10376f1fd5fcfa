/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Descriptors after DDI 0487, "VMSAv8-64 translation table format descriptors": 4 KiB granule,
 * levels 1 to 3. Each page of tables is walked at most once in a space, and tables of EL2 alone
 * may be shared between spaces, so the work is bounded by the size of the file.
 */
#include "tools/verify/walk.h"
#include "tools/verify/index.h"

#include <stdio.h>
#include <stdlib.h>

#define ADDRESS UINT64_C(0x0000fffffffff000)
#define VALID UINT64_C(1)
#define TABLE_OR_PAGE UINT64_C(2)
#define AF (UINT64_C(1) << 10)
#define SH_INNER (UINT64_C(3) << 8)
#define SH_MASK (UINT64_C(3) << 8)
#define XN (UINT64_C(1) << 54)
/* Stage 1 */
#define ATTR_INDEX_MASK (UINT64_C(7) << 2)
#define AP1 (UINT64_C(1) << 6)
#define AP2_READ_ONLY (UINT64_C(1) << 7)
#define STAGE1_BITS (VALID | TABLE_OR_PAGE | ATTR_INDEX_MASK | AP1 | AP2_READ_ONLY | SH_MASK | AF | XN)
/* Stage 2 */
#define MEMATTR_MASK (UINT64_C(0xf) << 2)
#define MEMATTR_DEVICE_nGnRE (UINT64_C(1) << 2)
#define MEMATTR_NORMAL_WB (UINT64_C(0xf) << 2)
#define S2AP_READ (UINT64_C(1) << 6)
#define S2AP_WRITE (UINT64_C(1) << 7)
#define STAGE2_BITS (VALID | TABLE_OR_PAGE | MEMATTR_MASK | S2AP_READ | S2AP_WRITE | SH_MASK | AF | XN)

#define PAGE_NONE SIZE_MAX

/* What is known of a page of the file: which space last used it as a table, and how. */
struct table_use {
	uint16_t view;         /* + 1; 0: no table */
	uint8_t stage, level;
};

struct walk {
	const struct image *image;
	struct claims *claims;
	struct report *report;
	struct table_use *use; /* by page of the file */
	uint16_t view;
	unsigned int stage;
	bool stop;             /* there is no sense in going on */
};

static unsigned int shift(unsigned int level)
{
	return 12 + 9 * (3 - level);
}

static const char *view_name(const struct walk *w)
{
	return w->claims->view[w->view].name;
}

/* ---- Leaves ---- */

static bool stage1_leaf(struct walk *w, uint64_t d, struct claim *claim)
{
	uint64_t attribute = (d & ATTR_INDEX_MASK) >> 2;

	claim->rights = RIGHT_READ;
	if (!(d & AP2_READ_ONLY))
		claim->rights |= RIGHT_WRITE;
	if (!(d & XN))
		claim->rights |= RIGHT_EXECUTE;
	claim->device = attribute == MAIR_DEVICE_nGnRE;
	return (d & AP1) && (attribute == MAIR_DEVICE_nGnRE || attribute == MAIR_NORMAL_WB) &&
	       (d & ~(STAGE1_BITS | ADDRESS)) == 0 && w->stage == 1;
}

static bool stage2_leaf(struct walk *w, uint64_t d, struct claim *claim)
{
	uint64_t attribute = d & MEMATTR_MASK;

	claim->rights = 0;
	if (d & S2AP_READ)
		claim->rights |= RIGHT_READ;
	if (d & S2AP_WRITE)
		claim->rights |= RIGHT_WRITE;
	if (!(d & XN))
		claim->rights |= RIGHT_EXECUTE;
	claim->device = attribute == MEMATTR_DEVICE_nGnRE;
	return (d & S2AP_READ) && (attribute == MEMATTR_DEVICE_nGnRE || attribute == MEMATTR_NORMAL_WB) &&
	       (d & ~(STAGE2_BITS | ADDRESS)) == 0 && w->stage == 2;
}

static void leaf(struct walk *w, uint64_t d, uint64_t va, unsigned int level)
{
	struct claim claim = {
		.pa = d & ADDRESS, .bytes = UINT64_C(1) << shift(level), .va = va, .view = w->view
	};
	bool known = w->stage == 1 ? stage1_leaf(w, d, &claim) : stage2_leaf(w, d, &claim);

	report_expect(w->report,
		      known && (d & AF) && (d & SH_MASK) == SH_INNER && claim.pa % claim.bytes == 0,
		      "%s: the descriptor %#jx at %#jx is none of the kinds that belong here", view_name(w),
		      (uintmax_t)d, (uintmax_t)va);
	report_expect(w->report, (claim.pa + claim.bytes - 1) >> w->image->fmap->pa_bits == 0,
		      "%s: %#jx is mapped to %#jx, above 2^%u", view_name(w), (uintmax_t)va,
		      (uintmax_t)claim.pa, w->image->fmap->pa_bits);
	report_expect(w->report, !claim.device || !(claim.rights & RIGHT_EXECUTE),
		      "%s: device memory at %#jx is executable", view_name(w), (uintmax_t)va);
	if (!claims_add(w->claims, claim, w->report))
		w->stop = true;
}

/* ---- Tables ---- */

/* The page of the file that is at an address; PAGE_NONE: there is none. */
static size_t page_at(const struct image *m, uint64_t pa)
{
	uint64_t offset = pa - m->header->load_pa, page = offset / PAGE_BYTES;

	if (offset % PAGE_BYTES != 0 || page >= m->bytes / PAGE_BYTES)
		return PAGE_NONE;
	return page;
}

/* False: not to be walked (again). */
static bool use_table(struct walk *w, uint64_t pa, size_t page, unsigned int level)
{
	const struct claim claim = { .pa = pa, .bytes = PAGE_BYTES, .va = 0, .view = w->view, .rights = 0 };
	struct table_use *use = &w->use[page];
	bool fresh = use->view == 0;

	if (!report_expect(w->report,
			   fresh || (use->view != w->view + 1 && use->stage == 1 && w->stage == 1 &&
				     use->level == level),
			   "%s: the table at %#jx is used twice", view_name(w), (uintmax_t)pa))
		return false;
	*use = (struct table_use){ (uint16_t)(w->view + 1), (uint8_t)w->stage, (uint8_t)level };
	if (fresh && !claims_add(w->claims, claim, w->report))
		w->stop = true;
	return true;
}

static void table(struct walk *w, uint64_t pa, uint64_t va, unsigned int level, unsigned int entries)
{
	size_t page = page_at(w->image, pa);
	const uint64_t *entry;

	if (page == PAGE_NONE) {
		report_failure(w->report, "%s: a table at %#jx is not in the image", view_name(w),
			       (uintmax_t)pa);
		return;
	}
	if (!use_table(w, pa, page, level))
		return;
	entry = (const uint64_t *)(const void *)(w->image->data + page * PAGE_BYTES);
	for (unsigned int i = 0; i < entries && !w->stop; i++) {
		uint64_t d = entry[i], at = va + ((uint64_t)i << shift(level));

		if (!(d & VALID))
			continue;
		if (level == 3 || !(d & TABLE_OR_PAGE)) {
			report_expect(w->report, level != 3 || (d & TABLE_OR_PAGE),
				      "%s: reserved descriptor %#jx at %#jx", view_name(w), (uintmax_t)d,
				      (uintmax_t)at);
			leaf(w, d, at, level);
		} else {
			report_expect(w->report, (d & ~(ADDRESS | VALID | TABLE_OR_PAGE)) == 0,
				      "%s: table descriptor %#jx at %#jx has attributes", view_name(w),
				      (uintmax_t)d, (uintmax_t)at);
			table(w, d & ADDRESS, at, level + 1, 512);
		}
	}
}

/* ---- Spaces ---- */

static void space(struct walk *w, enum world world, uint32_t index, uint64_t root, const char *name)
{
	static const char *const prefix[] = { "kernel, CPU ", "VM ", "monitor of ", "" };
	struct view *view = &w->claims->view[w->claims->view_count];

	*view = (struct view){ .world = world, .index = index, .root = root };
	snprintf(view->name, sizeof(view->name), "%s%s", prefix[world], name);
	w->view = (uint16_t)w->claims->view_count++;
	w->stage = world == WORLD_KERNEL ? 1 : 2;
	table(w, root, 0, 1, 1u << ((w->stage == 1 ? EL2_VA_BITS : IPA_BITS) - 30));
}

void walk_all(const struct image *m, struct claims *claims, struct report *r)
{
	struct walk w = { .image = m, .claims = claims, .report = r };

	w.use = calloc(m->bytes / PAGE_BYTES, sizeof(*w.use));
	if (!w.use) {
		report_failure(r, "out of memory");
		return;
	}
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		char number[12];

		snprintf(number, sizeof(number), "%u", c);
		space(&w, WORLD_KERNEL, c, m->header->cpu[c].ttbr0_el2, number);
	}
	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		space(&w, WORLD_GUEST, v, context_root(&m->context[m->vm[v].guest_context]), m->vm[v].name);
		space(&w, WORLD_MONITOR, v, context_root(&m->context[m->vm[v].vmm_context]), m->vm[v].name);
	}
	for (uint32_t s = 0; s < m->fmap->services.count; s++)
		space(&w, WORLD_SERVICE, s, context_root(&m->context[m->service[s].context]),
		      m->service[s].name);
	free(w.use);
}
