/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A tree of the guest's own is taken as it is, but for what only the tool knows or the description
 * says anew: /chosen. Overlays are applied in their order; libfdt changes an overlay while it
 * applies it, so each time to a copy.
 */
#include "tools/partita/guest_tree.h"
#include "tools/partita/guest_dtb.h"

#include <libfdt.h>
#include <string.h>

#define ROOM 0x1000u /* for what is set in /chosen, beside strings */

/* ---- /chosen of a tree of its own ---- */

static int set_chosen(void *fdt, const struct vm *vm, struct range initrd)
{
	int chosen = fdt_path_offset(fdt, "/chosen"), error = 0;

	if (chosen < 0)
		chosen = fdt_add_subnode(fdt, 0, "chosen");
	if (chosen < 0)
		return chosen;
	if (vm->bootargs)
		error = fdt_setprop(fdt, chosen, "bootargs", vm->bootargs, (int)strlen(vm->bootargs) + 1);
	if (!error && vm->rng_seed)
		error = fdt_setprop(fdt, chosen, "rng-seed", vm->rng_seed, (int)vm->rng_seed_bytes);
	if (!error && initrd.bytes)
		error = fdt_setprop_u64(fdt, chosen, "linux,initrd-start", initrd.base);
	if (!error && initrd.bytes)
		error = fdt_setprop_u64(fdt, chosen, "linux,initrd-end", initrd.base + initrd.bytes);
	return error;
}

/* ---- Overlays ---- */

static bool apply_overlay(void *fdt, const struct vm *vm, uint32_t n, struct arena *a, struct diag *d)
{
	void *overlay = arena_copy(a, (const char *)vm->overlay[n].data, vm->overlay[n].bytes);
	int error = fdt_overlay_apply(fdt, overlay);

	if (error)
		diag_report(d, DIAG_DTB_OVERLAY, vm_pos(vm, "dtb-overlays"),
			    "'%s' cannot be applied to the device tree of VM '%s': %s; it may name what that "
			    "tree lacks",
			    node_string_at(vm->node, "dtb-overlays", (int)n), vm->name, fdt_strerror(error));
	return !error;
}

/* ---- The tree ---- */

static size_t room_for(const struct vm *vm, struct blob base)
{
	size_t room = base.bytes + ROOM + vm->rng_seed_bytes + (vm->bootargs ? strlen(vm->bootargs) : 0);

	/* What an overlay adds is less than itself, but for the tree's own fixed-up symbols. */
	for (uint32_t i = 0; i < vm->overlay_count; i++)
		room += 2 * vm->overlay[i].bytes;
	return room;
}

struct blob guest_tree(const struct vm *vm, const struct platform *p, struct range initrd, struct arena *a,
		       struct diag *d)
{
	struct blob none = { NULL, 0 };
	struct blob base = vm->own_tree.bytes ? vm->own_tree : guest_dtb(vm, p, initrd, a, d);
	size_t room = room_for(vm, base);
	void *fdt = arena_alloc(a, room);
	int error;

	if (base.bytes == 0)
		return none;
	error = fdt_open_into(base.data, fdt, (int)room);
	if (!error && vm->own_tree.bytes)
		error = set_chosen(fdt, vm, initrd);
	for (uint32_t i = 0; !error && i < vm->overlay_count; i++) {
		if (!apply_overlay(fdt, vm, i, a, d))
			return none;
	}
	if (!error)
		error = fdt_pack(fdt);
	if (error) {
		diag_report(d, DIAG_GUEST_TREE, NO_POS, "making the device tree of VM '%s' failed: %s",
			    vm->name, fdt_strerror(error));
		return none;
	}
	return (struct blob){ fdt, fdt_totalsize(fdt) };
}

/* ---- Its memory ---- */

static uint64_t read_cells(const fdt32_t *cell, int count)
{
	uint64_t value = 0;

	for (int i = 0; i < count; i++)
		value = value << 32 | fdt32_ld(&cell[i]);
	return value;
}

static bool has_memory(const struct vm *vm, struct range r)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (!vm->ram[i].read_only && range_within(r, vm->ram[i].ipa))
			return true;
	}
	return false;
}

static void check_memory_node(const struct vm *vm, const void *fdt, int node, struct diag *d)
{
	int address = fdt_address_cells(fdt, 0), size = fdt_size_cells(fdt, 0), length;
	const fdt32_t *reg = fdt_getprop(fdt, node, "reg", &length);

	if (address < 1 || address > 2 || size < 1 || size > 2)
		return;
	for (int i = 0; reg && (i + address + size) * 4 <= length; i += address + size) {
		struct range r = { read_cells(reg + i, address), read_cells(reg + i + address, size) };

		if (r.bytes && !has_memory(vm, r))
			diag_report(
				d, DIAG_DTB_MEMORY, vm_pos(vm, vm->dtb ? "dtb" : "dtb-overlays"),
				"the device tree of VM '%s' tells of memory at 0x%jx size 0x%jx that it does "
				"not have; mend the tree or 'memory'",
				vm->name, (uintmax_t)r.base, (uintmax_t)r.bytes);
	}
}

void guest_tree_check_memory(const struct vm *vm, struct blob tree, struct diag *d)
{
	const void *fdt = tree.data;
	int node;

	fdt_for_each_subnode(node, fdt, 0) {
		int length;
		const char *type = fdt_getprop(fdt, node, "device_type", &length);

		if (type && length == sizeof("memory") && memcmp(type, "memory", sizeof("memory")) == 0)
			check_memory_node(vm, fdt, node, d);
	}
}
