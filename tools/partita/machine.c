/* SPDX-License-Identifier: Apache-2.0 */
/* Deriving the machine from a build, one kind of fact after the other. */
#include "tools/partita/machine.h"
#include "tools/partita/units.h"
#include "lib/blake2b.h"

#include <stdlib.h>
#include <string.h>

/* ---- Parties ---- */

static void make_parties(struct machine *m)
{
	const struct system *s = &m->build->system;

	for (uint32_t v = 0; v < s->vm_count; v++)
		m->party[m->party_count++] = (struct party){ PARTY_VM, s->vm[v].name };
	for (uint32_t i = 0; i < m->fmap->services.count; i++)
		m->party[m->party_count++] = (struct party){ PARTY_SERVICE, m->service[i].name };
	m->party[m->party_count++] = (struct party){ PARTY_KERNEL, "kernel" };
}

uint32_t machine_kernel(const struct machine *m)
{
	return m->party_count - 1;
}

const char *machine_party_name(const struct machine *m, uint32_t party)
{
	if (m->party[party].kind == PARTY_VM)
		return arena_printf(m->arena, "VM %s", m->party[party].name);
	return m->party[party].name;
}

const char *machine_set_name(const struct machine *m, party_set set)
{
	const char *text = "";

	for (uint32_t p = 0; p < m->party_count; p++) {
		if (set >> p & 1)
			text = arena_printf(m->arena, "%s%s%s", text, *text ? ", " : "",
					    machine_party_name(m, p));
	}
	return *text ? text : "nobody";
}

/* ---- Memory: who has what mapped ---- */

static int compare_pieces(const void *pa, const void *pb)
{
	const struct piece *a = pa, *b = pb;

	return a->object->pa < b->object->pa ? -1 : a->object->pa > b->object->pa;
}

static void make_pieces(struct machine *m)
{
	for (const struct object *o = m->build->layout.memory.first; o; o = o->next) {
		if (o->bytes == 0)
			continue;
		m->piece = arena_extend(m->arena, m->piece, &m->piece_count, sizeof(*m->piece));
		m->piece[m->piece_count - 1].object = o;
	}
	qsort(m->piece, m->piece_count, sizeof(*m->piece), compare_pieces);
}

const struct piece *machine_piece(const struct machine *m, const struct object *o)
{
	const struct piece key = { .object = o };

	return bsearch(&key, m->piece, m->piece_count, sizeof(*m->piece), compare_pieces);
}

static void add_space(struct machine *m, const struct space *space, uint32_t party)
{
	for (const struct mapping *map = space->first; map; map = map->next) {
		struct piece *p = &m->piece[machine_piece(m, map->object) - m->piece];

		if (map->access == ACCESS_RW || map->access == ACCESS_RWX)
			p->writers |= (party_set)1 << party;
		else
			p->readers |= (party_set)1 << party;
	}
}

static uint32_t first_of(party_set set)
{
	return (uint32_t)__builtin_ctzll(set);
}

static void find_owner(const struct machine *m, struct piece *p)
{
	party_set all = p->writers | p->readers;

	p->readers &= ~p->writers;
	p->owner = machine_kernel(m);
	if (all && (all & (all - 1)) == 0)
		p->owner = first_of(all);
	else if (p->writers)
		p->owner = first_of(p->writers);
}

static void make_reach(struct machine *m)
{
	const struct build *b = m->build;

	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		add_space(m, &b->layout.vm[v].guest, v);
		add_space(m, &b->layout.vm[v].monitor, v);
	}
	if (b->system.console.exists)
		add_space(m, &b->layout.console.space, b->system.vm_count);
	add_space(m, &b->layout.head, machine_kernel(m));
	for (uint32_t c = 0; c < b->platform.cpu_count; c++)
		add_space(m, &b->layout.cpu[c].space, machine_kernel(m));
	for (uint32_t i = 0; i < m->piece_count; i++)
		find_owner(m, &m->piece[i]);
}

bool machine_is_shared(const struct piece *p)
{
	party_set all = p->writers | p->readers;

	return p->writers && (all & (all - 1));
}

bool machine_is_between_vms(const struct machine *m, const struct piece *p)
{
	party_set vms = ((party_set)1 << m->build->system.vm_count) - 1;
	party_set all = (p->writers | p->readers) & vms;

	return (p->writers & vms) && (all & (all - 1));
}

/* ---- What guests see ---- */

static void add_window(struct machine *m, struct window w)
{
	m->window = arena_extend(m->arena, m->window, &m->window_count, sizeof(w));
	m->window[m->window_count - 1] = w;
}

static int compare_windows(const void *pa, const void *pb)
{
	const struct window *a = pa, *b = pb;

	if (a->vm != b->vm)
		return a->vm < b->vm ? -1 : 1;
	return a->ipa < b->ipa ? -1 : a->ipa > b->ipa;
}

