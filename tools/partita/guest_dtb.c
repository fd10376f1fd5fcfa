/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing a guest's device tree with libfdt's sequential functions: what QEMU's virt board says
 * of the same devices, and a copy of each passed-through device's own node.
 */
#include "tools/partita/guest_dtb.h"

#include <libfdt.h>
#include <string.h>

#define PHANDLE_GIC 1u
#define PHANDLE_CLOCK 2u
#define PHANDLE_UART 3u
#define PHANDLE_RTC 4u
#define PHANDLE_WATCHDOG 5u
#define PHANDLE_FIRST_COPIED 6u
#define MAX_COPIED_CLOCKS (VM_MAX_DEVICES * 4 * DEVICE_MAX_REGS) /* as many as they can name */

enum { SPI, PPI };
enum { EDGE_RISING = 1, LEVEL_HIGH = 4 };

/* The first error sticks; every later call does nothing. */
struct tree {
	void *fdt;
	int error;
};

static void try(struct tree *t, int result)
{
	if (!t->error)
		t->error = result;
}

static void begin(struct tree *t, const char *name)
{
	try(t, fdt_begin_node(t->fdt, name));
}

static void end(struct tree *t)
{
	try(t, fdt_end_node(t->fdt));
}

static void property(struct tree *t, const char *name, const void *value, size_t bytes)
{
	try(t, fdt_property(t->fdt, name, value, (int)bytes));
}

static void string(struct tree *t, const char *name, const char *value)
{
	property(t, name, value, strlen(value) + 1);
}

static void cell(struct tree *t, const char *name, uint32_t value)
{
	try(t, fdt_property_u32(t->fdt, name, value));
}

/* The longest list of them: a device's interrupts. */
#define CELLS_MAX (3 * DEVICE_MAX_INTERRUPTS)
_Static_assert(CELLS_MAX >= 64, "the others are no longer than that");

static void cells(struct tree *t, const char *name, const uint32_t *value, size_t count)
{
	fdt32_t big[CELLS_MAX];

	for (size_t i = 0; i < count; i++)
		big[i] = cpu_to_fdt32(value[i]);
	property(t, name, big, 4 * count);
}

#define CELLS(t, name, ...) \
	cells(t, name, (const uint32_t[]){ __VA_ARGS__ }, sizeof((const uint32_t[]){ __VA_ARGS__ }) / 4)
#define HIGH(x) ((uint32_t)((uint64_t)(x) >> 32))
#define LOW(x) ((uint32_t)(x))

static const char *unit_name(char name[40], const char *node, uint64_t address)
{
	snprintf(name, 40, "%s@%jx", node, (uintmax_t)address);
	return name;
}

/* ---- The parts ---- */

static void write_chosen(struct tree *t, const struct vm *vm, struct range initrd)
{
	begin(t, "chosen");
	if (vm->bootargs)
		string(t, "bootargs", vm->bootargs);
	if (vm->console) {
		char path[40];

		string(t, "stdout-path", unit_name(path, "/pl011", vm->layout.uart));
	}
	if (vm->rng_seed)
		property(t, "rng-seed", vm->rng_seed, vm->rng_seed_bytes);
	if (initrd.bytes) {
		CELLS(t, "linux,initrd-start", HIGH(initrd.base), LOW(initrd.base));
		CELLS(t, "linux,initrd-end", HIGH(initrd.base + initrd.bytes),
		      LOW(initrd.base + initrd.bytes));
	}
	end(t);
}

static void write_cpus(struct tree *t, const struct vm *vm)
{
	begin(t, "cpus");
	cell(t, "#address-cells", 1);
	cell(t, "#size-cells", 0);
	for (uint32_t i = 0; i < vm->vcpu_count; i++) {
		char name[16];

		snprintf(name, sizeof(name), "cpu@%x", i);
		begin(t, name);
		string(t, "device_type", "cpu");
		string(t, "compatible", "arm,armv8");
		cell(t, "reg", i);
		string(t, "enable-method", "psci");
		end(t);
	}
	end(t);
	begin(t, "psci");
	property(t, "compatible", "arm,psci-1.0\0arm,psci-0.2", sizeof("arm,psci-1.0\0arm,psci-0.2"));
	string(t, "method", "hvc");
	end(t);
}

