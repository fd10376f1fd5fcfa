/* SPDX-License-Identifier: Apache-2.0 */
/* Checks between the parts of a system, and with its board. */
#include "tools/partita/check.h"
#include "tools/partita/features.h"
#include "tools/partita/badge.h"
#include "tools/partita/channel.h"
#include "tools/partita/device.h"
#include "tools/partita/features.h"
#include "tools/partita/memory.h"
#include "tools/partita/schedule.h"
#include "tools/partita/suggest.h"

#include <assert.h>
#include <string.h>

/* ---- CPUs ---- */

static void check_cpus_exist(const struct system *s, const struct platform *p, struct diag *d)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		for (uint32_t i = 0; i < vm->vcpu_count; i++) {
			if (vm->cpu[i] >= p->cpu_count)
				diag_report(d, DIAG_CPU_UNKNOWN, vm_pos(vm, "cpus"),
					    "vCPU %u of VM '%s' is on CPU %u, but board %s has CPUs "
					    "0 to %u; choose one of these",
					    i, vm->name, vm->cpu[i], p->name, p->cpu_count - 1);
		}
	}
}

static void check_cpus_shared(const struct system *s, struct diag *d)
{
	const struct vm *owner[MAX_CPUS] = { NULL };

	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		for (uint32_t i = 0; i < vm->vcpu_count; i++) {
			uint32_t cpu = vm->cpu[i];

			if (cpu >= MAX_CPUS)
				continue;
			if (owner[cpu])
				diag_report(d, DIAG_CPU_SHARED, vm_pos(vm, "cpus"),
					    "CPU %u has two vCPUs, of VM '%s' and VM '%s'; sharing "
					    "a CPU is not supported yet, give each vCPU a CPU of its own",
					    cpu, owner[cpu]->name, vm->name);
			else
				owner[cpu] = vm;
		}
	}
}

/* ---- CPU features ---- */

static void report_features(const struct vm *vm, struct diag *d)
{
	struct suggestion near = suggest(vm->features);

	for (size_t i = 0; features_name(i); i++)
		suggest_try(&near, features_name(i));
	diag_report(
		d, DIAG_CPU_FEATURES, vm_pos(vm, "cpu-features"), "there is no policy '%s'; %s", vm->features,
		suggest_advice(&near, arena_printf(d->arena, "there are: %s", features_names()), d->arena));
}

/* The number of a policy, added if no VM before had it. */
static uint32_t idregs_number(struct system *s, const struct fmap_idregs *regs)
{
	uint32_t n = 0;

	while (n < s->idregs_count && memcmp(&s->idregs[n], regs, sizeof(*regs)) != 0)
		n++;
	assert(n < MAX_IDREGS); /* there are not so many policies */
	if (n == s->idregs_count)
		s->idregs[s->idregs_count++] = *regs;
	return n;
}

static void check_features(struct system *s, const struct platform *p, struct diag *d)
{
	s->idregs[0] = p->idregs;
	s->idregs_count = 1;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *vm = &s->vm[v];
		struct fmap_idregs regs;

		if (!vm->features)
			continue;
		if (!features_idregs(vm->features, &regs))
			report_features(vm, d);
		else if (!features_within(&regs, &p->idregs))
			diag_report(d, DIAG_CPU_FEATURES_EXCEED, vm_pos(vm, "cpu-features"),
				    "'%s' of VM '%s' promises more than 'partita,cpu-features' of board %s; "
				    "choose a smaller one",
				    vm->features, vm->name, p->name);
		else
			vm->idregs = idregs_number(s, &regs);
	}
}

/* ---- The guest's address space: RAM, virtual devices, passed-through devices ---- */

/* Of what was said about a virtual device, or of the VM where nothing was. */
static struct pos layout_pos(const struct vm *vm, struct node layout, const char *name)
{
	return layout.offset < 0 ? node_pos(vm->node) : node_property_pos(layout, name);
}

uint32_t check_virtual_devices(const struct vm *vm, struct virtual_device device[MAX_VIRTUAL_DEVICES])
{
	const struct guest_layout *l = &vm->layout;
	uint32_t n = 0;

	if (vm->console)
		device[n++] = (struct virtual_device){
			.name = "PL011",
			.what = "the virtual PL011",
			.base = l->uart,
			.intid = l->uart_intid,
			.address = "uart",
			.spi = "uart-spi",
			.way_out = "remove 'console'",
		};
	if (vm->rtc)
		device[n++] = (struct virtual_device){
			.name = "PL031",
			.what = "the virtual PL031",
			.base = l->rtc,
			.intid = l->rtc_intid,
			.address = "rtc",
			.spi = "rtc-spi",
			.way_out = "add 'no-rtc'",
		};
	if (vm->watchdog)
		device[n++] = (struct virtual_device){
			.name = "SP805",
			.what = "the virtual SP805",
			.base = l->watchdog,
			.intid = l->watchdog_intid,
			.address = "watchdog",
			.spi = "watchdog-spi",
			.way_out = "change 'watchdog-spi'",
		};
	return n;
}

