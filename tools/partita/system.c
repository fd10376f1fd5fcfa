/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a system description: property by property, with defaults and limits. */
#include "tools/partita/system.h"
#include "tools/partita/suggest.h"

#include <libfdt.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define DEFAULT_SPIS 32
#define MAX_SPIS 960                         /* INTIDs are a multiple of 32 below 1020 */
#define DEFAULT_RTC_START 1767225600u        /* 2026-01-01: the same for every build */
#define MIN_RNG_SEED 16
#define MAX_RNG_SEED 64
#define DEFAULT_UPCALL_BUDGET_NS 1000000000u /* catches an endless loop, not a slow emulator */
#define DEFAULT_CONSOLE_BUDGET_NS 2000000u
#define DEFAULT_CONSOLE_PERIOD_NS 10000000u

static const struct node_rule root_rule[] = {
	{ "compatible", FORM_STRING, 0, true },
	{ "platform", FORM_STRING, 0, true },
};
static const struct node_rule vm_rule[] = {
	{ "cpus", FORM_CELLS, 1, true },
	{ "memory", FORM_CELLS, 4, true },
	{ "kernel", FORM_STRING, 0, true },
	{ "kernel-address", FORM_CELLS, 2, false },
	{ "initrd", FORM_STRING, 0, false },
	{ "bootargs", FORM_STRING, 0, false },
	{ "console", FORM_EMPTY, 0, false },
	{ "rtc-start", FORM_CELLS, 1, false },
	{ "no-rtc", FORM_EMPTY, 0, false },
	{ "rng-seed", FORM_BYTES, 0, false },
	{ "real-time", FORM_EMPTY, 0, false },
	{ "devices", FORM_STRING, 0, false },
	{ "spis", FORM_CELLS, 1, false },
	{ "entry", FORM_CELLS, 2, false },
	{ "upcall-budget-ns", FORM_CELLS, 1, false },
};
static const struct node_rule file_rule[] = {
	{ "file", FORM_STRING, 0, true },
	{ "address", FORM_CELLS, 2, true },
};
static const struct node_rule console_rule[] = {
	{ "cpu", FORM_CELLS, 1, false },
	{ "budget-ns", FORM_CELLS, 1, false },
	{ "period-ns", FORM_CELLS, 1, false },
	{ "focus", FORM_STRING, 0, false },
};
static const struct node_rules root_rules = { "a system", root_rule, COUNT(root_rule) };
static const struct node_rules vms_rules = { "'vms'", NULL, 0 };
static const struct node_rules vm_rules = { "a VM", vm_rule, COUNT(vm_rule) };
static const struct node_rules files_rules = { "'files'", NULL, 0 };
static const struct node_rules file_rules = { "a file", file_rule, COUNT(file_rule) };
static const struct node_rules services_rules = { "'services'", NULL, 0 };
static const struct node_rules console_rules = { "the console service", console_rule, COUNT(console_rule) };

struct pos system_pos(const struct system *s)
{
	return node_pos(node_root(&s->source));
}

/* Nodes that the language does not have. */
static void check_nodes(struct node parent, const char *const known[], const char *what, struct diag *d)
{
	for (struct node n = node_first(parent); n.offset >= 0; n = node_next(n)) {
		struct suggestion s = suggest(node_name(n));
		bool found = false;

		for (size_t i = 0; known[i]; i++) {
			found |= strcmp(node_name(n), known[i]) == 0;
			suggest_try(&s, known[i]);
		}
		if (!found)
			diag_report(d, DIAG_NODE_UNKNOWN, node_pos(n), "%s has no node '%s'; %s", what,
				    node_name(n),
				    suggest_advice(&s, "remove it, docs/system.md lists what there is",
						   d->arena));
	}
}

/* A number of one cell that must lie within limits. */
static uint64_t limited(struct node n, const char *name, uint64_t otherwise, uint64_t least, uint64_t most,
			struct diag *d)
{
	uint64_t value = node_number(n, name, otherwise);

