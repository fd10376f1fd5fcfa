/* SPDX-License-Identifier: Apache-2.0 */
/* Reading the prebuilt binaries. */
#include "tools/partita/binaries.h"
#include "abi/layout.h"

#include <string.h>

#define STAND_IN_BYTES 0x10000

static bool damaged(const char *path, const char *why, struct diag *d)
{
	diag_report(d, DIAG_BINARY_DAMAGED, NO_POS, "%s %s; is it the file that Partita's build made?", path,
		    why);
	return false;
}

/* ---- The kernel: what its linker script left in the empty image header ---- */

static bool kernel_check(struct binaries *b, const char *path, struct diag *d)
{
	struct image_header header;
	const uint8_t *file = b->kernel.data;

	if (b->kernel.bytes < IMAGE_HEADER_OFFSET + sizeof(header) || memcmp(file + 0x38, "ARM\x64", 4) != 0)
		return damaged(path, "has no arm64 Image header", d);
	memcpy(&header, file + IMAGE_HEADER_OFFSET, sizeof(header));
	if (header.file_bytes != b->kernel.bytes)
		return damaged(path, "does not say its own size", d);
	if (header.zero_bytes == 0 || header.zero_bytes % PAGE_BYTES || header.zero_bytes > b->kernel.bytes)
		return damaged(path, "does not say how much of it is text", d);
	if (b->kernel.bytes > KERNEL_BYTES_MAX)
		return damaged(path, "is larger than the kernel's window", d);
	b->kernel_text = header.zero_bytes;
	return true;
}

static bool kernel_read(struct binaries *b, const char *path, struct arena *a, struct diag *d)
{
	if (!path) {
		b->kernel = (struct blob){ arena_alloc(a, STAND_IN_BYTES), STAND_IN_BYTES };
		b->kernel_text = STAND_IN_BYTES / 2;
		return true;
	}
	if (!file_read(a, path, &b->kernel)) {
		diag_report(d, DIAG_FILE_UNREADABLE, NO_POS, "cannot read the kernel %s: %m", path);
		return false;
	}
	return kernel_check(b, path, d);
}

/* ---- Compartments ---- */

static bool compartment_check(struct compartment *c, const char *path, struct diag *d)
{
	struct comp_header *h = &c->header;

	if (c->file.bytes < sizeof(*h))
		return damaged(path, "is too short", d);
	memcpy(h, c->file.data, sizeof(*h));
	if (h->magic != COMP_MAGIC)
		return damaged(path, "has no compartment header", d);
	if (h->file_bytes != c->file.bytes || h->file_bytes > COMP_DATA - COMP_TEXT)
		return damaged(path, "does not say its own size", d);
	if (h->text_bytes == 0 || h->text_bytes % PAGE_BYTES || h->text_bytes > h->file_bytes)
		return damaged(path, "does not say how much of it is text", d);
	if (h->entry < COMP_TEXT || h->entry - COMP_TEXT >= h->text_bytes)
		return damaged(path, "starts outside its text", d);
	if (h->data_bytes % PAGE_BYTES || h->data_bytes > COMP_DATA_BYTES_MAX)
		return damaged(path, "has too much data", d);
	return true;
}

static bool compartment_read(struct compartment *c, const char *path, struct arena *a, struct diag *d)
{
	if (!path) {
		c->file = (struct blob){ arena_alloc(a, STAND_IN_BYTES), STAND_IN_BYTES };
		c->header = (struct comp_header){ COMP_MAGIC, COMP_TEXT, STAND_IN_BYTES / 2, STAND_IN_BYTES,
						  STAND_IN_BYTES };
		return true;
	}
	if (!file_read(a, path, &c->file)) {
		diag_report(d, DIAG_FILE_UNREADABLE, NO_POS, "cannot read the compartment %s: %m", path);
		return false;
	}
	return compartment_check(c, path, d);
}

bool binaries_read(struct binaries *b, const char *kernel, const char *vmm, const char *console,
		   struct arena *a, struct diag *d)
{
	bool ok = kernel_read(b, kernel, a, d);

	ok = compartment_read(&b->vmm, vmm, a, d) && ok;
	return compartment_read(&b->console, console, a, d) && ok;
}
