/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Objects and mappings, world by world. An object is added to the list of physical memory
 * where its first owner is dealt with; the order of the list is the order in the image.
 */
#include "tools/partita/layout.h"
#include "tools/partita/arm.h"
#include "tools/partita/conf.h"

#include <string.h>

static struct object *add_file(struct layout *l, const char *owner, const char *what, struct blob content)
{
	struct object *o = memory_add(&l->memory, OBJECT_FILE, owner, what, content.bytes);

	o->content = content;
	return o;
}

static struct object *add_zero(struct layout *l, const char *owner, const char *what, uint64_t bytes)
{
	return memory_add(&l->memory, OBJECT_ZERO, owner, what, bytes);
}

static struct object *add_device(struct layout *l, const char *owner, const char *what, struct range r)
{
	struct object *o = memory_add(&l->memory, OBJECT_DEVICE, owner, what, r.bytes);

	o->pa = r.base;
	return o;
}

/* ---- Numbers ---- */

uint32_t layout_guest_vmid(const struct vm *vm)
{
	return 1 + 2 * vm->index;
}

uint32_t layout_monitor_vmid(const struct vm *vm)
{
	return 2 + 2 * vm->index;
}

uint32_t layout_console_vmid(const struct system *s)
{
	return 1 + 2 * s->vm_count;
}

_Static_assert(2 * MAX_VMS + 1 <= VMID_MAX, "each world has a VMID of its own");

uint64_t layout_state_bytes(const struct system *s, uint32_t cpu)
{
	uint64_t bytes = CPU_STATE_BYTES;

	if (s->console.exists && s->console.cpu == cpu)
		bytes += SERVICE_STATE_BYTES;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		for (uint32_t i = 0; i < s->vm[v].vcpu_count; i++) {
			if (s->vm[v].cpu[i] == cpu)
				bytes += VCPU_STATE_BYTES + VCPU_IRQ_BYTES(s->vm[v].intids);
		}
	}
	return (bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* One vCPU a CPU, with the most interrupts there can be. */
_Static_assert(CPU_STATE_BYTES + SERVICE_STATE_BYTES + VCPU_STATE_BYTES + VCPU_IRQ_BYTES(1024) <=
		       CPU_BYTES_MAX,
	       "a CPU's state fits in its window");

/* ---- Objects ---- */

static void add_images(struct layout *l, struct system *s)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *vm = &s->vm[v];
		uint64_t src = COMP_IMAGES;

		for (uint32_t i = 0; i < vm->load_count; i++) {
			struct load *load = &vm->load[i];

			load->object =
				add_file(l, arena_printf(l->arena, "VM %s", vm->name),
					 arena_printf(l->arena, "image of its %s", load->name), load->blob);
			load->src = src;
			src += (load->object->bytes + BLOCK_BYTES - 1) / BLOCK_BYTES * BLOCK_BYTES;
		}
	}
}

static void add_file_objects(struct layout *l, struct system *s, const struct binaries *b,
			     uint64_t fmap_bytes)
{
	l->kernel = add_file(l, "kernel", "text and constants", b->kernel);
	l->fmap = memory_add(&l->memory, OBJECT_FILE, "kernel", "f-map", fmap_bytes);
	for (uint32_t v = 0; v < s->vm_count; v++)
		l->vm[v].conf =
			memory_add(&l->memory, OBJECT_FILE, arena_printf(l->arena, "VM %s", s->vm[v].name),
				   "monitor's configuration", sizeof(struct vmconf));
	l->vmm_file = add_file(l, "monitors", "text and constants", b->vmm.file);
	if (s->console.exists) {
		l->console.conf = memory_add(&l->memory, OBJECT_FILE, "console", "configuration",
					     svcconf_bytes(conf_windows(s)));
		l->console_file = add_file(l, "console", "text and constants", b->console.file);
	}
	l->tables = memory_add(&l->memory, OBJECT_FILE, "kernel", "translation tables", 0);
	add_images(l, s); /* behind all that the head checks: abi/image.h */
}

static void add_cpu_objects(struct layout *l, const struct system *s, const struct platform *p)
{
	for (uint32_t c = 0; c < p->cpu_count; c++) {
		const char *owner = arena_printf(l->arena, "kernel, CPU %u", c);
		struct range gicr = { p->gicr.base + (uint64_t)c * GICR_BYTES, GICR_BYTES };

		l->cpu[c].state = add_zero(l, owner, "state", layout_state_bytes(s, c));
		l->cpu[c].stack = add_zero(l, owner, "stack", STACK_BYTES);
		l->cpu[c].klog = add_zero(l, owner, "log", PAGE_BYTES);
		l->cpu[c].gicr = add_device(l, owner, "redistributor", gicr);
	}
	l->gicd = add_device(l, "kernel", "distributor", p->gicd);
	if (p->has_uart)
		l->uart = add_device(l, "console and kernel", "UART", p->uart_regs);
}

