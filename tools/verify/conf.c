/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/conf.h"
#include "tools/verify/channels.h"
#include "tools/verify/windows.h"
#include "abi/upcall.h"
#include "lib/blake2b.h"

#include <string.h>

#define BLOCK_BYTES UINT64_C(0x200000)
#define MPIDR_AFFINITY UINT64_C(0xff00ffffff)
#define IPA_END (UINT64_C(1) << IPA_BITS)

static bool name_ends(const char name[FMAP_NAME_BYTES])
{
	return memchr(name, 0, FMAP_NAME_BYTES) != NULL;
}

static bool within(uint64_t at, uint64_t bytes, uint64_t first, uint64_t end)
{
	return at >= first && at <= end && bytes <= end - at;
}

/* ---- A monitor ---- */

static bool check_counts(const struct vmconf *c, const struct fmap_vm *vm, struct report *r)
{
	bool ok = report_expect(r, c->magic == VMCONF_MAGIC && name_ends(c->name),
				"monitor of %s: no configuration of this format", vm->name);

	ok &= report_expect(
		r, c->ram_count >= 1 && c->ram_count <= VMCONF_MAX_RAM && c->load_count <= VMCONF_MAX_LOADS,
		"monitor of %s: %u pieces of RAM, %u images", vm->name, c->ram_count, c->load_count);
	ok &= report_expect(r, c->channel_count <= VMCONF_MAX_CHANNELS, "monitor of %s: %u channels",
			    vm->name, c->channel_count);
	for (uint32_t i = 0; i < c->channel_count && i < VMCONF_MAX_CHANNELS; i++)
		ok &= report_expect(r, name_ends(c->channel[i].name),
				    "monitor of %s: channel %u: a name without an end", vm->name, i);
	ok &= report_expect(r, c->console_channel < (COMP_LOGS - COMP_CHANNELS) / COMP_CHANNEL_STRIDE,
			    "monitor of %s: channel %u", vm->name, c->console_channel);
	for (uint32_t i = 0; i < c->load_count && i < VMCONF_MAX_LOADS; i++)
		ok &= report_expect(r,
				    c->load[i].bytes > 0 && c->load[i].src % BLOCK_BYTES == 0 &&
					    within(c->load[i].src, c->load[i].bytes, COMP_IMAGES, IPA_END),
				    "monitor of %s: image %u lies at %#jx", vm->name, i,
				    (uintmax_t)c->load[i].src);
	return ok;
}

static void check_machine(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];
	bool same = c->vcpu_count == vm->vcpu_count && c->intids == vm->intids &&
		    memcmp(c->name, vm->name, FMAP_NAME_BYTES) == 0;

	for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++)
		same &= c->mpidr[n] ==
			(n < vm->vcpu_count ? m->vcpu[vm->vcpu[n]].vmpidr_el2 & MPIDR_AFFINITY : 0);
	report_expect(r, same, "monitor of %s: f-map and configuration differ in name, vCPUs or interrupts",
		      vm->name);
}

static bool has_ram(const struct image *m, uint32_t v, const struct vmconf_ram *ram)
{
	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		if (row->kind == MEMORY_RAM && row->owner_kind == OWNER_VM && row->owner == v &&
		    row->at == ram->ipa && row->bytes == ram->bytes)
			return true;
	}
	return false;
}

static void check_ram(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	uint32_t rows = 0;

	for (uint32_t i = 0; i < m->fmap->memory.count; i++)
		rows += m->memory[i].kind == MEMORY_RAM && m->memory[i].owner_kind == OWNER_VM &&
			m->memory[i].owner == v;
	report_expect(r, rows == c->ram_count, "monitor of %s: %u pieces of RAM, the f-map has %u",
		      m->vm[v].name, c->ram_count, rows);
	for (uint32_t i = 0; i < c->ram_count; i++) {
		report_expect(r, has_ram(m, v, &c->ram[i]), "monitor of %s: RAM at %#jx is not the f-map's",
			      m->vm[v].name, (uintmax_t)c->ram[i].ipa);
		for (uint32_t k = 0; k < i; k++)
			report_expect(r, c->ram[k].ipa != c->ram[i].ipa,
				      "monitor of %s: RAM at %#jx is there twice", m->vm[v].name,
				      (uintmax_t)c->ram[i].ipa);
	}
}

