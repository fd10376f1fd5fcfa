/* SPDX-License-Identifier: Apache-2.0 */
/* What of a board's tree is an address of the CPU's, and what of its memory is Partita's to use. */
#include "tools/partita/platform.h"
#include "tools/partita/suggest.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct fixture {
	struct arena arena;
	struct diag diag;
	struct platform board;
	char path[32];
};

static struct fixture f;

static int setup(void **state)
{
	(void)state;
	memset(&f, 0, sizeof(f));
	f.diag.arena = &f.arena;
	f.board.pa_bits = 40;
	strcpy(f.path, "/tmp/board-XXXXXX");
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	unlink(f.path);
	arena_free(&f.arena);
	return 0;
}

static void read_board(const char *text)
{
	int fd = mkstemp(f.path);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, strlen(text)), strlen(text));
	close(fd);
	assert_true(source_read(&f.board.source, f.path, &f.arena, &f.diag));
}

/* ---- Addresses behind buses ---- */

static bool reg_of(const char *path, struct range *r)
{
	struct node n = { &f.board.source, fdt_path_offset(f.board.source.fdt, path) };

	assert_true(n.offset > 0);
	return node_reg(n, 0, r);
}

static void buses_translate_addresses(void **state)
{
	struct range r;

	(void)state;
	read_board("/dts-v1/;\n"
		   "/ { #address-cells = <2>; #size-cells = <2>;\n"
		   "	soc { #address-cells = <1>; #size-cells = <1>;\n"
		   "		ranges = <0x7e000000 0x0 0xfe000000 0x01800000>,\n"
		   "			 <0x40000000 0x4 0x0 0x1000>;\n"
		   "		uart@7e201000 { reg = <0x7e201000 0x200>; };\n"
		   "		local@40000000 { reg = <0x40000000 0x100>; };\n"
		   "		beyond@7f800000 { reg = <0x7f7ff000 0x2000>; };\n"
		   "		nowhere@1000 { reg = <0x1000 0x100>; };\n"
		   "		inner { #address-cells = <1>; #size-cells = <1>; ranges;\n"
		   "			timer@7e003000 { reg = <0x7e003000 0x1000>; };\n"
		   "		};\n"
		   "		i2c@7e205000 { reg = <0x7e205000 0x200>;\n"
		   "			#address-cells = <1>; #size-cells = <0>;\n"
		   "			sensor@48 { reg = <0x48>; };\n"
		   "		};\n"
		   "	};\n"
		   "};\n");
	assert_true(reg_of("/soc/uart@7e201000", &r));
	assert_int_equal(r.base, 0xfe201000);
	assert_int_equal(r.bytes, 0x200);
	assert_true(reg_of("/soc/local@40000000", &r));
	assert_int_equal(r.base, 0x400000000);
	assert_true(reg_of("/soc/inner/timer@7e003000", &r));
	assert_int_equal(r.base, 0xfe003000);
	assert_false(reg_of("/soc/beyond@7f800000", &r));
	assert_false(reg_of("/soc/nowhere@1000", &r));
	assert_false(reg_of("/soc/i2c@7e205000/sensor@48", &r));
}

/* ---- Memory ---- */

static void assert_ram(uint32_t i, uint64_t base, uint64_t bytes)
{
	assert_true(i < f.board.ram_count);
	assert_int_equal(f.board.ram[i].base, base);
	assert_int_equal(f.board.ram[i].bytes, bytes);
}

static void reserved_memory_is_taken_out(void **state)
{
	struct node bad;

	(void)state;
	read_board("/dts-v1/;\n"
		   "/memreserve/ 0x0 0x1000;\n"
		   "/ { #address-cells = <1>; #size-cells = <1>;\n"
		   "	memory@0 { device_type = \"memory\"; reg = <0x0 0x100000 0x80000000 0x10000>; };\n"
		   "	reserved-memory { #address-cells = <1>; #size-cells = <1>; ranges;\n"
		   "		middle@40000 { reg = <0x40800 0x1000>; };\n"
		   "		end@f0000 { reg = <0xf0000 0x20000>; };\n"
		   "		all@80000000 { reg = <0x80000000 0x10000>; };\n"
		   "		off@10000 { reg = <0x10000 0x1000>; status = \"disabled\"; };\n"
		   "		anywhere { size = <0x10000>; };\n"
		   "	};\n"
		   "};\n");
	assert_true(platform_find_ram(&f.board, &bad));
	assert_int_equal(f.board.ram_count, 2);
	assert_ram(0, 0x1000, 0x3f000);
	/* What is not whole pages takes the whole ones that it touches. */
	assert_ram(1, 0x42000, 0xae000);
}

static void memory_that_is_not_whole_pages_is_not_used(void **state)
{
	struct node bad;

	(void)state;
	read_board("/dts-v1/;\n"
		   "/ { #address-cells = <1>; #size-cells = <1>;\n"
		   "	memory@0 { device_type = \"memory\"; reg = <0x0 0x100800>; };\n"
		   "};\n");
	assert_false(platform_find_ram(&f.board, &bad));
	assert_string_equal(node_name(bad), "memory@0");
}

/* ---- Did you mean? ---- */

static void the_nearest_word_is_suggested_if_it_is_near(void **state)
{
	struct suggestion s = suggest("memroy");

	(void)state;
	suggest_try(&s, "entry");
	assert_null(s.nearest);
	suggest_try(&s, "memory");
	suggest_try(&s, "bootargs");
	assert_string_equal(s.nearest, "memory");
	assert_string_equal(suggest_advice(&s, "remove it", &f.arena), "did you mean 'memory'?");
	s = suggest("ab");
	suggest_try(&s, "cd"); /* would be another word altogether */
	assert_string_equal(suggest_advice(&s, "remove it", &f.arena), "remove it");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(buses_translate_addresses, setup, teardown),
		cmocka_unit_test_setup_teardown(reserved_memory_is_taken_out, setup, teardown),
		cmocka_unit_test_setup_teardown(memory_that_is_not_whole_pages_is_not_used, setup, teardown),
		cmocka_unit_test_setup_teardown(the_nearest_word_is_suggested_if_it_is_near, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
