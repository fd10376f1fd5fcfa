/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/channels.h"
#include "abi/upcall.h"

#include <string.h>

const struct vmconf_channel *channel_end(const struct vmconf *conf, const char name[FMAP_NAME_BYTES])
{
	for (uint32_t i = 0; i < conf->channel_count; i++) {
		if (memcmp(conf->channel[i].name, name, FMAP_NAME_BYTES) == 0)
			return &conf->channel[i];
	}
	return NULL;
}

uint64_t channel_control(const struct vmconf *conf, const struct vmconf_channel *end)
{
	uint64_t number = VMCONF_CONTROL + (uint64_t)(end - conf->channel);

	return COMP_CHANNELS + number * COMP_CHANNEL_STRIDE + (end->writes ? 0 : PAGE_BYTES);
}

/* ---- Memory ---- */

/* The row of a VM's end. */
static bool is_row_of(const struct fmap_memory *row, uint32_t v, const struct vmconf_channel *end)
{
	uint32_t rights = MEMORY_READ | (end->writes ? MEMORY_WRITE : 0u);

	return row->kind == MEMORY_CHANNEL && row->owner_kind == OWNER_VM && row->owner == v &&
	       row->at == end->memory && row->bytes == end->bytes && row->rights == rights &&
	       memcmp(row->name, end->name, FMAP_NAME_BYTES) == 0;
}

static void check_memory(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	uint32_t all = 0, found = 0;

	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		all += row->kind == MEMORY_CHANNEL && row->owner_kind == OWNER_VM && row->owner == v;
		for (uint32_t n = 0; n < c->channel_count; n++)
			found += is_row_of(row, v, &c->channel[n]);
	}
	report_expect(r, all == c->channel_count && found == all,
		      "monitor of %s: its channels are not those of the f-map", m->vm[v].name);
}

/* ---- Doorbells ---- */

/* A link to VM w's end of a channel, by which the other side may be rung. */
static bool rings(const struct image *m, const struct comps *comps, const struct fmap_link *l, uint32_t w,
		  const struct vmconf_channel *from)
{
	const struct vmconf *conf = comps->monitor[w].vmconf;
	const struct vmconf_channel *to = channel_end(conf, from->name);

	return to && !to->writes != !from->writes && l->dst == m->vm[w].vcpu[0] &&
	       l->badge == NOTIFY_CHANNEL + (uint32_t)(to - conf->channel);
}

static void check_doorbell(const struct image *m, const struct comps *comps, uint32_t v,
			   const struct vmconf_channel *end, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];

	for (uint32_t k = 0; k < end->cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[vm->cap_first + end->cap_first + k];

		for (uint32_t n = 0; n < vm->vcpu_count; n++) {
			const struct fmap_link *l = &m->link[cap->link[n]];
			uint32_t w = l->dst < m->fmap->vcpus.count ? m->vcpu[l->dst].vm : v;

			report_expect(r, w != v && rings(m, comps, l, w, end),
				      "VM %s: the doorbell of channel %s rings elsewhere than at its other "
				      "end",
				      vm->name, end->name);
		}
	}
}

/* By those the kernel tells of a VM's health: at the other end of a channel, as what it is. */
static bool tells(const struct image *m, const struct comps *comps, uint32_t v, const struct fmap_link *l)
{
	const struct vmconf *own = comps->monitor[v].vmconf, *other;
	uint32_t w = l->dst < m->fmap->vcpus.count ? m->vcpu[l->dst].vm : v;
	uint32_t n = l->badge - NOTIFY_PEER;

	if (w == v || l->dst != m->vm[w].vcpu[0])
		return false;
	other = comps->monitor[w].vmconf;
	return n < other->channel_count && channel_end(own, other->channel[n].name);
}

static void check_health(const struct image *m, const struct comps *comps, uint32_t v, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];

	for (uint32_t k = 0; k < vm->health.cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[vm->health.cap_first + k];

		for (uint32_t n = 0; n < vm->vcpu_count; n++)
			report_expect(r, tells(m, comps, v, &m->link[cap->link[n]]),
				      "VM %s: its health is told to nobody at a channel of its own",
				      vm->name);
	}
}

/* The capabilities are the console's and the channels', cut in order. */
static bool check_caps(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	uint32_t next = c->uart_base ? 1 : 0;
	bool ok = true;

	for (uint32_t n = 0; n < c->channel_count; n++) {
		const struct vmconf_channel *end = &c->channel[n];

		ok &= end->cap_first == next && end->cap_count <= m->vm[v].cap_count;
		next += end->cap_count;
	}
	return report_expect(r, ok && next == m->vm[v].cap_count,
			     "VM %s has doorbells that are not its channels'", m->vm[v].name);
}

/* ---- Interrupts ---- */

static bool intid_is_own(const struct vmconf *c, uint32_t n)
{
	uint32_t intid = c->channel[n].intid;

	if (intid < 32 || intid >= c->intids || intid >= MAX_INTIDS ||
	    c->hw_irq[intid / 32] >> intid % 32 & 1)
		return false;
	if ((c->uart_base && intid == c->uart_intid) || (c->rtc_base && intid == c->rtc_intid) ||
	    (c->watchdog_base && intid == c->watchdog_intid))
		return false;
	for (uint32_t k = 0; k < n; k++) {
		if (c->channel[k].intid == intid)
			return false;
	}
	return true;
}

/* ---- Names ---- */

static bool name_is_own(const struct comps *comps, uint32_t vms, uint32_t v, const struct vmconf_channel *end)
{
	if (channel_end(comps->monitor[v].vmconf, end->name) != end)
		return false;
	for (uint32_t w = 0; w < vms && end->writes; w++) {
		const struct vmconf_channel *other = channel_end(comps->monitor[w].vmconf, end->name);

		if (w != v && other && other->writes)
			return false;
	}
	return true;
}

void channels_check(const struct image *m, const struct comps *comps, struct report *r)
{
	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		const struct vmconf *c = comps->monitor[v].vmconf;
		bool caps = check_caps(m, v, c, r);

		check_memory(m, v, c, r);
		for (uint32_t n = 0; n < c->channel_count; n++) {
			const struct vmconf_channel *end = &c->channel[n];

			report_expect(r, name_is_own(comps, m->fmap->vms.count, v, end),
				      "VM %s: channel %s is there twice", m->vm[v].name, end->name);
			report_expect(r, intid_is_own(c, n), "VM %s: channel %s has no interrupt of its own",
				      m->vm[v].name, end->name);
			if (caps)
				check_doorbell(m, comps, v, end, r);
		}
		check_health(m, comps, v, r);
	}
}
