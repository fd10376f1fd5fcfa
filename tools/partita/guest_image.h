/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a guest starts with: its kernel (arm64 Image, ELF or raw, told apart by their magic),
 * its initial RAM disk and its device tree, and where in the guest's RAM each of them goes.
 */
#ifndef PARTITA_TOOL_GUEST_IMAGE_H
#define PARTITA_TOOL_GUEST_IMAGE_H

#include "tools/partita/system.h"

/* Where image files are looked for: in `dir`, in order, then beside the description. */
#define SEARCH_MAX_DIRS 16
struct search {
	const char *dir[SEARCH_MAX_DIRS + 1];
	uint32_t count;
};

/* Fills in vm->load, sorted by address, and the entry point. */
void guest_image_read(struct vm *vm, const struct platform *p, const struct search *search, struct arena *a,
		      struct diag *d);

#endif
