/* SPDX-License-Identifier: Apache-2.0 */
/* Which device trees are taken from outside. */
#include "tools/partita/dtb.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <libfdt.h>
#include <string.h>

static _Alignas(8) char tree[0x200];

static int make(void **state)
{
	(void)state;
	memset(tree, 0, sizeof(tree));
	return fdt_create(tree, sizeof(tree)) | fdt_finish_reservemap(tree) | fdt_begin_node(tree, "") |
	       fdt_property_u32(tree, "a", 1) | fdt_begin_node(tree, "b") | fdt_end_node(tree) |
	       fdt_end_node(tree) | fdt_finish(tree);
}

static fdt32_t *structure(void)
{
	return (fdt32_t *)(void *)(tree + fdt_off_dt_struct(tree));
}

static void one_as_dtc_writes_it_is_taken(void **state)
{
	(void)state;
	assert_true(dtb_is_sound(tree, sizeof(tree)));
	assert_true(dtb_is_sound(tree, fdt_totalsize(tree)));
}

static void one_that_is_cut_is_not(void **state)
{
	(void)state;
	for (size_t bytes = 0; bytes < fdt_totalsize(tree); bytes++)
		assert_false(dtb_is_sound(tree, bytes));
}

static void one_without_a_root_is_not(void **state)
{
	(void)state;
	structure()[0] = cpu_to_fdt32(FDT_END);
	assert_false(dtb_is_sound(tree, sizeof(tree)));
	structure()[0] = cpu_to_fdt32(FDT_NOP);
	assert_false(dtb_is_sound(tree, sizeof(tree)));
}

/* As a fuzzer found it: Debian's libfdt takes a name for a path, and that it has no slash for nothing. */
static void one_of_an_old_version_is_not(void **state)
{
	(void)state;
	for (uint32_t version = 0; version < 17; version++) {
		fdt_set_version(tree, version);
		fdt_set_last_comp_version(tree, version < 2 ? version : 2);
		assert_false(dtb_is_sound(tree, sizeof(tree)));
	}
	fdt_set_version(tree, 18);
	fdt_set_last_comp_version(tree, 16);
	assert_true(dtb_is_sound(tree, sizeof(tree)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_as_dtc_writes_it_is_taken, make),
		cmocka_unit_test_setup(one_that_is_cut_is_not, make),
		cmocka_unit_test_setup(one_without_a_root_is_not, make),
		cmocka_unit_test_setup(one_of_an_old_version_is_not, make),
	};

	return cmocka_run_group_tests_name("tool/dtb", tests, NULL, NULL);
}