/* Memory that is read-only to the guest is not its RAM. */
static void write_memory(struct tree *t, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		struct range r = vm->ram[i].ipa;
		char name[40];

		if (vm->ram[i].read_only)
			continue;
		begin(t, unit_name(name, "memory", r.base));
		string(t, "device_type", "memory");
		CELLS(t, "reg", HIGH(r.base), LOW(r.base), HIGH(r.bytes), LOW(r.bytes));
		end(t);
	}
}

static void write_gic_and_timer(struct tree *t, const struct vm *vm)
{
	const struct guest_layout *l = &vm->layout;
	char name[40];

	begin(t, unit_name(name, "intc", l->gicd));
	string(t, "compatible", "arm,gic-v3");
	cell(t, "phandle", PHANDLE_GIC);
	cell(t, "#interrupt-cells", 3);
	cell(t, "#address-cells", 0);
	property(t, "interrupt-controller", NULL, 0);
	cell(t, "#redistributor-regions", 1);
	CELLS(t, "reg", HIGH(l->gicd), LOW(l->gicd), 0, GICD_BYTES, HIGH(l->gicr), LOW(l->gicr), 0,
	      vm->vcpu_count * GICR_BYTES);
	end(t);
	begin(t, "timer");
	string(t, "compatible", "arm,armv8-timer");
	/* Secure and non-secure physical, virtual, hypervisor. Only the second and the third are there,
	 * but the binding counts by position. */
	CELLS(t, "interrupts", PPI, 13, LEVEL_HIGH, PPI, 14, LEVEL_HIGH, PPI, 11, LEVEL_HIGH, PPI, 10,
	      LEVEL_HIGH);
	property(t, "always-on", NULL, 0);
	end(t);
}

/* All of its virtual devices have the same. */
static bool has_clock(const struct vm *vm)
{
	return vm->console || vm->rtc || vm->watchdog;
}

static void write_clock(struct tree *t)
{
	begin(t, "apb-pclk");
	string(t, "compatible", "fixed-clock");
	cell(t, "phandle", PHANDLE_CLOCK);
	cell(t, "#clock-cells", 0);
	cell(t, "clock-frequency", GUEST_CLOCK_HZ);
	string(t, "clock-output-names", "clk24mhz");
	end(t);
}

