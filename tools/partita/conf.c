/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in struct vmconf and struct svcconf. */
#include "tools/partita/conf.h"
#include "tools/partita/badge.h"
#include "tools/partita/channel.h"
#include "lib/blake2b.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void copy_name(char out[FMAP_NAME_BYTES], const char *name)
{
	memcpy(out, name, strnlen(name, FMAP_NAME_BYTES - 1));
}

static void fill_loads(struct vmconf *c, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->load_count; i++) {
		const struct load *load = &vm->load[i];
		struct blake2b hash;

		copy_name(c->load[i].name, load->name);
		c->load[i].src = load->src;
		c->load[i].dst = load->dst;
		c->load[i].bytes = load->blob.bytes;
		blake2b_init(&hash, sizeof(c->load[i].hash));
		blake2b_update(&hash, load->blob.data, load->blob.bytes);
		blake2b_final(&hash, c->load[i].hash);
	}
	c->load_count = vm->load_count;
}

static void fill_interrupts(struct vmconf *c, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->device_count; i++) {
		for (uint32_t k = 0; k < vm->device[i].interrupt_count; k++) {
			const struct interrupt *in = &vm->device[i].interrupt[k];
			uint32_t bit = UINT32_C(1) << in->intid % 32;

			c->hw_irq[in->intid / 32] |= bit;
			if (in->edge)
				c->hw_edge[in->intid / 32] |= bit;
		}
	}
}

static void fill_channels(struct vmconf *c, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *end = &vm->end[i];

		c->channel[i] = (struct vmconf_channel){
			.memory = end->memory,
			.bytes = end->channel->bytes,
			.registers = end->registers,
			.intid = end->intid,
			.writes = end->writes,
			.cap_first = channel_cap_first(vm, i),
			.cap_count = channel_peers(end),
		};
		copy_name(c->channel[i].name, end->channel->name);
	}
	c->channel_count = vm->end_count;
}

struct blob conf_vm(const struct vm *vm, struct arena *a)
{
	struct vmconf *c = arena_alloc(a, sizeof(*c));

	c->magic = VMCONF_MAGIC;
	copy_name(c->name, vm->name);
	c->vcpu_count = vm->vcpu_count;
	c->intids = vm->intids;
	for (uint32_t i = 0; i < vm->vcpu_count; i++)
		c->mpidr[i] = i; /* Aff0 */
	c->entry = vm->entry;
	c->entry_x0 = vm->entry_x0;
	for (uint32_t i = 0; i < vm->ram_count; i++)
		c->ram[i] = (struct vmconf_ram){ vm->ram[i].ipa.base, vm->ram[i].ipa.bytes };
	c->ram_count = vm->ram_count;
	fill_loads(c, vm);
	c->gicd_base = vm->layout.gicd;
	c->gicr_base = vm->layout.gicr;
	c->console_doorbell = FMAP_NONE;
	if (vm->channel != FMAP_NONE) {
		c->uart_base = vm->layout.uart;
		c->uart_intid = vm->layout.uart_intid;
		c->uart_clock_hz = GUEST_CLOCK_HZ;
		c->console_doorbell = 0; /* its first capability */
		c->console_channel = 0;  /* in the monitor; the service has its own numbers */
	}
	if (vm->rtc) {
		c->rtc_base = vm->layout.rtc;
		c->rtc_intid = vm->layout.rtc_intid;
		c->rtc_start = vm->rtc_start;
	}
	if (vm->watchdog) {
		c->watchdog_base = vm->layout.watchdog;
		c->watchdog_intid = vm->layout.watchdog_intid;
		c->watchdog_hz = GUEST_CLOCK_HZ;
		c->watchdog_start = (uint32_t)((uint64_t)vm->watchdog_ns * GUEST_CLOCK_HZ / 1000000000);
	}
	c->trng = vm->trng;
	fill_channels(c, vm);
	fill_interrupts(c, vm);
	return (struct blob){ (const uint8_t *)c, sizeof(*c) };
}

/* ---- The console's ---- */

_Static_assert(SVCCONF_MAX_WINDOWS >= MAX_CPUS * MAX_REGIONS, "each VM has a CPU of its own");

/* c NULL: they are only counted. */
struct windows {
	struct svcconf *c;
	uint32_t count;
};