static void add_vm_objects(struct layout *l, struct system *s, const struct binaries *b)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *vm = &s->vm[v];
		const char *owner = arena_printf(l->arena, "VM %s", vm->name);

		l->vm[v].lines = add_zero(l, owner, "level lines", PAGE_BYTES);
		l->vm[v].data = add_zero(l, owner, "monitor's data", b->vmm.header.data_bytes);
		for (uint32_t i = 0; i < vm->vcpu_count; i++)
			l->vm[v].stack[i] = add_zero(
				l, owner, arena_printf(l->arena, "monitor's stack %u", i), COMP_STACK_BYTES);
		if (vm->channel != FMAP_NONE) {
			l->vm[v].to_service = add_zero(l, owner, "console channel, output", PAGE_BYTES);
			l->vm[v].to_vm = add_zero(l, owner, "console channel, input", PAGE_BYTES);
		}
		for (uint32_t i = 0; i < vm->ram_count; i++) {
			struct ram *ram = &vm->ram[i];
			const char *what = ram->name ? arena_printf(l->arena, "RAM, %s", ram->name) : "RAM";
			struct object *o = memory_add(&l->memory, OBJECT_RAM, owner, what, ram->ipa.bytes);

			o->congruent = ram->ipa.base;
			o->pos = ram->pos;
			o->pinned = ram->pinned;
			o->pa = ram->pa;
			ram->object = o;
		}
	}
}

/* Beside the image, so that they are zero before any guest sees them. */
static void add_channel_objects(struct layout *l, struct system *s)
{
	for (uint32_t i = 0; i < s->channel_count; i++) {
		struct channel *c = &s->channel[i];
		const char *owner = arena_printf(l->arena, "channel %s", c->name);

		c->control = add_zero(l, owner, "control", PAGE_BYTES);
		c->memory = add_zero(l, owner, "memory", c->bytes);
	}
}

static void add_console_objects(struct layout *l, const struct binaries *b)
{
	l->console.data = add_zero(l, "console", "data", b->console.header.data_bytes);
	l->console.stack = add_zero(l, "console", "stack", COMP_STACK_BYTES);
}

/* ---- Spaces ---- */

static void map_head(struct layout *l, const struct platform *p)
{
	space_init(&l->head, l->arena, "head", STAGE_1);
	space_map_part(&l->head, p->load_pa, l->kernel, 0, PAGE_BYTES, ACCESS_RX);
}

static void map_cpu(struct layout *l, const struct system *s, const struct binaries *b, uint32_t c)
{
	struct space *space = &l->cpu[c].space;

	space_init(space, l->arena, arena_printf(l->arena, "kernel, CPU %u", c), STAGE_1);
	space->shared = &l->head;
	space_map_part(space, KERNEL_VA, l->kernel, 0, b->kernel_text, ACCESS_RX);
	space_map_part(space, KERNEL_VA + b->kernel_text, l->kernel, b->kernel_text,
		       l->kernel->bytes - b->kernel_text, ACCESS_R);
	space_map(space, FMAP_VA, l->fmap, ACCESS_R);
	space_map(space, SHARED_VA, l->shared, ACCESS_RW);
	space_map(space, LOG_VA, l->cpu[c].klog, ACCESS_RW);
	for (uint32_t v = 0; v < s->vm_count; v++)
		space_map(space, LINES_VA + (uint64_t)v * PAGE_BYTES, l->vm[v].lines, ACCESS_R);
	space_map(space, STACK_VA, l->cpu[c].stack, ACCESS_RW);
	space_map(space, CPU_VA, l->cpu[c].state, ACCESS_RW);
	space_map(space, GICD_VA, l->gicd, ACCESS_RW);
	space_map(space, GICR_VA, l->cpu[c].gicr, ACCESS_RW);
	if (l->uart)
		space_map(space, EARLY_UART_VA, l->uart, ACCESS_RW);
}

static void map_guest(struct layout *l, const struct vm *vm)
{
	struct space *space = &l->vm[vm->index].guest;

	space_init(space, l->arena, arena_printf(l->arena, "VM %s", vm->name), STAGE_2);
	space->vmid = layout_guest_vmid(vm);
	for (uint32_t i = 0; i < vm->ram_count; i++)
		space_map(space, vm->ram[i].ipa.base, vm->ram[i].object,
			  vm->ram[i].read_only ? ACCESS_RX : ACCESS_RWX);
	for (uint32_t i = 0; i < vm->device_count; i++) {
		const struct device *dev = &vm->device[i];

		for (uint32_t k = 0; k < dev->reg_count; k++)
			space_map(space, dev->reg[k].base,
				  add_device(l, space->name, dev->path, dev->reg[k]), ACCESS_RW);
	}
	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *end = &vm->end[i];

		space_map(space, end->memory, end->channel->memory,
			  end->writes ? ACCESS_RW : ACCESS_R);
	}
}