static void write_uart(struct tree *t, const struct guest_layout *l)
{
	char name[40];

	begin(t, unit_name(name, "pl011", l->uart));
	cell(t, "phandle", PHANDLE_UART);
	property(t, "compatible", "arm,pl011\0arm,primecell", sizeof("arm,pl011\0arm,primecell"));
	CELLS(t, "reg", HIGH(l->uart), LOW(l->uart), 0, PAGE_BYTES);
	CELLS(t, "interrupts", SPI, l->uart_intid - FIRST_SPI, LEVEL_HIGH);
	CELLS(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	property(t, "clock-names", "uartclk\0apb_pclk", sizeof("uartclk\0apb_pclk"));
	end(t);
}

static void write_rtc(struct tree *t, const struct guest_layout *l)
{
	char name[40];

	begin(t, unit_name(name, "pl031", l->rtc));
	cell(t, "phandle", PHANDLE_RTC);
	property(t, "compatible", "arm,pl031\0arm,primecell", sizeof("arm,pl031\0arm,primecell"));
	CELLS(t, "reg", HIGH(l->rtc), LOW(l->rtc), 0, PAGE_BYTES);
	CELLS(t, "interrupts", SPI, l->rtc_intid - FIRST_SPI, LEVEL_HIGH);
	cell(t, "clocks", PHANDLE_CLOCK);
	string(t, "clock-names", "apb_pclk");
	end(t);
}

static void write_watchdog(struct tree *t, const struct guest_layout *l)
{
	char name[40];

	begin(t, unit_name(name, "watchdog", l->watchdog));
	cell(t, "phandle", PHANDLE_WATCHDOG);
	property(t, "compatible", "arm,sp805\0arm,primecell", sizeof("arm,sp805\0arm,primecell"));
	CELLS(t, "reg", HIGH(l->watchdog), LOW(l->watchdog), 0, PAGE_BYTES);
	CELLS(t, "interrupts", SPI, l->watchdog_intid - FIRST_SPI, LEVEL_HIGH);
	CELLS(t, "clocks", PHANDLE_CLOCK, PHANDLE_CLOCK);
	property(t, "clock-names", "wdog_clk\0apb_pclk", sizeof("wdog_clk\0apb_pclk"));
	end(t);
}

/* The memory is a device's, not the system's: it belongs to somebody else as well. */
static void write_channels(struct tree *t, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *e = &vm->end[i];
		const struct channel *c = e->channel;
		char name[32];

		snprintf(name, sizeof(name), "channel@%jx", (uintmax_t)e->registers);
		begin(t, name);
		string(t, "compatible", "partita,channel");
		string(t, "label", c->name);
		string(t, "partita,role", e->writes ? "writer" : "reader");
		CELLS(t, "reg", HIGH(e->registers), LOW(e->registers), 0, PAGE_BYTES, HIGH(e->memory),
		      LOW(e->memory), HIGH(c->bytes), LOW(c->bytes));
		property(t, "reg-names", "doorbell\0memory", sizeof("doorbell\0memory"));
		CELLS(t, "interrupts", SPI, e->intid - FIRST_SPI, LEVEL_HIGH);
		end(t);
	}
}

/* ---- Passed-through devices ---- */

/* Clocks of the board's that the guest's devices need; phandles in the order of this list. */
struct clocks {
	int node[MAX_COPIED_CLOCKS];
	uint32_t count;
};

static uint32_t clock_phandle(struct clocks *c, int node)
{
	for (uint32_t i = 0; i < c->count; i++) {
		if (c->node[i] == node)
			return PHANDLE_FIRST_COPIED + i;
	}
	c->node[c->count] = node;
	return PHANDLE_FIRST_COPIED + c->count++;
}

/* Properties that are about the board's tree, or are written anew. */
static bool is_copied(const char *name)
{
	static const char *const skipped[] = {
		"reg", "interrupts", "interrupt-parent", "clocks", "phandle", "linux,phandle", "status",
		"assigned-clocks", "assigned-clock-rates", "assigned-clock-parents",
	};

	for (size_t i = 0; i < sizeof(skipped) / sizeof(skipped[0]); i++) {
		if (strcmp(name, skipped[i]) == 0)
			return false;
	}
	return strncmp(name, "partita,", 8) != 0;
}

static void copy_properties(struct tree *t, const void *fdt, int node)
{
	int p;

	fdt_for_each_property_offset(p, fdt, node) {
		const char *name;
		int length;
		const void *value = fdt_getprop_by_offset(fdt, p, &name, &length);

		if (is_copied(name))
			property(t, name, value, (size_t)length);
	}
}

static void write_device(struct tree *t, const struct device *dev, const struct platform *p,
			 struct clocks *clocks)
{
	struct node n = { &p->source, dev->node };
	uint32_t value[4 * DEVICE_MAX_REGS], count = 0;

