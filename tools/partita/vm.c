/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a VM's node: what is wrong with it alone, defaults and limits. */
#include "tools/partita/system.h"

#include <string.h>

#define DEFAULT_SPIS 32
#define MAX_SPIS 960 /* INTIDs are a multiple of 32 below 1020 */
#define DEFAULT_RTC_START 1767225600u /* 2026-01-01: the same for every build */
#define PARTITAS_NAME "partita" /* as services/console prints its own lines */
#define MIN_WATCHDOG_NS 100000 /* a monitor needs a part of that to hear of it */
#define MIN_RNG_SEED 16
#define MAX_RNG_SEED 64
#define DEFAULT_UPCALL_BUDGET_NS 1000000000u /* catches an endless loop, not a slow emulator */
#define DEFAULT_START_BUDGET_MS 120000u /* images of some hundred MiB, hashed by a small core */
#define DEFAULT_DOORBELL_INTERVAL_NS 100000u

struct pos vm_pos(const struct vm *vm, const char *property)
{
	return node_property_pos(vm->node, property);
}

void vm_hold_intid(struct vm *vm, uint32_t intid)
{
	uint32_t needed = (intid / 32 + 1) * 32;

	if (vm->intids < needed)
		vm->intids = needed;
}

static void read_cpus(struct vm *vm, struct diag *d)
{
	uint32_t count = node_cells(vm->node, "cpus");

	if (count > MAX_VCPUS_PER_VM) {
		diag_report(d, DIAG_VCPU_COUNT, node_property_pos(vm->node, "cpus"),
			    "VM '%s' has %u vCPUs; a VM has at most %d", vm->name, count, MAX_VCPUS_PER_VM);
		count = MAX_VCPUS_PER_VM;
	}
	for (uint32_t i = 0; i < count; i++)
		vm->cpu[i] = node_cell(vm->node, "cpus", i);
	vm->vcpu_count = count;
}

/* ---- Memory ---- */

/* A region as given, if it is one by itself. */
static bool region_is_sound(const struct ram *ram, struct diag *d)
{
	const struct range r = ram->ipa;

	if (r.base % PAGE_BYTES || r.bytes % PAGE_BYTES || ram->pa % PAGE_BYTES)
		diag_report(d, DIAG_MEMORY_UNALIGNED, ram->pos,
			    "memory 0x%jx size 0x%jx is not whole pages; use multiples of 0x%x",
			    (uintmax_t)(ram->pa % PAGE_BYTES ? ram->pa : r.base), (uintmax_t)r.bytes,
			    PAGE_BYTES);
	else if (r.bytes == 0)
		diag_report(d, DIAG_MEMORY_EMPTY, ram->pos,
			    "memory at 0x%jx has size 0; give it a size or remove it", (uintmax_t)r.base);
	else if (r.base + r.bytes < r.base || ram->pa + r.bytes < ram->pa)
		diag_report(d, DIAG_MEMORY_WRAPS, ram->pos,
			    "memory 0x%jx size 0x%jx wraps around; cells are <address-high address-low "
			    "size-high size-low>",
			    (uintmax_t)(r.base + r.bytes < r.base ? r.base : ram->pa), (uintmax_t)r.bytes);
	else if (r.base + r.bytes > GUEST_IPA_END)
		diag_report(
			d, DIAG_MEMORY_TOO_HIGH, ram->pos,
			"memory 0x%jx size 0x%jx ends above 0x%jx, where the monitor has its own; move it "
			"down",
			(uintmax_t)r.base, (uintmax_t)r.bytes, (uintmax_t)GUEST_IPA_END);
	else
		return true;
	return false;
}

/* Where there is no room, the ninth and all further ones are counted but not kept. */
static void add_ram(struct vm *vm, uint32_t *given, const struct ram *ram, struct diag *d)
{
	if ((*given)++ < VMCONF_MAX_RAM && region_is_sound(ram, d))
		vm->ram[vm->ram_count++] = *ram;
}

