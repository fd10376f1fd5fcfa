/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checker's walk of a file of any contents: page tables lead anywhere, into each other and into
 * themselves. The file is small, so that each page of it can be any table, of any level. Few spaces are
 * walked: each one's walk may come upon whatever another left behind.
 */
#include "tests/proofs/eva.h"
#include <stdio.h>
/* A name, of any characters that fit. */
#define snprintf(to, bytes, ...) (Frama_C_make_unknown((to), (bytes) - 1), (to)[(bytes) - 1] = 0)
#include "tools/verify/walk.c"
#undef snprintf

#define PAGES 4
#define COUNT 2 /* of CPUs, VMs and services */
/* One of many: Eva does not relate addresses to a base that it does not know. */
#define LOAD_PA 0x40200000ul

static uint64_t file[PAGES * PAGE_BYTES / 8];
static struct image_header header;
static struct fmap fmap;
static struct fmap_vm vm[COUNT];
static struct fmap_service service[COUNT];
static struct fmap_context context[3 * COUNT];

/* What image_open and index_check made sure of, and no more. */
static void any_image(struct image *m)
{
	ANY(file);
	ANY(header);
	ANY(fmap);
	ANY(context);
	header.load_pa = LOAD_PA;
	fmap.pa_bits = BETWEEN(32, 48);
	fmap.cpus.count = fmap.vms.count = fmap.services.count = COUNT;
	for (uint32_t i = 0; i < COUNT; i++) {
		vm[i].guest_context = BETWEEN(0, 3 * COUNT - 1);
		vm[i].vmm_context = BETWEEN(0, 3 * COUNT - 1);
		service[i].context = BETWEEN(0, 3 * COUNT - 1);
	}
	m->data = (const uint8_t *)file;
	m->bytes = sizeof(file);
	m->header = &header;
	m->fmap = &fmap;
	m->vm = vm;
	m->service = service;
	m->context = context;
}

/* ---- What the walk tells ---- */

/* claims.c keeps it; how, is not looked at here. */
bool claims_add(struct claims *c, struct claim claim, struct report *r)
{
	(void)c, (void)r;
	//@ check view_exists: claim.view < 4 * COUNT;
	//@ check rights_are_three_bits: claim.rights <= 7;
	/*@ check page_or_block: claim.bytes == 0x1000 || claim.bytes == 0x200000 ||
		claim.bytes == 0x40000000; */
	return CHOICE;
}

void report_failure(struct report *r, const char *format, ...)
{
	(void)r, (void)format;
}

bool report_expect(struct report *r, bool holds, const char *format, ...)
{
	(void)r, (void)format;
	return holds;
}

int main(void)
{
	static struct claims claims;
	static struct report report;
	struct image m = { 0 };

	any_image(&m);
	walk_all(&m, &claims, &report);
	return 0;
}
