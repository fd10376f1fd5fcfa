/* SPDX-License-Identifier: Apache-2.0 */
/* Making routes, in the order that abi/fmap.h asks for: links by destination, a vCPU's siblings
 * before its doorbells, the service last. */
#include "tools/partita/routes.h"
#include "tools/partita/badge.h"
#include "abi/upcall.h"

#include <assert.h>
#include <string.h>

/* Links that capabilities name, by who rings. */
struct doorbells {
	uint32_t to_console[MAX_VMS][MAX_VCPUS_PER_VM];
	uint32_t to_vm[MAX_VMS];
};

static void sort_vcpus(struct routes *r, const struct system *s, const struct platform *p)
{
	for (uint32_t cpu = 0; cpu < p->cpu_count; cpu++) {
		for (uint32_t v = 0; v < s->vm_count; v++) {
			for (uint32_t n = 0; n < s->vm[v].vcpu_count; n++) {
				if (s->vm[v].cpu[n] != cpu)
					continue;
				assert(r->vcpu_count < MAX_CPUS);
				r->vcpu_index[v][n] = r->vcpu_count;
				r->vcpu[r->vcpu_count].vm = v;
				r->vcpu[r->vcpu_count].number = n;
				r->vcpu[r->vcpu_count++].cpu = cpu;
			}
		}
	}
}

static uint32_t add_link(struct routes *r, struct fmap_link link)
{
	assert(r->link_count < MAX_LINKS);
	r->link[r->link_count] = link;
	return r->link_count++;
}

static struct fmap_link doorbell(uint32_t src_cpu, uint32_t dst, uint32_t dst_cpu, uint32_t badge)
{
	struct fmap_link link = { .kind = LINK_DOORBELL, .src_cpu = src_cpu, .src = FMAP_NONE };

	link.dst = dst;
	link.dst_cpu = dst_cpu;
	link.badge = badge;
	return link;
}

static void link_vcpu(struct routes *r, const struct system *s, uint32_t v, struct doorbells *bells)
{
	const struct vm *vm = &s->vm[r->vcpu[v].vm];
	uint32_t cpu = r->vcpu[v].cpu;

	r->vcpu[v].links.first = r->link_count;
	for (uint32_t n = 0; n < vm->vcpu_count; n++)
		add_link(r, (struct fmap_link){ .kind = LINK_SIBLING, .src_cpu = vm->cpu[n], .dst_cpu = cpu,
						.dst = v, .src = r->vcpu_index[vm->index][n] });
	if (vm->channel != FMAP_NONE && r->vcpu[v].number == 0)
		bells->to_vm[vm->index] = add_link(r, doorbell(s->console.cpu, v, cpu, NOTIFY_CONSOLE_IN));
	r->vcpu[v].links.count = r->link_count - r->vcpu[v].links.first;
}

static void link_console(struct routes *r, const struct system *s, const struct platform *p,
			 struct doorbells *bells)
{
	uint32_t dst = r->vcpu_count, home = s->console.cpu;

	r->console_links.first = r->link_count;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		for (uint32_t n = 0; vm->channel != FMAP_NONE && n < vm->vcpu_count; n++)
			bells->to_console[v][n] = add_link(r, doorbell(vm->cpu[n], dst, home, vm->channel));
	}
	for (uint32_t cpu = 0; cpu < p->cpu_count; cpu++)
		r->log_link[cpu] = add_link(r, doorbell(cpu, dst, home, BADGE_LOG));
	r->console_links.count = r->link_count - r->console_links.first;
}

/* ---- Capabilities ---- */

static struct fmap_cap *add_cap(struct routes *r, uint32_t kind)
{
	struct fmap_cap *cap = &r->cap[r->cap_count++];

	assert(r->cap_count <= MAX_CAPS);
	cap->kind = kind;
	for (uint32_t i = 0; i < MAX_VCPUS_PER_VM; i++)
		cap->link[i] = FMAP_NONE;
	return cap;
}

/* A monitor's only capability: its console's doorbell, from each of its vCPUs. */
static void cap_vm(struct routes *r, const struct vm *vm, const struct doorbells *bells)
{
	struct fmap_cap *cap;

	r->vm_caps[vm->index].first = r->cap_count;
	if (vm->channel == FMAP_NONE)
		return;
	cap = add_cap(r, CAP_DOORBELL);
	memcpy(cap->link, bells->to_console[vm->index], vm->vcpu_count * sizeof(cap->link[0]));
	r->vm_caps[vm->index].count = 1;
}

/* The service's: doorbell n is channel n's; then power; then its interrupt. */
static void cap_console(struct routes *r, const struct system *s, const struct platform *p,
			const struct doorbells *bells)
{
	struct fmap_cap *cap;

	r->console_caps.first = r->cap_count;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (s->vm[v].channel != FMAP_NONE)
			add_cap(r, CAP_DOORBELL)->link[0] = bells->to_vm[v];
	}
	add_cap(r, CAP_POWER);
	cap = add_cap(r, CAP_IRQ);
	cap->intid = p->uart_interrupt.intid;
	cap->badge = BADGE_UART;
	r->console_caps.count = r->cap_count - r->console_caps.first;
}

void routes_make(struct routes *r, const struct system *s, const struct platform *p)
{
	struct doorbells bells;

	memset(r, 0, sizeof(*r));
	memset(&bells, 0xff, sizeof(bells)); /* FMAP_NONE */
	for (uint32_t cpu = 0; cpu < MAX_CPUS; cpu++)
		r->log_link[cpu] = FMAP_NONE;
	sort_vcpus(r, s, p);
	for (uint32_t v = 0; v < r->vcpu_count; v++)
		link_vcpu(r, s, v, &bells);
	if (s->console.exists)
		link_console(r, s, p, &bells);
	for (uint32_t v = 0; v < s->vm_count; v++)
		cap_vm(r, &s->vm[v], &bells);
	if (s->console.exists)
		cap_console(r, s, p, &bells);
}
