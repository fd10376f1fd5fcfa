/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be said of an image, fact by fact: of whom, what, and how it is. Two images are
 * compared by these. What only follows from the rest, such as where Partita's own memory lies,
 * is not among them.
 */
#ifndef PARTITA_TOOL_FACTS_H
#define PARTITA_TOOL_FACTS_H

#include "tools/partita/image_view.h"

struct fact {
	const char *subject; /* "VM linux" */
	const char *name; /* "memory 0x40000000" */
	const char *value; /* "256 MiB rwx" */
};

struct facts {
	struct arena *arena;
	struct fact *fact; /* those of one subject follow one another */
	uint32_t count;
	struct blob image;
};

/* False: what the image says does not make sense. */
bool facts_make(struct facts *f, struct blob image, struct arena *a);

#endif