const struct vmconf *machine_vmconf(const struct machine *m, uint32_t vm)
{
	return (const struct vmconf *)m->build->layout.vm[vm].conf->content.data;
}

static enum window_kind kind_of(const struct machine *m, const struct object *o)
{
	if (o->kind == OBJECT_DEVICE)
		return WINDOW_DEVICE;
	return machine_is_between_vms(m, machine_piece(m, o)) ? WINDOW_CHANNEL : WINDOW_RAM;
}

static void add_mapped(struct machine *m, uint32_t vm)
{
	for (const struct mapping *map = m->build->layout.vm[vm].guest.first; map; map = map->next)
		add_window(m, (struct window){
				      .kind = kind_of(m, map->object),
				      .vm = vm,
				      .ipa = map->va,
				      .bytes = map->bytes,
				      .what = map->object->what,
				      .access = map->access,
				      .object = map->object,
				      .offset = map->offset,
			      });
}

static void add_emulated(struct machine *m, uint32_t vm)
{
	const struct vmconf *c = machine_vmconf(m, vm);
	const struct {
		const char *what;
		uint64_t ipa, bytes;
		uint32_t intid;
	} device[] = {
		{ "GIC distributor", c->gicd_base, GICD_BYTES, 0 },
		{ "GIC redistributors", c->gicr_base, (uint64_t)GICR_BYTES * c->vcpu_count, 0 },
		{ "PL011 UART", c->uart_base, PAGE_BYTES, c->uart_intid },
		{ "PL031 clock", c->rtc_base, PAGE_BYTES, c->rtc_intid },
		{ "SP805 watchdog", c->watchdog_base, PAGE_BYTES, c->watchdog_intid },
	};

	for (size_t i = 0; i < sizeof(device) / sizeof(device[0]); i++) {
		if (device[i].ipa)
			add_window(m, (struct window){
					      .kind = WINDOW_EMULATED,
					      .vm = vm,
					      .ipa = device[i].ipa,
					      .bytes = device[i].bytes,
					      .what = device[i].what,
					      .access = ACCESS_RW,
					      .intid = device[i].intid,
				      });
	}
}

static void make_windows(struct machine *m)
{
	for (uint32_t v = 0; v < m->build->system.vm_count; v++) {
		add_mapped(m, v);
		add_emulated(m, v);
	}
	qsort(m->window, m->window_count, sizeof(*m->window), compare_windows);
}

/* ---- Influence ---- */

static void add_flow(struct machine *m, struct flow f)
{
	if (f.from == f.to)
		return;
	m->flow = arena_extend(m->arena, m->flow, &m->flow_count, sizeof(f));
	m->flow[m->flow_count - 1] = f;
}

static void flow_through_memory(struct machine *m, const struct piece *p)
{
	for (uint32_t from = 0; from < m->party_count; from++) {
		for (uint32_t to = 0; to < m->party_count; to++) {
			if ((p->writers >> from & 1) && ((p->writers | p->readers) >> to & 1))
				add_flow(m, (struct flow){ .kind = FLOW_MEMORY,
							   .from = from,
							   .to = to,
							   .object = p->object,
							   .what = p->object->what });
		}
	}
}

/* Endpoints of links: vCPUs, then services. */
static uint32_t endpoint_party(const struct machine *m, uint32_t endpoint)
{
	const struct routes *r = &m->build->routes;

	if (endpoint < r->vcpu_count)
		return r->vcpu[endpoint].vm;
	return m->build->system.vm_count + endpoint - r->vcpu_count;
}

static void flow_through_caps(struct machine *m, uint32_t from, struct span caps, const char *what)
{
	const struct routes *r = &m->build->routes;

	for (uint32_t i = caps.first; i < caps.first + caps.count; i++) {
		for (uint32_t n = 0; r->cap[i].kind == CAP_DOORBELL && n < MAX_VCPUS_PER_VM; n++) {
			if (r->cap[i].link[n] == FMAP_NONE)
				continue;
			add_flow(m, (struct flow){ .kind = FLOW_DOORBELL,
						   .from = from,
						   .to = endpoint_party(m, r->link[r->cap[i].link[n]].dst),
						   .what = what });
			break; /* from its other vCPUs it is the same one */
		}
	}
}