uint32_t check_regions(const struct vm *vm, struct region *r)
{
	struct node layout = node_child(vm->node, "layout");
	const struct guest_layout *l = &vm->layout;
	struct virtual_device device[MAX_VIRTUAL_DEVICES];
	uint32_t n = 0, devices = check_virtual_devices(vm, device);

	r[n++] = (struct region){ { l->gicd, GICD_BYTES },
				  "the virtual GIC's distributor",
				  layout_pos(vm, layout, "distributor") };
	r[n++] = (struct region){ { l->gicr, (uint64_t)vm->vcpu_count * GICR_BYTES },
				  "the virtual GIC's redistributors",
				  layout_pos(vm, layout, "redistributors") };
	for (uint32_t i = 0; i < devices; i++)
		r[n++] = (struct region){ { device[i].base, PAGE_BYTES },
					  device[i].what,
					  layout_pos(vm, layout, device[i].address) };
	for (uint32_t i = 0; i < vm->ram_count; i++)
		r[n++] = (struct region){ vm->ram[i].ipa, "memory", vm->ram[i].pos };
	for (uint32_t i = 0; i < vm->device_count; i++) {
		for (uint32_t k = 0; k < vm->device[i].reg_count; k++)
			r[n++] = (struct region){ vm->device[i].reg[k], vm->device[i].path,
						  vm->device[i].pos };
	}
	return n + channel_regions(vm, r + n);
}

static void check_addresses(const struct vm *vm, struct diag *d)
{
	struct region r[MAX_REGIONS];
	uint32_t count = check_regions(vm, r);

	for (uint32_t i = 0; i < count; i++) {
		if (r[i].range.base + r[i].range.bytes > GUEST_IPA_END)
			diag_report(d, DIAG_DEVICE_TOO_HIGH, r[i].pos,
				    "%s at 0x%jx lies above 0x%jx, out of a guest's reach; it cannot be "
				    "given to a VM",
				    r[i].what, (uintmax_t)r[i].range.base, (uintmax_t)GUEST_IPA_END);
		for (uint32_t k = 0; k < i; k++) {
			if (range_overlap(r[i].range, r[k].range))
				diag_report(d, DIAG_ADDRESS_OVERLAP, r[i].pos,
					    "in VM '%s', %s at 0x%jx size 0x%jx overlaps %s at 0x%jx size "
					    "0x%jx; move or remove one",
					    vm->name, r[i].what, (uintmax_t)r[i].range.base,
					    (uintmax_t)r[i].range.bytes, r[k].what,
					    (uintmax_t)r[k].range.base, (uintmax_t)r[k].range.bytes);
		}
	}
}

/* ---- Devices and their interrupts: one owner each ---- */

static void check_device_pair(const struct vm *a, struct device *x, const struct vm *b,
			      const struct device *y, struct diag *d)
{
	if (x->node < 0 || y->node < 0)
		return;
	if (x->node == y->node && a == b) {
		diag_report(d, DIAG_DEVICE_TWICE, x->pos, "%s is given to VM '%s' twice; name it once",
			    x->path, a->name);
		x->reg_count = 0; /* enough was said about it */
		return;
	}
	if (x->node == y->node) {
		diag_report(d, DIAG_DEVICE_SHARED, x->pos,
			    "%s belongs to VM '%s' and VM '%s'; give it to one of them", x->path, b->name,
			    a->name);
		return;
	}
	for (uint32_t i = 0; i < x->interrupt_count; i++) {
		for (uint32_t k = 0; k < y->interrupt_count; k++) {
			if (x->interrupt[i].intid == y->interrupt[k].intid && a != b)
				diag_report(d, DIAG_DEVICE_INTERRUPT_SHARED, x->pos,
					    "%s of VM '%s' and %s of VM '%s' share interrupt %u; give both "
					    "to one VM",
					    x->path, a->name, y->path, b->name, x->interrupt[i].intid);
		}
	}
	for (uint32_t i = 0; i < x->reg_count; i++) {
		for (uint32_t k = 0; k < y->reg_count; k++) {
			if (range_overlap(x->reg[i], y->reg[k]) && a != b)
				diag_report(d, DIAG_DEVICE_REGISTERS_SHARED, x->pos,
					    "%s of VM '%s' and %s of VM '%s' share registers; give both to "
					    "one VM",
					    x->path, a->name, y->path, b->name);
		}
	}
}

