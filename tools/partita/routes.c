/* SPDX-License-Identifier: Apache-2.0 */
/* Making routes, in the order that abi/fmap.h asks for: links by destination, a vCPU's siblings
 * before its doorbells, the service last. */
#include "tools/partita/routes.h"
#include "tools/partita/badge.h"
#include "tools/partita/health.h"
#include "abi/upcall.h"

#include <assert.h>
#include <string.h>

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

/* Doorbell links to one vCPU, from each of a VM's vCPUs; its capability names them. */
static void link_doorbells(struct routes *r, const struct vm *ringer, struct fmap_cap *cap, uint32_t dst,
			   uint32_t dst_cpu, uint32_t badge)
{
	for (uint32_t n = 0; n < ringer->vcpu_count; n++)
		cap->link[n] = add_link(r, doorbell(ringer->cpu[n], dst, dst_cpu, badge));
}

/* The capability by which a VM rings the n-th of the others at a channel's end. */
static struct fmap_cap *channel_cap(struct routes *r, const struct vm *ringer, const struct channel *channel,
				    uint32_t n)
{
	uint32_t end = 0;

	while (ringer->end[end].channel != channel)
		end++;
	return &r->cap[r->vm_caps[ringer->index].first + channel_cap_first(ringer, end) + n];
}

/* Who may ring a VM's end of a channel: the writer, or the readers. */
static void link_end(struct routes *r, const struct system *s, const struct vm *vm, uint32_t number,
		     uint32_t v)
{
	const struct channel_end *end = &vm->end[number];
	const struct channel *c = end->channel;
	uint32_t badge = NOTIFY_CHANNEL + number;

	for (uint32_t i = 1; i < c->vm_count; i++) {
		const struct vm *writer = &s->vm[c->vm[0]], *reader = &s->vm[c->vm[i]];

		if (end->writes && c->reply_doorbell)
			link_doorbells(r, reader, channel_cap(r, reader, c, 0), v, vm->cpu[0],
				       badge);
		if (reader == vm && c->doorbell)
			link_doorbells(r, writer, channel_cap(r, writer, c, i - 1), v, vm->cpu[0],
				       badge);
	}
}

/* Who is told of a VM's health: the n-th of all others at those channels, in the order of its ends and
 * of each channel's VMs. */
static struct fmap_cap *health_cap(struct routes *r, const struct system *s, const struct vm *vm,
				   const struct channel *channel, uint32_t to)
{
	uint32_t n = 0;

	for (uint32_t end = 0; end < vm->end_count; end++) {
		const struct channel *c = vm->end[end].channel;

		for (uint32_t i = 0; i < c->vm_count && vm->health.told >> end & 1; i++) {
			if (c == channel && c->vm[i] == to)
				return &r->cap[r->health_caps[vm->index].first + n];
			n += &s->vm[c->vm[i]] != vm;
		}
	}
	return NULL;
}

/* Who at the other ends of a VM's channel has its health told here. */
static void link_health(struct routes *r, const struct system *s, const struct vm *vm, uint32_t number,
			uint32_t v)
{
	const struct channel *c = vm->end[number].channel;

	for (uint32_t i = 0; i < c->vm_count; i++) {
		const struct vm *peer = &s->vm[c->vm[i]];
		struct fmap_cap *cap = peer == vm ? NULL : health_cap(r, s, peer, c, vm->index);

		if (cap)
			link_doorbells(r, peer, cap, v, vm->cpu[0], NOTIFY_PEER + number);
	}
}

static void link_vcpu(struct routes *r, const struct system *s, uint32_t v)
{
	const struct vm *vm = &s->vm[r->vcpu[v].vm];
	uint32_t cpu = r->vcpu[v].cpu;

	r->vcpu[v].links.first = r->link_count;
	for (uint32_t n = 0; n < vm->vcpu_count; n++)
		add_link(r, (struct fmap_link){ .kind = LINK_SIBLING, .src_cpu = vm->cpu[n], .dst_cpu = cpu,
						.dst = v, .src = r->vcpu_index[vm->index][n] });
	if (vm->channel != FMAP_NONE && r->vcpu[v].number == 0)
		r->cap[r->console_caps.first + vm->channel].link[0] =
			add_link(r, doorbell(s->console.cpu, v, cpu, NOTIFY_CONSOLE_IN));
	for (uint32_t i = 0; i < vm->end_count && r->vcpu[v].number == 0; i++) {
		link_end(r, s, vm, i, v);
		link_health(r, s, vm, i, v);
	}
	r->vcpu[v].links.count = r->link_count - r->vcpu[v].links.first;
}

static void link_console(struct routes *r, const struct system *s, const struct platform *p)
{
	uint32_t dst = r->vcpu_count, home = s->console.cpu;

	r->console_links.first = r->link_count;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (s->vm[v].channel != FMAP_NONE)
			link_doorbells(r, &s->vm[v], &r->cap[r->vm_caps[v].first], dst, home,
				       s->vm[v].channel);
	}
	for (uint32_t cpu = 0; cpu < p->cpu_count; cpu++)
		r->log_link[cpu] = add_link(r, doorbell(cpu, dst, home, BADGE_LOG));
	r->console_links.count = r->link_count - r->console_links.first;
}

/* ---- Capabilities: their links come later ---- */

static struct fmap_cap *add_cap(struct routes *r, uint32_t kind)
{
	struct fmap_cap *cap = &r->cap[r->cap_count++];

	assert(r->cap_count <= MAX_CAPS);
	cap->kind = kind;
	for (uint32_t i = 0; i < MAX_VCPUS_PER_VM; i++)
		cap->link[i] = FMAP_NONE;
	return cap;
}

static struct span add_doorbells(struct routes *r, uint32_t count)
{
	struct span span = { r->cap_count, count };

	while (count-- > 0)
		add_cap(r, CAP_DOORBELL);
	return span;
}

/* A monitor's: its console's doorbell, then those of its channels. Then the kernel's, for its health. */
static void cap_vm(struct routes *r, const struct vm *vm)
{
	r->vm_caps[vm->index] = add_doorbells(r, channel_cap_first(vm, vm->end_count));
	r->health_caps[vm->index] = add_doorbells(r, health_peers(vm));
}

/* The service's: doorbell n is channel n's; then power; then its interrupt. */
static void cap_console(struct routes *r, const struct system *s, const struct platform *p)
{
	struct fmap_cap *cap;

	r->console_caps.first = r->cap_count;
	for (uint32_t i = 0; i < s->console.channel_count; i++)
		add_cap(r, CAP_DOORBELL);
	add_cap(r, CAP_POWER);
	cap = add_cap(r, CAP_IRQ);
	cap->intid = p->uart_interrupt.intid;
	cap->badge = BADGE_UART;
	r->console_caps.count = r->cap_count - r->console_caps.first;
}

void routes_make(struct routes *r, const struct system *s, const struct platform *p)
{
	memset(r, 0, sizeof(*r));
	for (uint32_t cpu = 0; cpu < MAX_CPUS; cpu++)
		r->log_link[cpu] = FMAP_NONE;
	sort_vcpus(r, s, p);
	for (uint32_t v = 0; v < s->vm_count; v++)
		cap_vm(r, &s->vm[v]);
	if (s->console.exists)
		cap_console(r, s, p);
	for (uint32_t v = 0; v < r->vcpu_count; v++)
		link_vcpu(r, s, v);
	if (s->console.exists)
		link_console(r, s, p);
}