static void add_window(struct windows *w, const struct vm *vm, struct range r, uint32_t rights,
		       const char *format, ...)
{
	struct svcconf_window *window;
	va_list arguments;

	w->count++;
	if (!w->c)
		return;
	window = &w->c->window[w->count - 1];
	window->page = (uint32_t)(r.base / PAGE_BYTES);
	window->pages = (uint32_t)(r.bytes / PAGE_BYTES);
	window->vm = (uint8_t)vm->index;
	window->rights = (uint8_t)rights;
	va_start(arguments, format);
	vsnprintf(window->name, sizeof(window->name), format, arguments);
	va_end(arguments);
}

static void add_emulated(struct windows *w, const struct vm *vm)
{
	const struct guest_layout *l = &vm->layout;
	const struct {
		const char *node;
		uint64_t base, bytes;
	} device[] = {
		{ "intc", l->gicd, GICD_BYTES },
		{ "redistributors", l->gicr, (uint64_t)GICR_BYTES * vm->vcpu_count },
		{ "pl011", l->uart, vm->channel != FMAP_NONE ? PAGE_BYTES : 0 },
		{ "pl031", l->rtc, vm->rtc ? PAGE_BYTES : 0 },
		{ "watchdog", l->watchdog, vm->watchdog ? PAGE_BYTES : 0 },
	};

	for (size_t i = 0; i < sizeof(device) / sizeof(device[0]); i++) {
		if (device[i].bytes)
			add_window(w, vm, (struct range){ device[i].base, device[i].bytes },
				   SVCCONF_EMULATED, "%s@%jx", device[i].node, (uintmax_t)device[i].base);
	}
}

static void add_memory(struct windows *w, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		const struct ram *ram = &vm->ram[i];
		uint32_t rights = MEMORY_READ | MEMORY_EXECUTE | (ram->read_only ? 0 : MEMORY_WRITE);

		if (ram->name)
			add_window(w, vm, ram->ipa, rights, "%s", ram->name);
		else
			add_window(w, vm, ram->ipa, rights, "memory@%jx", (uintmax_t)ram->ipa.base);
	}
}

static void add_devices(struct windows *w, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->device_count; i++) {
		const struct device *dev = &vm->device[i];
		const char *slash = strrchr(dev->path, '/');

		for (uint32_t k = 0; k < dev->reg_count; k++)
			add_window(w, vm, dev->reg[k], MEMORY_READ | MEMORY_WRITE, "%s",
				   slash ? slash + 1 : dev->path);
	}
}

static void add_channels(struct windows *w, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *e = &vm->end[i];

		add_window(w, vm, (struct range){ e->memory, e->channel->bytes },
			   MEMORY_READ | (e->writes ? MEMORY_WRITE : 0), "channel %s", e->channel->name);
		add_window(w, vm, (struct range){ e->registers, PAGE_BYTES }, SVCCONF_EMULATED, "channel@%jx",
			   (uintmax_t)e->registers);
	}
}

static void add_windows(struct windows *w, const struct system *s)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		add_emulated(w, &s->vm[v]);
		add_memory(w, &s->vm[v]);
		add_devices(w, &s->vm[v]);
		add_channels(w, &s->vm[v]);
	}
}

uint32_t conf_windows(const struct system *s)
{
	struct windows w = { NULL, 0 };

	add_windows(&w, s);
	return w.count;
}

struct blob conf_console(const struct system *s, const struct platform *p, struct arena *a)
{
	uint64_t bytes = svcconf_bytes(conf_windows(s));
	struct svcconf *c = arena_alloc(a, bytes);
	struct windows w = { c, 0 };

	c->magic = VMCONF_MAGIC;
	copy_name(c->name, "console");
	copy_name(c->system, s->name);
	c->channel_count = s->console.channel_count;
	c->focus = s->console.focus;
	c->log_count = p->cpu_count;
	c->uart_badge = BADGE_UART;
	c->vm_count = s->vm_count;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		copy_name(c->vm_name[v], vm->name);
		if (vm->channel == FMAP_NONE)
			continue;
		copy_name(c->channel[vm->channel].name, vm->name);
		c->channel[vm->channel].doorbell = vm->channel; /* its capability n */
		c->channel[vm->channel].badge = vm->channel;
		c->channel[vm->channel].vm = v;
	}
	add_windows(&w, s);
	c->window_count = w.count;
	return (struct blob){ (const uint8_t *)c, bytes };
}
