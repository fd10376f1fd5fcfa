/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board's tree is walked once for facts and once to copy what is kept: CPUs, memory and what
 * is reserved of it, PSCI, timer, GIC, fixed clocks, and each device with registers that the CPU
 * sees. dtc writes the copy as source.
 */
#include "tools/partita/port.h"
#include "tools/partita/dtb.h"
#include "tools/partita/file.h"
#include "tools/partita/platform.h"

#include <inttypes.h>
#include <libfdt.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TWO_MIB UINT64_C(0x200000)

struct port {
	struct platform board; /* as much of it as is looked at here */
	const char *path; /* the DTB's */
	const char *console; /* path in the tree, or NULL */
	uint64_t load_pa; /* 0: no memory */
	unsigned int pa_bits;
	uint32_t cpus, spis;
	const char *cpu_start; /* "psci-smc", or what the tree says else; NULL: nothing */
	void *copy;
	int error; /* the first of libfdt's */
};

/* ---- What is what ---- */

enum role { ROLE_NONE, ROLE_ROOT, ROLE_BUS, ROLE_CPUS, ROLE_CPU, ROLE_GIC, ROLE_WHOLE, ROLE_DEVICE };

static const char *const gics[] = { "arm,gic-v3", "arm,gic-400", "arm,cortex-a15-gic", "arm,cortex-a7-gic" };
static const char *const pscis[] = { "arm,psci-1.0", "arm,psci-0.2", "arm,psci" };
static const char *const kept_whole[] = { "arm,armv8-timer", "fixed-clock" };

static bool is_any(struct node n, const char *const list[], size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (node_compatible(n, list[i]))
			return true;
	}
	return false;
}

static bool has_type(struct node n, const char *type)
{
	const char *found = node_string(n, "device_type");

	return found && strcmp(found, type) == 0;
}

static enum role role_of(struct node n)
{
	struct range r;

	if (n.offset == 0)
		return ROLE_ROOT;
	if (strcmp(node_name(n), "cpus") == 0)
		return ROLE_CPUS;
	if (!platform_enabled(n))
		return ROLE_NONE;
	if (has_type(n, "cpu"))
		return ROLE_CPU;
	if (is_any(n, gics, COUNT(gics)))
		return ROLE_GIC;
	if (has_type(n, "memory") || strcmp(node_name(n), "reserved-memory") == 0 ||
	    is_any(n, kept_whole, COUNT(kept_whole)) || is_any(n, pscis, COUNT(pscis)))
		return ROLE_WHOLE;
	if (node_compatible(n, "simple-bus") || (node_has(n, "ranges") && !node_has(n, "reg")))
		return ROLE_BUS;
	return node_reg(n, 0, &r) && r.bytes ? ROLE_DEVICE : ROLE_NONE;
}

/* Whether the copy has the node: a bus only if something is on it. */
static bool is_kept(struct node n)
{
	enum role role = role_of(n);

	if (role != ROLE_BUS)
		return role != ROLE_NONE;
	for (struct node c = node_first(n); c.offset >= 0; c = node_next(c)) {
		if (is_kept(c))
			return true;
	}
	return false;
}

/* ---- Facts ---- */

static void raise_pa_bits(struct port *p, struct range r)
{
	static const unsigned int sizes[] = { 32, 36, 40, 42, 44, 48 };

	for (size_t i = 0; i < COUNT(sizes) && r.bytes; i++) {
		if (p->pa_bits < sizes[i] && (r.base + r.bytes - 1) >> p->pa_bits)
			p->pa_bits = sizes[i];
	}
}

static void look_at(struct port *p, struct node n)
{
	struct interrupt interrupt;
	struct range r;

	for (uint32_t i = 0; node_reg(n, i, &r); i++)
		raise_pa_bits(p, r);
	for (uint32_t i = 0; platform_interrupt(&p->board, n, i, &interrupt) == 1; i++) {
		if (interrupt.intid >= FIRST_SPI + p->spis)
			p->spis = (interrupt.intid - FIRST_SPI) / 32 * 32 + 32;
	}
	if (!has_type(n, "cpu"))
		return;
	p->cpus++;
	p->cpu_start = node_string(n, "enable-method");
}

static void look_below(struct port *p, struct node parent)
{
	for (struct node n = node_first(parent); n.offset >= 0; n = node_next(n)) {
		if (!is_kept(n))
			continue;
		look_at(p, n);
		look_below(p, n);
	}
}

/* By which instruction PSCI is called. */
static const char *psci_start(const struct source *s)
{
	for (size_t i = 0; i < COUNT(pscis); i++) {
		struct node n = { s, fdt_node_offset_by_compatible(s->fdt, -1, pscis[i]) };
		const char *method = n.offset < 0 ? NULL : node_string(n, "method");

		if (method)
			return strcmp(method, "smc") == 0 ? "psci-smc" : "psci-hvc";
	}
	return NULL;
}

