/* SPDX-License-Identifier: Apache-2.0 */
/* Making translation tables. Mapping one address twice is the tool's own bug. */
#include "tools/partita/tables.h"
#include "tools/partita/arm.h"

#include <assert.h>
#include <string.h>

#define LEVEL_SHIFT(level) (12u + 9u * (3u - (level)))

uint64_t tables_stage1_attributes(enum access access, bool device)
{
	uint64_t d = DESCRIPTOR_AF | DESCRIPTOR_SH_INNER | STAGE1_AP1_RES1;

	assert(access != ACCESS_RWX); /* EL2 is W^X */
	d |= STAGE1_ATTR_INDEX(device ? MAIR_DEVICE_nGnRE : MAIR_NORMAL_WB);
	if (access != ACCESS_RW)
		d |= STAGE1_AP2_READ_ONLY;
	if (access != ACCESS_RX || device)
		d |= DESCRIPTOR_XN;
	return d;
}

uint64_t tables_stage2_attributes(enum access access, bool device)
{
	uint64_t d = DESCRIPTOR_AF | DESCRIPTOR_SH_INNER | STAGE2_S2AP_READ;

	d |= device ? STAGE2_MEMATTR_DEVICE_nGnRE : STAGE2_MEMATTR_NORMAL_WB;
	if (access == ACCESS_RW || access == ACCESS_RWX)
		d |= STAGE2_S2AP_WRITE;
	if (access == ACCESS_R || access == ACCESS_RW || device)
		d |= DESCRIPTOR_XN;
	return d;
}

static uint64_t leaf_attributes(enum stage stage, enum access access, bool device)
{
	if (stage == STAGE_1)
		return tables_stage1_attributes(access, device);
	return tables_stage2_attributes(access, device);
}

/* ---- Pages ---- */

static size_t new_page(struct table_pool *pool)
{
	if (pool->count == pool->capacity) {
		size_t capacity = pool->capacity ? 2 * pool->capacity : 64;
		struct table **page = arena_alloc(pool->arena, capacity * sizeof(*page));

		if (pool->count)
			memcpy(page, pool->page, pool->count * sizeof(*page));
		pool->page = page;
		pool->capacity = capacity;
	}
	pool->page[pool->count] = arena_alloc(pool->arena, sizeof(struct table));
	return pool->count++;
}

static uint64_t page_pa(const struct table_pool *pool, size_t page)
{
	return pool->pa + page * PAGE_BYTES;
}

static size_t page_index(uint64_t va, unsigned int level)
{
	return (va >> LEVEL_SHIFT(level)) % TABLE_ENTRIES;
}

/* The next level's table under an entry, made if it lacks. */
static size_t next_table(struct table_pool *pool, size_t page, size_t index)
{
	uint64_t entry = pool->page[page]->entry[index];
	size_t made;

	if (entry) {
		assert(entry & DESCRIPTOR_TABLE);
		return ((entry & DESCRIPTOR_ADDRESS) - pool->pa) / PAGE_BYTES;
	}
	made = new_page(pool);
	pool->page[page]->entry[index] = page_pa(pool, made) | DESCRIPTOR_TABLE | DESCRIPTOR_VALID;
	return made;
}

static void set_leaf(struct table_pool *pool, size_t page, size_t index, uint64_t descriptor)
{
	assert(pool->page[page]->entry[index] == 0);
	pool->page[page]->entry[index] = descriptor;
}

/* ---- Spaces ---- */

static void map(struct table_pool *pool, size_t root, const struct space *s, const struct mapping *m)
{
	bool device = m->object->kind == OBJECT_DEVICE;
	uint64_t attributes = leaf_attributes(s->stage, m->access, device);
	uint64_t va = m->va, pa = m->object->pa + m->offset, left = m->bytes;

	while (left) {
		size_t level2 = next_table(pool, root, page_index(va, 1));
		uint64_t step = BLOCK_BYTES;

		if (va % BLOCK_BYTES == 0 && pa % BLOCK_BYTES == 0 && left >= BLOCK_BYTES) {
			set_leaf(pool, level2, page_index(va, 2), pa | attributes | DESCRIPTOR_VALID);
		} else {
			size_t level3 = next_table(pool, level2, page_index(va, 2));

			step = PAGE_BYTES;
			set_leaf(pool, level3, page_index(va, 3),
				 pa | attributes | DESCRIPTOR_TABLE | DESCRIPTOR_VALID);
		}
		va += step;
		pa += step;
		left -= step;
	}
}

void tables_make(struct table_pool *pool, struct space *s)
{
	size_t root = new_page(pool);

	s->root_pa = page_pa(pool, root);
	for (const struct mapping *m = s->first; m; m = m->next)
		map(pool, root, s, m);
	if (s->shared) {
		size_t other = (s->shared->root_pa - pool->pa) / PAGE_BYTES;

		for (size_t i = 0; i < TABLE_ENTRIES; i++) {
			if (pool->page[other]->entry[i])
				set_leaf(pool, root, i, pool->page[other]->entry[i]);
		}
	}
}
