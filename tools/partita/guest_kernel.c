/* SPDX-License-Identifier: Apache-2.0 */
/* Kernel files: which kind it is, which bytes go where, where it starts. Files are hostile
 * input: every number in them is checked before it is used. */
#include "tools/partita/guest_kernel.h"

#include <elf.h>
#include <string.h>

#define TWO_MIB 0x200000u
#define MAX_KERNEL_LOADS (VMCONF_MAX_LOADS - 2)  /* room for initrd and dtb */

static struct pos kernel_pos(const struct vm *vm)
{
	return node_property_pos(vm->node, "kernel");
}

static bool add_load(struct vm *vm, struct blob blob, uint64_t dst, uint64_t footprint)
{
	if (vm->load_count == MAX_KERNEL_LOADS)
		return false;
	vm->load[vm->load_count++] =
		(struct load){ .name = "kernel", .blob = blob, .dst = dst, .footprint = footprint };
	return true;
}

/* ---- arm64 Image: Linux, Documentation/arm64/booting.rst ---- */

#define IMAGE_MAGIC_OFFSET 0x38
#define IMAGE_HEADER_BYTES 0x40

static bool read_image(struct vm *vm, struct blob file)
{
	uint64_t text_offset, image_size, base;

	memcpy(&text_offset, file.data + 0x08, 8);
	memcpy(&image_size, file.data + 0x10, 8);
	/* Before Linux 3.17 both fields were not filled in; the offset was this. */
	if (image_size == 0)
		text_offset = 0x80000;
	if (image_size < file.bytes)
		image_size = file.bytes;
	if (text_offset >= TWO_MIB * 16 || image_size >= GUEST_IPA_END)
		return false;
	base = (vm_main_ram(vm)->ipa.base + TWO_MIB - 1) / TWO_MIB * TWO_MIB;
	vm->kernel_kind = KERNEL_IMAGE;
	vm->entry = base + text_offset;
	return add_load(vm, file, vm->entry, image_size);
}

/* ---- ELF ---- */

static bool read_segment(struct vm *vm, struct blob file, const Elf64_Phdr *ph, uint64_t e_entry,
			 struct diag *d)
{
	if (ph->p_offset > file.bytes || ph->p_filesz > file.bytes - ph->p_offset ||
	    ph->p_filesz > ph->p_memsz || ph->p_memsz > GUEST_IPA_END || ph->p_paddr > GUEST_IPA_END) {
		diag_report(d, DIAG_IMAGE_DAMAGED, kernel_pos(vm),
			    "'%s' is a damaged ELF file: a segment lies outside it; build it again",
			    vm->kernel);
		return false;
	}
	if (ph->p_memsz == 0)
		return true;
	/* e_entry is virtual. Most bare-metal files have no difference. */
	if (e_entry >= ph->p_vaddr && e_entry - ph->p_vaddr < ph->p_memsz)
		vm->entry = e_entry - ph->p_vaddr + ph->p_paddr;
	if (add_load(vm, (struct blob){ file.data + ph->p_offset, ph->p_filesz }, ph->p_paddr, ph->p_memsz))
		return true;
	diag_report(d, DIAG_IMAGE_SEGMENTS, kernel_pos(vm),
		    "'%s' has more than %d loadable segments; link it with fewer", vm->kernel,
		    MAX_KERNEL_LOADS);
	return false;
}

static bool read_elf(struct vm *vm, struct blob file, struct diag *d)
{
	Elf64_Ehdr eh;

	if (file.bytes < sizeof(eh))
		return false;
	memcpy(&eh, file.data, sizeof(eh));
	if (eh.e_ident[EI_CLASS] != ELFCLASS64 || eh.e_ident[EI_DATA] != ELFDATA2LSB ||
	    eh.e_machine != EM_AARCH64) {
		diag_report(d, DIAG_IMAGE_ARCHITECTURE, kernel_pos(vm),
			    "'%s' is an ELF file for another architecture; build it for 64-bit "
			    "little-endian Arm",
			    vm->kernel);
		return true;
	}
	if (eh.e_phentsize != sizeof(Elf64_Phdr) || eh.e_phoff > file.bytes ||
	    (file.bytes - eh.e_phoff) / sizeof(Elf64_Phdr) < eh.e_phnum)
		return false;
	vm->kernel_kind = KERNEL_ELF;
	vm->entry = eh.e_entry;
	for (unsigned int i = 0; i < eh.e_phnum; i++) {
		Elf64_Phdr ph;

		memcpy(&ph, file.data + eh.e_phoff + i * sizeof(ph), sizeof(ph));
		if (ph.p_type == PT_LOAD && !read_segment(vm, file, &ph, eh.e_entry, d))
			return true;
	}
	return vm->load_count > 0;
}