/* The writer's monitor zeroes the memory, where its guest sees it, and writes the page of control; a
 * reader's needs only that page. */
static void map_monitor_ends(struct space *space, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *end = &vm->end[i];
		const struct channel *c = end->channel;
		uint64_t own = COMP_CHANNELS + (uint64_t)(VMCONF_CONTROL + i) * COMP_CHANNEL_STRIDE;

		if (end->writes) {
			space_map(space, end->memory, c->memory, ACCESS_RW);
			space_map(space, own, c->control, ACCESS_RW);
		} else {
			space_map(space, own + PAGE_BYTES, c->control, ACCESS_R);
		}
	}
}

/* What each compartment has: its binary, data and configuration. */
static void map_compartment(struct space *space, const struct compartment *c, const struct object *file,
			    const struct object *data, const struct object *conf)
{
	uint64_t text = c->header.text_bytes;

	space_map_part(space, COMP_TEXT, file, 0, text, ACCESS_RX);
	space_map_part(space, COMP_TEXT + text, file, text, file->bytes - text, ACCESS_R);
	space_map(space, COMP_DATA, data, ACCESS_RW);
	space_map(space, COMP_CONF, conf, ACCESS_R);
}

static void map_monitor(struct layout *l, const struct vm *vm, const struct binaries *b)
{
	struct space *space = &l->vm[vm->index].monitor;

	space_init(space, l->arena, arena_printf(l->arena, "monitor of %s", vm->name), STAGE_2);
	space->vmid = layout_monitor_vmid(vm);
	for (uint32_t i = 0; i < vm->ram_count; i++)
		space_map(space, vm->ram[i].ipa.base, vm->ram[i].object, ACCESS_RW);
	map_compartment(space, &b->vmm, l->vmm_file, l->vm[vm->index].data, l->vm[vm->index].conf);
	space_map(space, COMP_LINES, l->vm[vm->index].lines, ACCESS_RW);
	for (uint32_t i = 0; i < vm->vcpu_count; i++)
		space_map(space, COMP_STACKS + (uint64_t)i * COMP_STACK_STRIDE, l->vm[vm->index].stack[i],
			  ACCESS_RW);
	if (vm->channel != FMAP_NONE) {
		space_map(space, COMP_CHANNELS, l->vm[vm->index].to_service, ACCESS_RW);
		space_map(space, COMP_CHANNELS + PAGE_BYTES, l->vm[vm->index].to_vm, ACCESS_R);
	}
	map_monitor_ends(space, vm);
	for (uint32_t i = 0; i < vm->load_count; i++)
		space_map(space, vm->load[i].src, vm->load[i].object, ACCESS_R);
}

static void map_console(struct layout *l, const struct system *s, const struct platform *p,
			const struct binaries *b)
{
	struct space *space = &l->console.space;

	space_init(space, l->arena, "console", STAGE_2);
	space->vmid = layout_console_vmid(s);
	map_compartment(space, &b->console, l->console_file, l->console.data, l->console.conf);
	space_map(space, COMP_STACKS, l->console.stack, ACCESS_RW);
	for (uint32_t v = 0; v < s->vm_count; v++) {
		uint64_t at = COMP_CHANNELS + (uint64_t)s->vm[v].channel * COMP_CHANNEL_STRIDE;

		if (s->vm[v].channel == FMAP_NONE)
			continue;
		space_map(space, at, l->vm[v].to_vm, ACCESS_RW);
		space_map(space, at + PAGE_BYTES, l->vm[v].to_service, ACCESS_R);
	}
	for (uint32_t c = 0; c < p->cpu_count; c++)
		space_map(space, COMP_LOGS + (uint64_t)c * PAGE_BYTES, l->cpu[c].klog, ACCESS_R);
	space_map(space, COMP_DEVICES, l->uart, ACCESS_RW);
}

void layout_make(struct layout *l, struct system *s, const struct platform *p, const struct binaries *b,
		 uint64_t fmap_bytes, uint64_t shared_bytes)
{
	l->memory.arena = l->arena;
	add_file_objects(l, s, b, fmap_bytes);
	l->shared = add_zero(l, "kernel", "shared by all CPUs", shared_bytes);
	add_cpu_objects(l, s, p);
	add_vm_objects(l, s, b);
	add_channel_objects(l, s);
	if (s->console.exists)
		add_console_objects(l, b);

	map_head(l, p);
	for (uint32_t c = 0; c < p->cpu_count; c++)
		map_cpu(l, s, b, c);
	for (uint32_t v = 0; v < s->vm_count; v++) {
		map_guest(l, &s->vm[v]);
		map_monitor(l, &s->vm[v], b);
	}
	if (s->console.exists)
		map_console(l, s, p, b);
}
