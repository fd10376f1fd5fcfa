/* SPDX-License-Identifier: Apache-2.0 */
/* Printing a build, section by section. */
#include "tools/partita/map.h"
#include "tools/partita/health.h"

#include <inttypes.h>

static const char *size_text(uint64_t bytes, char text[24])
{
	if (bytes % 0x100000 == 0)
		snprintf(text, 24, "%" PRIu64 " MiB", bytes / 0x100000);
	else
		snprintf(text, 24, "%" PRIu64 " KiB", bytes / 0x400);
	return text;
}

/* ---- Physical memory ---- */

static void print_memory(const struct machine *m, FILE *out)
{
	static const char *const kind[] = {
		[OBJECT_FILE] = "image",
		[OBJECT_ZERO] = "zero",
		[OBJECT_RAM] = "ram",
		[OBJECT_DEVICE] = "device",
	};
	char text[24];

	fprintf(out, "Physical memory\n");
	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct object *o = m->piece[i].object;

		fprintf(out, "  0x%010" PRIx64 "-0x%010" PRIx64 " %9s %-6s  %s: %s\n", o->pa,
			o->pa + o->bytes - 1, size_text(o->bytes, text), kind[o->kind], o->owner, o->what);
	}
}

/* ---- Address spaces ---- */

static void print_space(const struct space *s, FILE *out)
{
	for (const struct mapping *m = s->first; m; m = m->next)
		fprintf(out, "    0x%010" PRIx64 "-0x%010" PRIx64 " %s -> 0x%010" PRIx64 "  %s: %s%s\n",
			m->va, m->va + m->bytes - 1, space_access_name(m->access), m->object->pa + m->offset,
			m->object->owner, m->object->what,
			m->object->kind == OBJECT_DEVICE ? " (device)" : "");
}

static void print_emulated(const struct machine *m, uint32_t v, FILE *out)
{
	for (uint32_t i = 0; i < m->window_count; i++) {
		const struct window *w = &m->window[i];

		if (w->vm != v || w->kind != WINDOW_EMULATED)
			continue;
		fprintf(out, "    0x%010" PRIx64 "-0x%010" PRIx64 " %s    emulated: %s", w->ipa,
			w->ipa + w->bytes - 1, space_access_name(w->access), w->what);
		if (w->intid)
			fprintf(out, ", interrupt %u", w->intid);
		fprintf(out, "\n");
	}
}

static void print_vm(const struct machine *m, uint32_t v, FILE *out)
{
	const struct build *b = m->build;
	const struct vm *vm = &b->system.vm[v];

	fprintf(out, "\nVM %s: VMID %u, monitor's %u, %u interrupts, entry 0x%" PRIx64 ", x0 0x%" PRIx64 "\n",
		vm->name, b->layout.vm[v].guest.vmid, b->layout.vm[v].monitor.vmid, vm->intids, vm->entry,
		vm->entry_x0);
	fprintf(out, "  the guest sees\n");
	print_space(&b->layout.vm[v].guest, out);
	print_emulated(m, v, out);
	for (uint32_t i = 0; i < vm->end_count; i++)
		fprintf(out, "    0x%010" PRIx64 " doorbell of channel %s, interrupt %u\n",
			vm->end[i].registers, vm->end[i].channel->name, vm->end[i].intid);
	for (uint32_t i = 0; i < vm->device_count; i++) {
		if (vm->device[i].dma_trusted)
			fprintf(out,
				"  TRUSTED: %s does DMA that nothing confines: it reaches all memory of the "
				"board\n",
				vm->device[i].path);
	}
	fprintf(out, "  loaded at each start\n");
	for (uint32_t i = 0; i < vm->load_count; i++)
		fprintf(out, "    0x%010" PRIx64 "-0x%010" PRIx64 " %s\n", vm->load[i].dst,
			vm->load[i].dst + vm->load[i].blob.bytes - 1, vm->load[i].name);
	fprintf(out, "  its monitor sees\n");
	print_space(&b->layout.vm[v].monitor, out);
	fprintf(out, "  what follows on its health events; restarts: at most %s\n",
		health_limit(&m->vm[v].health, m->arena));
	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		fprintf(out, "    %-8s %s\n", health_event_name(e),
			health_follows(&m->vm[v].health, e, m->arena));
}

/* ---- CPUs, interrupts, channels, services ---- */

static void print_cpus(const struct build *b, FILE *out)
{
	const struct console *c = &b->system.console;

	fprintf(out, "\nCPUs\n");
	for (uint32_t cpu = 0; cpu < b->platform.cpu_count; cpu++) {
		bool idle = true;

		fprintf(out, "  CPU %u (MPIDR 0x%" PRIx64 "):", cpu, b->platform.mpidr[cpu]);
		for (uint32_t v = 0; v < b->routes.vcpu_count; v++) {
			if (b->routes.vcpu[v].cpu != cpu)
				continue;
			idle = false;
			fprintf(out, " vCPU %u of %s, always", b->routes.vcpu[v].number,
				b->system.vm[b->routes.vcpu[v].vm].name);
		}
		if (c->exists && c->cpu == cpu)
			fprintf(out, "%s console", idle ? "" : ";");
		else if (idle)
			fprintf(out, " sleeps");
		fprintf(out, "\n");
	}
}

