/* SPDX-License-Identifier: Apache-2.0 */
/* Descriptors bit by bit, written out by hand from DDI 0487, and which sizes are used where. */
#include "tools/partita/tables.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

#define POOL_PA 0x40400000u

static struct arena arena;
static struct table_pool pool;
static struct space space;

static int setup(void **state)
{
	(void)state;
	memset(&arena, 0, sizeof(arena));
	pool = (struct table_pool){ .arena = &arena, .pa = POOL_PA };
	space_init(&space, &arena, "test", STAGE_2);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	arena_free(&arena);
	return 0;
}

/* The descriptor that translates an address, and its level. */
static uint64_t lookup(const struct space *s, uint64_t va, unsigned int *level)
{
	uint64_t table = s->root_pa;

	for (*level = 1;; (*level)++) {
		uint64_t d = pool.page[(table - pool.pa) / 4096]->entry[va >> (12 + 9 * (3 - *level)) & 511];

		if (*level == 3 || (d & 3) != 3)
			return d;
		table = d & 0xfffffffff000;
	}
}

static struct object *ram(uint64_t pa, uint64_t bytes)
{
	struct object *o = arena_alloc(&arena, sizeof(*o));

	o->kind = OBJECT_RAM;
	o->pa = pa;
	o->bytes = bytes;
	return o;
}

static void stage_1_attributes(void **state)
{
	(void)state;
	/* XN 54, AF 10, SH inner 9:8, AP[2] 7, AP[1] 6, AttrIndx 4:2 */
	assert_int_equal(tables_stage1_attributes(ACCESS_RX, false), 0x7c4);
	assert_int_equal(tables_stage1_attributes(ACCESS_R, false), 0x400000000007c4);
	assert_int_equal(tables_stage1_attributes(ACCESS_RW, false), 0x40000000000744);
	assert_int_equal(tables_stage1_attributes(ACCESS_RW, true), 0x40000000000740);
}

static void stage_2_attributes(void **state)
{
	(void)state;
	/* XN 54, AF 10, SH inner 9:8, S2AP 7:6, MemAttr 5:2 */
	assert_int_equal(tables_stage2_attributes(ACCESS_RWX, false), 0x7fc);
	assert_int_equal(tables_stage2_attributes(ACCESS_RX, false), 0x77c);
	assert_int_equal(tables_stage2_attributes(ACCESS_R, false), 0x4000000000077c);
	assert_int_equal(tables_stage2_attributes(ACCESS_RW, false), 0x400000000007fc);
	assert_int_equal(tables_stage2_attributes(ACCESS_RW, true), 0x400000000007c4);
}

static void congruent_ram_is_mapped_by_blocks(void **state)
{
	unsigned int level;

	(void)state;
	space_map(&space, 0x40000000, ram(0x52600000, 0x400000), ACCESS_RWX);
	tables_make(&pool, &space);
	assert_int_equal(pool.count, 2);
	assert_int_equal(lookup(&space, 0x40200000, &level), 0x52800000 | 0x7fc | 1);
	assert_int_equal(level, 2);
	assert_int_equal(lookup(&space, 0x40400000, &level), 0);
	assert_int_equal(lookup(&space, 0x3fe00000, &level), 0);
}

static void ends_of_a_region_are_mapped_by_pages(void **state)
{
	unsigned int level;

	(void)state;
	space_map(&space, 0x401ff000, ram(0x527ff000, 0x202000), ACCESS_RW);
	tables_make(&pool, &space);
	assert_int_equal(lookup(&space, 0x401ff000, &level), 0x400000527ff7ff);
	assert_int_equal(level, 3);
	assert_int_equal(lookup(&space, 0x40200000, &level), 0x400000528007fd);
	assert_int_equal(level, 2);
	assert_int_equal(lookup(&space, 0x40400000, &level), 0x40000052a007ff);
	assert_int_equal(level, 3);
	assert_int_equal(lookup(&space, 0x40401000, &level), 0);
}

static void incongruent_ram_is_mapped_by_pages(void **state)
{
	unsigned int level;

	(void)state;
	space_map(&space, 0x40000000, ram(0x52601000, 0x200000), ACCESS_RW);
	tables_make(&pool, &space);
	assert_int_equal(lookup(&space, 0x401ff000, &level), 0x400000528007ff);
	assert_int_equal(level, 3);
}

static void shared_tables_hang_in_each_root(void **state)
{
	struct space head, cpu;
	unsigned int level;

	(void)state;
	space_init(&head, &arena, "head", STAGE_1);
	space_map(&head, 0x40200000, ram(0x40200000, 0x1000), ACCESS_RX);
	tables_make(&pool, &head);
	space_init(&cpu, &arena, "cpu", STAGE_1);
	space_map(&cpu, 0x4000000000, ram(0x40200000, 0x1000), ACCESS_RX);
	cpu.shared = &head;
	tables_make(&pool, &cpu);
	assert_int_equal(lookup(&cpu, 0x40200000, &level), 0x402007c7);
	assert_int_equal(lookup(&cpu, 0x4000000000, &level), 0x402007c7);
	assert_int_equal(lookup(&head, 0x4000000000, &level), 0);
	assert_int_equal(pool.count, 6);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stage_1_attributes),
		cmocka_unit_test(stage_2_attributes),
		cmocka_unit_test_setup_teardown(congruent_ram_is_mapped_by_blocks, setup, teardown),
		cmocka_unit_test_setup_teardown(ends_of_a_region_are_mapped_by_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(incongruent_ram_is_mapped_by_pages, setup, teardown),
		cmocka_unit_test_setup_teardown(shared_tables_hang_in_each_root, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
