/* SPDX-License-Identifier: Apache-2.0 */
/* Indices first (all later code relies on them), then orders and owners. */
#include "tools/verify/fmap_check.h"
#include "tools/verify/registers.h"

#include <string.h>

/* ---- Indices ---- */

static bool span_is_in(uint32_t first, uint32_t count, uint32_t total)
{
	return first <= total && count <= total - first;
}

static bool name_ends(const char name[FMAP_NAME_BYTES])
{
	return memchr(name, 0, FMAP_NAME_BYTES) != NULL;
}

static void check_counts(const struct fmap *f, const struct image_header *h, struct report *r)
{
	uint64_t shared = sizeof(struct shared_board) + f->vms.count * sizeof(struct shared_vm) +
			  f->links.count * sizeof(struct shared_link);

	report_expect(r, f->cpus.count == h->cpu_count, "header and f-map differ in the number of CPUs");
	report_expect(r, f->vms.count >= 1 && f->vms.count <= MAX_VMS, "%u VMs", f->vms.count);
	report_expect(r,
		      f->gic_intids >= 32 && f->gic_intids <= MAX_INTIDS && f->gic_intids % 32 == 0 &&
			      f->irqs.count == f->gic_intids,
		      "%u interrupts, %u of them described", f->gic_intids, f->irqs.count);
	report_expect(r, f->shared_bytes <= SHARED_BYTES_MAX && f->shared_bytes >= shared,
		      "the shared area has %#jx bytes", (uintmax_t)f->shared_bytes);
	report_expect(r,
		      f->uart.pa == h->uart_pa && f->uart.data == h->uart_data &&
			      f->uart.status == h->uart_status && f->uart.mask == h->uart_mask &&
			      f->uart.ready == h->uart_ready,
		      "header and f-map differ in the UART");
	report_expect(r, f->gic_version == 3, "GIC version %u", f->gic_version);
	report_expect(r, name_ends(f->system) && name_ends(f->board), "a name without an end");
}

static void check_cpu(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_cpu *cpu = &m->cpu[c];

	report_expect(r,
		      span_is_in(cpu->slot_first, cpu->slot_count, f->slots.count) &&
			      span_is_in(cpu->vcpu_first, cpu->vcpu_count, f->vcpus.count) &&
			      span_is_in(cpu->service_first, cpu->service_count, f->services.count),
		      "CPU %u: index out of range", c);
	report_expect(r, cpu->log_link == FMAP_NONE || cpu->log_link < f->links.count,
		      "CPU %u: no such log link", c);
	report_expect(r, cpu->state_bytes <= CPU_BYTES_MAX && cpu->state_bytes % PAGE_BYTES == 0,
		      "CPU %u: %#x bytes of state", c, cpu->state_bytes);
	report_expect(r, cpu->mpidr == m->header->cpu[c].mpidr,
		      "CPU %u: header and f-map differ in its MPIDR", c);
}

static void check_vm(const struct image *m, uint32_t v, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_vm *vm = &m->vm[v];

	report_expect(r, name_ends(vm->name), "VM %u: name without an end", v);
	report_expect(r, vm->vcpu_count >= 1 && vm->vcpu_count <= MAX_VCPUS_PER_VM, "VM %u: %u vCPUs", v,
		      vm->vcpu_count);
	for (uint32_t n = 0; n < vm->vcpu_count && n < MAX_VCPUS_PER_VM; n++) {
		uint32_t id = vm->vcpu[n];

		report_expect(r, id < f->vcpus.count && m->vcpu[id].vm == v && m->vcpu[id].number == n,
			      "VM %u: vCPU %u is not its own", v, n);
	}
	report_expect(r, vm->guest_context < f->contexts.count && vm->vmm_context < f->contexts.count,
		      "VM %u: no such context", v);
	report_expect(r,
		      vm->idregs < f->idregs.count && span_is_in(vm->cap_first, vm->cap_count, f->caps.count),
		      "VM %u: index out of range", v);
	report_expect(r, vm->intids >= 64 && vm->intids <= MAX_INTIDS && vm->intids % 32 == 0,
		      "VM %u: %u interrupts", v, vm->intids);
	report_expect(r, vm->vmm_entry >= COMP_TEXT && vm->vmm_entry < COMP_DATA,
		      "VM %u: monitor's entry %#jx", v, (uintmax_t)vm->vmm_entry);
}

