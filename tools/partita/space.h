/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Address spaces: lists of what is mapped where and how. One for each world: EL2 on each CPU
 * (stage 1), each guest, each monitor, the service (stage 2). tables.h makes translation
 * tables of them, map.h prints them.
 */
#ifndef PARTITA_TOOL_SPACE_H
#define PARTITA_TOOL_SPACE_H

#include "tools/partita/memory.h"

enum access { ACCESS_R, ACCESS_RX, ACCESS_RW, ACCESS_RWX };
enum stage { STAGE_1, STAGE_2 };

struct mapping {
	struct mapping *next;
	uint64_t va;           /* stage 2: an IPA */
	uint64_t bytes;
	const struct object *object;
	uint64_t offset;       /* into the object */
	enum access access;    /* device objects are mapped as device memory */
};

struct space {
	struct arena *arena;
	const char *name;
	enum stage stage;
	uint32_t vmid;         /* stage 2 */
	const struct space *shared;  /* another one, whose tables are hung into this one's root */
	struct mapping *first, *last;
	uint64_t root_pa;      /* tables.c */
};

void space_init(struct space *s, struct arena *a, const char *name, enum stage stage);
/* The whole object, or the part [offset, offset + bytes) of it. */
void space_map(struct space *s, uint64_t va, const struct object *o, enum access access);
void space_map_part(struct space *s, uint64_t va, const struct object *o, uint64_t offset, uint64_t bytes,
		    enum access access);
const char *space_access_name(enum access access);

#endif