	begin(t, node_name(n));
	copy_properties(t, p->source.fdt, dev->node);
	for (uint32_t i = 0; i < dev->reg_count; i++) {
		value[count++] = HIGH(dev->reg[i].base);
		value[count++] = LOW(dev->reg[i].base);
		value[count++] = HIGH(dev->reg[i].bytes);
		value[count++] = LOW(dev->reg[i].bytes);
	}
	cells(t, "reg", value, count);
	if (dev->interrupt_count) {
		uint32_t irq[3 * DEVICE_MAX_INTERRUPTS];

		for (uint32_t i = 0; i < dev->interrupt_count; i++) {
			irq[3 * i] = SPI;
			irq[3 * i + 1] = dev->interrupt[i].intid - FIRST_SPI;
			irq[3 * i + 2] = dev->interrupt[i].edge ? EDGE_RISING : LEVEL_HIGH;
		}
		cells(t, "interrupts", irq, 3 * (size_t)dev->interrupt_count);
	}
	count = node_cells(n, "clocks");
	if (count > 0 && count <= 4 * DEVICE_MAX_REGS) {
		for (uint32_t i = 0; i < count; i++) {
			int clock = fdt_node_offset_by_phandle(p->source.fdt, node_cell(n, "clocks", i));

			value[i] = clock_phandle(clocks, clock);
		}
		cells(t, "clocks", value, count);
	}
	end(t);
}

static void write_devices(struct tree *t, const struct vm *vm, const struct platform *p)
{
	struct clocks clocks = { { 0 }, 0 };

	for (uint32_t i = 0; i < vm->device_count; i++) {
		if (vm->device[i].node >= 0)
			write_device(t, &vm->device[i], p, &clocks);
	}
	for (uint32_t i = 0; i < clocks.count; i++) {
		char name[32];

		/* The guest has an apb-pclk of its own, so the board's names are not kept. */
		snprintf(name, sizeof(name), "board-clock-%u", i);
		begin(t, name);
		copy_properties(t, p->source.fdt, clocks.node[i]);
		cell(t, "phandle", PHANDLE_FIRST_COPIED + i);
		end(t);
	}
}

/* Labels for overlays. A node that is not there cannot be referred to. */
static void write_symbols(struct tree *t, const struct vm *vm)
{
	const struct guest_layout *l = &vm->layout;
	char path[40];

	begin(t, "__symbols__");
	string(t, "gic", unit_name(path, "/intc", l->gicd));
	if (has_clock(vm))
		string(t, "clock", "/apb-pclk");
	if (vm->console)
		string(t, "uart", unit_name(path, "/pl011", l->uart));
	if (vm->rtc)
		string(t, "rtc", unit_name(path, "/pl031", l->rtc));
	if (vm->watchdog)
		string(t, "watchdog", unit_name(path, "/watchdog", l->watchdog));
	end(t);
}

struct blob guest_dtb(const struct vm *vm, const struct platform *p, struct range initrd, struct arena *a,
		      struct diag *d)
{
	size_t room = 0x10000 + (vm->bootargs ? strlen(vm->bootargs) : 0);
	struct tree t = { arena_alloc(a, room), 0 };

	try(&t, fdt_create(t.fdt, (int)room));
	try(&t, fdt_finish_reservemap(t.fdt));
	begin(&t, "");
	string(&t, "compatible", "linux,dummy-virt");
	string(&t, "model", "Partita virtual machine");
	cell(&t, "#address-cells", 2);
	cell(&t, "#size-cells", 2);
	cell(&t, "interrupt-parent", PHANDLE_GIC);
	write_chosen(&t, vm, initrd);
	write_cpus(&t, vm);
	write_memory(&t, vm);
	write_gic_and_timer(&t, vm);
	if (has_clock(vm))
		write_clock(&t);
	if (vm->console)
		write_uart(&t, &vm->layout);
	if (vm->rtc)
		write_rtc(&t, &vm->layout);
	if (vm->watchdog)
		write_watchdog(&t, &vm->layout);
	write_channels(&t, vm);
	write_devices(&t, vm, p);
	if (vm->overlay_count)
		write_symbols(&t, vm);
	end(&t);
	try(&t, fdt_finish(t.fdt));
	if (t.error)
		diag_report(d, DIAG_GUEST_TREE, NO_POS, "making the device tree of VM '%s' failed: %s",
			    vm->name, fdt_strerror(t.error));
	return (struct blob){ t.fdt, t.error ? 0 : fdt_totalsize(t.fdt) };
}
