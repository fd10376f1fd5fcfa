/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/index.h"
#include "tools/verify/claims.h"

#include <string.h>

#define MAX_CAPS 64u /* abi/upcall.h: an answer has one bit for each */

static bool span_is_in(uint32_t first, uint32_t count, uint32_t total)
{
	return first <= total && count <= total - first;
}

static bool name_ends(const char name[FMAP_NAME_BYTES])
{
	return memchr(name, 0, FMAP_NAME_BYTES) != NULL;
}

/* "ID_AA64MMFR0_EL1", PARange: those that 4 KiB pages can have. TCR_EL2.PS knows no others. */
static bool is_pa_size(uint32_t bits)
{
	return bits == 32 || bits == 36 || bits == 40 || bits == 42 || bits == 44 || bits == 48;
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
	report_expect(r,
		      f->shared_bytes <= SHARED_BYTES_MAX && f->shared_bytes % PAGE_BYTES == 0 &&
			      f->shared_bytes >= shared,
		      "the shared area has %#jx bytes", (uintmax_t)f->shared_bytes);
	report_expect(r,
		      f->uart.pa == h->uart_pa && f->uart.data == h->uart_data &&
			      f->uart.status == h->uart_status && f->uart.mask == h->uart_mask &&
			      f->uart.ready == h->uart_ready,
		      "header and f-map differ in the UART");
	report_expect(r,
		      f->uart.data % 4 == 0 && f->uart.data < PAGE_BYTES && f->uart.status % 4 == 0 &&
			      f->uart.status < PAGE_BYTES,
		      "the kernel's UART has registers beyond its page");
	report_expect(r, f->services.count <= MAX_SERVICES, "%u services", f->services.count);
	report_expect(r, f->gic_version == 3, "GIC version %u", f->gic_version);
	report_expect(r, is_pa_size(f->pa_bits), "%u physical address bits: no core has so many", f->pa_bits);
	report_expect(r,
		      f->kernel_bytes <= KERNEL_BYTES_MAX && f->kernel_text_bytes <= f->kernel_bytes &&
			      (f->kernel_bytes | f->kernel_text_bytes) % PAGE_BYTES == 0 &&
			      f->kernel_text_bytes > 0,
		      "a kernel of %#x bytes, %#x of them text", f->kernel_bytes, f->kernel_text_bytes);
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

/* The kernel tells by a set of 64 bits; it lets a guest go on only where there is something to go on
 * with. */
static void check_health(const struct image *m, uint32_t v, struct report *r)
{
	const struct fmap_health *h = &m->vm[v].health;

	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		report_expect(r,
			      h->action[e] < HEALTH_ACTIONS &&
				      (h->action[e] != ACTION_LOG || (HEALTH_GOES_ON >> e & 1)),
			      "VM %u: action %u cannot follow on health event %u", v, h->action[e], e);
	report_expect(r,
		      h->cap_count < 64 && span_is_in(h->cap_first, h->cap_count, m->fmap->caps.count) &&
			      h->notify >> HEALTH_EVENTS == 0 && h->window_ns > 0,
		      "VM %u: its health is out of range", v);
}

static void check_vm(const struct image *m, uint32_t v, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_vm *vm = &m->vm[v];

	report_expect(r, name_ends(vm->name), "VM %u: name without an end", v);
	report_expect(r, vm->vcpu_count >= 1 && vm->vcpu_count <= MAX_VCPUS_PER_VM, "VM %u: %u vCPUs", v,
		      vm->vcpu_count);
	for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++) {
		uint32_t id = vm->vcpu[n];

		report_expect(r,
			      n < vm->vcpu_count
				      ? id < f->vcpus.count && m->vcpu[id].vm == v && m->vcpu[id].number == n
				      : id == FMAP_NONE,
			      "VM %u: vCPU %u is not its own", v, n);
	}
	report_expect(r, vm->guest_context < f->contexts.count && vm->vmm_context < f->contexts.count,
		      "VM %u: no such context", v);
	report_expect(r,
		      vm->idregs < f->idregs.count && vm->cap_count <= MAX_CAPS &&
			      span_is_in(vm->cap_first, vm->cap_count, f->caps.count),
		      "VM %u: index out of range", v);
	report_expect(r, vm->intids >= 64 && vm->intids <= MAX_INTIDS && vm->intids % 32 == 0,
		      "VM %u: %u interrupts", v, vm->intids);
	report_expect(r, (vm->flags & ~(uint32_t)(FMAP_VM_START | FMAP_VM_DMA)) == 0, "VM %u: flags %#x", v,
		      vm->flags);
	report_expect(r, vm->upcall_budget_ns > 0 && vm->start_budget_ns > 0,
		      "VM %u: its monitor has no time", v);
	check_health(m, v, r);
}

