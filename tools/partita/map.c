/* SPDX-License-Identifier: Apache-2.0 */
/* Printing a build, section by section. */
#include "tools/partita/map.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static const char *size_text(uint64_t bytes, char text[24])
{
	if (bytes % 0x100000 == 0)
		snprintf(text, 24, "%" PRIu64 " MiB", bytes / 0x100000);
	else
		snprintf(text, 24, "%" PRIu64 " KiB", bytes / 0x400);
	return text;
}

/* ---- Physical memory ---- */

static int compare_objects(const void *pa, const void *pb)
{
	const struct object *a = *(const struct object *const *)pa, *b = *(const struct object *const *)pb;

	return a->pa < b->pa ? -1 : a->pa > b->pa;
}

static void print_memory(const struct memory *m, FILE *out)
{
	static const char *const kind[] = {
		[OBJECT_FILE] = "image",
		[OBJECT_ZERO] = "zero",
		[OBJECT_RAM] = "ram",
		[OBJECT_DEVICE] = "device",
	};
	const struct object **sorted;
	size_t count = 0, i = 0;
	char text[24];

	for (const struct object *o = m->first; o; o = o->next)
		count++;
	sorted = arena_alloc(m->arena, count * sizeof(*sorted));
	for (const struct object *o = m->first; o; o = o->next)
		sorted[i++] = o;
	qsort(sorted, count, sizeof(*sorted), compare_objects);
	fprintf(out, "Physical memory\n");
	for (i = 0; i < count; i++) {
		const struct object *o = sorted[i];

		if (o->bytes)
			fprintf(out, "  0x%010" PRIx64 "-0x%010" PRIx64 " %9s %-6s  %s: %s\n", o->pa,
				o->pa + o->bytes - 1, size_text(o->bytes, text), kind[o->kind], o->owner,
				o->what);
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

static void print_vm(const struct build *b, uint32_t v, FILE *out)
{
	const struct vm *vm = &b->system.vm[v];

	fprintf(out, "\nVM %s: VMID %u, monitor's %u, %u interrupts, entry 0x%" PRIx64 ", x0 0x%" PRIx64 "\n",
		vm->name, b->layout.vm[v].guest.vmid, b->layout.vm[v].monitor.vmid, vm->intids, vm->entry,
		vm->entry_x0);
	fprintf(out, "  the guest sees\n");
	print_space(&b->layout.vm[v].guest, out);
	fprintf(out, "    0x%010x virtual GICv3 distributor\n    0x%010x its redistributors\n", GUEST_GICD,
		GUEST_GICR);
	if (vm->channel != FMAP_NONE)
		fprintf(out, "    0x%010x virtual PL011, interrupt %u\n", GUEST_UART, GUEST_UART_INTID);
	if (vm->rtc)
		fprintf(out, "    0x%010x virtual PL031, interrupt %u, starts at %u s since 1970\n",
			GUEST_RTC, GUEST_RTC_INTID, vm->rtc_start);
	fprintf(out, "  loaded at each start\n");
	for (uint32_t i = 0; i < vm->load_count; i++)
		fprintf(out, "    0x%010" PRIx64 "-0x%010" PRIx64 " %s\n", vm->load[i].dst,
			vm->load[i].dst + vm->load[i].blob.bytes - 1, vm->load[i].name);
	fprintf(out, "  its monitor sees\n");
	print_space(&b->layout.vm[v].monitor, out);
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

static void print_interrupts(const struct build *b, FILE *out)
{
	const struct platform *p = &b->platform;

	fprintf(out, "\nInterrupts\n");
	if (b->system.console.exists)
		fprintf(out, "  %4u %-5s -> console\n", p->uart_interrupt.intid,
			p->uart_interrupt.edge ? "edge" : "level");
	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		const struct vm *vm = &b->system.vm[v];

		for (uint32_t i = 0; i < vm->device_count; i++) {
			for (uint32_t k = 0; k < vm->device[i].interrupt_count; k++)
				fprintf(out, "  %4u %-5s -> VM %s, %s\n", vm->device[i].interrupt[k].intid,
					vm->device[i].interrupt[k].edge ? "edge" : "level", vm->name,
					vm->device[i].path);
		}
	}
	fprintf(out, "  PPIs: GIC maintenance %u, hypervisor timer %u, virtual timer %u\n",
		p->intid_maintenance, p->intid_hyp_timer, p->intid_virt_timer);
}

static void print_channels(const struct build *b, FILE *out)
{
	fprintf(out, "\nChannels\n");
	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		const struct vm *vm = &b->system.vm[v];

		if (vm->channel != FMAP_NONE)
			fprintf(out,
				"  %2u: VM %s writes 0x%010" PRIx64 ", console writes 0x%010" PRIx64 "%s\n",
				vm->channel, vm->name, b->layout.vm[v].to_service->pa,
				b->layout.vm[v].to_vm->pa,
				vm->channel == b->system.console.focus ? ", has the input first" : "");
	}
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
	print_space(&b->layout.console.space, out);
}

void map_print(const struct build *b, FILE *out)
{
	fprintf(out, "System %s on board %s\n\n", b->system.name, b->platform.name);
	print_memory(&b->layout.memory, out);
	fprintf(out, "\nKernel, on CPU 0 (CPU n has redistributor, stack, log and state of its own)\n");
	print_space(&b->layout.head, out);
	print_space(&b->layout.cpu[0].space, out);
	for (uint32_t v = 0; v < b->system.vm_count; v++)
		print_vm(b, v, out);
	print_services(b, out);
	print_cpus(b, out);
	print_interrupts(b, out);
	print_channels(b, out);
}
