/* SPDX-License-Identifier: Apache-2.0 */
/* Each window that a VM must have is there once, and no other: found one by one, then counted. */
#include "tools/verify/windows.h"

#include <string.h>

struct search {
	const struct image *image;
	const struct svcconf *conf;
	const char *service;
	struct report *report;
	uint32_t expected;     /* windows so far */
};

static void expect_window(struct search *s, uint32_t vm, uint64_t at, uint64_t bytes, uint32_t rights)
{
	uint32_t found = 0;

	for (uint32_t i = 0; i < s->conf->window_count; i++) {
		const struct svcconf_window *w = &s->conf->window[i];

		found += w->vm == vm && w->page * (uint64_t)PAGE_BYTES == at &&
			 w->pages * (uint64_t)PAGE_BYTES == bytes && w->rights == rights;
	}
	s->expected++;
	report_expect(s->report, found == 1, "%s: what VM %s has at %#jx is there %u times", s->service,
		      s->image->vm[vm].name, (uintmax_t)at, found);
}

/* Memory and devices: what the tables map. */
static void expect_rows(struct search *s)
{
	const struct image *m = s->image;

	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		if (row->owner_kind == OWNER_VM && row->owner < m->fmap->vms.count)
			expect_window(s, row->owner, row->at, row->bytes, row->rights);
	}
}

/* What the monitor answers for. */
static void expect_emulated(struct search *s, uint32_t vm, const struct vmconf *c)
{
	const struct {
		uint64_t at, bytes;
	} area[] = {
		{ c->gicd_base, 0x10000 },
		{ c->gicr_base, UINT64_C(0x20000) * c->vcpu_count },
		{ c->uart_base, PAGE_BYTES },
		{ c->rtc_base, PAGE_BYTES },
		{ c->watchdog_base, PAGE_BYTES },
	};

	for (size_t i = 0; i < sizeof(area) / sizeof(area[0]); i++) {
		if (area[i].at)
			expect_window(s, vm, area[i].at, area[i].bytes, SVCCONF_EMULATED);
	}
	for (uint32_t i = 0; i < c->channel_count; i++)
		expect_window(s, vm, c->channel[i].registers, PAGE_BYTES, SVCCONF_EMULATED);
}

void windows_check(const struct image *m, const struct comps *comps, uint32_t service, struct report *r)
{
	const struct svcconf *c = comps->service[service].svcconf;
	struct search s = { m, c, m->service[service].name, r, 0 };

	expect_rows(&s);
	for (uint32_t v = 0; v < m->fmap->vms.count; v++)
		expect_emulated(&s, v, comps->monitor[v].vmconf);
	report_expect(r, s.expected == c->window_count, "%s: %u windows of VMs, there are %u", s.service,
		      c->window_count, s.expected);
	for (uint32_t i = 0; i < c->window_count; i++)
		report_expect(r, memchr(c->window[i].name, 0, sizeof(c->window[i].name)) != NULL,
			      "%s: window %u: a name without an end", s.service, i);
}