/* /chosen/stdout-path: "PATH" or "ALIAS", either with ":OPTIONS". */
static const char *find_console(const struct source *s, struct arena *a)
{
	struct node root = node_root(s);
	const char *path = node_string(node_child(root, "chosen"), "stdout-path");

	if (!path)
		return NULL;
	path = arena_copy(a, path, strcspn(path, ":"));
	if (path[0] != '/')
		path = node_string(node_child(root, "aliases"), path);
	return path && fdt_path_offset(s->fdt, path) >= 0 ? path : NULL;
}

/* The lowest 2 MiB boundary but one with room behind it: the first is where loaders like to put a
 * device tree. */
static uint64_t find_load_address(const struct platform *board)
{
	for (uint32_t i = 0; i < board->ram_count; i++) {
		struct range head = { (board->ram[i].base + TWO_MIB - 1) / TWO_MIB * TWO_MIB + TWO_MIB,
				      16 * TWO_MIB };

		if (range_within(head, board->ram[i]))
			return head.base;
	}
	return 0;
}

static void find_facts(struct port *p, struct arena *a)
{
	struct source *s = &p->board.source;
	struct node bad;

	p->board.gic_node = -1;
	for (size_t i = 0; i < COUNT(gics) && p->board.gic_node < 0; i++)
		p->board.gic_node = fdt_node_offset_by_compatible(s->fdt, -1, gics[i]);
	p->pa_bits = 32;
	look_below(p, node_root(s));
	if (p->cpu_start && strcmp(p->cpu_start, "psci") == 0)
		p->cpu_start = psci_start(s);
	p->board.pa_bits = p->pa_bits;
	platform_find_ram(&p->board, &bad);
	p->load_pa = find_load_address(&p->board);
	p->console = find_console(s, a);
}

/* ---- The copy ---- */

/* NULL: all properties. */
static const char *const *kept_properties(enum role role)
{
	static const char *const root[] = { "compatible",	"model", "#address-cells", "#size-cells",
					    "interrupt-parent", NULL };
	static const char *const bus[] = { "compatible", "#address-cells", "#size-cells", "interrupt-parent",
					   "ranges",	 "dma-ranges",	   NULL };
	static const char *const cpu[] = { "device_type",   "compatible",	"reg",
					   "enable-method", "cpu-release-addr", NULL };
	static const char *const cpus[] = { "#address-cells", "#size-cells", NULL };

	switch (role) {
	case ROLE_ROOT:
		return root;
	case ROLE_BUS:
		return bus;
	case ROLE_CPUS:
		return cpus;
	case ROLE_CPU:
		return cpu;
	default:
		return NULL;
	}
}

static bool is_property_kept(enum role role, const char *name)
{
	const char *const *kept = kept_properties(role);

	/* A device is nobody's reference here: what refers to it is not kept, or asks in vain. */
	if (!kept)
		return role != ROLE_DEVICE || strcmp(name, "phandle") != 0;
	while (*kept && strcmp(*kept, name) != 0)
		kept++;
	return *kept != NULL;
}

static void try(struct port *p, int result)
{
	if (!p->error)
		p->error = result;
}

static void copy_properties(struct port *p, struct node n, enum role role)
{
	const void *fdt = n.source->fdt;
	int property;

	fdt_for_each_property_offset(property, fdt, n.offset) {
		const char *name;
		int length;
		const void *value = fdt_getprop_by_offset(fdt, property, &name, &length);

		if (is_property_kept(role, name))
			try(p, fdt_property(p->copy, name, value, length));
	}
}

static void write_string(struct port *p, const char *name, const char *value)
{
	try(p, fdt_property(p->copy, name, value, (int)strlen(value) + 1));
}

static void write_partita(struct port *p)
{
	try(p, fdt_property_u64(p->copy, "partita,load-address", p->load_pa));
	try(p, fdt_property_u32(p->copy, "partita,pa-bits", p->pa_bits));
	write_string(p, "partita,cpu-start", p->cpu_start ? p->cpu_start : "unknown");
	write_string(p, "partita,cpu-features", "armv8.0");
	if (p->console)
		write_string(p, "partita,console", p->console);
}

static void copy_node(struct port *p, struct node n, bool whole)
{
	enum role role = whole ? ROLE_WHOLE : role_of(n);

	try(p, fdt_begin_node(p->copy, node_name(n)));
	copy_properties(p, n, role);
	if (role == ROLE_ROOT)
		write_partita(p);
	if (n.offset == p->board.gic_node)
		try(p, fdt_property_u32(p->copy, "partita,spis", p->spis));
	for (struct node c = node_first(n); c.offset >= 0; c = node_next(c)) {
		if (role == ROLE_WHOLE ||
		    ((role == ROLE_ROOT || role == ROLE_BUS || role == ROLE_CPUS) && is_kept(c)))
			copy_node(p, c, role == ROLE_WHOLE);
	}
	try(p, fdt_end_node(p->copy));
}