/* ---- Which kind? ---- */

static bool starts_with(struct blob file, size_t offset, const char *magic, size_t bytes)
{
	return file.bytes >= offset + bytes && memcmp(file.data + offset, magic, bytes) == 0;
}

/* What is no kernel for a VM, by its magic. */
static const struct {
	size_t offset;
	const char *magic;
	size_t bytes;
	enum diag_code code;
	const char *what;
} foreign[] = {
	{ 0, "\x1f\x8b", 2, DIAG_IMAGE_COMPRESSED, "is compressed; unpack it first (gunzip)" },
	{ 0, "\xfd\x37zXZ", 5, DIAG_IMAGE_COMPRESSED, "is compressed; unpack it first (unxz)" },
	{ 0, "\x28\xb5\x2f\xfd", 4, DIAG_IMAGE_COMPRESSED, "is compressed; unpack it first (unzstd)" },
	{ 4, "zimg", 4, DIAG_IMAGE_COMPRESSED,
	  "is a compressed EFI program; use the kernel that is in it, 'Image' of its build" },
	{ 0x24, "\x18\x28\x6f\x01", 4, DIAG_IMAGE_ARCHITECTURE,
	  "is a zImage for 32-bit Arm; build it for 64-bit Arm" },
	{ 0x202, "HdrS", 4, DIAG_IMAGE_ARCHITECTURE, "is a bzImage for x86; build it for 64-bit Arm" },
	{ 0x38, "RSC\x05", 4, DIAG_IMAGE_ARCHITECTURE, "is an Image for RISC-V; build it for 64-bit Arm" },
	{ 0, "\x27\x05\x19\x56", 4, DIAG_IMAGE_KIND,
	  "is wrapped for U-Boot (uImage); use the kernel that is in it" },
	{ 0, "\xd0\x0d\xfe\xed", 4, DIAG_IMAGE_KIND,
	  "is a device tree, or wrapped in one (FIT); use the kernel" },
	{ 0, "!<arch>\n", 8, DIAG_IMAGE_KIND, "is an archive of objects; link it" },
};

static bool is_foreign(const struct vm *vm, struct blob file, struct diag *d)
{
	for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++) {
		if (starts_with(file, foreign[i].offset, foreign[i].magic, foreign[i].bytes)) {
			diag_report(d, foreign[i].code, kernel_pos(vm), "'%s' %s", vm->kernel,
				    foreign[i].what);
			return true;
		}
	}
	return false;
}

bool guest_kernel_read(struct vm *vm, struct blob file, struct diag *d)
{
	unsigned int before = diag_errors(d);
	bool sound = true;

	if (is_foreign(vm, file, d))
		return false;
	if (starts_with(file, 0, ELFMAG, SELFMAG))
		sound = read_elf(vm, file, d);
	else if (file.bytes >= IMAGE_HEADER_BYTES && starts_with(file, IMAGE_MAGIC_OFFSET, "ARM\x64", 4))
		sound = read_image(vm, file);
	else {
		vm->kernel_kind = KERNEL_RAW;
		vm->entry = node_number(vm->node, "kernel-address", vm_main_ram(vm)->ipa.base);
		add_load(vm, file, vm->entry, file.bytes);
	}
	if (vm->kernel_kind != KERNEL_RAW && node_has(vm->node, "kernel-address"))
		diag_report(d, DIAG_KERNEL_ADDRESS, node_property_pos(vm->node, "kernel-address"),
			    "'%s' says itself where it goes; remove 'kernel-address', which is for "
			    "raw kernels",
			    vm->kernel);
	if (!sound)
		diag_report(d, DIAG_IMAGE_DAMAGED, kernel_pos(vm),
			    "'%s' is damaged: its header makes no sense; build it again", vm->kernel);
	return diag_errors(d) == before;
}