static void check_device(const struct vm *vm, const struct device *dev, const struct platform *p,
			 struct diag *d)
{
	struct virtual_device own[MAX_VIRTUAL_DEVICES];
	uint32_t virtuals = check_virtual_devices(vm, own);

	for (uint32_t i = 0; i < dev->interrupt_count; i++) {
		if (p->has_uart && dev->interrupt[i].intid == p->uart_interrupt.intid)
			diag_report(d, DIAG_DEVICE_INTERRUPT_CONSOLE, dev->pos,
				    "%s shares interrupt %u with the console; it cannot be given to a VM",
				    dev->path, dev->interrupt[i].intid);
		for (uint32_t k = 0; k < virtuals; k++) {
			if (dev->interrupt[i].intid == own[k].intid)
				diag_report(d, DIAG_INTERRUPT_OVERLAP, dev->pos,
					    "%s has interrupt %u, which is %s's in VM '%s'; %s or remove the "
					    "device",
					    dev->path, own[k].intid, own[k].what, vm->name, own[k].way_out);
		}
	}
	/* By address, in case another node of the tree describes the same hardware. */
	for (uint32_t i = 0; i < dev->reg_count; i++) {
		const struct range ours[] = {
			p->gicd,
			p->gicr,
			p->uart_regs,
		};
		bool taken = false;

		for (size_t k = 0; k < sizeof(ours) / sizeof(ours[0]); k++)
			taken |= range_overlap(dev->reg[i], ours[k]);
		for (uint32_t k = 0; k < p->ram_count; k++)
			taken |= range_overlap(dev->reg[i], p->ram[k]);
		if (taken)
			diag_report(
				d, DIAG_DEVICE_REGISTERS_TAKEN, dev->pos,
				"registers of %s at 0x%jx lie in the board's memory, GIC or console; mend "
				"platform.dts",
				dev->path, (uintmax_t)dev->reg[i].base);
	}
}

/* The board's own clock takes the place of the virtual one. */
static void check_rtc(struct vm *vm, const struct platform *p)
{
	for (uint32_t i = 0; i < vm->device_count; i++) {
		struct node n = { &p->source, vm->device[i].node };

		if (n.offset >= 0 && node_compatible(n, "arm,pl031"))
			vm->rtc = false;
	}
}

static void check_virtual_interrupts(const struct vm *vm, struct diag *d)
{
	struct node layout = node_child(vm->node, "layout");
	struct virtual_device device[MAX_VIRTUAL_DEVICES];
	uint32_t count = check_virtual_devices(vm, device);

	for (uint32_t i = 0; i < count; i++) {
		for (uint32_t k = 0; k < i; k++) {
			if (device[i].intid == device[k].intid)
				diag_report(d, DIAG_INTERRUPT_OVERLAP, layout_pos(vm, layout, device[i].spi),
					    "the virtual %s and %s of VM '%s' both have interrupt %u; change "
					    "'%s' or '%s'",
					    device[k].name, device[i].name, vm->name, device[i].intid,
					    device[k].spi, device[i].spi);
		}
	}
}

static void check_devices(struct system *s, const struct platform *p, struct diag *d)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *a = &s->vm[v];

		device_resolve(a, p, d);
		check_rtc(a, p);
		for (uint32_t i = 0; i < a->device_count; i++) {
			check_device(a, &a->device[i], p, d);
			for (uint32_t w = 0; w <= v; w++) {
				const struct vm *b = &s->vm[w];

				for (uint32_t k = 0; k < (w == v ? i : b->device_count); k++)
					check_device_pair(a, &a->device[i], b, &b->device[k], d);
			}
		}
	}
}

/* ---- The console ---- */

/* A VM has a CPU of its own, so there are enough badges for all consoles. */
_Static_assert(MAX_CPUS <= BADGE_CHANNELS, "each channel has a badge");

static bool cpu_is_real_time(const struct system *s, uint32_t cpu)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		for (uint32_t i = 0; i < s->vm[v].vcpu_count; i++) {
			if (s->vm[v].real_time && s->vm[v].cpu[i] == cpu)
				return true;
		}
	}
	return false;
}