	if (value >= least && value <= most)
		return value;
	diag_report(d, DIAG_VALUE_RANGE, node_property_pos(n, name), "'%s' is %ju; it is to be %ju to %ju",
		    name, (uintmax_t)value, (uintmax_t)least, (uintmax_t)most);
	return otherwise;
}

/* ---- A VM ---- */

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

/* A region as given, if it is one by itself. */
static bool region_is_sound(const struct vm *vm, struct range r, struct diag *d)
{
	struct pos pos = node_property_pos(vm->node, "memory");

	if (r.base % PAGE_BYTES || r.bytes % PAGE_BYTES)
		diag_report(d, DIAG_MEMORY_UNALIGNED, pos,
			    "memory 0x%jx size 0x%jx is not whole pages; use multiples of 0x%x",
			    (uintmax_t)r.base, (uintmax_t)r.bytes, PAGE_BYTES);
	else if (r.bytes == 0)
		diag_report(d, DIAG_MEMORY_EMPTY, pos,
			    "memory at 0x%jx has size 0; give it a size or remove it", (uintmax_t)r.base);
	else if (r.base + r.bytes < r.base)
		diag_report(d, DIAG_MEMORY_WRAPS, pos,
			    "memory 0x%jx size 0x%jx wraps around; cells are <address-high address-low "
			    "size-high size-low>",
			    (uintmax_t)r.base, (uintmax_t)r.bytes);
	else if (r.base + r.bytes > GUEST_IPA_END)
		diag_report(d, DIAG_MEMORY_TOO_HIGH, pos,
			    "memory 0x%jx size 0x%jx ends above 0x%jx, where the monitor has its own; "
			    "move it down",
			    (uintmax_t)r.base, (uintmax_t)r.bytes, (uintmax_t)GUEST_IPA_END);
	else
		return true;
	return false;
}