static void check_vcpu(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_vcpu *v = &m->vcpu[i];

	report_expect(r,
		      v->vm < f->vms.count && v->number < MAX_VCPUS_PER_VM && v->cpu < f->cpus.count &&
			      span_is_in(v->link_first, v->link_count, f->links.count),
		      "vCPU %u: index out of range", i);
	report_expect(
		r, v->vm < f->vms.count && v->number < MAX_VCPUS_PER_VM && m->vm[v->vm].vcpu[v->number] == i,
		"vCPU %u is not the one that its VM has", i);
	/* The kernel takes the Aff0 of an SGI for a vCPU's number. Bit 31 is RES1. */
	report_expect(r, v->vmpidr_el2 == (UINT64_C(1) << 31 | v->number), "vCPU %u: VMPIDR_EL2 is %#jx", i,
		      (uintmax_t)v->vmpidr_el2);
	report_expect(r,
		      v->vmm_sp == COMP_STACKS + (uint64_t)v->number * COMP_STACK_STRIDE + COMP_STACK_BYTES,
		      "vCPU %u: the monitor's stack is not its own", i);
	report_expect(r, v->doorbell_interval_ns >= DOORBELL_INTERVAL_NS_MIN,
		      "vCPU %u: doorbells may interrupt it every %u ns", i, v->doorbell_interval_ns);
}

static void check_service(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_service *s = &m->service[i];

	report_expect(r, name_ends(s->name), "service %u: name without an end", i);
	report_expect(r,
		      s->cpu < f->cpus.count && s->context < f->contexts.count &&
			      span_is_in(s->link_first, s->link_count, f->links.count) &&
			      s->cap_count <= MAX_CAPS &&
			      span_is_in(s->cap_first, s->cap_count, f->caps.count),
		      "service %u: index out of range", i);
	report_expect(r, s->sp == COMP_STACKS + COMP_STACK_BYTES, "service %u: its stack is not its own", i);
}

static void check_link(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap *f = m->fmap;
	const struct fmap_link *l = &m->link[i];
	uint32_t endpoints = f->vcpus.count + f->services.count;

	bool ok = l->src_cpu < f->cpus.count && l->dst_cpu < f->cpus.count && l->dst < endpoints;

	if (l->kind == LINK_SIBLING)
		ok &= l->src < f->vcpus.count && l->dst < f->vcpus.count && l->badge == 0;
	else
		ok &= l->kind == LINK_DOORBELL && l->src == FMAP_NONE && l->badge < 32;
	report_expect(r, ok, "link %u: out of range", i);
}

/* What a kind does not use says nothing. */
static void check_cap(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_cap *c = &m->cap[i];
	bool ok = !c->reserved;

	for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++)
		ok &= c->link[n] == FMAP_NONE ||
		      (c->kind == CAP_DOORBELL && c->link[n] < m->fmap->links.count &&
		       m->link[c->link[n]].kind == LINK_DOORBELL);
	if (c->kind == CAP_IRQ)
		ok &= c->intid < m->fmap->irqs.count && c->badge < 32;
	else
		ok &= (c->kind == CAP_DOORBELL || c->kind == CAP_POWER) && !c->intid && !c->badge;
	report_expect(r, ok, "capability %u: out of range", i);
}

static void check_irq(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_irq *irq = &m->irq[i];
	bool ok = irq->kind == IRQ_NONE && !irq->edge && !irq->badge && !irq->owner && !irq->vintid &&
		  !irq->cpu;

	if (irq->kind == IRQ_VM)
		ok = i >= 32 && irq->owner < m->fmap->vms.count && irq->vintid == i && !irq->badge &&
		     irq->vintid < m->vm[irq->owner].intids && irq->cpu < m->fmap->cpus.count;
	if (irq->kind == IRQ_SERVICE)
		ok = i >= 32 && irq->owner < m->fmap->services.count && irq->badge < 32 && !irq->vintid &&
		     irq->cpu < m->fmap->cpus.count;
	report_expect(r, ok && irq->edge <= 1, "interrupt %u: its owner is out of range", i);
}

bool index_check(const struct image *m, struct report *r)
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
		report_expect(r, m->slot[i].vcpu < f->vcpus.count && !m->slot[i].reserved,
			      "slot %u: no such vCPU", i);
	return r->failures == before;
}
