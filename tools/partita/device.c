/* SPDX-License-Identifier: Apache-2.0 */
/* Finding a VM's devices in the platform's tree, and refusing those that it must not have. */
#include "tools/partita/device.h"
#include "tools/partita/suggest.h"

#include <libfdt.h>
#include <string.h>

/* Devices that only answer when they are read and written. */
static const char *const no_dma[] = {
	"arm,pl011", "arm,pl031", "arm,pl061", "arm,sp804", "arm,sp805",
};

/* Compatible with, or having a property: does DMA. */
static const char *const dma_compatible[] = {
	"virtio,mmio", "qemu,fw-cfg-mmio", "pci-host-ecam-generic", "arm,pl080", "arm,pl330",
};
static const char *const smmu[] = { "arm,smmu-v1", "arm,smmu-v2", "arm,mmu-400",
				    "arm,mmu-401", "arm,mmu-500", "arm,smmu-v3" };
static const char *const dma_property[] = {
	"dma-coherent",
	"dmas",
	"msi-map",
	"dma-ranges",
};
static const char *const dma_stream[] = { "iommus", "iommu-map" };

/* Properties that make a device depend on another one, which the guest would not have. Clocks
 * are not here: fixed ones are copied. */
static const char *const dependency[] = {
	"resets", "power-domains", "pinctrl-0", "vdd-supply", "gpios", "phys", "interrupts-extended",
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool compatible_with_any(struct node n, const char *const list[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (node_compatible(n, list[i]))
			return true;
	}
	return false;
}

static const char *property_of_any(struct node n, const char *const list[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (node_has(n, list[i]))
			return list[i];
	}
	return NULL;
}

static bool is_trusted(const struct vm *vm, const struct device *dev)
{
	const char *path;

	for (int i = 0; (path = node_string_at(vm->node, "trusted-dma", i)); i++) {
		if (strcmp(path, dev->path) == 0)
			return true;
	}
	return false;
}

/* The device will use the guest's addresses as physical ones. */
static bool is_identity(const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (!vm->ram[i].pinned || vm->ram[i].pa != vm->ram[i].ipa.base)
			return false;
	}
	return true;
}

static bool does_dma(struct node n)
{
	const char *type = node_string(n, "device_type");

	return compatible_with_any(n, dma_compatible, COUNT(dma_compatible)) ||
	       property_of_any(n, dma_property, COUNT(dma_property)) || (type && strcmp(type, "pci") == 0);
}

static bool does_no_dma(struct node n)
{
	return !does_dma(n) &&
	       (compatible_with_any(n, no_dma, COUNT(no_dma)) || node_has(n, "partita,no-dma"));
}

static bool trust_is_sound(const struct vm *vm, const struct device *dev, struct node n, struct diag *d)
{
	struct pos pos = vm_pos(vm, "trusted-dma");

	if (does_no_dma(n)) {
		diag_report(d, DIAG_TRUSTED_DMA_NEEDLESS, pos,
			    "%s does no DMA, so nobody has to trust it; remove it from 'trusted-dma'",
			    dev->path);
		return true;
	}
	if (!is_identity(vm)) {
		diag_report(d, DIAG_DMA_NOT_IDENTITY, pos,
			    "%s will do DMA at the addresses of VM '%s' as they are; give all its memory as "
			    "'regions' whose 'physical-address' is their 'address'",
			    dev->path, vm->name);
		return false;
	}
	return true;
}