static void read_memory(struct vm *vm, struct diag *d)
{
	uint32_t count = node_cells(vm->node, "memory") / 4;

	if (count > VMCONF_MAX_RAM) {
		diag_report(d, DIAG_MEMORY_COUNT, node_property_pos(vm->node, "memory"),
			    "VM '%s' has %u memory regions; a VM has at "
			    "most %d",
			    vm->name, count, VMCONF_MAX_RAM);
		count = VMCONF_MAX_RAM;
	}
	for (uint32_t i = 0; i < count; i++) {
		struct range r = { node_cell64(vm->node, "memory", 4 * i),
				   node_cell64(vm->node, "memory", 4 * i + 2) };

		if (region_is_sound(vm, r, d))
			vm->ram[vm->ram_count++].ipa = r;
	}
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
	vm->rtc_start = (uint32_t)limited(vm->node, "rtc-start", DEFAULT_RTC_START, 0, UINT32_MAX, d);
	if (!vm->rtc && node_has(vm->node, "rtc-start"))
		diag_report(d, DIAG_RTC_START, node_property_pos(vm->node, "rtc-start"),
			    "VM '%s' has no clock that could start; remove 'rtc-start' or 'no-rtc'",
			    vm->name);
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
	static const char *const no_nodes[] = { NULL };

	node_check(n, &file_rules, d);
	check_nodes(n, no_nodes, "a file", d);
	if (strlen(node_name(n)) >= FMAP_NAME_BYTES)
		diag_report(d, DIAG_NAME_TOO_LONG, node_pos(n),
			    "the name '%s' is too long; use at most %d characters", node_name(n),
			    FMAP_NAME_BYTES - 1);
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

	if (files.offset < 0)
		return;
	node_check(files, &files_rules, d);
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

static void read_vm(struct vm *vm, struct node n, struct diag *d)
{
	static const char *const known[] = { "files", NULL };

	node_check(n, &vm_rules, d);
	check_nodes(n, known, "a VM", d);
	vm->node = n;
	vm->name = node_name(n);
	if (strlen(vm->name) >= FMAP_NAME_BYTES)
		diag_report(d, DIAG_NAME_TOO_LONG, node_pos(n),
			    "the name '%s' is too long; use at most %d characters", vm->name,
			    FMAP_NAME_BYTES - 1);
	read_cpus(vm, d);
	read_memory(vm, d);
	read_devices(vm, d);
	read_rtc(vm, d);
	read_rng_seed(vm, d);
	read_files(vm, d);
	vm->kernel = node_string(n, "kernel");
	vm->initrd = node_string(n, "initrd");
	vm->bootargs = node_string(n, "bootargs");
	vm->console = node_has(n, "console");
	vm->real_time = node_has(n, "real-time");
	vm->upcall_budget_ns = limited(n, "upcall-budget-ns", DEFAULT_UPCALL_BUDGET_NS, 10000, UINT32_MAX, d);
	vm->intids = FIRST_SPI + ((uint32_t)limited(n, "spis", DEFAULT_SPIS, 1, MAX_SPIS, d) + 31) / 32 * 32;
	vm->channel = FMAP_NONE;
}

/* ---- The whole ---- */

static void read_vms(struct system *s, struct diag *d)
{
	struct node vms = node_child(node_root(&s->source), "vms");

	if (vms.offset < 0 || node_first(vms).offset < 0) {
		diag_report(d, DIAG_VM_MISSING, system_pos(s),
			    "the system has no VM; add vms { NAME { .. }; };");
		return;
	}
	node_check(vms, &vms_rules, d);
	for (struct node n = node_first(vms); n.offset >= 0; n = node_next(n)) {
		if (s->vm_count == MAX_VMS) {
			diag_report(d, DIAG_VM_COUNT, node_pos(n),
				    "the system has more than %d VMs; remove some", MAX_VMS);
			return;
		}
		s->vm[s->vm_count].index = s->vm_count;
		read_vm(&s->vm[s->vm_count++], n, d);
	}
}

static void read_console(struct system *s, struct diag *d)
{
	static const char *const known[] = { "console", NULL }, *const no_nodes[] = { NULL };
	struct console *c = &s->console;
	struct node services = node_child(node_root(&s->source), "services");

	c->node = (struct node){ &s->source, -1 };
	c->cpu = FMAP_NONE;
	c->budget_ns = DEFAULT_CONSOLE_BUDGET_NS;
	c->period_ns = DEFAULT_CONSOLE_PERIOD_NS;
	if (services.offset < 0)
		return;
	node_check(services, &services_rules, d);
	check_nodes(services, known, "'services'", d);
	c->node = node_child(services, "console");
	if (c->node.offset < 0)
		return;
	node_check(c->node, &console_rules, d);
	check_nodes(c->node, no_nodes, "the console service", d);
	c->cpu = (uint32_t)node_number(c->node, "cpu", FMAP_NONE);
	c->budget_ns = limited(c->node, "budget-ns", c->budget_ns, 1000, 1000000000, d);
	c->period_ns = limited(c->node, "period-ns", c->period_ns, 1000, 1000000000, d);
	c->focus_name = node_string(c->node, "focus");
	if (c->budget_ns > c->period_ns)
		diag_report(d, DIAG_CONSOLE_BUDGET, node_property_pos(c->node, "budget-ns"),
			    "the console's budget is longer than its "
			    "period; make budget-ns at most period-ns");
}

/* The file's name without folder and ending. */
static void name_system(struct system *s, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t length = strcspn(base, ".");

	if (length >= sizeof(s->name))
		length = sizeof(s->name) - 1;
	memcpy(s->name, base, length);
}

bool system_read(struct system *s, const char *path, struct arena *a, struct diag *d)
{
	static const char *const known[] = { "vms", "services", NULL };
	struct node root;

	memset(s, 0, sizeof(*s));
	if (!source_read(&s->source, path, a, d))
		return false;
	name_system(s, path);
	root = node_root(&s->source);
	if (!node_compatible(root, "partita,system")) {
		diag_report(d, DIAG_NOT_A_SYSTEM, node_property_pos(root, "compatible"),
			    "this is no system description; begin it with "
			    "compatible = \"partita,system\"");
		return false;
	}
	node_check(root, &root_rules, d);
	check_nodes(root, known, "a system", d);
	s->platform = node_string(root, "platform");
	read_vms(s, d);
	read_console(s, d);
	return true;
}
