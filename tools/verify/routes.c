/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel follows links without looking: a vCPU's are found by counting from its first, a
 * doorbell's by the number of the vCPU that rings. So each must be where it is expected, and none
 * may have a second sender: its words in the shared area have one writer.
 */
#include "tools/verify/routes.h"
#include "tools/verify/rows.h"
#include "abi/upcall.h"

/* ---- Links: each endpoint's lie together, in the endpoints' order ---- */

static uint32_t endpoint_cpu(const struct image *m, uint32_t endpoint)
{
	uint32_t vcpus = m->fmap->vcpus.count;

	return endpoint < vcpus ? m->vcpu[endpoint].cpu : m->service[endpoint - vcpus].cpu;
}

static bool is_sibling(const struct image *m, const struct fmap_link *l, uint32_t src)
{
	return l->kind == LINK_SIBLING && l->src == src && l->src_cpu == m->vcpu[src].cpu;
}

static void check_link(const struct image *m, uint32_t endpoint, uint32_t i, struct report *r)
{
	const struct fmap_link *l = &m->link[i];
	bool service = endpoint >= m->fmap->vcpus.count;

	report_expect(r, l->dst == endpoint && l->dst_cpu == endpoint_cpu(m, endpoint),
		      "link %u ends on another CPU", i);
	report_expect(r, l->kind == LINK_SIBLING || l->badge < (service ? SERVICE_ALARM : NOTIFY_ALARM),
		      "link %u: badge %u is the kernel's own", i, l->badge);
}

/* A vCPU's links begin with one from each of its VM's, by number; all others are doorbells. */
static void check_siblings(const struct image *m, uint32_t v, struct report *r)
{
	const struct fmap_vcpu *vcpu = &m->vcpu[v];
	const struct fmap_vm *vm = &m->vm[vcpu->vm];

	report_expect(r, vcpu->link_count >= vm->vcpu_count, "vCPU %u has no links from all its siblings", v);
	for (uint32_t n = 0; n < vcpu->link_count; n++) {
		const struct fmap_link *l = &m->link[vcpu->link_first + n];

		report_expect(r,
			      n < vm->vcpu_count ? is_sibling(m, l, vm->vcpu[n]) : l->kind == LINK_DOORBELL,
			      "link %u joins vCPUs of two VMs, or is not in its place", vcpu->link_first + n);
	}
}

static uint32_t check_endpoint(const struct image *m, uint32_t endpoint, uint32_t first, uint32_t count,
			       uint32_t expected, struct report *r)
{
	report_expect(r, first == expected, "links of endpoint %u do not follow those before", endpoint);
	for (uint32_t i = first; i < first + count; i++)
		check_link(m, endpoint, i, r);
	return expected + count;
}

static void check_links(const struct image *m, struct report *r)
{
	const struct fmap *f = m->fmap;
	uint32_t next = 0;

	for (uint32_t v = 0; v < f->vcpus.count; v++) {
		next = check_endpoint(m, v, m->vcpu[v].link_first, m->vcpu[v].link_count, next, r);
		check_siblings(m, v, r);
	}
	for (uint32_t s = 0; s < f->services.count; s++) {
		next = check_endpoint(m, f->vcpus.count + s, m->service[s].link_first,
				      m->service[s].link_count, next, r);
		for (uint32_t i = 0; i < m->service[s].link_count; i++)
			report_expect(r, m->link[m->service[s].link_first + i].kind == LINK_DOORBELL,
				      "link %u: a service has no siblings", m->service[s].link_first + i);
	}
	report_expect(r, next == f->links.count, "a link has no endpoint");
}

/* ---- Capabilities ---- */

/* A doorbell for each vCPU that there is, from its own CPU. */
static bool check_doorbell(const struct image *m, const struct fmap_cap *cap, const uint32_t *cpu,
			   uint32_t count, const char *name, struct report *r)
{
	bool ok = true;

	for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++) {
		bool present = cap->link[n] != FMAP_NONE;

		ok &= report_expect(r, present == (n < count), "%s: vCPU %u has %s doorbell", name, n,
				    present ? "another's" : "no");
		ok &= report_expect(r, !present || n >= count || m->link[cap->link[n]].src_cpu == cpu[n],
				    "%s rings by a link of another CPU", name);
	}
	return ok;
}