static void read_memory(struct vm *vm, struct diag *d)
{
	struct node regions = node_child(vm->node, "regions");
	uint32_t given = 0, count = node_cells(vm->node, "memory") / 4;
	struct pos pos = vm_pos(vm, "memory");

	for (uint32_t i = 0; i < count; i++)
		add_ram(vm, &given,
			&(struct ram){ .ipa = { node_cell64(vm->node, "memory", 4 * i),
						node_cell64(vm->node, "memory", 4 * i + 2) },
				       .pos = pos },
			d);
	for (struct node n = node_first(regions); n.offset >= 0; n = node_next(n))
		add_ram(vm, &given,
			&(struct ram){ .ipa = { node_number(n, "address", 0), node_number(n, "size", 0) },
				       .name = node_name(n),
				       .pos = node_pos(n),
				       .read_only = node_has(n, "read-only"),
				       .pinned = node_has(n, "physical-address"),
				       .pa = node_number(n, "physical-address", 0) },
			d);
	if (given > VMCONF_MAX_RAM)
		diag_report(d, DIAG_MEMORY_COUNT, pos, "VM '%s' has %u memory regions; a VM has at most %d",
			    vm->name, given, VMCONF_MAX_RAM);
	else if (vm->ram_count == given && (given || !node_has(vm->node, "memory")) && !vm_main_ram(vm))
		diag_report(d, DIAG_MEMORY_MISSING, pos,
			    "VM '%s' has no memory that it can write; give it 'memory'", vm->name);
}

const struct ram *vm_main_ram(const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (!vm->ram[i].read_only)
			return &vm->ram[i];
	}
	return NULL;
}

/* ---- Its machine ---- */

/* An address of the layout's; a virtual device at 0 would be none to the monitor. */
static uint64_t layout_address(const struct vm *vm, struct node n, const char *name, uint64_t otherwise,
			       uint64_t align, struct diag *d)
{
	uint64_t at = node_number(n, name, otherwise);

	if (at && at % align == 0 && at < GUEST_IPA_END)
		return at;
	diag_report(d, DIAG_LAYOUT_ADDRESS, node_property_pos(n, name),
		    "'%s' of VM '%s' is at 0x%jx; put it on a multiple of 0x%jx above 0 and below 0x%jx",
		    name, vm->name, (uintmax_t)at, (uintmax_t)align, (uintmax_t)GUEST_IPA_END);
	return otherwise;
}

static uint32_t layout_intid(struct vm *vm, struct node n, const char *name, uint32_t otherwise,
			     struct diag *d)
{
	uint32_t spi = (uint32_t)system_limited(n, name, otherwise, 0, MAX_SPIS - 1, d);

	vm_hold_intid(vm, FIRST_SPI + spi);
	return FIRST_SPI + spi;
}

/* As on QEMU's virt board, but for what the description says. That has no watchdog: it is where
 * nothing is there. */
static void read_layout(struct vm *vm, struct diag *d)
{
	struct node n = node_child(vm->node, "layout");

	vm->layout.gicd = layout_address(vm, n, "distributor", 0x08000000, GICD_BYTES, d);
	vm->layout.gicr = layout_address(vm, n, "redistributors", 0x080a0000, GICD_BYTES, d);
	vm->layout.uart = layout_address(vm, n, "uart", 0x09000000, PAGE_BYTES, d);
	vm->layout.rtc = layout_address(vm, n, "rtc", 0x09010000, PAGE_BYTES, d);
	vm->layout.watchdog = layout_address(vm, n, "watchdog", 0x0a800000, PAGE_BYTES, d);
	vm->layout.uart_intid = layout_intid(vm, n, "uart-spi", 1, d);
	vm->layout.rtc_intid = layout_intid(vm, n, "rtc-spi", 2, d);
	vm->layout.watchdog_intid = layout_intid(vm, n, "watchdog-spi", 0, d);
}

static void read_devices(struct vm *vm, struct diag *d)
{
	struct pos pos = node_property_pos(vm->node, "devices");
	const char *path;

	for (int i = 0; (path = node_string_at(vm->node, "devices", i)); i++) {
		if (vm->device_count == VM_MAX_DEVICES) {
			diag_report(d, DIAG_DEVICE_COUNT, pos,
				    "VM '%s' has more than %d devices; a VM has at most that many", vm->name,
				    VM_MAX_DEVICES);
			return;
		}
		vm->device[vm->device_count++] = (struct device){ .path = path, .pos = pos, .node = -1 };
	}
}

static void read_rtc(struct vm *vm, struct diag *d)
{
	vm->rtc = !node_has(vm->node, "no-rtc");
	vm->rtc_start = (uint32_t)system_limited(vm->node, "rtc-start", DEFAULT_RTC_START, 0, UINT32_MAX, d);
	if (!vm->rtc && node_has(vm->node, "rtc-start"))
		diag_report(d, DIAG_RTC_START, node_property_pos(vm->node, "rtc-start"),
			    "VM '%s' has no clock that could start; remove 'rtc-start' or 'no-rtc'",
			    vm->name);
}