static void check_vcpu(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_vcpu *v = &m->vcpu[i];

	report_expect(r,
		      v->vm < f->vms.count && v->number < MAX_VCPUS_PER_VM && v->cpu < f->cpus.count &&
			      span_is_in(v->link_first, v->link_count, f->links.count),
		      "vCPU %u: index out of range", i);
	report_expect(r,
		      v->vmm_sp == COMP_STACKS + (uint64_t)v->number * COMP_STACK_STRIDE + COMP_STACK_BYTES,
		      "vCPU %u: the monitor's stack is not its own", i);
}

static void check_service(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_service *s = &m->service[i];

	report_expect(r, name_ends(s->name), "service %u: name without an end", i);
	report_expect(r,
		      s->cpu < f->cpus.count && s->context < f->contexts.count &&
			      span_is_in(s->link_first, s->link_count, f->links.count) &&
			      span_is_in(s->cap_first, s->cap_count, f->caps.count),
		      "service %u: index out of range", i);
	report_expect(r, s->budget_ns > 0 && s->budget_ns <= s->period_ns,
		      "service %u: budget above its period", i);
	report_expect(r, s->entry >= COMP_TEXT && s->entry < COMP_DATA, "service %u: entry %#jx", i,
		      (uintmax_t)s->entry);
}

static void check_link(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_link *l = &m->link[i];
	uint32_t endpoints = f->vcpus.count + f->services.count;

	report_expect(
		r,
		(l->kind == LINK_SIBLING || l->kind == LINK_DOORBELL) && l->src_cpu < f->cpus.count &&
			l->dst_cpu < f->cpus.count && l->dst < endpoints && l->badge < 32 &&
			(l->kind != LINK_SIBLING || (l->src < f->vcpus.count && l->dst < f->vcpus.count)),
		"link %u: out of range", i);
	report_expect(r, i == 0 || m->link[i - 1].dst <= l->dst, "link %u: not sorted by destination", i);
}

static void check_cap(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_cap *c = &m->cap[i];

	report_expect(r, c->kind == CAP_DOORBELL || c->kind == CAP_POWER || c->kind == CAP_IRQ,
		      "capability %u: kind %u", i, c->kind);
	for (uint32_t n = 0; n < MAX_VCPUS_PER_VM && c->kind == CAP_DOORBELL; n++)
		report_expect(r,
			      c->link[n] == FMAP_NONE || (c->link[n] < m->fmap->links.count &&
							  m->link[c->link[n]].kind == LINK_DOORBELL),
			      "capability %u: link %u", i, c->link[n]);
	if (c->kind == CAP_IRQ)
		report_expect(r, c->intid < m->fmap->irqs.count && c->badge < 32,
			      "capability %u: interrupt %u", i, c->intid);
}

static void check_irq(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_irq *irq = &m->irq[i];
	bool ok = irq->kind == IRQ_NONE && !irq->edge && !irq->badge && !irq->owner && !irq->vintid &&
		  !irq->cpu;

	if (irq->kind == IRQ_VM)
		ok = i >= 32 && irq->owner < m->fmap->vms.count && irq->vintid >= 32 &&
		     irq->vintid < m->vm[irq->owner].intids && irq->cpu < m->fmap->cpus.count;
	if (irq->kind == IRQ_SERVICE)
		ok = i >= 32 && irq->owner < m->fmap->services.count && irq->badge < 32 &&
		     irq->cpu < m->fmap->cpus.count;
	report_expect(r, ok, "interrupt %u: its owner is out of range", i);
}

