/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Finding a guest's files and placing them in its RAM. The kernel says where it goes, and the
 * description where its `files` go; the device tree and the RAM disk go after the kernel, clear of
 * the files, where the Linux boot protocol allows: the device tree within one 2 MiB block, the RAM
 * disk on a page.
 */
#include "tools/partita/guest_image.h"
#include "tools/partita/dtb.h"
#include "tools/partita/guest_kernel.h"
#include "tools/partita/guest_tree.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define TWO_MIB 0x200000u

/* ---- Files ---- */

static bool find_file(const struct search *search, const char *name, struct arena *a, struct blob *blob)
{
	if (name[0] == '/')
		return file_read(a, name, blob);
	errno = ENOENT;
	for (uint32_t i = 0; i < search->count; i++) {
		if (file_read(a, arena_printf(a, "%s/%s", search->dir[i], name), blob))
			return true;
		if (errno != ENOENT)
			return false;
	}
	return false;
}

static bool read_file(const struct vm *vm, struct pos pos, const char *name, const struct search *search,
		      struct arena *a, struct blob *blob, struct diag *d)
{
	if (!find_file(search, name, a, blob)) {
		diag_report(d, DIAG_IMAGE_MISSING, pos,
			    "cannot read '%s' of VM '%s': %s; paths start beside the description or in a "
			    "folder "
			    "given with -I",
			    name, vm->name, strerror(errno));
		return false;
	}
	if (blob->bytes == 0)
		diag_report(d, DIAG_IMAGE_EMPTY, pos, "'%s' of VM '%s' is empty; build it first", name,
			    vm->name);
	return blob->bytes > 0;
}

static bool read_tree(const struct vm *vm, const char *property, const char *name,
		      const struct search *search, struct arena *a, struct blob *blob, struct diag *d)
{
	struct pos pos = vm_pos(vm, property);

	if (!read_file(vm, pos, name, search, a, blob, d))
		return false;
	if (!dtb_is_sound(blob->data, blob->bytes)) {
		diag_report(d, DIAG_DTB_DAMAGED, pos,
			    "'%s' of VM '%s' is no device tree; compile it with dtc -O dtb", name, vm->name);
		return false;
	}
	return true;
}

/* A device tree of the guest's own, and overlays. */
static bool read_trees(struct vm *vm, const struct search *search, struct arena *a, struct diag *d)
{
	uint32_t count = node_strings(vm->node, "dtb-overlays");
	bool ok = !vm->dtb || read_tree(vm, "dtb", vm->dtb, search, a, &vm->own_tree, d);

	if (count > VM_MAX_OVERLAYS) {
		diag_report(d, DIAG_FILE_COUNT, vm_pos(vm, "dtb-overlays"),
			    "VM '%s' has %u overlays; a VM has at most %d", vm->name, count, VM_MAX_OVERLAYS);
		return false;
	}
	for (uint32_t i = 0; i < count; i++)
		ok = read_tree(vm, "dtb-overlays", node_string_at(vm->node, "dtb-overlays", (int)i), search,
			       a, &vm->overlay[i], d) &&
		     ok;
	vm->overlay_count = count;
	return ok;
}

/* ---- Room in the guest's RAM ---- */

static struct range load_range(const struct load *load)
{
	return (struct range){ load->dst, load->footprint };
}

static bool in_ram(const struct vm *vm, struct range r)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (range_within(r, vm->ram[i].ipa))
			return true;
	}
	return false;
}

/* What already lies there, or NULL. */
static const struct load *load_at(const struct vm *vm, struct range r)
{
	for (uint32_t i = 0; i < vm->load_count; i++) {
		if (range_overlap(r, load_range(&vm->load[i])))
			return &vm->load[i];
	}
	return NULL;
}

/* Room for what the guest may change: never in read-only memory. */
static bool is_free(const struct vm *vm, struct range r)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (!vm->ram[i].read_only && range_within(r, vm->ram[i].ipa))
			return !load_at(vm, r);
	}
	return false;
}

static uint64_t round_up(uint64_t value, uint64_t align)
{
	return (value + align - 1) / align * align;
}

/* The lowest free place at or above `from`. It starts where a region does, or where something
 * else ends. */
static bool find_room(const struct vm *vm, uint64_t from, uint64_t bytes, uint64_t align, uint64_t *at)
{
	uint64_t start[1 + VMCONF_MAX_RAM + VMCONF_MAX_LOADS];
	uint32_t count = 0;

	start[count++] = from;
	for (uint32_t i = 0; i < vm->ram_count; i++)
		start[count++] = vm->ram[i].ipa.base;
	for (uint32_t i = 0; i < vm->load_count; i++)
		start[count++] = vm->load[i].dst + vm->load[i].footprint;
	*at = UINT64_MAX;
	for (uint32_t i = 0; i < count; i++) {
		struct range r = { round_up(start[i], align), bytes };

		if (r.base >= from && r.base < *at && is_free(vm, r))
			*at = r.base;
	}
	return *at != UINT64_MAX;
}