static bool dma_is_confined(const struct vm *vm, struct device *dev, struct node n, struct diag *d)
{
	const char *stream = property_of_any(n, dma_stream, COUNT(dma_stream));

	if (stream) {
		diag_report(d, DIAG_UNSUPPORTED_DMA_STREAM, dev->pos,
			    "%s has DMA streams ('%s'), and the SMMU is not programmed yet; remove it",
			    dev->path, stream);
		return false;
	}
	if (is_trusted(vm, dev)) {
		dev->dma_trusted = !does_no_dma(n);
		return trust_is_sound(vm, dev, n, d);
	}
	if (does_no_dma(n))
		return true;
	if (does_dma(n))
		diag_report(d, DIAG_DEVICE_DMA, dev->pos,
			    "%s does DMA, and no SMMU confines it; remove it, or trust it (docs/system.md)",
			    dev->path);
	else
		diag_report(
			d, DIAG_DEVICE_DMA_UNKNOWN, dev->pos,
			"it is not known whether %s does DMA; if it never does, say partita,no-dma in its "
			"node in platform.dts",
			dev->path);
	return false;
}

/* What belongs to Partita, or is no device at all. */
static bool may_be_owned(const struct device *dev, struct node n, const struct platform *p, struct diag *d)
{
	const char *type = node_string(n, "device_type");
	bool no_device = type && (strcmp(type, "memory") == 0 || strcmp(type, "cpu") == 0);
	const struct {
		bool applies;
		enum diag_code code;
		const char *what;
	} reasons[] = {
		{ n.offset == p->uart_node, DIAG_DEVICE_IS_CONSOLE,
		  "is the console that all VMs share; use 'console' instead" },
		{ node_has(n, "interrupt-controller") && node_has(n, "#interrupt-cells"), DIAG_DEVICE_IS_GIC,
		  "is an interrupt controller, which no VM may own; remove it" },
		{ compatible_with_any(n, smmu, COUNT(smmu)), DIAG_DEVICE_IS_SMMU,
		  "is an SMMU, which no VM may own; remove it" },
		{ node_compatible(n, "arm,armv8-timer"), DIAG_DEVICE_IS_TIMER,
		  "is the timer, of which each VM has its own; remove it" },
		{ no_device, DIAG_DEVICE_IS_NONE, "is no device; use 'memory' and 'cpus'" },
		{ !platform_enabled(n), DIAG_DEVICE_DISABLED, "is disabled on this board; remove it" },
		{ !node_has(n, "reg"), DIAG_DEVICE_WITHOUT_REGISTERS,
		  "has no registers; name the node of a device" },
	};

	for (size_t i = 0; i < COUNT(reasons); i++) {
		if (reasons[i].applies) {
			diag_report(d, reasons[i].code, dev->pos, "%s %s", dev->path, reasons[i].what);
			return false;
		}
	}
	return true;
}

static void read_regs(struct device *dev, struct node n, const struct platform *p, struct diag *d)
{
	struct range r;

	for (uint32_t i = 0; node_reg(n, i, &r); i++) {
		if (dev->reg_count == DEVICE_MAX_REGS) {
			diag_report(d, DIAG_DEVICE_REGISTER_COUNT, dev->pos,
				    "%s has more than %d ranges of registers; this device cannot be passed",
				    dev->path, DEVICE_MAX_REGS);
			return;
		}
		if (r.bytes == 0 || r.base % PAGE_BYTES || r.bytes % PAGE_BYTES) {
			diag_report(d, DIAG_DEVICE_PAGE_SHARED, dev->pos,
				    "registers of %s at 0x%jx size 0x%jx are not whole pages: another device "
				    "may share them; this one cannot be passed",
				    dev->path, (uintmax_t)r.base, (uintmax_t)r.bytes);
			return;
		}
		platform_check_reach(p, n, dev->path, r, d);
		dev->reg[dev->reg_count++] = r;
	}
	if (dev->reg_count == 0)
		diag_report(d, DIAG_DEVICE_ADDRESS, dev->pos,
			    "the registers of %s have no address of the CPU's (a bus translates them); "
			    "this one cannot be passed",
			    dev->path);
}