static bool in_ram(const struct vmconf *c, uint64_t ipa, uint64_t bytes)
{
	for (uint32_t i = 0; i < c->ram_count; i++) {
		if (within(ipa, bytes, c->ram[i].ipa, c->ram[i].ipa + c->ram[i].bytes))
			return true;
	}
	return false;
}

static bool hash_is_right(const void *data, const struct vmconf_load *load)
{
	uint8_t found[VMCONF_HASH_BYTES];
	struct blake2b hash;

	blake2b_init(&hash, sizeof(found));
	blake2b_update(&hash, data, load->bytes);
	blake2b_final(&hash, found);
	return memcmp(found, load->hash, sizeof(found)) == 0;
}

static void check_loads(const struct image *m, const struct claims *claims, uint32_t v,
			const struct vmconf *c, struct report *r)
{
	const char *vm = m->vm[v].name;
	uint64_t free = 0;

	for (uint32_t i = 0; i < c->load_count; i++) {
		const struct vmconf_load *load = &c->load[i];
		const void *data = claims_data(claims, m, view_of_monitor(m, v), load->src, load->bytes);

		report_expect(r, name_ends(load->name), "VM %s: image %u: a name without an end", vm, i);
		report_expect(r, load->dst >= free && in_ram(c, load->dst, load->bytes),
			      "VM %s: image %u goes to %#jx, outside its RAM or over another one", vm, i,
			      (uintmax_t)load->dst);
		free = load->dst + load->bytes;
		report_expect(r, data && hash_is_right(data, load), "VM %s: the hash of image %u differs", vm,
			      i);
	}
	report_expect(r, c->entry % 4 == 0 && in_ram(c, c->entry, 4), "VM %s: starts at %#jx, not in its RAM",
		      vm, (uintmax_t)c->entry);
}

static bool is_doorbell(const struct image *m, uint32_t cap_first, uint32_t cap_count, uint32_t n)
{
	return n < cap_count && m->cap[cap_first + n].kind == CAP_DOORBELL;
}

/* An interrupt of a virtual device: not one that hardware has. */
static bool is_virtual(const struct vmconf *c, uint32_t intid)
{
	return intid >= 32 && intid < c->intids && intid < MAX_INTIDS &&
	       !(c->hw_irq[intid / 32] >> intid % 32 & 1);
}

static bool watchdog_is_sound(const struct vmconf *c)
{
	if (!c->watchdog_base)
		return !c->watchdog_intid && !c->watchdog_hz && !c->watchdog_start;
	return is_virtual(c, c->watchdog_intid) && c->watchdog_hz >= VMCONF_WATCHDOG_HZ_MIN &&
	       (!c->uart_base || c->watchdog_intid != c->uart_intid) &&
	       (!c->rtc_base || c->watchdog_intid != c->rtc_intid);
}

static void check_devices(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];

	report_expect(r,
		      c->uart_base ? is_virtual(c, c->uart_intid) &&
					     is_doorbell(m, vm->cap_first, vm->cap_count, c->console_doorbell)
				   : !c->uart_intid && !c->uart_clock_hz && !c->console_channel &&
					     c->console_doorbell == FMAP_NONE,
		      "monitor of %s: its UART has no interrupt or doorbell that is its own", vm->name);
	report_expect(r,
		      c->rtc_base ? is_virtual(c, c->rtc_intid) &&
					    (!c->uart_base || c->rtc_intid != c->uart_intid)
				  : !c->rtc_intid && !c->rtc_start,
		      "monitor of %s: its clock has no interrupt of its own", vm->name);
	report_expect(r, watchdog_is_sound(c),
		      "monitor of %s: its watchdog has no interrupt or clock of its own", vm->name);
}