/* Two VMs with a channel between them may ring one another. */
static bool have_channel(const struct image *m, uint32_t a, uint32_t b)
{
	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		if (row->kind != MEMORY_CHANNEL || !row_is_of_vm(row, a))
			continue;
		for (uint32_t k = 0; k < m->fmap->memory.count; k++) {
			if (row_is_of_vm(&m->memory[k], b) && rows_are_one_channel(row, &m->memory[k]))
				return true;
		}
	}
	return false;
}

/* Its monitor's, or those by which the kernel tells of its health: `first` to `first` + `count`. */
static bool check_vm(const struct image *m, uint32_t v, uint32_t first, uint32_t count, struct report *r)
{
	const struct fmap_vm *vm = &m->vm[v];
	uint32_t cpu[MAX_VCPUS_PER_VM];
	bool ok = true;

	for (uint32_t n = 0; n < vm->vcpu_count; n++)
		cpu[n] = m->vcpu[vm->vcpu[n]].cpu;
	for (uint32_t k = 0; k < count; k++) {
		const struct fmap_cap *cap = &m->cap[first + k];

		if (!report_expect(r, cap->kind == CAP_DOORBELL,
				   "VM %u has a capability that only a service may have", v) ||
		    !check_doorbell(m, cap, cpu, vm->vcpu_count, vm->name, r)) {
			ok = false;
			continue;
		}
		for (uint32_t n = 0; n < vm->vcpu_count; n++) {
			uint32_t dst = m->link[cap->link[n]].dst;

			report_expect(r, dst >= m->fmap->vcpus.count || have_channel(m, v, m->vcpu[dst].vm),
				      "VM %u may ring VM %u, with which it has no channel", v,
				      dst < m->fmap->vcpus.count ? m->vcpu[dst].vm : 0);
		}
	}
	return ok;
}

static bool check_service(const struct image *m, uint32_t s, struct report *r)
{
	const struct fmap_service *service = &m->service[s];
	bool ok = true;

	for (uint32_t k = 0; k < service->cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[service->cap_first + k];
		const struct fmap_irq *irq = cap->kind == CAP_IRQ ? &m->irq[cap->intid] : NULL;

		if (cap->kind == CAP_DOORBELL)
			ok &= check_doorbell(m, cap, &service->cpu, 1, service->name, r);
		report_expect(
			r, !irq || (irq->kind == IRQ_SERVICE && irq->owner == s && irq->badge == cap->badge),
			"service %u may end interrupt %u, which is not its own", s, cap->intid);
	}
	return ok;
}

/* Owners' shares of the capabilities are the array, cut in order. */
static bool check_caps(const struct image *m, struct report *r)
{
	uint32_t next = 0;
	bool ok = true;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		const struct fmap_vm *vm = &m->vm[v];

		report_expect(r, vm->cap_first == next && vm->health.cap_first == next + vm->cap_count,
			      "VM %u has capabilities of another", v);
		next += vm->cap_count + vm->health.cap_count;
		ok &= check_vm(m, v, vm->cap_first, vm->cap_count, r) &&
		      check_vm(m, v, vm->health.cap_first, vm->health.cap_count, r);
	}
	for (uint32_t s = 0; s < m->fmap->services.count; s++) {
		report_expect(r, m->service[s].cap_first == next, "service %u has capabilities of another",
			      s);
		next += m->service[s].cap_count;
		ok &= check_service(m, s, r);
	}
	report_expect(r, next == m->fmap->caps.count, "a capability has no owner");
	return ok;
}

/* ---- Users of links ---- */

static uint32_t users_of_link(const struct image *m, uint32_t link)
{
	uint32_t users = 0;

	for (uint32_t i = 0; i < m->fmap->caps.count; i++) {
		for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++)
			users += m->cap[i].link[n] == link;
	}
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		users += m->cpu[c].log_link == link;
	return users;
}

