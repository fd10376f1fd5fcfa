/* SPDX-License-Identifier: Apache-2.0 */
/* A description that changes what it can of a guest's machine, from end to end: memory that is
 * pinned or read-only, another layout, a smaller feature policy, device trees of its own. */
#include "tools/partita/image_file.h"
#include "tools/partita/map.h"
#include "tools/partita/page.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char description[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	compatible = \"partita,system\";\n"
	"	platform = \"odd-devices\";\n"
	"	vms {\n"
	"		one {\n"
	"			cpus = <1 2>;\n"
	"			memory = <0x0 0x40000000 0x0 0x01000000>;\n"
	"			kernel = \"kernel\";\n"
	"			kernel-address = <0x0 0x0>;\n"
	"			dtb-overlays = \"one.dtbo\";\n"
	"			cpu-features = \"armv8.0\";\n"
	"			console;\n"
	"			spis = <32>;\n"
	"			regions {\n"
	"				rom { address = <0x0 0x0>; size = <0x0 0x200000>; read-only; };\n"
	"				window {\n"
	"					address = <0x0 0x60000000>;\n"
	"					size = <0x0 0x1000>;\n"
	"					physical-address = <0x0 0x7fff0000>;\n"
	"				};\n"
	"			};\n"
	"			layout {\n"
	"				distributor = <0x0 0x10000000>;\n"
	"				redistributors = <0x1 0x20000000>;\n"
	"				uart = <0x1 0x00001000>;\n"
	"				uart-spi = <40>;\n"
	"				rtc = <0x0 0x10020000>;\n"
	"				rtc-spi = <3>;\n"
	"			};\n"
	"		};\n"
	"		two {\n"
	"			cpus = <0>;\n"
	"			kernel = \"kernel\";\n"
	"			initrd = \"kernel\";\n"
	"			bootargs = \"new\";\n"
	"			dtb = \"two.dtb\";\n"
	"			devices = \"/master@90b0000\";\n"
	"			trusted-dma = \"/master@90b0000\";\n"
	"			regions {\n"
	"				all {\n"
	"					address = <0x0 0x70000000>;\n"
	"					size = <0x0 0x200000>;\n"
	"					physical-address = <0x0 0x70000000>;\n"
	"				};\n"
	"			};\n"
	"		};\n"
	"	};\n"
	"	schedules {\n"
	"		main {\n"
	"			cpu = <2>;\n"
	"			frame-ns = <1000000>;\n"
	"			slots { all { vm = \"one\"; vcpu = <1>; start-ns = <0>; length-ns = "
	"<1000000>; }; };\n"
	"		};\n"
	"	};\n"
	"};\n";
static const char overlay[] = "/dts-v1/;\n"
			      "/plugin/;\n"
			      "&uart { current-speed = <9600>; };\n"
			      "&{/} { model = \"changed\"; };\n";
static const char tree[] =
	"/dts-v1/;\n"
	"/ {\n"
	"	#address-cells = <2>;\n"
	"	#size-cells = <2>;\n"
	"	model = \"own\";\n"
	"	chosen { bootargs = \"old\"; stdout-path = \"/uart\"; };\n"
	"	memory@70000000 { device_type = \"memory\"; reg = <0x0 0x70000000 0x0 0x200000>; };\n"
	"};\n";

static char folder[32];
static struct build b;