/* GIC, UART, clock, watchdog; the channels' come behind. */
#define DEVICE_AREAS 5

/* The registers that a monitor emulates: where nothing is mapped, each by itself. */
static void check_registers(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	struct {
		uint64_t at, bytes;
	} area[DEVICE_AREAS + VMCONF_MAX_CHANNELS] = { { c->gicd_base, 0x10000 },
		     { c->gicr_base, UINT64_C(0x20000) * c->vcpu_count },
		     { c->uart_base, c->uart_base ? PAGE_BYTES : 0 },
		     { c->rtc_base, c->rtc_base ? PAGE_BYTES : 0 },
		     { c->watchdog_base, c->watchdog_base ? PAGE_BYTES : 0 } };

	for (uint32_t i = 0; i < c->channel_count; i++) {
		area[DEVICE_AREAS + i].at = c->channel[i].registers;
		area[DEVICE_AREAS + i].bytes = PAGE_BYTES;
	}
	for (uint32_t i = 0; i < DEVICE_AREAS + c->channel_count; i++) {
		bool clear = area[i].at % PAGE_BYTES == 0 && within(area[i].at, area[i].bytes, 0, IPA_END);

		for (uint32_t k = 0; k < i && clear; k++)
			clear = area[i].at + area[i].bytes <= area[k].at ||
				area[k].at + area[k].bytes <= area[i].at || !area[k].bytes || !area[i].bytes;
		for (uint32_t k = 0; k < m->fmap->memory.count && clear; k++) {
			const struct fmap_memory *row = &m->memory[k];

			clear = row->owner_kind != OWNER_VM || row->owner != v ||
				area[i].at + area[i].bytes <= row->at || row->at + row->bytes <= area[i].at;
		}
		report_expect(r, clear, "monitor of %s: its registers at %#jx are not clear of other things",
			      m->vm[v].name, (uintmax_t)area[i].at);
	}
}

static void check_hardware_irqs(const struct image *m, uint32_t v, const struct vmconf *c, struct report *r)
{
	uint32_t own[32] = { 0 }, edge[32] = { 0 };

	for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
		const struct fmap_irq *irq = &m->irq[i];
		uint32_t bit = UINT32_C(1) << irq->vintid % 32;

		if (irq->kind != IRQ_VM || irq->owner != v)
			continue;
		own[irq->vintid / 32] |= bit;
		edge[irq->vintid / 32] |= irq->edge ? bit : 0;
	}
	report_expect(
		r, memcmp(own, c->hw_irq, sizeof(own)) == 0 && memcmp(edge, c->hw_edge, sizeof(edge)) == 0,
		"monitor of %s: f-map and configuration differ in its physical interrupts", m->vm[v].name);
}

static bool check_vm(const struct image *m, const struct claims *claims, uint32_t v, const struct vmconf *c,
		     struct report *r)
{
	if (!check_counts(c, &m->vm[v], r))
		return false;
	check_machine(m, v, c, r);
	check_ram(m, v, c, r);
	check_loads(m, claims, v, c, r);
	check_devices(m, v, c, r);
	check_registers(m, v, c, r);
	check_hardware_irqs(m, v, c, r);
	return true;
}

/* ---- The console ---- */

static bool check_svc_counts(const struct image *m, uint32_t s, const struct svcconf *c, struct report *r)
{
	bool ok = c->magic == VMCONF_MAGIC && c->channel_count <= m->fmap->vms.count &&
		  c->log_count == m->fmap->cpus.count && c->vm_count == m->fmap->vms.count &&
		  c->focus < (c->channel_count ? c->channel_count : 1);

	for (uint32_t n = 0; ok && n < c->channel_count; n++)
		ok = c->channel[n].vm < m->fmap->vms.count;
	return report_expect(r, ok, "%s: no configuration of this format and system", m->service[s].name);
}

