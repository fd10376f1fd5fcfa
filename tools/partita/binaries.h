/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Partita's own prebuilt binaries, which go into every image unchanged: kernel, monitor and
 * console service. What they say of themselves is checked here.
 */
#ifndef PARTITA_TOOL_BINARIES_H
#define PARTITA_TOOL_BINARIES_H

#include "tools/partita/diag.h"
#include "tools/partita/file.h"
#include "abi/image.h"

struct compartment {
	struct blob file;
	struct comp_header header;
};

struct binaries {
	struct blob kernel;
	uint64_t kernel_text;  /* bytes of it that are executable, from its start */
	struct compartment vmm, console;
};

/* A path that is NULL: a stand-in of typical size, enough to check a description but not to
 * build an image. False after a failure was reported. */
bool binaries_read(struct binaries *b, const char *kernel, const char *vmm, const char *console,
		   struct arena *a, struct diag *d);

#endif