static const char *in_folder(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_text(const char *name, const char *text)
{
	FILE *file = fopen(in_folder(name), "wb");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
}

static void compile(const char *source, const char *name)
{
	char command[160];

	write_text("tree.dts", source);
	snprintf(command, sizeof(command), "dtc -q -@ -O dtb -o %s/%s %s/tree.dts", folder, name, folder);
	assert_int_equal(system(command), 0);
}

static int setup(void **state)
{
	struct options o = { .platform_dir = "tests/reject/platforms" };

	(void)state;
	strcpy(folder, "/tmp/machine-XXXXXX");
	assert_non_null(mkdtemp(folder));
	write_text("kernel", "raw kernel");
	compile(overlay, "one.dtbo");
	compile(tree, "two.dtb");
	write_text("test.dts", description);
	o.system = in_folder("test.dts");
	build_make(&b, &o);
	diag_print(&b.diag, stderr);
	return diag_status(&b.diag);
}

static int teardown(void **state)
{
	static const char *const names[] = { "kernel", "one.dtbo", "two.dtb", "tree.dts", "test.dts" };

	(void)state;
	build_free(&b);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unlink(in_folder(names[i]));
	return rmdir(folder);
}

static const struct vmconf *conf(uint32_t vm)
{
	return (const struct vmconf *)b.layout.vm[vm].conf->content.data;
}

static const struct load *load(uint32_t vm, const char *name)
{
	for (uint32_t i = 0; i < b.system.vm[vm].load_count; i++) {
		if (strcmp(b.system.vm[vm].load[i].name, name) == 0)
			return &b.system.vm[vm].load[i];
	}
	fail();
	return NULL;
}

static const char *text(const void *fdt, const char *path, const char *name)
{
	const char *value = fdt_getprop(fdt, fdt_path_offset(fdt, path), name, NULL);

	assert_non_null(value);
	return value;
}

static uint64_t number(const void *fdt, const char *path, const char *name, uint32_t index)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, fdt_path_offset(fdt, path), name, &length);

	assert_non_null(cells);
	assert_true(length >= (int)(4 * (index + 1)));
	return fdt32_ld(&cells[index]);
}

/* How the guest, or its monitor, has that address. */
static const struct mapping *mapping(const struct space *s, uint64_t va)
{
	for (const struct mapping *m = s->first; m; m = m->next) {
		if (m->va == va)
			return m;
	}
	fail();
	return NULL;
}

/* ---- Memory ---- */

static void read_only_memory_is_its_monitors_to_fill(void **state)
{
	(void)state;
	assert_int_equal(mapping(&b.layout.vm[0].guest, 0)->access, ACCESS_RX);
	assert_int_equal(mapping(&b.layout.vm[0].monitor, 0)->access, ACCESS_RW);
	assert_int_equal(mapping(&b.layout.vm[0].guest, 0x40000000)->access, ACCESS_RWX);
	assert_int_equal(conf(0)->ram_count, 3);
	assert_int_equal(load(0, "kernel")->dst, 0);
	/* What the guest may change is not put there. */
	assert_true(load(0, "dtb")->dst >= 0x40000000);
	assert_true(fdt_path_offset(load(0, "dtb")->blob.data, "/memory@0") < 0);
	assert_true(fdt_path_offset(load(0, "dtb")->blob.data, "/memory@60000000") > 0);
}

static void pinned_memory_lies_where_it_was_pinned(void **state)
{
	(void)state;
	assert_int_equal(mapping(&b.layout.vm[0].guest, 0x60000000)->object->pa, 0x7fff0000);
	assert_int_equal(mapping(&b.layout.vm[1].guest, 0x70000000)->object->pa, 0x70000000);
}

static void what_is_placed_keeps_clear_of_what_is_pinned(void **state)
{
	(void)state;
	for (const struct object *x = b.layout.memory.first; x; x = x->next) {
		for (const struct object *y = b.layout.memory.first; y != x; y = y->next)
			assert_false(range_overlap((struct range){ x->pa, x->bytes },
						   (struct range){ y->pa, y->bytes }));
	}
}

/* ---- Its machine ---- */

static void virtual_devices_are_where_the_layout_says(void **state)
{
	const void *fdt = load(0, "dtb")->blob.data;

	(void)state;
	assert_int_equal(conf(0)->gicd_base, 0x10000000);
	assert_int_equal(conf(0)->gicr_base, 0x120000000);
	assert_int_equal(conf(0)->uart_base, 0x100001000);
	assert_int_equal(conf(0)->uart_intid, 72);
	assert_int_equal(conf(0)->rtc_base, 0x10020000);
	assert_int_equal(conf(0)->rtc_intid, 35);
	assert_int_equal(conf(0)->intids, 96); /* raised to hold 72 */
	assert_int_equal(number(fdt, "/intc@10000000", "reg", 4), 1);
	assert_int_equal(number(fdt, "/intc@10000000", "reg", 5), 0x20000000);
	assert_int_equal(number(fdt, "/pl011@100001000", "interrupts", 1), 40);
	assert_int_equal(number(fdt, "/pl031@10020000", "interrupts", 1), 3);
	assert_string_equal(text(fdt, "/chosen", "stdout-path"), "/pl011@100001000");
	assert_int_equal(conf(1)->gicd_base, 0x08000000);
}

