/* SPDX-License-Identifier: Apache-2.0 */
/* Positions: pins the format that this dtc writes, and how it is married to the DTB. */
#include "tools/partita/node.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	struct arena arena;
	struct diag diag;
	struct source source;
	char path[32];
};

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.diag.arena = &f.arena;
	strcpy(f.path, "/tmp/source-XXXXXX");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(f.path);
	arena_free(&f.arena);
	return 0;
}

static bool read_text(const char *text)
{
	int fd = mkstemp(f.path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	return source_read(&f.source, f.path, &f.arena, &f.diag);
}

static void annotated_lines_are_what_this_dtc_writes(void **state)
{
	static const char text[] =
		"/dts-v1/;\n"
		"\n"
		"/memreserve/\t0x0000000000001000 0x0000000000001000;\n"
		"/ { /* a b.dts:2:3-11:3 */\n"
		"\tcells = <0x01>; /* a b.dts:3:2-3:8, a b.dts:9:1-9:2 */\n"
		"\twide = /bits/ 64 <0x01>; /* a b.dts:4:2-4:8 */\n"
		"\ttext = \"/* x */ { = ;\"; /* a b.dts:5:2-5:8 */\n"
		"\tflag; /* a b.dts:6:2-6:8 */\n"
		"\tbytes = [01 02]; /* a b.dts:7:2-7:8 */\n"
		"\n"
		"\tlabel: node { /* a b.dts:8:2-10:8 */\n"
		"\t\tphandle = <0x01>; /* <no-file>:<no-line> */\n"
		"\t}; /* a b.dts:8:2-10:8 */\n"
		"}; /* a b.dts:2:3-11:3 */\n";
	static const enum source_form form[] = { FORM_NODE, FORM_CELLS, FORM_CELLS, FORM_STRING, FORM_EMPTY,
						 FORM_BYTES, FORM_NODE, FORM_CELLS };
	struct source_token token[16];

	(void)state;
	assert_int_equal(source_parse_annotated(text, token, 16, &f.arena), 8);
	for (size_t i = 0; i < 8; i++)
		assert_int_equal(token[i].form, form[i]);
	for (size_t i = 0; i < 7; i++) {
		assert_string_equal(token[i].pos.file, "a b.dts");
		assert_int_equal(token[i].pos.line, i + 2);
	}
	assert_null(token[7].pos.file);
}

static void each_node_and_property_has_its_own_line(void **state)
{
	struct node root, a;

	(void)state;
	assert_true(read_text("/dts-v1/;\n"
			      "/ {\n"
			      "\tone = <1\n"
			      "\t       2>;\n"
			      "#define VALUE \"x\"\n"
			      "\ttwo = VALUE;\n"
			      "\ta {\n"
			      "\t\tthree;\n"
			      "\t};\n"
			      "};\n"));
	root = node_root(&f.source);
	a = node_child(root, "a");
	assert_int_equal(node_pos(root).line, 2);
	assert_int_equal(node_property_pos(root, "one").line, 3);
	assert_int_equal(node_property_pos(root, "two").line, 6);
	assert_int_equal(node_pos(a).line, 7);
	assert_int_equal(node_property_pos(a, "three").line, 8);
	assert_string_equal(node_property_pos(a, "three").file, f.path);
	assert_int_equal(node_cells(root, "one"), 2);
	assert_string_equal(node_string(root, "two"), "x");
	assert_int_equal(f.diag.count[DIAG_KIND_ERROR], 0);
}

static void what_is_written_otherwise_is_not_read(void **state)
{
	struct node root;

	(void)state;
	assert_true(read_text("/dts-v1/;\n/ { a = \"123\"; b = <0x31320000>; c = [31 00]; };\n"));
	root = node_root(&f.source);
	assert_int_equal(node_cells(root, "a"), 0);
	assert_null(node_string(root, "b"));
	assert_null(node_string(root, "c"));
}

static void a_syntax_error_has_its_place(void **state)
{
	(void)state;
	assert_false(read_text("/dts-v1/;\n/ {\n\ta = <1>\n};\n"));
	assert_int_equal(f.diag.count[DIAG_KIND_ERROR], 1);
	assert_string_equal(f.diag.messages->pos.file, f.path);
	assert_int_equal(f.diag.messages->pos.line, 4);
	assert_int_equal(diag_status(&f.diag), 1);
}

static void ranges_that_touch_do_not_overlap(void **state)
{
	struct range a = { 0x1000, 0x1000 }, b = { 0x2000, 0x1000 }, top = { UINT64_MAX - 0xfff, 0xfff };

	(void)state;
	assert_false(range_overlap(a, b));
	assert_true(range_overlap(a, (struct range){ 0x1fff, 1 }));
	assert_false(range_overlap(a, (struct range){ 0x1800, 0 }));
	assert_true(range_within(a, a));
	assert_false(range_within((struct range){ 0x1001, 0x1000 }, a));
	assert_false(range_within(top, a));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(annotated_lines_are_what_this_dtc_writes, setup, teardown),
		cmocka_unit_test_setup_teardown(each_node_and_property_has_its_own_line, setup, teardown),
		cmocka_unit_test_setup_teardown(what_is_written_otherwise_is_not_read, setup, teardown),
		cmocka_unit_test_setup_teardown(a_syntax_error_has_its_place, setup, teardown),
		cmocka_unit_test(ranges_that_touch_do_not_overlap),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
