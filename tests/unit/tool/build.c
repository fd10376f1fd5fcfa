/* SPDX-License-Identifier: Apache-2.0 */
/* A description from end to end, with stand-ins for Partita's binaries: what the f-map, the
 * configuration pages, the guests' device trees and the map say of it. */
#include "tools/partita/build.h"
#include "tools/partita/facts.h"
#include "tools/partita/image_file.h"
#include "tools/partita/map.h"
#include "abi/upcall.h"
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
	"	platform = \"qemu-virt\";\n"
	"	vms {\n"
	"		one {\n"
	"			cpus = <2 0>;\n"
	"			memory = <0x0 0x40000000 0x0 0x01000000\n"
	"			          0x1 0x00000000 0x0 0x00003000>;\n"
	"			kernel = \"image\";\n"
	"			initrd = \"initrd\";\n"
	"			bootargs = \"quiet\";\n"
	"			devices = \"/pl061@9030000\", \"/pl031@9010000\";\n"
	"			spis = <40>;\n"
	"			console;\n"
	"		};\n"
	"		two {\n"
	"			cpus = <1>;\n"
	"			memory = <0x0 0x40000000 0x0 0x00200000>;\n"
	"			kernel = \"raw\";\n"
	"			rtc-start = <1000>;\n"
	"			watchdog-ns = <1000000001>;\n"
	"			rng-seed = [00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f];\n"
	"			kernel-address = <0x0 0x40100000>;\n"
	"			files {\n"
	"				behind { file = \"initrd\"; address = <0x0 0x40100010>; };\n"
	"				before { file = \"raw\"; address = <0x0 0x40000001>; };\n"
	"			};\n"
	"		};\n"
	"	};\n"
	"	channels {\n"
	"		small {\n"
	"			writer = \"one\"; readers = \"two\"; size = <0x0 0x1000>; doorbell;\n"
	"			two { memory = <0x0 0x20000000>; interrupt = <40>; };\n"
	"		};\n"
	"		large {\n"
	"			writer = \"two\"; readers = \"one\"; size = <0x0 0x200000>; reply-doorbell;\n"
	"		};\n"
	"	};\n"
	"	services { console { cpu = <3>; budget-ns = <1000000>; }; };\n"
	"};\n";

static char folder[32];
static struct build b;