static void copy_tree(struct port *p, size_t bytes, struct arena *a)
{
	const void *fdt = p->board.source.fdt;
	size_t room = bytes + 0x1000;

	p->copy = arena_alloc(a, room);
	try(p, fdt_create(p->copy, (int)room));
	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		uint64_t base, size;

		try(p, fdt_get_mem_rsv(fdt, i, &base, &size));
		try(p, fdt_add_reservemap_entry(p->copy, base, size));
	}
	try(p, fdt_finish_reservemap(p->copy));
	copy_node(p, node_root(&p->board.source), false);
	try(p, fdt_finish(p->copy));
}

/* ---- The source ---- */

static const char *file_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* Nothing that could end the comment. */
static void print_safely(const char *text, FILE *out)
{
	for (; text && *text; text++)
		fputc(*text == '*' || *text < ' ' || *text > '~' ? '?' : *text, out);
}

static void print_head(const struct port *p, FILE *out)
{
	const struct platform *board = &p->board;

	fprintf(out, "/*\n * ");
	print_safely(node_string(node_root(&board->source), "model"), out);
	fprintf(out, ": from ");
	print_safely(file_name(p->path), out);
	fprintf(out,
		" by `partita platform`, trimmed.\n *\n"
		" * CPUs: %u. Memory that is not reserved:\n",
		p->cpus);
	for (uint32_t i = 0; i < board->ram_count; i++)
		fprintf(out, " *     0x%010" PRIx64 "-0x%010" PRIx64 "\n", board->ram[i].base,
			board->ram[i].base + board->ram[i].bytes - 1);
	if (!p->load_pa)
		fprintf(out, " *     none: the firmware fills it in, so write it here\n");
	fprintf(out,
		" *\n * What no device tree says, to be looked up:\n"
		" *   partita,load-address  where the image is to run; chosen at the begin of memory\n"
		" *   partita,pa-bits       the least that covers memory and devices; the CPUs may have "
		"more\n"
		" *   partita,cpu-features  the least; \"armv8.0-crypto\" if all CPUs have AES, SHA1 and "
		"SHA256\n"
		" *   partita,spis          holds the devices below; GICD_TYPER.ITLinesNumber says how many\n"
		" *                         there are\n"
		" *   partita,no-dma        for each device that never does DMA\n");
	if (!p->cpu_start)
		fprintf(out, " *   partita,cpu-start     the tree does not say how CPUs are started\n");
	if (!p->console)
		fprintf(out, " *   partita,console       the tree has no /chosen/stdout-path\n");
	fprintf(out, " */\n");
}

/* dtc's own idea of types is the best that can be had from a DTB. */
static bool decompile(const struct port *p, FILE *out, struct arena *a, struct diag *d)
{
	static const char *const argv[] = { "dtc", "-q", "-I", "dtb", "-O", "dts", "-", NULL };
	FILE *in = tmpfile(), *text = tmpfile(), *err = tmpfile();
	struct blob source;
	bool ok = in && text && err &&
		  fwrite(p->copy, 1, fdt_totalsize(p->copy), in) == fdt_totalsize(p->copy) && fflush(in) == 0;

	if (!ok)
		diag_report(d, DIAG_FILE_UNWRITABLE, NO_POS, "cannot make a temporary file");
	else if (file_run(argv, in, text, err) != 0 || !file_read_stream(a, text, &source))
		diag_report(d, DIAG_PROGRAM_MISSING, NO_POS,
			    "cannot run dtc; is it installed (package device-tree-compiler)?");
	else
		fwrite(source.data, 1, source.bytes, out);
	for (size_t i = 0; i < 3; i++) {
		FILE *file = (FILE *[]){ in, text, err }[i];

		if (file)
			fclose(file);
	}
	return diag_status(d) == 0;
}

void port_write(const char *path, FILE *out, struct arena *a, struct diag *d)
{
	struct port *p = arena_alloc(a, sizeof(*p));
	struct blob dtb;

	p->path = path;
	if (!file_read(a, path, &dtb)) {
		diag_report(d, DIAG_FILE_UNREADABLE, NO_POS, "cannot read %s: %m", path);
		return;
	}
	if (!dtb_is_sound(dtb.data, dtb.bytes)) {
		diag_report(d, DIAG_DTB_DAMAGED, NO_POS, "%s is no device tree; compile it with dtc -O dtb",
			    path);
		return;
	}
	source_of_dtb(&p->board.source, path, dtb.data, a);
	find_facts(p, a);
	copy_tree(p, dtb.bytes, a);
	if (p->error) {
		diag_report(d, DIAG_GUEST_TREE, NO_POS, "trimming %s failed: %s", path,
			    fdt_strerror(p->error));
		return;
	}
	print_head(p, out);
	decompile(p, out, a, d);
}