static void print_interrupts(const struct machine *m, FILE *out)
{
	const struct platform *p = &m->build->platform;

	fprintf(out, "\nInterrupts\n");
	for (uint32_t i = 0; i < m->route_count; i++) {
		const struct route *r = &m->route[i];

		if (r->intid)
			fprintf(out, "  %4u %-5s -> %s, %s\n", r->intid, r->edge ? "edge" : "level",
				machine_party_name(m, r->party), r->device);
	}
	fprintf(out, "  PPIs: GIC maintenance %u, hypervisor timer %u, virtual timer %u\n",
		p->intid_maintenance, p->intid_hyp_timer, p->intid_virt_timer);
}

static void print_channel(const struct build *b, const struct channel *c, FILE *out)
{
	char text[24];

	fprintf(out, "  %s: VM %s writes %s at 0x%010" PRIx64 "; read by", c->name,
		b->system.vm[c->vm[0]].name, size_text(c->bytes, text), c->memory->pa);
	for (uint32_t i = 1; i < c->vm_count; i++)
		fprintf(out, "%s VM %s", i > 1 ? "," : "", b->system.vm[c->vm[i]].name);
	fprintf(out, "%s%s\n", c->doorbell ? "; the writer rings" : "",
		c->reply_doorbell ? "; readers ring" : "");
}

/* How many links can kick a VM's home CPU on account of its channels. */
static uint32_t ringers(const struct build *b, const struct vm *vm)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel *c = vm->end[i].channel;

		for (uint32_t k = 1; vm->end[i].writes && c->reply_doorbell && k < c->vm_count; k++)
			count += b->system.vm[c->vm[k]].vcpu_count;
		if (!vm->end[i].writes && c->doorbell)
			count += b->system.vm[c->vm[0]].vcpu_count;
	}
	return count;
}

/* Those of the description; then memory of all kinds, by address; then doorbells. */
static void print_channels(const struct build *b, const struct machine *m, FILE *out)
{
	fprintf(out, "\nChannels: memory that one side writes and another one has mapped, and doorbells\n");
	for (uint32_t i = 0; i < b->system.channel_count; i++)
		print_channel(b, &b->system.channel[i], out);
	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		const struct vm *vm = &b->system.vm[v];

		if (ringers(b, vm))
			fprintf(out,
				"  interference on CPU %u: in any %u us, doorbells interrupt VM %s once, and "
				"kick its CPU %u times\n",
				vm->cpu[0], vm->doorbell_interval_ns / 1000, vm->name, ringers(b, vm));
	}
	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct piece *p = &m->piece[i];

		if (machine_is_shared(p))
			fprintf(out, "  0x%010" PRIx64 " %s writes, %s reads: %s\n", p->object->pa,
				machine_set_name(m, p->writers), machine_set_name(m, p->readers),
				p->object->what);
	}
	for (uint32_t i = 0; i < m->flow_count; i++) {
		if (m->flow[i].kind == FLOW_DOORBELL)
			fprintf(out, "  %s rings %s: %s\n", machine_party_name(m, m->flow[i].from),
				machine_party_name(m, m->flow[i].to), m->flow[i].what);
	}
}

static const char *focus_name(const struct system *s)
{
	uint32_t v = 0;

	while (s->vm[v].channel != s->console.focus)
		v++;
	return s->vm[v].name;
}

/* What a vCPU must live with on the service's home. The kernel gives a used budget back a period
 * after the service last began to run, so no window of a period has more than one budget in it. */
static void print_services(const struct build *b, FILE *out)
{
	const struct console *c = &b->system.console;

	fprintf(out, "\nServices\n");
	if (!c->exists) {
		fprintf(out, "  none: the board has no console\n");
		return;
	}
	fprintf(out, "  console: VMID %u, on CPU %u\n", b->layout.console.space.vmid, c->cpu);
	fprintf(out,
		"    interference on CPU %u: at most %" PRIu64 " us in any %" PRIu64 " us (%" PRIu64
		".%" PRIu64 " %%)\n",
		c->cpu, c->budget_ns / 1000, c->period_ns / 1000, c->budget_ns * 100 / c->period_ns,
		c->budget_ns * 1000 / c->period_ns % 10);
	if (c->focus < c->channel_count)
		fprintf(out, "    %s has the input first\n", focus_name(&b->system));
	print_space(&b->layout.console.space, out);
}

void map_print(const struct machine *m, FILE *out)
{
	const struct build *b = m->build;

	fprintf(out, "System %s on board %s\n\n", b->system.name, b->platform.name);
	print_memory(m, out);
	fprintf(out, "\nKernel, on CPU 0 (CPU n has redistributor, stack, log and state of its own)\n");
	print_space(&b->layout.head, out);
	print_space(&b->layout.cpu[0].space, out);
	for (uint32_t v = 0; v < b->system.vm_count; v++)
		print_vm(m, v, out);
	print_services(b, out);
	print_cpus(b, out);
	print_interrupts(m, out);
	print_channels(b, m, out);
}
