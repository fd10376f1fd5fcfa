/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One run of the tool: from a description to everything that an image or a map needs. Nothing
 * is written here.
 */
#ifndef PARTITA_TOOL_BUILD_H
#define PARTITA_TOOL_BUILD_H

#include "tools/partita/fmap_file.h"
#include "tools/partita/guest_image.h"
#include "tools/partita/layout.h"
#include "tools/partita/routes.h"
#include "tools/partita/tables.h"

struct options {
	const char *system;        /* the description's path */
	const char *platform_dir;  /* platforms/ */
	const char *kernel, *vmm, *console;  /* NULL: a stand-in, good for a check */
	struct search images;
};

struct build {
	struct arena arena;
	struct diag diag;
	struct system system;
	struct platform platform;
	struct binaries binaries;
	struct routes routes;
	struct layout layout;
	struct table_pool tables;
	struct blob fmap;
};

/* What went wrong is in b->diag; the rest of *b is whole only if nothing did. */
void build_make(struct build *b, const struct options *o);
void build_free(struct build *b);

#endif