static void a_vm_may_have_less_features_than_its_board(void **state)
{
	const struct fmap *f = (const struct fmap *)b.fmap.data;
	const struct fmap_vm *vm = (const struct fmap_vm *)(b.fmap.data + f->vms.offset);
	const struct fmap_idregs *regs = (const struct fmap_idregs *)(b.fmap.data + f->idregs.offset);

	(void)state;
	assert_int_equal(f->idregs.count, 2);
	assert_int_equal(vm[0].idregs, 1);
	assert_int_equal(vm[1].idregs, 0);
	/* ID_AA64ISAR0_EL1.AES */
	assert_int_equal(regs[0].value[6 * 8] >> 4 & 0xf, 2);
	assert_int_equal(regs[1].value[6 * 8] >> 4 & 0xf, 0);
}

static void one_slot_for_the_whole_frame_is_the_cpu_always(void **state)
{
	const struct fmap *f = (const struct fmap *)b.fmap.data;
	const struct fmap_cpu *cpu = (const struct fmap_cpu *)(b.fmap.data + f->cpus.offset);

	(void)state;
	assert_int_equal(cpu[2].slot_count, 1);
	assert_int_equal(cpu[2].frame_ns, 0);
}

/* ---- Device trees ---- */

static void an_overlay_changes_the_generated_tree(void **state)
{
	const void *fdt = load(0, "dtb")->blob.data;

	(void)state;
	assert_int_equal(fdt_check_full(fdt, load(0, "dtb")->blob.bytes), 0);
	assert_string_equal(text(fdt, "/", "model"), "changed");
	assert_int_equal(number(fdt, "/pl011@100001000", "current-speed", 0), 9600);
}

static void a_tree_of_its_own_is_kept_but_for_what_the_description_says(void **state)
{
	const void *fdt = load(1, "dtb")->blob.data;
	uint64_t initrd = load(1, "initrd")->dst;

	(void)state;
	assert_string_equal(text(fdt, "/", "model"), "own");
	assert_string_equal(text(fdt, "/chosen", "bootargs"), "new");
	assert_string_equal(text(fdt, "/chosen", "stdout-path"), "/uart");
	assert_int_equal(number(fdt, "/chosen", "linux,initrd-start", 1), initrd);
	assert_int_equal(number(fdt, "/chosen", "linux,initrd-end", 1), initrd + 10);
	assert_true(fdt_path_offset(fdt, "/psci") < 0);
}

/* ---- Trust ---- */

static void trusted_dma_is_told_plainly(void **state)
{
	const struct fmap *f = (const struct fmap *)b.fmap.data;
	const struct fmap_vm *vm = (const struct fmap_vm *)(b.fmap.data + f->vms.offset);
	char *map;
	size_t bytes;
	FILE *out = open_memstream(&map, &bytes);
	struct machine m;

	(void)state;
	machine_make(&m, &b, image_file_make(&b));
	map_print(&m, out);
	page_print(&m, out);
	fclose(out);
	assert_non_null(strstr(map, "TRUSTED: /master@90b0000 does DMA that nothing confines"));
	assert_non_null(strstr(map, "<strong class=\"trust\">/master@90b0000 does DMA"));
	free(map);
	assert_int_equal(vm[0].flags & FMAP_VM_DMA, 0);
	assert_int_equal(vm[1].flags & FMAP_VM_DMA, FMAP_VM_DMA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(read_only_memory_is_its_monitors_to_fill),
		cmocka_unit_test(pinned_memory_lies_where_it_was_pinned),
		cmocka_unit_test(what_is_placed_keeps_clear_of_what_is_pinned),
		cmocka_unit_test(virtual_devices_are_where_the_layout_says),
		cmocka_unit_test(a_vm_may_have_less_features_than_its_board),
		cmocka_unit_test(one_slot_for_the_whole_frame_is_the_cpu_always),
		cmocka_unit_test(an_overlay_changes_the_generated_tree),
		cmocka_unit_test(a_tree_of_its_own_is_kept_but_for_what_the_description_says),
		cmocka_unit_test(trusted_dma_is_told_plainly),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
