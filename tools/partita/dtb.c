/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/dtb.h"

#include <libfdt.h>
#include <stdint.h>

/* The first whose header has all fields, of 2006 (Devicetree Specification, "Header"). Of older ones libfdt
 * believes what full paths they have for names: fdt_check_full follows a null pointer. */
#define VERSION 17

bool dtb_is_sound(const void *dtb, size_t bytes)
{
	int next;

	return bytes >= FDT_V17_SIZE && bytes <= INT32_MAX && fdt_check_header(dtb) == 0 &&
	       fdt_version(dtb) >= VERSION && fdt_check_full(dtb, bytes) == 0 &&
	       /* fdt_check_full takes a tree without a root. */
	       fdt_next_tag(dtb, 0, &next) == FDT_BEGIN_NODE;
}