static void choose_console_cpu(struct system *s, const struct platform *p, struct diag *d)
{
	struct console *c = &s->console;

	if (c->cpu != FMAP_NONE && c->cpu >= p->cpu_count) {
		diag_report(d, DIAG_CONSOLE_CPU, node_property_pos(c->node, "cpu"),
			    "the console's home is CPU %u, but board %s has CPUs 0 "
			    "to %u; choose one of these",
			    c->cpu, p->name, p->cpu_count - 1);
		c->cpu = 0;
	} else if (c->cpu != FMAP_NONE) {
		if (cpu_is_real_time(s, c->cpu))
			diag_report(d, DIAG_CONSOLE_DISTURBS, node_property_pos(c->node, "cpu"),
				    "the console's home is CPU %u, which a real-time "
				    "VM uses; it will take up to %ju ns in each %ju ns there",
				    c->cpu, (uintmax_t)c->budget_ns, (uintmax_t)c->period_ns);
	} else {
		for (c->cpu = 0; c->cpu < p->cpu_count && cpu_is_real_time(s, c->cpu); c->cpu++)
			;
		if (c->cpu < p->cpu_count)
			return;
		c->cpu = 0;
		diag_report(d, DIAG_CONSOLE_DISTURBS, system_pos(s),
			    "each CPU has a real-time VM, so the console's home is CPU 0; set "
			    "services/console/cpu to say which one it may disturb");
	}
}

static void check_focus(struct system *s, struct diag *d)
{
	struct console *c = &s->console;
	struct suggestion near;

	if (!c->focus_name)
		return;
	near = suggest(c->focus_name);
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (s->vm[v].channel == FMAP_NONE)
			continue;
		if (strcmp(s->vm[v].name, c->focus_name) == 0) {
			c->focus = s->vm[v].channel;
			return;
		}
		suggest_try(&near, s->vm[v].name);
	}
	diag_report(d, DIAG_CONSOLE_FOCUS, node_property_pos(c->node, "focus"),
		    "no VM '%s' has a console; %s", c->focus_name,
		    suggest_advice(&near, "name one that has", d->arena));
}

static void check_console(struct system *s, const struct platform *p, struct diag *d)
{
	struct console *c = &s->console;

	c->exists = p->has_uart;
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *vm = &s->vm[v];

		if (!vm->console)
			continue;
		if (!p->has_uart)
			diag_report(d, DIAG_CONSOLE_MISSING, vm_pos(vm, "console"),
				    "board %s has no console (partita,console in its "
				    "platform.dts); remove 'console'",
				    p->name);
		else
			vm->channel = c->channel_count++;
	}
	if (!p->has_uart && c->node.offset >= 0)
		diag_report(d, DIAG_CONSOLE_MISSING, node_pos(c->node),
			    "board %s has no console (partita,console in its platform.dts); remove "
			    "this node",
			    p->name);
	if (!p->has_uart)
		return;
	choose_console_cpu(s, p, d);
	if (2 * c->budget_ns >= c->period_ns && c->budget_ns <= c->period_ns)
		diag_report(
			d, DIAG_CONSOLE_GREEDY, node_property_pos(c->node, "budget-ns"),
			"the console may take %ju ns in each %ju ns of CPU %u; give it a smaller 'budget-ns'",
			(uintmax_t)c->budget_ns, (uintmax_t)c->period_ns, c->cpu);
	check_focus(s, d);
}

static void check_trng(const struct system *s, const struct platform *p, struct diag *d)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (s->vm[v].trng && !features_have_random(&p->idregs))
			diag_report(d, DIAG_TRNG, vm_pos(&s->vm[v], "trng"),
				    "the processors of board %s have no random numbers by their "
				    "'partita,cpu-features'; remove 'trng'",
				    p->name);
	}
}

/* ---- The whole ---- */

static void check_vm(const struct vm *vm, struct diag *d)
{
	check_addresses(vm, d);
	check_virtual_interrupts(vm, d);
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		const struct ram *ram = &vm->ram[i];

		if (ram->pinned && ram->ipa.bytes >= BLOCK_BYTES && (ram->pa - ram->ipa.base) % BLOCK_BYTES)
			diag_report(
				d, DIAG_MEMORY_BY_PAGES, ram->pos,
				"memory at 0x%jx of VM '%s' is pinned to 0x%jx, so it is mapped by pages; "
				"let the two be equal below 2 MiB",
				(uintmax_t)ram->ipa.base, vm->name, (uintmax_t)ram->pa);
	}
}

void check_system(struct system *s, const struct platform *p, struct diag *d)
{
	check_cpus_shared(s, d);
	if (p) {
		check_cpus_exist(s, p, d);
		check_features(s, p, d);
		check_devices(s, p, d);
		check_console(s, p, d);
		schedule_check(s, p, d);
		check_trng(s, p, d);
	}
	channels_place(s, d);
	for (uint32_t v = 0; v < s->vm_count; v++)
		check_vm(&s->vm[v], d);
}
