/* SPDX-License-Identifier: Apache-2.0 */
/* All of it from the start of RAM: text and constants, then 4 KiB of stack. */
OUTPUT_FORMAT("elf64-littleaarch64")
ENTRY(_start)
PHDRS { all PT_LOAD FLAGS(7); }
SECTIONS
{
	. = 0x40000000;
	.text : { KEEP(*(.text.start)) *(.text*) *(.rodata*) } :all
	.stack (NOLOAD) : { . = ALIGN(4096); . += 4096; stack_top = .; } :all
	/DISCARD/ : { *(.note*) *(.comment*) }
	ASSERT(SIZEOF(.text) <= 65536, "no longer the smallest guest there can be")
}
