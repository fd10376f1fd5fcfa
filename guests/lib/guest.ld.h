/* SPDX-License-Identifier: Apache-2.0 */
/* The layout of a guest that uses guests/lib: from the start of RAM; all is one segment. Its first
 * instruction is start.S's, unless it has one of its own before. */
#ifndef GUEST_ENTRY
#define GUEST_ENTRY _start
#endif
OUTPUT_FORMAT("elf64-littleaarch64")
ENTRY(GUEST_ENTRY)
EXTERN(_start)
PHDRS { all PT_LOAD FLAGS(7); }
SECTIONS
{
	. = RAM_BASE;
	text_start = .;
	.text : { KEEP(*(.text.start)) *(.text*) *(.rodata*) } :all
	text_end = .;
	.data : { *(.data*) } :all
	.bss (NOLOAD) : ALIGN(4096) { bss_start = .; *(.bss*) . = ALIGN(4096); bss_end = .; } :all
	.stack (NOLOAD) : { . += 16384; stack_top = .; } :all
	/DISCARD/ : { *(.note*) *(.comment*) }
}