static void read_interrupts(struct device *dev, struct node n, const struct platform *p, struct diag *d)
{
	struct interrupt interrupt;
	int found;

	for (uint32_t i = 0; (found = platform_interrupt(p, n, i, &interrupt)) != 0; i++) {
		if (found < 0 || interrupt.intid < FIRST_SPI || interrupt.intid >= p->intids ||
		    dev->interrupt_count == DEVICE_MAX_INTERRUPTS) {
			diag_report(d, DIAG_DEVICE_INTERRUPT, dev->pos,
				    "interrupt %u of %s is no SPI of the board's GIC, or one too many; this "
				    "device cannot be passed",
				    i, dev->path);
			return;
		}
		dev->interrupt[dev->interrupt_count++] = interrupt;
	}
}

static void check_dependencies(const struct device *dev, struct node n, struct diag *d)
{
	const void *fdt = n.source->fdt;
	const char *name = property_of_any(n, dependency, COUNT(dependency));

	if (name)
		diag_report(d, DIAG_DEVICE_DEPENDENCY, dev->pos,
			    "%s depends on another device by its '%s', which the guest will not have; "
			    "this one cannot be passed",
			    dev->path, name);
	for (uint32_t i = 0; i < node_cells(n, "clocks"); i++) {
		int clock = fdt_node_offset_by_phandle(fdt, node_cell(n, "clocks", i));

		if (clock < 0 || !node_compatible((struct node){ n.source, clock }, "fixed-clock")) {
			diag_report(d, DIAG_DEVICE_CLOCK, dev->pos,
				    "a clock of %s is no fixed-clock, so the guest cannot have it; this "
				    "device cannot be passed",
				    dev->path);
			return;
		}
	}
}

static void report_device_unknown(const struct device *dev, const struct platform *p, struct diag *d)
{
	const void *fdt = p->source.fdt;
	struct suggestion near = suggest(dev->path);
	char path[128];

	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		if (fdt_get_path(fdt, node, path, sizeof(path)) == 0)
			suggest_try(&near, arena_copy(d->arena, path, strlen(path)));
	}
	diag_report(d, DIAG_DEVICE_UNKNOWN, dev->pos, "board %s has no device '%s'; %s", p->name, dev->path,
		    suggest_advice(&near, "give its path in platform.dts, as \"/NAME@ADDRESS\"", d->arena));
}

static void resolve(struct device *dev, struct vm *vm, const struct platform *p, struct diag *d)
{
	struct node n = { &p->source, fdt_path_offset(p->source.fdt, dev->path) };
	unsigned int before = diag_errors(d);

	if (dev->path[0] != '/' || n.offset < 0) {
		report_device_unknown(dev, p, d);
		return;
	}
	if (!may_be_owned(dev, n, p, d) || !dma_is_confined(vm, dev, n, d))
		return;
	check_dependencies(dev, n, d);
	read_regs(dev, n, p, d);
	read_interrupts(dev, n, p, d);
	if (diag_errors(d) != before)
		return;
	dev->node = n.offset;
	for (uint32_t i = 0; i < dev->interrupt_count; i++)
		vm_hold_intid(vm, dev->interrupt[i].intid);
}

static void check_trusted(const struct vm *vm, struct diag *d)
{
	const char *path;

	for (int i = 0; (path = node_string_at(vm->node, "trusted-dma", i)); i++) {
		struct suggestion near = suggest(path);
		bool found = false;

		for (uint32_t k = 0; k < vm->device_count; k++) {
			found |= strcmp(vm->device[k].path, path) == 0;
			suggest_try(&near, vm->device[k].path);
		}
		if (!found)
			diag_report(d, DIAG_TRUSTED_DMA_UNKNOWN, vm_pos(vm, "trusted-dma"),
				    "VM '%s' trusts '%s', which is not among its 'devices'; %s", vm->name,
				    path, suggest_advice(&near, "name one that is", d->arena));
	}
}

void device_resolve(struct vm *vm, const struct platform *p, struct diag *d)
{
	for (uint32_t i = 0; i < vm->device_count; i++)
		resolve(&vm->device[i], vm, p, d);
	check_trusted(vm, d);
}
