/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A compartment: the monitor or a service. In the file: struct comp_header (abi/image.h), text up
 * to a page boundary, read-only data, the pristine copy of .data. In memory, .data and .bss are
 * elsewhere: each instance has its own.
 */
#include "abi/image.h"
#include "abi/layout.h"

OUTPUT_ARCH(aarch64)
ENTRY(comp_entry)

PHDRS
{
	text PT_LOAD FLAGS(5);
	rodata PT_LOAD FLAGS(4);
	data PT_LOAD FLAGS(6);
}

SECTIONS
{
	. = COMP_TEXT;
	.text : {
		QUAD(COMP_MAGIC)
		QUAD(comp_entry)
		QUAD(__text_end - COMP_TEXT)
		QUAD(__file_end - COMP_TEXT)
		QUAD(__data_pages_end - COMP_DATA)
		KEEP(*(.text.comp_entry))
		*(.text .text.*)
		. = ALIGN(PAGE_BYTES);
		__text_end = .;
	} :text

	.rodata : {
		*(.rodata .rodata.*)
		. = ALIGN(16);
		__data_load = .;
	} :rodata

	__file_end = __data_load + SIZEOF(.data);

	. = COMP_DATA;
	.data : AT(__data_load) {
		__data_start = .;
		*(.data .data.*)
		. = ALIGN(16);
		__data_end = .;
	} :data

	.bss : {
		*(.bss .bss.* COMMON)
		. = ALIGN(16);
		__bss_end = .;
	} :data

	__data_pages_end = ALIGN(__bss_end, PAGE_BYTES);
	ASSERT(__data_pages_end - COMP_DATA <= COMP_DATA_BYTES_MAX, "data too large")

	/DISCARD/ : { *(.note .note.* .comment .eh_frame .eh_frame_hdr .ARM.attributes) }
}