/* Above all that is placed so far. */
static uint64_t loads_end(const struct vm *vm)
{
	uint64_t end = 0;

	for (uint32_t i = 0; i < vm->load_count; i++) {
		if (end < vm->load[i].dst + vm->load[i].footprint)
			end = vm->load[i].dst + vm->load[i].footprint;
	}
	return end;
}

/* At or above `from` where that is possible, else anywhere. */
static bool place(struct vm *vm, uint64_t from, const char *name, struct blob blob, uint64_t align)
{
	uint64_t at;

	if (!find_room(vm, from, blob.bytes, align, &at) && !find_room(vm, 0, blob.bytes, align, &at))
		return false;
	vm->load[vm->load_count++] =
		(struct load){ .name = name, .blob = blob, .dst = at, .footprint = blob.bytes };
	return true;
}

/* ---- The pieces ---- */

static void check_kernel(const struct vm *vm, struct diag *d)
{
	struct pos pos = node_property_pos(vm->node, "kernel");

	for (uint32_t i = 0; i < vm->load_count; i++) {
		struct range r = load_range(&vm->load[i]);

		if (!in_ram(vm, r))
			diag_report(d, DIAG_IMAGE_OUTSIDE_MEMORY, pos,
				    "'%s' needs 0x%jx bytes of RAM at 0x%jx, which VM '%s' does not have; "
				    "give it "
				    "more memory, or link the kernel elsewhere",
				    vm->kernel, (uintmax_t)r.bytes, (uintmax_t)r.base, vm->name);
		for (uint32_t k = 0; k < i; k++) {
			if (range_overlap(r, load_range(&vm->load[k])))
				diag_report(d, DIAG_IMAGE_SEGMENTS_OVERLAP, pos,
					    "'%s' has two segments at 0x%jx; mend its linker script",
					    vm->kernel, (uintmax_t)r.base);
		}
	}
}

static void check_entry(struct vm *vm, struct diag *d)
{
	const char *property = node_has(vm->node, "entry") ? "entry" : "kernel";

	vm->entry = node_number(vm->node, "entry", vm->entry);
	if (vm->entry % 4 || !in_ram(vm, (struct range){ vm->entry, 4 }))
		diag_report(d, DIAG_ENTRY, node_property_pos(vm->node, property),
			    "the entry point 0x%jx of VM '%s' is not an "
			    "instruction's address in its memory; set 'entry'",
			    (uintmax_t)vm->entry, vm->name);
}

/* The load table has room for a device tree and a RAM disk beside whatever comes before them. */
static void place_file(struct vm *vm, const struct guest_file *file, const struct search *search,
		       struct arena *a, struct diag *d)
{
	struct pos pos = node_property_pos(file->node, "file");
	struct load load = { .name = file->name, .dst = file->address };
	const struct load *other;

	if (!file->path || !read_file(vm, pos, file->path, search, a, &load.blob, d))
		return;
	load.footprint = load.blob.bytes;
	if (vm->load_count == VMCONF_MAX_LOADS - 2) {
		diag_report(d, DIAG_IMAGE_SEGMENTS, pos,
			    "'%s' and VM '%s' kernel's segments are more than %d; leave some out", file->path,
			    vm->name, VMCONF_MAX_LOADS - 2);
		return;
	}
	if (load.dst > GUEST_IPA_END || !in_ram(vm, load_range(&load))) {
		diag_report(d, DIAG_IMAGE_OUTSIDE_MEMORY, node_property_pos(file->node, "address"),
			    "'%s' (0x%zx bytes) at 0x%jx is not in the memory of VM '%s'; move it",
			    file->path, load.blob.bytes, (uintmax_t)load.dst, vm->name);
		return;
	}
	other = load_at(vm, load_range(&load));
	if (other) {
		diag_report(
			d, DIAG_IMAGE_OVERLAP, node_property_pos(file->node, "address"),
			"'%s' (0x%zx bytes) at 0x%jx lies over '%s' of VM '%s', which takes 0x%jx bytes at "
			"0x%jx; move it",
			file->path, load.blob.bytes, (uintmax_t)load.dst, other->name, vm->name,
			(uintmax_t)other->footprint, (uintmax_t)other->dst);
		return;
	}
	vm->load[vm->load_count++] = load;
}

static void place_initrd(struct vm *vm, uint64_t from, const struct search *search, struct arena *a,
			 struct diag *d, struct range *initrd)
{
	struct pos pos = node_property_pos(vm->node, "initrd");
	struct blob blob;

