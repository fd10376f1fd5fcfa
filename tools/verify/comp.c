/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/comp.h"

static bool header_is_sound(const struct comp_header *h)
{
	return h && h->magic == COMP_MAGIC && h->text_bytes % PAGE_BYTES == 0 && h->text_bytes > 0 &&
	       h->text_bytes <= h->file_bytes && h->file_bytes <= COMP_DATA - COMP_TEXT &&
	       h->data_bytes % PAGE_BYTES == 0 && h->data_bytes <= COMP_DATA_BYTES_MAX &&
	       h->entry >= COMP_TEXT && h->entry < COMP_TEXT + h->text_bytes && h->entry % 4 == 0;
}

/* With as many windows as it says. */
static const struct svcconf *open_svcconf(const struct image *m, const struct claims *c, uint32_t view)
{
	const struct svcconf *conf = claims_data(c, m, view, COMP_CONF, sizeof(*conf));

	if (!conf || conf->window_count > SVCCONF_MAX_WINDOWS)
		return NULL;
	return claims_data(c, m, view, COMP_CONF, svcconf_bytes(conf->window_count));
}

static bool open_comp(struct comp *comp, const struct image *m, const struct claims *c, uint32_t view,
		      uint64_t entry, struct report *r)
{
	const char *name = c->view[view].name;

	comp->header = claims_data(c, m, view, COMP_TEXT, sizeof(*comp->header));
	if (!report_expect(r, header_is_sound(comp->header), "%s: no binary of a compartment at %#jx", name,
			   (uintmax_t)COMP_TEXT))
		return false;
	report_expect(r, comp->header->entry == entry, "%s: starts at %#jx, its binary says %#jx", name,
		      (uintmax_t)entry, (uintmax_t)comp->header->entry);
	if (c->view[view].world == WORLD_MONITOR)
		comp->vmconf = claims_data(c, m, view, COMP_CONF, sizeof(*comp->vmconf));
	else
		comp->svcconf = open_svcconf(m, c, view);
	return report_expect(r, comp->vmconf || comp->svcconf, "%s: no configuration at %#jx", name,
			     (uintmax_t)COMP_CONF);
}

bool comps_open(struct comps *comps, const struct image *m, const struct claims *c, struct report *r)
{
	bool ok = true;

	*comps = (struct comps){ 0 };
	for (uint32_t v = 0; v < m->fmap->vms.count; v++)
		ok &= open_comp(&comps->monitor[v], m, c, view_of_monitor(m, v), m->vm[v].vmm_entry, r);
	for (uint32_t s = 0; s < m->fmap->services.count; s++)
		ok &= open_comp(&comps->service[s], m, c, view_of_service(m, s), m->service[s].entry, r);
	return ok;
}