static void read_watchdog(struct vm *vm, struct diag *d)
{
	vm->watchdog = node_has(vm->node, "watchdog") || node_has(vm->node, "watchdog-ns");
	if (node_has(vm->node, "watchdog-ns"))
		vm->watchdog_ns =
			(uint32_t)system_limited(vm->node, "watchdog-ns", 0, MIN_WATCHDOG_NS, UINT32_MAX, d);
}

static void read_rng_seed(struct vm *vm, struct diag *d)
{
	vm->rng_seed = node_bytes(vm->node, "rng-seed", &vm->rng_seed_bytes);
	if (vm->rng_seed && (vm->rng_seed_bytes < MIN_RNG_SEED || vm->rng_seed_bytes > MAX_RNG_SEED))
		diag_report(d, DIAG_RNG_SEED_SIZE, node_property_pos(vm->node, "rng-seed"),
			    "'rng-seed' has %u bytes; give it %d to %d", vm->rng_seed_bytes, MIN_RNG_SEED,
			    MAX_RNG_SEED);
}

static void read_file_node(struct vm *vm, struct node n, struct diag *d)
{
	system_check_name(n, d);
	vm->file[vm->file_count++] = (struct guest_file){
		.name = node_name(n),
		.path = node_has(n, "address") ? node_string(n, "file") : NULL,
		.address = node_number(n, "address", 0),
		.node = n,
	};
}

static void read_files(struct vm *vm, struct diag *d)
{
	struct node files = node_child(vm->node, "files");

	for (struct node n = node_first(files); n.offset >= 0; n = node_next(n)) {
		if (vm->file_count == VM_MAX_FILES) {
			diag_report(d, DIAG_FILE_COUNT, node_pos(n),
				    "VM '%s' has more than %d files; a VM has at most that many", vm->name,
				    VM_MAX_FILES);
			return;
		}
		read_file_node(vm, n, d);
	}
}

/* What the language can say and nothing can run yet. */
static void refuse_unsupported(const struct vm *vm, struct diag *d)
{
	if (node_has(vm->node, "start-stopped"))
		diag_report(d, DIAG_UNSUPPORTED_START_STOPPED, vm_pos(vm, "start-stopped"),
			    "VM '%s' would stay off, since nobody can start it yet; remove 'start-stopped'",
			    vm->name);
}

void vm_read(struct vm *vm, struct node n, struct diag *d)
{
	vm->node = n;
	vm->name = node_name(n);
	system_check_name(n, d);
	if (strcmp(vm->name, PARTITAS_NAME) == 0)
		diag_report(d, DIAG_NAME_RESERVED, node_pos(n),
			    "'%s' is what Partita's own lines are called; give the VM another name",
			    vm->name);
	vm->intids = FIRST_SPI +
		     ((uint32_t)system_limited(n, "spis", DEFAULT_SPIS, 1, MAX_SPIS, d) + 31) / 32 * 32;
	read_cpus(vm, d);
	read_memory(vm, d);
	read_devices(vm, d);
	read_rtc(vm, d);
	read_watchdog(vm, d);
	read_rng_seed(vm, d);
	read_files(vm, d);
	read_layout(vm, d);
	refuse_unsupported(vm, d);
	vm->kernel = node_string(n, "kernel");
	vm->initrd = node_string(n, "initrd");
	vm->bootargs = node_string(n, "bootargs");
	vm->dtb = node_string(n, "dtb");
	vm->features = node_string(n, "cpu-features");
	vm->console = node_has(n, "console");
	vm->trng = node_has(n, "trng");
	vm->doorbell_interval_ns =
		(uint32_t)system_limited(n, "doorbell-interval-ns", DEFAULT_DOORBELL_INTERVAL_NS,
					 DOORBELL_INTERVAL_NS_MIN, 1000000000, d);
	vm->real_time = node_has(n, "real-time");
	vm->upcall_budget_ns =
		system_limited(n, "upcall-budget-ns", DEFAULT_UPCALL_BUDGET_NS, 10000, UINT32_MAX, d);
	vm->start_budget_ms =
		(uint32_t)system_limited(n, "start-budget-ms", DEFAULT_START_BUDGET_MS, 1, 3600000, d);
	vm->channel = FMAP_NONE;
}