	*initrd = (struct range){ 0, 0 };
	if (!vm->initrd || !read_file(vm, pos, vm->initrd, search, a, &blob, d))
		return;
	if (!place(vm, from, "initrd", blob, PAGE_BYTES))
		diag_report(d, DIAG_INITRD_TOO_LARGE, pos,
			    "'%s' (0x%zx bytes) does not fit in the memory of "
			    "VM '%s' beside its kernel; give it more memory",
			    vm->initrd, blob.bytes, vm->name);
	else
		*initrd = load_range(&vm->load[vm->load_count - 1]);
}

/* The tree's size is known before the RAM disk's address is: made twice. In a small RAM a page
 * boundary must do; a power of two of at least its size does not cross 2 MiB either. Returns its
 * load, or NULL. */
static struct load *place_dtb(struct vm *vm, uint64_t from, const struct platform *p, struct arena *a,
			      struct diag *d)
{
	struct blob dtb = guest_tree(vm, p, (struct range){ 0, vm->initrd ? 1 : 0 }, a, d);
	uint64_t align = PAGE_BYTES;

	while (align < dtb.bytes)
		align *= 2;
	if (dtb.bytes == 0)
		return NULL;
	if (dtb.bytes > TWO_MIB ||
	    (!place(vm, from, "dtb", dtb, TWO_MIB) && !place(vm, from, "dtb", dtb, align))) {
		diag_report(d, DIAG_DTB_TOO_LARGE, node_property_pos(vm->node, "memory"),
			    "the device tree (0x%zx bytes) of VM '%s' does not "
			    "fit in its memory beside its kernel; give it more memory",
			    dtb.bytes, vm->name);
		return NULL;
	}
	vm->entry_x0 = vm->load[vm->load_count - 1].dst;
	return &vm->load[vm->load_count - 1];
}

static int compare_loads(const void *pa, const void *pb)
{
	const struct load *a = pa, *b = pb;

	return a->dst < b->dst ? -1 : a->dst > b->dst;
}

/* Segments without bytes (.bss alone) needed room while the others were placed. The monitor
 * zeroes all RAM, so they are no loads. */
static void finish_loads(struct vm *vm)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < vm->load_count; i++) {
		if (vm->load[i].blob.bytes)
			vm->load[kept++] = vm->load[i];
	}
	vm->load_count = kept;
	qsort(vm->load, kept, sizeof(vm->load[0]), compare_loads);
}

/* ---- Legal, but rarely meant ---- */

#define LINUX_BOOTARGS_MAX 2047u /* COMMAND_LINE_SIZE of arch/arm64 without its zero byte */

static void warn(const struct vm *vm, struct diag *d)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		if (vm->ram[i].read_only && !load_at(vm, vm->ram[i].ipa))
			diag_report(
				d, DIAG_MEMORY_BLANK, vm->ram[i].pos,
				"read-only memory at 0x%jx of VM '%s' has no image in it; put one there, or "
				"remove it",
				(uintmax_t)vm->ram[i].ipa.base, vm->name);
	}
	if (vm->kernel_kind == KERNEL_IMAGE && vm->bootargs && strlen(vm->bootargs) > LINUX_BOOTARGS_MAX)
		diag_report(d, DIAG_BOOTARGS_TOO_LONG, vm_pos(vm, "bootargs"),
			    "'bootargs' of VM '%s' has %zu characters, of which Linux keeps %u; shorten it",
			    vm->name, strlen(vm->bootargs), LINUX_BOOTARGS_MAX);
}

void guest_image_read(struct vm *vm, const struct platform *p, const struct search *search, struct arena *a,
		      struct diag *d)
{
	unsigned int before = diag_errors(d);
	struct pos pos = node_property_pos(vm->node, "kernel");
	struct range initrd;
	struct load *dtb;
	struct blob file;
	uint64_t end;

	if (!read_trees(vm, search, a, d))
		return;
	if (!vm->kernel || !vm_main_ram(vm) || !read_file(vm, pos, vm->kernel, search, a, &file, d) ||
	    !guest_kernel_read(vm, file, d))
		return;
	check_kernel(vm, d);
	if (diag_errors(d) == before)
		check_entry(vm, d);
	if (diag_errors(d) != before)
		return;
	end = loads_end(vm);
	for (uint32_t i = 0; i < vm->file_count; i++)
		place_file(vm, &vm->file[i], search, a, d);
	dtb = place_dtb(vm, end, p, a, d);
	if (dtb && end < dtb->dst + dtb->footprint)
		end = dtb->dst + dtb->footprint;
	place_initrd(vm, end, search, a, d, &initrd);
	if (dtb)
		dtb->blob = guest_tree(vm, p, initrd, a, d);
	if (dtb && (vm->dtb || vm->overlay_count))
		guest_tree_check_memory(vm, dtb->blob, d);
	finish_loads(vm);
	warn(vm, d);
}