static bool check_indices(const struct image *m, struct report *r)
{
	const struct fmap *f = m->fmap;
	unsigned int before = r->failures;

	check_counts(f, m->header, r);
	if (r->failures != before)
		return false;
	for (uint32_t i = 0; i < f->cpus.count; i++)
		check_cpu(m, i, r);
	for (uint32_t i = 0; i < f->vms.count; i++)
		check_vm(m, i, r);
	for (uint32_t i = 0; i < f->vcpus.count; i++)
		check_vcpu(m, i, r);
	for (uint32_t i = 0; i < f->services.count; i++)
		check_service(m, i, r);
	for (uint32_t i = 0; i < f->links.count; i++)
		check_link(m, i, r);
	for (uint32_t i = 0; i < f->caps.count; i++)
		check_cap(m, i, r);
	for (uint32_t i = 0; i < f->irqs.count; i++)
		check_irq(m, i, r);
	for (uint32_t i = 0; i < f->slots.count; i++)
		report_expect(r, m->slot[i].vcpu < f->vcpus.count, "slot %u: no such vCPU", i);
	return r->failures == before;
}

/* ---- Owners ---- */

/* The CPUs' shares of vCPUs, slots and services are the arrays, cut in order. */
static void check_cpu_shares(const struct image *m, struct report *r)
{
	uint32_t vcpu = 0, slot = 0, service = 0;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		const struct fmap_cpu *cpu = &m->cpu[c];

		report_expect(r,
			      cpu->vcpu_first == vcpu && cpu->slot_first == slot &&
				      cpu->service_first == service,
			      "CPU %u: its vCPUs, slots or services are not those after the last CPU's", c);
		for (uint32_t i = 0; i < cpu->vcpu_count; i++)
			report_expect(r, m->vcpu[cpu->vcpu_first + i].cpu == c,
				      "vCPU %u is not on the CPU that has it", cpu->vcpu_first + i);
		for (uint32_t i = 0; i < cpu->service_count; i++)
			report_expect(r, m->service[cpu->service_first + i].cpu == c,
				      "service %u is not on the CPU that has it", cpu->service_first + i);
		for (uint32_t i = 0; i < cpu->slot_count; i++)
			report_expect(r, m->vcpu[m->slot[cpu->slot_first + i].vcpu].cpu == c,
				      "slot %u of CPU %u runs another CPU's vCPU", i, c);
		report_expect(
			r, cpu->slot_count <= 1 && cpu->vcpu_count == cpu->slot_count && cpu->frame_ns == 0,
			"CPU %u is shared by vCPUs, which this kernel does not do", c);
		vcpu += cpu->vcpu_count;
		slot += cpu->slot_count;
		service += cpu->service_count;
	}
	report_expect(r, vcpu == m->fmap->vcpus.count && slot == m->fmap->slots.count,
		      "a vCPU or slot has no CPU");
	report_expect(r, service == m->fmap->services.count, "a service has no CPU");
}

/* Rings from that CPU, or rings nothing. */
static bool rings_from(const struct image *m, uint32_t link, uint32_t cpu)
{
	return link == FMAP_NONE || m->link[link].src_cpu == cpu;
}

/* A monitor may ring, from the CPU it runs on; it has no other capability. */
static void check_vm_caps(const struct image *m, uint32_t v, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];

	for (uint32_t k = 0; k < vm->cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[vm->cap_first + k];

		if (!report_expect(r, cap->kind == CAP_DOORBELL,
				   "VM %u has a capability that only a service may have", v))
			continue;
		for (uint32_t n = 0; n < vm->vcpu_count; n++)
			report_expect(r, rings_from(m, cap->link[n], m->vcpu[vm->vcpu[n]].cpu),
				      "VM %u rings by a link of another CPU", v);
	}
}

