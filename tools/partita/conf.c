/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in struct vmconf and struct svcconf. */
#include "tools/partita/conf.h"
#include "tools/partita/badge.h"
#include "tools/partita/channel.h"
#include "lib/blake2b.h"

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

struct blob conf_console(const struct system *s, const struct platform *p, struct arena *a)
{
	struct svcconf *c = arena_alloc(a, sizeof(*c));

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
	return (struct blob){ (const uint8_t *)c, sizeof(*c) };
}
