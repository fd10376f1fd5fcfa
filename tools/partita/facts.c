/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/facts.h"
#include "tools/partita/dtb.h"
#include "tools/partita/health.h"
#include "tools/partita/units.h"
#include "lib/blake2b.h"

#include <inttypes.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

/* All address spaces, by party: VMs with their monitors, services, the kernel on each CPU. */
struct image {
	struct image_view view;
	struct facts *facts;
	struct runs guest[MAX_VMS], monitor[MAX_VMS], service[MAX_VMS], kernel[MAX_CPUS];
	uint32_t vm_count, service_count, cpu_count;
};

static const char *name_of(struct arena *a, const char name[FMAP_NAME_BYTES])
{
	return arena_copy(a, name, strnlen(name, FMAP_NAME_BYTES));
}

static void add(struct facts *f, const char *subject, const char *name, const char *format, ...)
	__attribute__((format(printf, 4, 5)));
static void add(struct facts *f, const char *subject, const char *name, const char *format, ...)
{
	char value[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(value, sizeof(value), format, args);
	va_end(args);
	f->fact = arena_extend(f->arena, f->fact, &f->count, sizeof(*f->fact));
	f->fact[f->count - 1] = (struct fact){ subject, name, arena_copy(f->arena, value, strlen(value)) };
}

/* ---- Hashes: their first 64 bits, enough to tell two files from one another ---- */

static const char *hash_text(struct arena *a, const uint8_t *hash)
{
	return arena_printf(a, "BLAKE2b %02x%02x%02x%02x%02x%02x%02x%02x..", hash[0], hash[1], hash[2],
			    hash[3], hash[4], hash[5], hash[6], hash[7]);
}

static const char *hash_of(struct arena *a, const void *data, uint64_t bytes)
{
	uint8_t hash[BLAKE2B_256_BYTES];
	struct blake2b b;

	blake2b_init(&b, sizeof(hash));
	blake2b_update(&b, data, bytes);
	blake2b_final(&b, hash);
	return hash_text(a, hash);
}

/* ---- Partita's own binaries ---- */

/* The binary that begins at `va`: runs that follow one another, in the space and in the file. */
static void add_binary(struct image *m, const char *name, struct runs space, uint64_t va, uint64_t skip)
{
	uint64_t bytes = 0;
	const uint8_t *data;

	for (uint32_t i = 0; i < space.count; i++) {
		if (space.run[i].va == va + bytes)
			bytes += space.run[i].bytes;
	}
	data = bytes > skip ? image_view_seen(&m->view, space, va, 1) : NULL;
	if (!data || (size_t)(data - m->view.file.data) + bytes > m->view.file.bytes) {
		m->view.sound = false;
		return;
	}
	add(m->facts, "Partita", name, "%s, %s", units_bytes(m->facts->arena, bytes),
	    hash_of(m->facts->arena, data + skip, bytes - skip));
}

static void add_system(struct image *m)
{
	const struct fmap *f = m->view.fmap;
	struct arena *a = m->facts->arena;

	add(m->facts, "System", "name", "%s", name_of(a, f->system));
	add(m->facts, "System", "board", "%s", name_of(a, f->board));
	add(m->facts, "System", "loaded at", "0x%" PRIx64, m->view.header->load_pa);
	add(m->facts, "System", "physical addresses", "%u bits", f->pa_bits);
	add(m->facts, "System", "interrupt controller", "GICv%u, %u interrupts", f->gic_version,
	    f->gic_intids);
	add(m->facts, "System", "timers and maintenance", "interrupts %u, %u, %u", f->intid_virt_timer,
	    f->intid_hyp_timer, f->intid_maintenance);
	add(m->facts, "System", "entry at EL3", "%s", m->view.header->flags & IMAGE_EL3_OK ? "yes" : "no");
	/* The tool fills in the start of the kernel. */
	add_binary(m, "kernel", m->kernel[0], KERNEL_VA, IMAGE_HEADER_OFFSET + sizeof(struct image_header));
	if (m->vm_count)
		add_binary(m, "monitor", m->monitor[0], COMP_TEXT, 0);
	for (uint32_t i = 0; i < m->service_count; i++)
		add_binary(m, name_of(a, m->view.service[i].name), m->service[i], COMP_TEXT, 0);
}

/* ---- CPUs ---- */

static const char *vm_name(struct image *m, uint32_t vm)
{
	return arena_printf(m->facts->arena, "VM %s",
			    name_of(m->facts->arena, IMAGE_VIEW_ELEMENT(&m->view, vm, vm)->name));
}

static void add_cpu(struct image *m, uint32_t number)
{
	const struct fmap_cpu *cpu = &m->view.cpu[number];
	struct arena *a = m->facts->arena;
	const char *subject = arena_printf(a, "CPU %u", number);

	add(m->facts, subject, "MPIDR", "0x%" PRIx64, cpu->mpidr);
	for (uint32_t i = 0; i < cpu->slot_count && m->view.sound; i++) {
		const struct fmap_slot *s = IMAGE_VIEW_ELEMENT(&m->view, slot, cpu->slot_first + i);
		const struct fmap_vcpu *vcpu = IMAGE_VIEW_ELEMENT(&m->view, vcpu, s->vcpu);
		const char *name = arena_printf(a, "slot %u", i), *vm = vm_name(m, vcpu->vm);

		if (cpu->frame_ns == 0)
			add(m->facts, subject, name, "vCPU %u of %s, always", vcpu->number, vm);
		else
			add(m->facts, subject, name, "vCPU %u of %s, %s from %s on, in each %s", vcpu->number,
			    vm, units_ns(a, s->length_ns), units_ns(a, s->start_ns),
			    units_ns(a, cpu->frame_ns));
	}
}

/* ---- VMs ---- */

static void add_windows(struct image *m, uint32_t v, const char *subject)
{
	struct arena *a = m->facts->arena;

	for (uint32_t i = 0; i < m->guest[v].count; i++) {
		const struct run *r = &m->guest[v].run[i];
		const char *name =
			arena_printf(a, "%s 0x%" PRIx64, r->device ? "device memory" : "memory", r->va);

		add(m->facts, subject, name, "%s %s", units_bytes(a, r->bytes), space_access_name(r->access));
		add(m->facts, subject, arena_printf(a, "%s lies at", name), "0x%" PRIx64, r->pa);
	}
}

static void add_bootargs(struct image *m, const char *subject, const void *dtb, uint64_t bytes)
{
	const char *bootargs;
	int length;

	if (!dtb_is_sound(dtb, bytes))
		return;
	bootargs = fdt_getprop(dtb, fdt_path_offset(dtb, "/chosen"), "bootargs", &length);
	if (bootargs && length > 0)
		add(m->facts, subject, "boot arguments", "\"%.*s\"", length - 1, bootargs);
}

static void add_load(struct image *m, uint32_t v, const char *subject, const struct vmconf_load *l)
{
	struct arena *a = m->facts->arena;
	const char *name = name_of(a, l->name);
	const void *data = image_view_seen(&m->view, m->monitor[v], l->src, l->bytes);

	add(m->facts, subject, arena_printf(a, "image %s", name), "%s at 0x%" PRIx64 ", %s",
	    units_bytes(a, l->bytes), l->dst, hash_text(a, l->hash));
	if (!data)
		m->view.sound = false;
	else if (strcmp(name, "dtb") == 0)
		add_bootargs(m, subject, data, l->bytes);
}

static void add_emulated(struct image *m, const char *subject, const struct vmconf *c)
{
	add(m->facts, subject, "GIC",
	    "distributor at 0x%" PRIx64 ", redistributors at 0x%" PRIx64 ", %u interrupts", c->gicd_base,
	    c->gicr_base, c->intids);
	if (c->uart_base)
		add(m->facts, subject, "UART", "at 0x%" PRIx64 ", interrupt %u", c->uart_base, c->uart_intid);
	if (c->rtc_base)
		add(m->facts, subject, "clock", "at 0x%" PRIx64 ", interrupt %u, starts at %u s since 1970",
		    c->rtc_base, c->rtc_intid, c->rtc_start);
	if (c->watchdog_base)
		add(m->facts, subject, "watchdog", "at 0x%" PRIx64 ", interrupt %u, %u Hz, starts at %u",
		    c->watchdog_base, c->watchdog_intid, c->watchdog_hz, c->watchdog_start);
}

static void add_conf(struct image *m, uint32_t v, const char *subject)
{
	const struct vmconf *c = image_view_seen(&m->view, m->monitor[v], COMP_CONF, sizeof(*c));

	if (!c || c->load_count > VMCONF_MAX_LOADS) {
		m->view.sound = false;
		return;
	}
	add(m->facts, subject, "begins at", "0x%" PRIx64 ", x0 0x%" PRIx64, c->entry, c->entry_x0);
	add_emulated(m, subject, c);
	for (uint32_t i = 0; i < c->load_count; i++)
		add_load(m, v, subject, &c->load[i]);
}

/* AArch64 ID registers by their encoding, as abi/fmap.h has them. */
static void add_features(struct image *m, const struct fmap_vm *vm, const char *subject)
{
	const struct fmap_idregs *id = IMAGE_VIEW_ELEMENT(&m->view, idreg, vm->idregs);

	for (uint32_t i = 0; i < sizeof(id->value) / sizeof(id->value[0]); i++) {
		if (id->value[i])
			add(m->facts, subject,
			    arena_printf(m->facts->arena, "ID register CRm %u, op2 %u", i / 8, i % 8),
			    "0x%016" PRIx64, id->value[i]);
	}
}

static void add_vm(struct image *m, uint32_t v)
{
	const struct fmap_vm *vm = &m->view.vm[v];
	struct arena *a = m->facts->arena;
	const char *subject = vm_name(m, v);

	for (uint32_t n = 0; n < vm->vcpu_count && n < MAX_VCPUS_PER_VM; n++)
		add(m->facts, subject, arena_printf(a, "vCPU %u", n), "on CPU %u",
		    IMAGE_VIEW_ELEMENT(&m->view, vcpu, vm->vcpu[n])->cpu);
	add_windows(m, v, subject);
	add_conf(m, v, subject);
	add(m->facts, subject, "starts at boot", "%s", vm->flags & FMAP_VM_START ? "yes" : "no");
	add(m->facts, subject, "its monitor, for an event", "at most %s", units_ns(a, vm->upcall_budget_ns));
	add(m->facts, subject, "its monitor, for a start", "at most %s", units_ns(a, vm->start_budget_ns));
	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		add(m->facts, subject, arena_printf(a, "on health event '%s'", health_event_name(e)), "%s",
		    health_follows(&vm->health, e, a));
	add(m->facts, subject, "restarts", "at most %s", health_limit(&vm->health, a));
	add_features(m, vm, subject);
}

/* ---- Services, interrupts ---- */

static const char *service_name(struct image *m, uint32_t service)
{
	if (service >= m->service_count) {
		m->view.sound = false;
		return "nobody";
	}
	return name_of(m->facts->arena, m->view.service[service].name);
}

static void add_service(struct image *m, uint32_t i)
{
	const struct fmap_service *s = &m->view.service[i];
	struct arena *a = m->facts->arena;
	const char *subject = arena_printf(a, "Service %s", service_name(m, i));

	add(m->facts, subject, "home", "CPU %u", s->cpu);
	add(m->facts, subject, "budget", "%s in any %s", units_ns(a, s->budget_ns),
	    units_ns(a, s->period_ns));
	for (uint32_t k = 0; k < m->service[i].count; k++) {
		const struct run *r = &m->service[i].run[k];

		if (r->device)
			add(m->facts, subject, arena_printf(a, "device memory 0x%" PRIx64, r->va),
			    "%s, lies at 0x%" PRIx64, units_bytes(a, r->bytes), r->pa);
	}
}

static void add_interrupts(struct image *m)
{
	for (uint32_t i = 0; i < m->view.fmap->irqs.count; i++) {
		const struct fmap_irq *irq = &m->view.irq[i];
		const char *name = arena_printf(m->facts->arena, "%u", i),
			   *trigger = irq->edge ? "edge" : "level";

		if (irq->kind == IRQ_VM)
			add(m->facts, "Interrupts", name, "%s, to %s as its %u, first on CPU %u", trigger,
			    vm_name(m, irq->owner), irq->vintid, irq->cpu);
		else if (irq->kind == IRQ_SERVICE)
			add(m->facts, "Interrupts", name, "%s, to service %s, on CPU %u", trigger,
			    service_name(m, irq->owner), irq->cpu);
	}
}

/* ---- Who shares memory with whom ---- */

typedef uint64_t party_set;

/* Where a party's access to physical memory begins or ends. */
struct edge {
	uint64_t pa;
	uint32_t party;
	int reads, writes; /* 1, -1, or 0 */
};

/* All memory that the same parties write and the same ones only read. */
struct common {
	party_set writers, readers;
	uint64_t bytes;
};

struct sweep {
	struct arena *arena;
	struct edge *edge;
	struct common *common;
	uint32_t edge_count, common_count;
	int reads[2 * MAX_VMS], writes[2 * MAX_VMS];
};

static uint32_t kernel_party(const struct image *m)
{
	return m->vm_count + m->service_count;
}

static const char *party_name(struct image *m, uint32_t party)
{
	if (party < m->vm_count)
		return vm_name(m, party);
	return party == kernel_party(m) ? "kernel" : service_name(m, party - m->vm_count);
}

static const char *set_name(struct image *m, party_set set)
{
	const char *text = "";

	for (uint32_t p = 0; p <= kernel_party(m); p++) {
		if (set >> p & 1)
			text = arena_printf(m->facts->arena, "%s%s%s", text, *text ? ", " : "",
					    party_name(m, p));
	}
	return *text ? text : "nobody";
}

static void add_edges(struct sweep *s, struct runs space, uint32_t party)
{
	for (uint32_t i = 0; i < 2 * space.count; i++) {
		const struct run *r = &space.run[i / 2];
		int sign = i % 2 ? -1 : 1;

		s->edge = arena_extend(s->arena, s->edge, &s->edge_count, sizeof(*s->edge));
		s->edge[s->edge_count - 1] = (struct edge){
			.pa = r->pa + (sign < 0 ? r->bytes : 0),
			.party = party,
			.reads = sign,
			.writes = r->access == ACCESS_RW || r->access == ACCESS_RWX ? sign : 0,
		};
	}
}

static int compare_edges(const void *pa, const void *pb)
{
	const struct edge *a = pa, *b = pb;

	return a->pa < b->pa ? -1 : a->pa > b->pa;
}

static void add_common(struct sweep *s, uint32_t parties, uint64_t bytes)
{
	struct common c = { 0, 0, bytes };

	for (uint32_t p = 0; p < parties; p++) {
		c.writers |= (party_set)(s->writes[p] > 0) << p;
		c.readers |= (party_set)(s->reads[p] > 0 && s->writes[p] == 0) << p;
	}
	if (!c.writers || ((c.writers | c.readers) & ((c.writers | c.readers) - 1)) == 0)
		return;
	for (uint32_t i = 0; i < s->common_count; i++) {
		if (s->common[i].writers == c.writers && s->common[i].readers == c.readers) {
			s->common[i].bytes += bytes;
			return;
		}
	}
	s->common = arena_extend(s->arena, s->common, &s->common_count, sizeof(c));
	s->common[s->common_count - 1] = c;
}

/* From edge to edge: between two of them the same parties have access. */
static void sweep(struct sweep *s, uint32_t parties)
{
	if (s->edge_count)
		qsort(s->edge, s->edge_count, sizeof(*s->edge), compare_edges);
	for (uint32_t i = 0; i < s->edge_count; i++) {
		const struct edge *e = &s->edge[i];

		if (i && e->pa != e[-1].pa)
			add_common(s, parties, e->pa - e[-1].pa);
		s->reads[e->party] += e->reads;
		s->writes[e->party] += e->writes;
	}
}

static void add_sharing(struct image *m)
{
	struct sweep s = { .arena = m->facts->arena };

	for (uint32_t v = 0; v < m->vm_count; v++) {
		add_edges(&s, m->guest[v], v);
		add_edges(&s, m->monitor[v], v);
	}
	for (uint32_t i = 0; i < m->service_count; i++)
		add_edges(&s, m->service[i], m->vm_count + i);
	for (uint32_t c = 0; c < m->cpu_count; c++)
		add_edges(&s, m->kernel[c], kernel_party(m));
	sweep(&s, kernel_party(m) + 1);
	for (uint32_t i = 0; i < s.common_count; i++)
		add(m->facts, "Channels",
		    arena_printf(s.arena, "%s writes, %s reads", set_name(m, s.common[i].writers),
				 set_name(m, s.common[i].readers)),
		    "%s", units_bytes(s.arena, s.common[i].bytes));
}

static void add_doorbells(struct image *m, uint32_t from, uint32_t first, uint32_t count)
{
	for (uint32_t i = 0; i < count && m->view.sound; i++) {
		const struct fmap_cap *cap = IMAGE_VIEW_ELEMENT(&m->view, cap, first + i);
		uint32_t to, vcpus = m->view.fmap->vcpus.count;

		if (cap->kind != CAP_DOORBELL)
			continue;
		to = IMAGE_VIEW_ELEMENT(&m->view, link, cap->link[0])->dst;
		to = to < vcpus ? m->view.vcpu[to].vm : m->vm_count + (to - vcpus);
		add(m->facts, "Channels",
		    arena_printf(m->facts->arena, "%s rings %s", party_name(m, from), party_name(m, to)),
		    "yes");
	}
}

static void add_channels(struct image *m)
{
	add_sharing(m);
	for (uint32_t v = 0; v < m->vm_count; v++)
		add_doorbells(m, v, m->view.vm[v].cap_first, m->view.vm[v].cap_count);
	for (uint32_t i = 0; i < m->service_count; i++)
		add_doorbells(m, m->vm_count + i, m->view.service[i].cap_first, m->view.service[i].cap_count);
}

/* ---- All ---- */

static void read_spaces(struct image *m)
{
	struct image_view *v = &m->view;

	m->vm_count = v->fmap->vms.count;
	m->service_count = v->fmap->services.count;
	m->cpu_count = v->fmap->cpus.count;
	for (uint32_t i = 0; i < m->vm_count; i++) {
		m->guest[i] = image_view_stage2(v, IMAGE_VIEW_ELEMENT(v, context, v->vm[i].guest_context));
		m->monitor[i] = image_view_stage2(v, IMAGE_VIEW_ELEMENT(v, context, v->vm[i].vmm_context));
	}
	for (uint32_t i = 0; i < m->service_count; i++)
		m->service[i] = image_view_stage2(v, IMAGE_VIEW_ELEMENT(v, context, v->service[i].context));
	for (uint32_t c = 0; c < m->cpu_count; c++)
		m->kernel[c] = image_view_stage1(v, v->header->cpu[c].ttbr0_el2);
}

bool facts_make(struct facts *f, struct blob image, struct arena *a)
{
	struct image *m = arena_alloc(a, sizeof(*m));

	*f = (struct facts){ .arena = a, .image = image };
	m->facts = f;
	if (!image_view_open(&m->view, image, a))
		return false;
	read_spaces(m);
	add_system(m);
	for (uint32_t c = 0; c < m->cpu_count; c++)
		add_cpu(m, c);
	for (uint32_t v = 0; v < m->vm_count; v++)
		add_vm(m, v);
	for (uint32_t i = 0; i < m->service_count; i++)
		add_service(m, i);
	add_interrupts(m);
	add_channels(m);
	return m->view.sound;
}
