/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Translation tables: 4 KiB granule, first lookup at level 1, 2 MiB blocks wherever both
 * addresses allow. All tables of all spaces come from one pool of pages, which becomes one
 * object of the image. Nothing maps that object.
 */
#ifndef PARTITA_TOOL_TABLES_H
#define PARTITA_TOOL_TABLES_H

#include "tools/partita/space.h"

#define TABLE_ENTRIES 512u

struct table {
	uint64_t entry[TABLE_ENTRIES];
};

struct table_pool {
	struct arena *arena;
	uint64_t pa;           /* of the first page */
	struct table **page;   /* pages by number */
	size_t count, capacity;
};

/* Makes the tables of a space, and sets its root_pa. */
void tables_make(struct table_pool *pool, struct space *s);

uint64_t tables_stage1_attributes(enum access access, bool device);
uint64_t tables_stage2_attributes(enum access access, bool device);

#endif