static void check_users(const struct image *m, struct report *r)
{
	for (uint32_t i = 0; i < m->fmap->links.count && !report_full(r); i++) {
		if (m->link[i].kind == LINK_DOORBELL)
			report_expect(r, users_of_link(m, i) == 1, "link %u has %u senders", i,
				      users_of_link(m, i));
	}
}

/* Each CPU tells a service, if there is one, of its log: with the same badge, which is no VM's. */
static void check_log(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_link *log = m->cpu[c].log_link == FMAP_NONE ? NULL : &m->link[m->cpu[c].log_link];
	uint32_t same = 0;

	report_expect(r, !log == (m->fmap->services.count == 0), "CPU %u: who reads its log?", c);
	if (!log)
		return;
	report_expect(r, log->kind == LINK_DOORBELL && log->src_cpu == c && log->dst >= m->fmap->vcpus.count,
		      "CPU %u: its log's link is another's", c);
	for (uint32_t i = 0; i < m->fmap->links.count; i++)
		same += m->link[i].dst == log->dst && m->link[i].badge == log->badge;
	report_expect(r, same == m->fmap->cpus.count, "CPU %u: its log's badge %u is not that of all logs", c,
		      log->badge);
}

/* ---- Interrupts ---- */

static uint32_t caps_for(const struct image *m, uint32_t service, uint32_t intid)
{
	uint32_t n = 0;

	for (uint32_t k = 0; k < m->service[service].cap_count; k++) {
		const struct fmap_cap *cap = &m->cap[m->service[service].cap_first + k];

		n += cap->kind == CAP_IRQ && cap->intid == intid;
	}
	return n;
}

/* A service tells its interrupt from all doorbells, and from what the kernel has to say. */
static bool badge_is_alone(const struct image *m, const struct fmap_irq *irq)
{
	const struct fmap_service *s = &m->service[irq->owner];

	for (uint32_t i = s->link_first; i < s->link_first + s->link_count; i++) {
		if (m->link[i].badge == irq->badge)
			return false;
	}
	return irq->badge < SERVICE_ALARM;
}

/* The kernel lets an interrupt go to its owner's CPU alone, and counts a VM's. */
static void check_irqs(const struct image *m, struct report *r)
{
	uint32_t count[MAX_VMS] = { 0 };

	for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
		const struct fmap_irq *irq = &m->irq[i];

		if (irq->kind == IRQ_VM) {
			count[irq->owner]++;
			report_expect(r, irq->cpu == m->vcpu[m->vm[irq->owner].vcpu[0]].cpu,
				      "interrupt %u of VM %u does not go to its home vCPU", i, irq->owner);
		}
		if (irq->kind == IRQ_SERVICE) {
			report_expect(r, irq->cpu == m->service[irq->owner].cpu,
				      "interrupt %u does not go to its service's CPU", i);
			report_expect(r, caps_for(m, irq->owner, i) == 1 && badge_is_alone(m, irq),
				      "interrupt %u: its service cannot end it, or not tell it from others",
				      i);
		}
	}
	for (uint32_t v = 0; v < m->fmap->vms.count; v++)
		report_expect(r, count[v] == m->vm[v].irq_count, "VM %u has %u interrupts, the f-map says %u",
			      v, count[v], m->vm[v].irq_count);
}

/* The kernel's own, on each CPU. */
static void check_ppis(const struct fmap *f, struct report *r)
{
	const uint32_t ppi[] = { f->intid_maintenance, f->intid_hyp_timer, f->intid_virt_timer };

	for (uint32_t i = 0; i < 3; i++) {
		report_expect(r, ppi[i] >= 16 && ppi[i] < 32, "interrupt %u of the kernel's is no PPI",
			      ppi[i]);
		for (uint32_t k = 0; k < i; k++)
			report_expect(r, ppi[k] != ppi[i], "PPI %u has two meanings", ppi[i]);
	}
}

bool routes_check(const struct image *m, struct report *r)
{
	bool sound = check_caps(m, r);

	check_links(m, r);
	check_users(m, r);
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		check_log(m, c, r);
	check_irqs(m, r);
	check_ppis(m->fmap, r);
	return sound;
}