static void check_service_caps(const struct image *m, uint32_t s, struct report *r)
{
	const struct fmap_service *service = &m->service[s];

	for (uint32_t k = 0; k < service->cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[service->cap_first + k];
		const struct fmap_irq *irq = cap->kind == CAP_IRQ ? &m->irq[cap->intid] : NULL;

		if (cap->kind == CAP_DOORBELL)
			report_expect(r, rings_from(m, cap->link[0], service->cpu),
				      "service %u rings by a link of another CPU", s);
		if (irq)
			report_expect(r,
				      irq->kind == IRQ_SERVICE && irq->owner == s && irq->badge == cap->badge,
				      "service %u may end interrupt %u, which is not its own", s, cap->intid);
	}
}

/* The kernel lets an interrupt go to its owner's CPU alone, and counts a VM's. */
static void check_irq_owners(const struct image *m, struct report *r)
{
	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		uint32_t count = 0;

		for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
			if (m->irq[i].kind != IRQ_VM || m->irq[i].owner != v)
				continue;
			count++;
			report_expect(r, m->irq[i].cpu == m->vcpu[m->vm[v].vcpu[0]].cpu,
				      "interrupt %u of VM %u does not go to its home vCPU", i, v);
		}
		report_expect(r, count == m->vm[v].irq_count, "VM %u has %u interrupts, the f-map says %u", v,
			      count, m->vm[v].irq_count);
	}
	for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
		if (m->irq[i].kind == IRQ_SERVICE)
			report_expect(r, m->irq[i].cpu == m->service[m->irq[i].owner].cpu,
				      "interrupt %u does not go to its service's CPU", i);
	}
}

static void check_siblings(const struct image *m, struct report *r)
{
	for (uint32_t i = 0; i < m->fmap->links.count; i++) {
		const struct fmap_link *l = &m->link[i];

		if (l->kind == LINK_SIBLING)
			report_expect(r,
				      m->vcpu[l->src].vm == m->vcpu[l->dst].vm &&
					      m->vcpu[l->src].cpu == l->src_cpu,
				      "link %u joins vCPUs of two VMs", i);
		report_expect(r,
			      l->dst_cpu == (l->dst < m->fmap->vcpus.count
						     ? m->vcpu[l->dst].cpu
						     : m->service[l->dst - m->fmap->vcpus.count].cpu),
			      "link %u ends on another CPU", i);
	}
}

/* Each context belongs to one world and has a VMID of its own. */
static void check_contexts(const struct image *m, struct report *r)
{
	const struct fmap *f = m->fmap;

	for (uint32_t i = 0; i < f->contexts.count; i++) {
		uint32_t users = 0;

		for (uint32_t v = 0; v < f->vms.count; v++) {
			users += m->vm[v].guest_context == i;
			users += m->vm[v].vmm_context == i;
		}
		for (uint32_t s = 0; s < f->services.count; s++)
			users += m->service[s].context == i;
		report_expect(r, users == 1, "context %u has %u owners", i, users);
		report_expect(r, context_vmid(&m->context[i]) >= 1 && context_vmid(&m->context[i]) <= 255,
			      "context %u: VMID %u", i, context_vmid(&m->context[i]));
		for (uint32_t k = 0; k < i; k++)
			report_expect(r, context_vmid(&m->context[k]) != context_vmid(&m->context[i]),
				      "contexts %u and %u have the same VMID %u", k, i,
				      context_vmid(&m->context[i]));
	}
}

bool fmap_check(const struct image *m, struct report *r)
{
	if (!check_indices(m, r))
		return false;
	check_cpu_shares(m, r);
	for (uint32_t v = 0; v < m->fmap->vms.count; v++)
		check_vm_caps(m, v, r);
	for (uint32_t i = 0; i < m->fmap->services.count; i++)
		check_service_caps(m, i, r);
	check_irq_owners(m, r);
	check_siblings(m, r);
	check_contexts(m, r);
	registers_check(m, r);
	return true;
}