static const char *in_folder(const char *name)
{
	static char path[64];

	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static void write_bytes(const char *name, const void *data, size_t bytes)
{
	FILE *file = fopen(in_folder(name), "wb");

	assert_non_null(file);
	assert_int_equal(fwrite(data, 1, bytes, file), bytes);
	fclose(file);
}

static int setup(void **state)
{
	static uint8_t image[0x2000];
	const uint64_t text_offset = 0x1000, image_size = 0x300000;
	struct options o = { .platform_dir = "platforms" };

	(void)state;
	strcpy(folder, "/tmp/build-XXXXXX");
	assert_non_null(mkdtemp(folder));
	memcpy(image + 0x08, &text_offset, 8);
	memcpy(image + 0x10, &image_size, 8);
	memcpy(image + 0x38, "ARM\x64", 4);
	write_bytes("image", image, sizeof(image));
	write_bytes("initrd", "0123456789", 10);
	write_bytes("raw", "raw", 3);
	write_bytes("test.dts", description, sizeof(description) - 1);
	o.system = in_folder("test.dts");
	build_make(&b, &o);
	diag_print(&b.diag, stderr);
	return diag_status(&b.diag);
}

static int teardown(void **state)
{
	static const char *const names[] = { "image", "initrd", "raw", "test.dts" };

	(void)state;
	build_free(&b);
	for (size_t i = 0; i < 4; i++)
		unlink(in_folder(names[i]));
	return rmdir(folder);
}

/* ---- The f-map ---- */

static const struct fmap *fmap(void)
{
	return (const struct fmap *)b.fmap.data;
}

#define ARRAY(type, name) ((const struct fmap_##type *)(b.fmap.data + fmap()->name.offset))

static void vcpus_are_sorted_by_cpu(void **state)
{
	const struct fmap_vcpu *vcpu = ARRAY(vcpu, vcpus);
	const struct fmap_vm *vm = ARRAY(vm, vms);

	(void)state;
	assert_int_equal(fmap()->vcpus.count, 3);
	assert_int_equal(vcpu[0].cpu, 0);
	assert_int_equal(vcpu[1].cpu, 1);
	assert_int_equal(vcpu[2].cpu, 2);
	assert_int_equal(vm[0].vcpu[0], 2); /* cpus = <2 0>: the home vCPU is on CPU 2 */
	assert_int_equal(vm[0].vcpu[1], 0);
	assert_int_equal(vm[0].vcpu[2], FMAP_NONE);
	assert_int_equal(vcpu[2].number, 0);
	assert_int_equal(vcpu[0].vmpidr_el2, 0x80000001);
	assert_int_equal(vcpu[0].vmm_sp, COMP_STACKS + COMP_STACK_STRIDE + COMP_STACK_BYTES);
}

static void siblings_come_first_in_the_order_of_their_number(void **state)
{
	const struct fmap_vcpu *vcpu = ARRAY(vcpu, vcpus);
	const struct fmap_link *link = ARRAY(link, links);

	(void)state;
	assert_int_equal(vcpu[0].link_count, 2);
	assert_int_equal(vcpu[2].link_count, 3);
	assert_int_equal(vcpu[2].doorbell_interval_ns, 100000);
	for (uint32_t i = 0; i < 2; i++) {
		assert_int_equal(link[vcpu[2].link_first + i].kind, LINK_SIBLING);
		assert_int_equal(link[vcpu[2].link_first + i].src, i == 0 ? 2 : 0);
		assert_int_equal(link[vcpu[2].link_first + i].src_cpu, i == 0 ? 2 : 0);
	}
	assert_int_equal(link[vcpu[2].link_first + 2].kind, LINK_DOORBELL);
	assert_int_equal(link[vcpu[2].link_first + 2].src_cpu, 3);
	assert_int_equal(link[vcpu[2].link_first + 2].badge, NOTIFY_CONSOLE_IN);
	for (uint32_t i = 1; i < fmap()->links.count; i++)
		assert_true(link[i - 1].dst <= link[i].dst);
}

static void each_vcpu_rings_the_console_from_its_own_cpu(void **state)
{
	const struct fmap_vm *vm = ARRAY(vm, vms);
	const struct fmap_cap *cap = ARRAY(cap, caps);
	const struct fmap_link *link = ARRAY(link, links);

	(void)state;
	assert_int_equal(vm[0].cap_count, 3);
	for (uint32_t n = 0; n < 2; n++) {
		const struct fmap_link *l = &link[cap[vm[0].cap_first].link[n]];

		assert_int_equal(l->src_cpu, n == 0 ? 2 : 0);
		assert_int_equal(l->dst, fmap()->vcpus.count);
		assert_int_equal(l->badge, 0);
	}
	assert_int_equal(cap[vm[0].cap_first].link[2], FMAP_NONE);
}

static void the_service_has_doorbells_power_and_its_interrupt(void **state)
{
	const struct fmap_service *s = ARRAY(service, services);
	const struct fmap_cap *cap = ARRAY(cap, caps) + s->cap_first;

	(void)state;
	assert_int_equal(s->cpu, 3);
	assert_int_equal(s->budget_ns, 1000000);
	assert_int_equal(s->period_ns, 10000000);
	assert_int_equal(s->cap_count, 3);
	assert_int_equal(cap[0].kind, CAP_DOORBELL);
	assert_int_equal(cap[1].kind, CAP_POWER);
	assert_int_equal(cap[2].kind, CAP_IRQ);
	assert_int_equal(cap[2].intid, 33);
	assert_int_equal(cap[2].badge, 29);
	for (uint32_t c = 0; c < 4; c++)
		assert_int_equal(ARRAY(link, links)[ARRAY(cpu, cpus)[c].log_link].badge, 28);
}

static void interrupts_go_to_their_owners(void **state)
{
	const struct fmap_irq *irq = ARRAY(irq, irqs);

	(void)state;
	assert_int_equal(fmap()->irqs.count, 288);
	for (uint32_t i = 0; i < fmap()->irqs.count; i++)
		assert_int_equal(irq[i].kind, i == 33 ? IRQ_SERVICE : i == 34 || i == 39 ? IRQ_VM : IRQ_NONE);
	assert_int_equal(irq[39].vintid, 39);
	assert_int_equal(irq[39].cpu, 2);
	assert_int_equal(irq[39].edge, 0);
	assert_int_equal(ARRAY(vm, vms)[0].irq_count, 2);
	assert_int_equal(ARRAY(vm, vms)[0].intids, 96); /* 32 + 40, to a multiple of 32 */
}

static void registers_are_the_documented_values(void **state)
{
	const struct fmap_context *c = ARRAY(context, contexts);

	(void)state;
	assert_int_equal(fmap()->vtcr_el2, 0x8002355c);
	assert_int_equal(fmap_file_tcr_el2(&b.platform), 0x80823519);
	assert_int_equal(c[0].hcr_el2, 0x807d003f);
	assert_int_equal(c[1].hcr_el2, 0x887c1039);
	assert_int_equal(c[0].cptr_el2, 0x401033ff);
	assert_int_equal(c[1].cptr_el2, 0x401037ff);
	assert_int_equal(c[0].mdcr_el2, 0xe60);
	assert_int_equal(c[0].vttbr_el2 >> 48, 1);
	assert_int_equal(c[4].vttbr_el2 >> 48, 5);
	assert_int_equal(c[4].vttbr_el2 & 0xffffffffffff, b.layout.console.space.root_pa);
}

/* ---- Configuration pages and placement ---- */

static const struct vmconf *conf(uint32_t vm)
{
	return (const struct vmconf *)b.layout.vm[vm].conf->content.data;
}

static const void *dtb(uint32_t vm)
{
	for (uint32_t i = 0; i < b.system.vm[vm].load_count; i++) {
		if (strcmp(b.system.vm[vm].load[i].name, "dtb") == 0)
			return b.system.vm[vm].load[i].blob.data;
	}
	fail();
	return NULL;
}

static uint64_t number(const void *fdt, const char *path, const char *name, uint32_t index)
{
	int length;
	const fdt32_t *cells = fdt_getprop(fdt, fdt_path_offset(fdt, path), name, &length);

	assert_non_null(cells);
	assert_true(length >= (int)(4 * (index + 1)));
	return fdt32_ld(&cells[index]);
}

/* VM one: number 0 is `small`, which it writes, number 1 `large`; VM two the same. */
static void a_channels_doorbell_rings_the_other_end(void **state)
{
	const struct fmap_vm *vm = ARRAY(vm, vms);
	const struct fmap_cap *cap = ARRAY(cap, caps);
	const struct fmap_link *link = ARRAY(link, links);

	(void)state;
	assert_int_equal(vm[1].cap_count, 0); /* no console, no reply, no doorbell */
	for (uint32_t end = 0; end < 2; end++) {
		const struct vmconf_channel *c = &conf(0)->channel[end];

		assert_int_equal(c->cap_first, 1 + end);
		assert_int_equal(c->cap_count, 1);
		for (uint32_t n = 0; n < 2; n++) {
			const struct fmap_link *l = &link[cap[vm[0].cap_first + c->cap_first].link[n]];

			assert_int_equal(l->src_cpu, n == 0 ? 2 : 0);
			assert_int_equal(l->dst, vm[1].vcpu[0]);
			assert_int_equal(l->badge, NOTIFY_CHANNEL + end);
		}
		assert_int_equal(conf(1)->channel[end].cap_count, 0);
	}
}

static void a_channel_has_a_place_in_each_guest(void **state)
{
	(void)state;
	assert_int_equal(conf(0)->channel_count, 2);
	assert_string_equal(conf(0)->channel[0].name, "small");
	assert_int_equal(conf(0)->channel[0].writes, 1);
	assert_int_equal(conf(1)->channel[0].writes, 0);
	assert_int_equal(conf(0)->channel[0].memory, 0x20000000);
	assert_int_equal(conf(0)->channel[0].registers, 0x0c000000);
	assert_int_equal(conf(0)->channel[0].intid, 40);
	assert_int_equal(conf(0)->channel[1].memory, 0x20200000);      /* by blocks */
	assert_int_equal(conf(0)->channel[1].registers, 0x0c010000);
	assert_int_equal(conf(0)->channel[1].intid, 41);
	assert_int_equal(conf(1)->channel[1].intid, 41);
	assert_int_equal(b.system.channel[1].memory->pa % 0x200000, 0);
	assert_int_equal(number(dtb(1), "/channel@c000000", "reg", 5), 0x20000000);
	assert_int_equal(number(dtb(1), "/channel@c000000", "reg", 7), 0x1000);
	assert_int_equal(number(dtb(1), "/channel@c000000", "interrupts", 1), 8);
}

static void the_writers_monitor_has_the_memory_and_a_readers_has_not(void **state)
{
	static const struct {
		uint32_t owner_kind, owner, rights;
	} want[] = {
		{ OWNER_VM, 0, MEMORY_READ | MEMORY_WRITE },
		{ OWNER_MONITOR, 0, MEMORY_READ | MEMORY_WRITE },
		{ OWNER_VM, 1, MEMORY_READ },
	};
	const struct fmap_memory *row = ARRAY(memory, memory);
	uint32_t found = 0;

	(void)state;
	for (uint32_t i = 0; i < fmap()->memory.count; i++) {
		if (strcmp(row[i].name, "small") != 0)
			continue;
		assert_true(found < 3);
		assert_int_equal(row[i].kind, MEMORY_CHANNEL);
		assert_int_equal(row[i].owner_kind, want[found].owner_kind);
		assert_int_equal(row[i].owner, want[found].owner);
		assert_int_equal(row[i].rights, want[found++].rights);
	}
	assert_int_equal(found, 3);
}

static void an_image_goes_where_the_boot_protocol_says(void **state)
{
	const struct vmconf *c = conf(0);

	(void)state;
	assert_int_equal(c->load_count, 3);
	assert_string_equal(c->load[0].name, "kernel");
	assert_int_equal(c->load[0].dst, 0x40001000);
	assert_int_equal(c->entry, 0x40001000);
	/* image_size, not the file's, decides what comes after it. */
	assert_string_equal(c->load[1].name, "dtb");
	assert_int_equal(c->load[1].dst, 0x40400000);
	assert_int_equal(c->entry_x0, 0x40400000);
	assert_string_equal(c->load[2].name, "initrd");
	assert_true(c->load[2].dst >= c->load[1].dst + c->load[1].bytes);
	assert_int_equal(c->load[2].dst % 4096, 0);
}

static void files_lie_where_the_description_says(void **state)
{
	static const struct {
		const char *name;
		uint64_t dst, bytes;
	} want[] = {
		{ "before", 0x40000001, 3 },
		{ "kernel", 0x40100000, 3 },
		{ "behind", 0x40100010, 10 },
	};
	const struct vmconf *c = conf(1);

	(void)state;
	assert_int_equal(c->load_count, 4);
	for (uint32_t i = 0; i < 3; i++) {
		assert_string_equal(c->load[i].name, want[i].name);
		assert_int_equal(c->load[i].dst, want[i].dst);
		assert_int_equal(c->load[i].bytes, want[i].bytes);
	}
	/* The device tree is clear of them all. */
	assert_string_equal(c->load[3].name, "dtb");
	assert_int_equal(c->load[3].dst, 0x40101000);
	assert_int_equal(c->entry, 0x40100000);
}

static void interrupts_of_hardware_are_marked(void **state)
{
	(void)state;
	assert_int_equal(conf(0)->hw_irq[1], 1u << 7 | 1u << 2);
	assert_int_equal(conf(0)->hw_edge[1], 0);
	assert_int_equal(conf(0)->intids, 96);
	assert_int_equal(conf(0)->uart_intid, 33);
	assert_int_equal(conf(1)->uart_base, 0);
	assert_int_equal(conf(1)->console_doorbell, FMAP_NONE);
}

static void a_vm_has_a_clock_unless_it_has_the_boards(void **state)
{
	const void *fdt = dtb(1);
	uint32_t clock;

	(void)state;
	assert_int_equal(conf(0)->rtc_base, 0);
	assert_int_equal(conf(1)->rtc_base, 0x09010000);
	assert_int_equal(conf(1)->rtc_intid, 34);
	assert_int_equal(conf(1)->rtc_start, 1000);
	assert_int_equal(number(dtb(0), "/pl031@9010000", "interrupts", 1), 2);
	assert_int_equal(number(fdt, "/pl031@9010000", "reg", 1), 0x09010000);
	assert_int_equal(number(fdt, "/pl031@9010000", "interrupts", 1), 2);
	clock = (uint32_t)number(fdt, "/pl031@9010000", "clocks", 0);
	assert_true(fdt_node_offset_by_phandle(fdt, clock) > 0);
}

static void a_vm_has_a_watchdog_if_it_asks_for_one(void **state)
{
	const void *fdt = dtb(1);

	(void)state;
	assert_int_equal(conf(0)->watchdog_base, 0);
	assert_int_equal(conf(0)->watchdog_hz, 0);
	assert_true(fdt_path_offset(dtb(0), "/watchdog@a800000") < 0);
	assert_int_equal(conf(1)->watchdog_base, 0x0a800000);
	assert_int_equal(conf(1)->watchdog_intid, 32);
	assert_int_equal(conf(1)->watchdog_hz, 24000000);
	assert_int_equal(conf(1)->watchdog_start, 24000000);
	assert_int_equal(number(fdt, "/watchdog@a800000", "reg", 1), 0x0a800000);
	assert_int_equal(number(fdt, "/watchdog@a800000", "interrupts", 1), 0);
	assert_int_equal(number(fdt, "/watchdog@a800000", "clocks", 0),
			 number(fdt, "/apb-pclk", "phandle", 0));
	assert_int_equal(number(fdt, "/apb-pclk", "clock-frequency", 0), conf(1)->watchdog_hz);
	assert_true(fdt_node_offset_by_compatible(fdt, -1, "arm,sp805") > 0);
}

static void a_random_seed_goes_to_the_guest_as_it_is(void **state)
{
	int length;
	const uint8_t *seed = fdt_getprop(dtb(1), fdt_path_offset(dtb(1), "/chosen"), "rng-seed", &length);

	(void)state;
	assert_int_equal(length, 16);
	for (uint8_t i = 0; i < 16; i++)
		assert_int_equal(seed[i], i);
	assert_null(fdt_getprop(dtb(0), fdt_path_offset(dtb(0), "/chosen"), "rng-seed", NULL));
}

static void physical_memory_has_no_overlap(void **state)
{
	(void)state;
	for (const struct object *x = b.layout.memory.first; x; x = x->next) {
		assert_int_equal(x->pa % 4096, 0);
		for (const struct object *y = b.layout.memory.first; y != x; y = y->next)
			assert_false(range_overlap((struct range){ x->pa, x->bytes },
						   (struct range){ y->pa, y->bytes }));
	}
	assert_int_equal(b.system.vm[0].ram[0].object->pa % 0x200000, 0);
	assert_int_equal(b.tables.count * 4096, b.layout.tables->bytes);
}

/* ---- The guest's device tree ---- */

static void a_guest_is_told_of_its_machine(void **state)
{
	const void *fdt = dtb(0);

	(void)state;
	assert_int_equal(fdt_check_full(fdt, fdt_totalsize(fdt)), 0);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/chosen"), "bootargs", NULL), "quiet");
	assert_int_equal(number(fdt, "/chosen", "linux,initrd-start", 1), conf(0)->load[2].dst);
	assert_int_equal(number(fdt, "/chosen", "linux,initrd-end", 1), conf(0)->load[2].dst + 10);
	assert_int_equal(number(fdt, "/memory@40000000", "reg", 3), 0x1000000);
	assert_int_equal(number(fdt, "/memory@100000000", "reg", 0), 1);
	assert_int_equal(number(fdt, "/cpus/cpu@1", "reg", 0), 1);
	assert_int_equal(number(fdt, "/intc@8000000", "reg", 7), 2 * 0x20000);
	assert_int_equal(number(fdt, "/pl011@9000000", "interrupts", 1), 1);
	assert_string_equal(fdt_getprop(fdt, fdt_path_offset(fdt, "/psci"), "method", NULL), "hvc");
	assert_true(fdt_path_offset(dtb(1), "/pl011@9000000") < 0);
	assert_null(fdt_getprop(dtb(1), fdt_path_offset(dtb(1), "/chosen"), "linux,initrd-start", NULL));
}

static void a_passed_device_brings_its_node_and_clock(void **state)
{
	const void *fdt = dtb(0);
	int clock = fdt_node_offset_by_phandle(fdt, (uint32_t)number(fdt, "/pl061@9030000", "clocks", 0));
	int gic;

	(void)state;
	assert_int_equal(number(fdt, "/pl061@9030000", "reg", 1), 0x9030000);
	assert_int_equal(number(fdt, "/pl061@9030000", "interrupts", 1), 7);
	assert_int_equal(number(fdt, "/pl061@9030000", "#gpio-cells", 0), 2);
	assert_true(clock > 0);
	assert_int_equal(fdt_node_check_compatible(fdt, clock, "fixed-clock"), 0);
	gic = fdt_node_offset_by_phandle(fdt, (uint32_t)number(fdt, "/", "interrupt-parent", 0));
	assert_int_equal(fdt_node_check_compatible(fdt, gic, "arm,gic-v3"), 0);
}

static void dtc_finds_nothing_wrong_with_a_guests_tree(void **state)
{
	char command[160];

	(void)state;
	for (uint32_t vm = 0; vm < 2; vm++) {
		write_bytes("raw", dtb(vm), fdt_totalsize(dtb(vm)));
		snprintf(command, sizeof(command), "test -z \"$(dtc -I dtb -O dts -o /dev/null %s 2>&1)\"",
			 in_folder("raw"));
		assert_int_equal(system(command), 0);
	}
}

/* ---- The map ---- */

static struct machine *machine(void)
{
	static struct machine m;

	if (!m.build)
		machine_make(&m, &b, image_file_make(&b));
	return &m;
}

static void the_map_shows_every_part(void **state)
{
	static const char *const parts[] = {
		"System test on board qemu-virt",
		"VM one: RAM",
		"VM two: VMID 3, monitor's 4",
		"/pl061@9030000",
		"CPU 2 (MPIDR 0x2): vCPU 0 of one, always",
		"CPU 3 (MPIDR 0x3): console",
		"at most 1000 us in any 10000 us (10.0 %)",
		"39 level -> VM one",
		"VM one writes, console reads: console channel, output",
		"console writes, VM one reads: console channel, input",
		"VM one rings console: doorbell",
		"0x0009000000-0x0009000fff rw-    emulated: PL011 UART, interrupt 33",
		"small: VM one writes 4 KiB",
		"doorbell of channel large, interrupt 41",
		"in any 100 us, doorbells interrupt VM two once, and kick its CPU 4 times",
	};
	char *text;
	size_t bytes;
	FILE *out = open_memstream(&text, &bytes);

	(void)state;
	map_print(machine(), out);
	fclose(out);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		assert_non_null(strstr(text, parts[i]));
	free(text);
}

static void every_mapping_counts_for_its_party(void **state)
{
	const struct machine *m = machine();
	const struct layout *l = &b.layout;
	uint32_t between = 0;

	(void)state;
	assert_int_equal(m->party_count, 4);
	assert_string_equal(machine_set_name(m, 0xd), "VM one, console, kernel");
	assert_int_equal(machine_piece(m, b.system.vm[0].ram[1].object)->writers, 1);
	assert_int_equal(machine_piece(m, b.system.vm[1].ram[0].object)->writers, 2);
	assert_int_equal(machine_piece(m, l->vmm_file)->readers, 3);
	assert_int_equal(machine_piece(m, l->tables)->writers | machine_piece(m, l->tables)->readers, 0);
	assert_int_equal(machine_piece(m, l->vm[0].to_service)->writers, 1);
	assert_int_equal(machine_piece(m, l->vm[0].to_service)->readers, 4);
	assert_int_equal(machine_piece(m, l->uart)->writers, 0xc);
	/* Channels, and nothing else. */
	for (uint32_t i = 0; i < m->piece_count; i++)
		between += machine_is_between_vms(m, &m->piece[i]);
	assert_int_equal(between, 2 * b.system.channel_count);  /* its memory, and its life */
	for (uint32_t i = 0; i < b.system.channel_count; i++)
		assert_true(machine_is_between_vms(m, machine_piece(m, b.system.channel[i].memory)));
}

static void what_flows_is_all_that_can(void **state)
{
	static const struct {
		enum flow_kind kind;
		uint32_t from, to;
	} expected[] = {
		/* one 0, two 1, console 2, kernel 3 */
		/* A channel: its memory and its registers; the first rings, the second is answered. */
		{ FLOW_MEMORY, 0, 1 }, { FLOW_MEMORY, 0, 1 }, { FLOW_DOORBELL, 0, 1 },
		{ FLOW_DOORBELL, 0, 1 }, { FLOW_MEMORY, 0, 2 }, { FLOW_DOORBELL, 0, 2 },
		{ FLOW_MEMORY, 0, 3 }, { FLOW_MEMORY, 1, 0 }, { FLOW_MEMORY, 1, 0 },
		{ FLOW_MEMORY, 1, 3 }, { FLOW_MEMORY, 2, 0 }, { FLOW_DOORBELL, 2, 0 },
		{ FLOW_MEMORY, 2, 3 }, { FLOW_MEMORY, 3, 2 }, { FLOW_MEMORY, 3, 2 },
		{ FLOW_MEMORY, 3, 2 }, { FLOW_MEMORY, 3, 2 }, { FLOW_MEMORY, 3, 2 },
		{ FLOW_DOORBELL, 3, 2 },
	};
	const struct machine *m = machine();

	(void)state;
	assert_int_equal(m->flow_count, sizeof(expected) / sizeof(expected[0]));
	for (uint32_t i = 0; i < m->flow_count; i++) {
		assert_int_equal(m->flow[i].kind, expected[i].kind);
		assert_int_equal(m->flow[i].from, expected[i].from);
		assert_int_equal(m->flow[i].to, expected[i].to);
	}
}

static void a_page_that_two_vms_have_is_between_them(void **state)
{
	struct machine *m = machine();
	struct piece p = *machine_piece(m, b.layout.vm[0].data);

	(void)state;
	p.readers = 2;
	assert_true(machine_is_between_vms(m, &p));
	p.writers = 0;
	p.readers = 3;
	assert_false(machine_is_between_vms(m, &p));
}

/* ---- Facts of an image ---- */

static const char *fact(const struct facts *f, const char *subject, const char *name)
{
	for (uint32_t i = 0; i < f->count; i++) {
		if (strcmp(f->fact[i].subject, subject) == 0 && strcmp(f->fact[i].name, name) == 0)
			return f->fact[i].value;
	}
	return "";
}

static void an_image_reads_back_as_it_was_described(void **state)
{
	struct facts f;

	(void)state;
	assert_true(facts_make(&f, image_file_make(&b), &b.arena));
	assert_string_equal(fact(&f, "VM one", "vCPU 0"), "on CPU 2");
	assert_string_equal(fact(&f, "VM one", "memory 0x40000000"), "16 MiB rwx");
	assert_string_equal(fact(&f, "VM one", "memory 0x100000000"), "12 KiB rwx");
	assert_string_equal(fact(&f, "VM one", "device memory 0x9030000"), "4 KiB rw-");
	assert_string_equal(fact(&f, "VM one", "boot arguments"), "\"quiet\"");
	assert_string_equal(fact(&f, "Interrupts", "39"), "level, to VM one as its 39, first on CPU 2");
	assert_string_equal(fact(&f, "Service console", "budget"), "1 ms in any 10 ms");
	assert_string_equal(fact(&f, "Channels", "console writes, VM one reads"), "4 KiB");
	assert_string_equal(fact(&f, "Channels", "VM one rings console"), "yes");
}

/* Under the address sanitizer: whatever an image says, reading it ends and stays inside of it. */
static void a_damaged_image_is_read_within_its_bounds(void **state)
{
	struct blob image = image_file_make(&b);
	uint32_t dice = 1, unsound = 0;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++) {
		uint8_t *copy = malloc(image.bytes);
		struct arena arena = { NULL };
		struct facts f;
		uint64_t cut = i % 7 ? 0 : dice % image.bytes / 2;
		uint64_t fmap_at = b.layout.fmap->pa - b.layout.memory.load_pa;
		uint64_t tables_at = b.layout.tables->pa - b.layout.memory.load_pa;
		uint64_t at[] = { 0x48 + dice % 380, fmap_at + dice % b.fmap.bytes,
				  tables_at + dice % b.layout.tables->bytes };

		memcpy(copy, image.data, image.bytes);
		copy[at[i % 3]] ^= (uint8_t)(1u << (dice >> 24) % 8);
		unsound += !facts_make(&f, (struct blob){ copy, image.bytes - cut }, &arena);
		arena_free(&arena);
		free(copy);
		dice = dice * 1664525u + 1013904223u;
	}
	assert_true(unsound > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(vcpus_are_sorted_by_cpu),
		cmocka_unit_test(siblings_come_first_in_the_order_of_their_number),
		cmocka_unit_test(each_vcpu_rings_the_console_from_its_own_cpu),
		cmocka_unit_test(the_service_has_doorbells_power_and_its_interrupt),
		cmocka_unit_test(interrupts_go_to_their_owners),
		cmocka_unit_test(registers_are_the_documented_values),
		cmocka_unit_test(a_channels_doorbell_rings_the_other_end),
		cmocka_unit_test(a_channel_has_a_place_in_each_guest),
		cmocka_unit_test(the_writers_monitor_has_the_memory_and_a_readers_has_not),
		cmocka_unit_test(an_image_goes_where_the_boot_protocol_says),
		cmocka_unit_test(files_lie_where_the_description_says),
		cmocka_unit_test(interrupts_of_hardware_are_marked),
		cmocka_unit_test(a_vm_has_a_clock_unless_it_has_the_boards),
		cmocka_unit_test(a_vm_has_a_watchdog_if_it_asks_for_one),
		cmocka_unit_test(a_random_seed_goes_to_the_guest_as_it_is),
		cmocka_unit_test(physical_memory_has_no_overlap),
		cmocka_unit_test(a_guest_is_told_of_its_machine),
		cmocka_unit_test(a_passed_device_brings_its_node_and_clock),
		cmocka_unit_test(dtc_finds_nothing_wrong_with_a_guests_tree),
		cmocka_unit_test(the_map_shows_every_part),
		cmocka_unit_test(every_mapping_counts_for_its_party),
		cmocka_unit_test(what_flows_is_all_that_can),
		cmocka_unit_test(a_page_that_two_vms_have_is_between_them),
		cmocka_unit_test(an_image_reads_back_as_it_was_described),
		cmocka_unit_test(a_damaged_image_is_read_within_its_bounds),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
