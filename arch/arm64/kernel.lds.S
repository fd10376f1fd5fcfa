/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel: text and rodata, at the one address where every board maps it. It has no data of
 * its own: all state is laid out by the f-map. The fields of struct image_header that its build
 * knows are the sizes; the host tool reads them, and fills in the rest.
 */
#include "abi/layout.h"

OUTPUT_FORMAT("elf64-littleaarch64")
ENTRY(head)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
}

SECTIONS
{
	. = KERNEL_VA;
	.text : {
		KEEP(*(.head))
		head_end = .;
		ASSERT(. <= KERNEL_VA + PAGE_BYTES, "the head must fit into its identity-mapped page");
		/* What fits between the head and the first address that VBAR_EL2 can have, and is seldom
		 * run: the emergency output, the end and beginning of a VM's life. */
		*(.text.print_* .text.arch_early_putc* .text.vgic_reset* .text.vm_irqs* .text.vcpu_quiesce*
		  .text.arch_guest_reset* .text.vm_boot*)
		KEEP(*(.vectors))
		*(.text .text.*)
	} :text
	. = ALIGN(PAGE_BYTES);
	kernel_text_bytes = . - KERNEL_VA;
	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(PAGE_BYTES);
	} :rodata
	kernel_bytes = . - KERNEL_VA;
	.data : { *(.data .data.* .got .got.*) } :rodata
	.bss : { *(.bss .bss.* COMMON) } :rodata
	ASSERT(SIZEOF(.data) == 0 && SIZEOF(.bss) == 0, "the kernel has no data of its own")
	ASSERT(vectors_plain % 0x800 == 0 && vectors_history % 0x800 == 0, "VBAR_EL2 has no bits for that")
	ASSERT(kernel_bytes <= KERNEL_BYTES_MAX, "the kernel does not fit into its window")
	/DISCARD/ : { *(.comment .note.* .eh_frame*) }
}