/* Channel n is a VM's: rings from there have the badge that the service takes for it, and its
 * doorbell rings that VM. */
static void check_channel(const struct image *m, const struct comps *comps, uint32_t s, uint32_t n,
			  struct report *r)
{
	const struct svcconf *c = comps->service[s].svcconf;
	const struct fmap_service *service = &m->service[s];
	uint32_t v = c->channel[n].vm;
	const struct vmconf *conf = comps->monitor[v].vmconf;
	const struct fmap_cap *to_vm, *to_service;
	bool ok = conf->uart_base && c->channel[n].reserved == 0 &&
		  memcmp(c->channel[n].name, m->vm[v].name, FMAP_NAME_BYTES) == 0 &&
		  is_doorbell(m, service->cap_first, service->cap_count, c->channel[n].doorbell) &&
		  is_doorbell(m, m->vm[v].cap_first, m->vm[v].cap_count, conf->console_doorbell);

	if (!report_expect(r, ok, "%s: channel %u is not that of a VM", service->name, n))
		return;
	to_vm = &m->cap[service->cap_first + c->channel[n].doorbell];
	to_service = &m->cap[m->vm[v].cap_first + conf->console_doorbell];
	report_expect(r,
		      m->link[to_vm->link[0]].dst == m->vm[v].vcpu[0] &&
			      m->link[to_vm->link[0]].badge == NOTIFY_CONSOLE_IN,
		      "%s: the doorbell of channel %u rings elsewhere than at VM %s", service->name, n,
		      m->vm[v].name);
	for (uint32_t k = 0; k < m->vm[v].vcpu_count; k++)
		report_expect(r,
			      m->link[to_service->link[k]].dst == m->fmap->vcpus.count + s &&
				      m->link[to_service->link[k]].badge == c->channel[n].badge,
			      "VM %s: its console's doorbell does not ring %s as its channel %u",
			      m->vm[v].name, service->name, n);
	for (uint32_t k = 0; k < n; k++)
		report_expect(r, c->channel[k].vm != v && c->channel[k].badge != c->channel[n].badge,
			      "%s: channels %u and %u are one VM's", service->name, k, n);
}

static bool interrupts_as(const struct image *m, uint32_t s, uint32_t badge)
{
	for (uint32_t k = 0; k < m->service[s].cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[m->service[s].cap_first + k];

		if (cap->kind == CAP_IRQ && cap->badge == badge)
			return true;
	}
	return false;
}

static bool check_service(const struct image *m, const struct comps *comps, uint32_t s, struct report *r)
{
	const struct svcconf *c = comps->service[s].svcconf;
	bool named = memcmp(c->name, m->service[s].name, FMAP_NAME_BYTES) == 0 &&
		     memcmp(c->system, m->fmap->system, FMAP_NAME_BYTES) == 0;

	if (!check_svc_counts(m, s, c, r))
		return false;
	for (uint32_t v = 0; v < MAX_VMS; v++)
		named &= v >= c->vm_count || memcmp(c->vm_name[v], m->vm[v].name, FMAP_NAME_BYTES) == 0;
	report_expect(r, named, "%s: f-map and configuration differ in names", m->service[s].name);
	report_expect(r, interrupts_as(m, s, c->uart_badge), "%s: no interrupt of its own has badge %u",
		      m->service[s].name, c->uart_badge);
	for (uint32_t n = 0; n < c->channel_count; n++)
		check_channel(m, comps, s, n, r);
	windows_check(m, comps, s, r);
	return true;
}

bool conf_check(const struct image *m, const struct claims *claims, const struct comps *comps,
		struct report *r)
{
	bool ok = true;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++)
		ok &= check_vm(m, claims, v, comps->monitor[v].vmconf, r);
	if (ok)
		channels_check(m, comps, r);
	for (uint32_t s = 0; s < m->fmap->services.count && ok; s++)
		ok &= check_service(m, comps, s, r);
	return ok;
}