static void flow_through_doorbells(struct machine *m)
{
	const struct build *b = m->build;

	for (uint32_t v = 0; v < b->system.vm_count; v++)
		flow_through_caps(m, v, b->routes.vm_caps[v], "doorbell");
	for (uint32_t v = 0; v < b->system.vm_count; v++)
		flow_through_caps(m, v, b->routes.health_caps[v], "its health");
	if (b->system.console.exists)
		flow_through_caps(m, b->system.vm_count, b->routes.console_caps, "doorbell");
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		if (m->cpu[c].log_link == FMAP_NONE)
			continue;
		add_flow(m, (struct flow){ .kind = FLOW_DOORBELL,
					   .from = machine_kernel(m),
					   .to = endpoint_party(m, b->routes.link[m->cpu[c].log_link].dst),
					   .what = "the log has a record" });
		break;
	}
}

const char *machine_service_bound(const struct machine *m, const struct fmap_service *s)
{
	return arena_printf(m->arena, "at most %s in any %s (%s)", units_ns(m->arena, s->budget_ns),
			    units_ns(m->arena, s->period_ns),
			    units_percent(m->arena, s->budget_ns, s->period_ns));
}

/* A service runs before the vCPUs of its home CPU. */
static void flow_through_time(struct machine *m)
{
	for (uint32_t i = 0; i < m->fmap->services.count; i++) {
		const struct fmap_service *s = &m->service[i];

		for (uint32_t v = 0; v < m->fmap->vcpus.count; v++) {
			if (m->vcpu[v].cpu == s->cpu)
				add_flow(m, (struct flow){ .kind = FLOW_TIME,
							   .from = m->build->system.vm_count + i,
							   .to = m->vcpu[v].vm,
							   .what = arena_printf(
								   m->arena, "time on CPU %u: %s", s->cpu,
								   machine_service_bound(m, s)) });
		}
	}
}

/* A whole order: what is equal would stand as qsort likes. */
static int compare_flows(const void *pa, const void *pb)
{
	const struct flow *a = pa, *b = pb;

	if (a->from != b->from)
		return a->from < b->from ? -1 : 1;
	if (a->to != b->to)
		return a->to < b->to ? -1 : 1;
	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	if (a->object && b->object && a->object != b->object)
		return a->object->pa < b->object->pa ? -1 : 1;
	return strcmp(a->what, b->what);
}

static void make_flows(struct machine *m)
{
	for (uint32_t i = 0; i < m->piece_count; i++) {
		if (machine_is_shared(&m->piece[i]))
			flow_through_memory(m, &m->piece[i]);
	}
	flow_through_doorbells(m);
	flow_through_time(m);
	if (m->flow_count)
		qsort(m->flow, m->flow_count, sizeof(*m->flow), compare_flows);
}

/* ---- Devices and their interrupts ---- */

static void add_route(struct machine *m, uint32_t party, const char *device, uint32_t intid)
{
	const struct fmap_irq *irq = &m->irq[intid];

	m->route = arena_extend(m->arena, m->route, &m->route_count, sizeof(*m->route));
	m->route[m->route_count - 1] = (struct route){
		.party = party,
		.device = device,
		.intid = intid,
		.edge = intid && irq->edge,
		.vintid = intid ? irq->vintid : 0,
		.cpu = intid ? irq->cpu : 0,
	};
}

static void make_routes(struct machine *m)
{
	const struct system *s = &m->build->system;

	for (uint32_t v = 0; v < s->vm_count; v++) {
		for (uint32_t i = 0; i < s->vm[v].device_count; i++) {
			const struct device *d = &s->vm[v].device[i];

			if (d->interrupt_count == 0)
				add_route(m, v, d->path, 0);
			for (uint32_t k = 0; k < d->interrupt_count; k++)
				add_route(m, v, d->path, d->interrupt[k].intid);
		}
	}
	if (s->console.exists)
		add_route(m, s->vm_count, "UART", m->build->platform.uart_interrupt.intid);
}

/* ---- All ---- */

static void open_fmap(struct machine *m)
{
	const uint8_t *base = m->build->fmap.data;
	const struct fmap *f = (const struct fmap *)base;

	m->fmap = f;
	m->cpu = (const struct fmap_cpu *)(base + f->cpus.offset);
	m->vm = (const struct fmap_vm *)(base + f->vms.offset);
	m->slot = (const struct fmap_slot *)(base + f->slots.offset);
	m->vcpu = (const struct fmap_vcpu *)(base + f->vcpus.offset);
	m->service = (const struct fmap_service *)(base + f->services.offset);
	m->irq = (const struct fmap_irq *)(base + f->irqs.offset);
}

void machine_make(struct machine *m, struct build *b, struct blob image)
{
	memset(m, 0, sizeof(*m));
	m->build = b;
	m->arena = &b->arena;
	m->hash = image.data + IMAGE_HEADER_OFFSET + offsetof(struct image_header, hash);
	m->image_bytes = image.bytes;
	open_fmap(m);
	make_parties(m);
	make_pieces(m);
	make_reach(m);
	make_windows(m);
	make_flows(m);
	make_routes(m);
}
