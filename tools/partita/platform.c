/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a board. Only what the tool needs is looked at: a platform tree is a trimmed upstream
 * tree, whose other nodes and properties are of no concern. */
#include "tools/partita/platform.h"
#include "tools/partita/arm.h"
#include "tools/partita/features.h"
#include "tools/partita/language.h"

#include <libfdt.h>
#include <string.h>

#define FIRST_PPI 16u
#define MIN_PA_BITS 32u

bool platform_enabled(struct node n)
{
	const char *status = node_string(n, "status");

	return !status || strcmp(status, "okay") == 0 || strcmp(status, "ok") == 0;
}

/* ---- Interrupts: the GIC binding's three cells, type, number, flags ---- */

static uint32_t interrupt_parent(struct node n)
{
	const void *fdt = n.source->fdt;

	for (int node = n.offset; node >= 0; node = fdt_parent_offset(fdt, node)) {
		uint64_t phandle = node_number((struct node){ n.source, node }, "interrupt-parent", 0);

		if (phandle)
			return (uint32_t)phandle;
		if (node == 0)
			break;
	}
	return 0;
}

int platform_interrupt(const struct platform *p, struct node n, uint32_t index, struct interrupt *interrupt)
{
	uint32_t cells = node_cells(n, "interrupts"), type, number, flags;

	if (node_has(n, "interrupts-extended"))
		return -1;
	if (index * 3 >= cells)
		return 0;
	if (cells % 3 || p->gic_node < 0 ||
	    interrupt_parent(n) != fdt_get_phandle(n.source->fdt, p->gic_node))
		return -1;
	type = node_cell(n, "interrupts", index * 3);
	number = node_cell(n, "interrupts", index * 3 + 1);
	flags = node_cell(n, "interrupts", index * 3 + 2) & 0xf;
	/* The GIC has no falling edges and no low levels for SPIs. */
	if (flags != 1 && flags != 4 && type == 0)
		return -1;
	if (type > 1 || number >= (type == 0 ? MAX_INTIDS - FIRST_SPI : 16))
		return -1;
	interrupt->intid = number + (type == 0 ? FIRST_SPI : FIRST_PPI);
	interrupt->edge = flags == 1;
	return 1;
}

/* A PPI, as an INTID; 0 after an error. */
static uint32_t ppi(const struct platform *p, struct node n, uint32_t index, const char *what, struct diag *d)
{
	struct interrupt interrupt;

	if (p->gic_node < 0)
		return 0; /* was reported */
	if (platform_interrupt(p, n, index, &interrupt) == 1 && interrupt.intid < FIRST_SPI)
		return interrupt.intid;
	diag_report(d, DIAG_PLATFORM_PPI, node_property_pos(n, "interrupts"),
		    "%s is to be PPI number %u here; write <1 number flags>", what, index);
	return 0;
}

/* ---- The parts of a board ---- */

static struct node find_compatible(const struct platform *p, const char *name)
{
	return (struct node){ &p->source, fdt_node_offset_by_compatible(p->source.fdt, -1, name) };
}

static void add_cpu(struct platform *p, struct node n, struct diag *d)
{
	uint64_t mpidr = node_number(n, "reg", 0) & MPIDR_EL1_AFFINITY;

	for (uint32_t i = 0; i < p->cpu_count; i++) {
		if (p->mpidr[i] == mpidr)
			diag_report(d, DIAG_PLATFORM_CPU_TWICE, node_property_pos(n, "reg"),
				    "CPUs %u and %u both have affinity 0x%jx; mend 'reg'", i, p->cpu_count,
				    (uintmax_t)mpidr);
	}
	p->mpidr[p->cpu_count++] = mpidr;
}

static void read_cpus(struct platform *p, struct diag *d)
{
	struct node cpus = node_child(node_root(&p->source), "cpus");

	if (cpus.offset >= 0) {
		for (struct node n = node_first(cpus); n.offset >= 0; n = node_next(n)) {
			const char *type = node_string(n, "device_type");

			if (!type || strcmp(type, "cpu") != 0 || !platform_enabled(n))
				continue;
			if (p->cpu_count == MAX_CPUS) {
				diag_report(d, DIAG_PLATFORM_CPU_COUNT, node_pos(n),
					    "the board has more than %d CPUs; give the others "
					    "status = \"disabled\"",
					    MAX_CPUS);
				return;
			}
			add_cpu(p, n, d);
		}
	}
	if (p->cpu_count == 0)
		diag_report(d, DIAG_PLATFORM_CPU_MISSING, node_pos(node_root(&p->source)),
			    "the board has no CPU; add /cpus/cpu@0 as the "
			    "device tree specification has it");
}

static void read_ram(struct platform *p, struct diag *d)
{
	struct node bad;

	if (!platform_find_ram(p, &bad))
		diag_report(d, DIAG_PLATFORM_MEMORY, node_property_pos(bad, "reg"),
			    "memory is to be at most %d ranges of "
			    "whole pages below 2^%u; mend it",
			    PLATFORM_MAX_RAM, p->pa_bits);
	else if (p->ram_count == 0)
		diag_report(d, DIAG_PLATFORM_MEMORY_MISSING, node_pos(node_root(&p->source)),
			    "the board has no memory; add a node with device_type = \"memory\"");
}

static void read_gic(struct platform *p, struct diag *d)
{
	struct node n = find_compatible(p, "arm,gic-v3"), root = node_root(&p->source);
	struct range gicd, gicr;
	uint64_t spis;

	p->gic_node = n.offset;
	if (n.offset < 0) {
		diag_report(d, DIAG_PLATFORM_GIC_MISSING, node_pos(root),
			    "the board has no GICv3 (compatible \"arm,gic-v3\"); Partita runs on "
			    "no other interrupt controller yet");
		return;
	}
	if (!node_reg(n, 0, &gicd) || !gicd.base || gicd.bytes < GICD_BYTES || !node_reg(n, 1, &gicr) ||
	    gicr.bytes / GICR_BYTES < p->cpu_count || (gicd.base | gicr.base) % GIC_FRAME_BYTES) {
		diag_report(d, DIAG_PLATFORM_GIC_REGISTERS, node_property_pos(n, "reg"),
			    "the GIC needs 0x%x bytes of distributor and 0x%x of redistributor for each CPU, "
			    "both on a multiple of 0x%x, the distributor not at 0; mend 'reg'",
			    GICD_BYTES, GICR_BYTES, GIC_FRAME_BYTES);
	} else {
		p->gicd = (struct range){ gicd.base, GICD_BYTES };
		p->gicr = (struct range){ gicr.base, (uint64_t)p->cpu_count * GICR_BYTES };
	}
	spis = node_number(n, "partita,spis", 0);
	if (spis == 0 || spis % 32 || spis + FIRST_SPI > MAX_INTIDS)
		diag_report(d, DIAG_PLATFORM_GIC_SPIS, node_property_pos(n, "partita,spis"),
			    "the GIC's number of SPIs is to be a multiple of "
			    "32 up to 960; set 'partita,spis' as GICD_TYPER.ITLinesNumber says");
	else
		p->intids = FIRST_SPI + (uint32_t)spis;
	p->intid_maintenance = ppi(p, n, 0, "the GIC's maintenance interrupt", d);
}

static void read_timer(struct platform *p, struct diag *d)
{
	struct node n = find_compatible(p, "arm,armv8-timer");

	if (n.offset < 0) {
		diag_report(d, DIAG_PLATFORM_TIMER_MISSING, node_pos(node_root(&p->source)),
			    "the board has no generic timer; add the node with "
			    "compatible = \"arm,armv8-timer\"");
		return;
	}
	p->intid_virt_timer = ppi(p, n, 2, "the virtual timer's interrupt", d);
	p->intid_hyp_timer = ppi(p, n, 3, "the hypervisor timer's interrupt", d);
	if (p->intid_virt_timer &&
	    (p->intid_virt_timer == p->intid_hyp_timer || p->intid_virt_timer == p->intid_maintenance ||
	     (p->intid_hyp_timer && p->intid_hyp_timer == p->intid_maintenance)))
		diag_report(
			d, DIAG_PLATFORM_PPI, node_property_pos(n, "interrupts"),
			"virtual timer, hypervisor timer and GIC maintenance are to have different PPIs, not "
			"INTID %u, %u and %u; mend 'interrupts'",
			p->intid_virt_timer, p->intid_hyp_timer, p->intid_maintenance);
}

/* How to poll a UART for room: offsets and the flag that says so. */
static const struct {
	const char *compatible;
	struct fmap_uart uart;
} uarts[] = {
	/* DDI 0183, "UARTFR": TXFF is bit 5 */
	{ "arm,pl011", { .data = 0x00, .status = 0x18, .mask = 0x20, .ready = 0 } },
};

/* A number of SPIs that is not known was reported. */
static bool has_spi(const struct platform *p, struct node n, struct interrupt *interrupt)
{
	return platform_interrupt(p, n, 0, interrupt) == 1 && interrupt->intid >= FIRST_SPI &&
	       (!p->intids || interrupt->intid < p->intids);
}

static void read_uart(struct platform *p, struct diag *d)
{
	struct node root = node_root(&p->source), n;
	const char *path = node_string(root, "partita,console");
	struct pos pos = node_property_pos(root, "partita,console");

	if (!path)
		return;
	n = (struct node){ &p->source, fdt_path_offset(p->source.fdt, path) };
	if (n.offset < 0) {
		diag_report(d, DIAG_PLATFORM_CONSOLE_UNKNOWN, pos,
			    "the board has no node %s; give the console's path in this tree", path);
		return;
	}
	for (size_t i = 0; i < sizeof(uarts) / sizeof(uarts[0]); i++) {
		if (node_compatible(n, uarts[i].compatible)) {
			p->uart = uarts[i].uart;
			p->has_uart = true;
		}
	}
	if (!p->has_uart) {
		diag_report(d, DIAG_PLATFORM_CONSOLE_DRIVER, pos,
			    "%s is no UART that Partita can drive; use one compatible with \"arm,pl011\"",
			    path);
		return;
	}
	p->uart_node = n.offset;
	/* In image and f-map, address 0 says that there is none. */
	if (!node_reg(n, 0, &p->uart_regs) || p->uart_regs.base % PAGE_BYTES || p->uart_regs.base == 0 ||
	    p->uart_regs.bytes != PAGE_BYTES)
		diag_report(d, DIAG_PLATFORM_CONSOLE_REGISTERS, node_property_pos(n, "reg"),
			    "the console's registers are to be one page, and not that at address 0; mend "
			    "'reg'");
	if (p->gic_node >= 0 && !has_spi(p, n, &p->uart_interrupt))
		diag_report(
			d, DIAG_PLATFORM_CONSOLE_INTERRUPT, node_property_pos(n, "interrupts"),
			"the console needs an SPI of the GIC; write <0 number flags>, with a number below "
			"'partita,spis'");
	p->uart.pa = p->uart_regs.base;
}

static void read_partita(struct platform *p, struct diag *d)
{
	struct node root = node_root(&p->source);
	const char *start = node_string(root, "partita,cpu-start");
	const char *features = node_string(root, "partita,cpu-features");

	/* What lacks, or is of another type, was reported with the rules of the language. */
	p->load_pa = node_number(root, "partita,load-address", 0);
	if (p->load_pa % 0x200000)
		diag_report(d, DIAG_PLATFORM_LOAD_ADDRESS, node_property_pos(root, "partita,load-address"),
			    "'partita,load-address' 0x%jx, where the image runs, is not on a 2 MiB boundary; "
			    "move it",
			    (uintmax_t)p->load_pa);
	p->pa_bits = (unsigned int)node_number(root, "partita,pa-bits", MIN_PA_BITS);
	if (arm_pa_code(p->pa_bits) < 0) {
		diag_report(d, DIAG_PLATFORM_PA_BITS, node_property_pos(root, "partita,pa-bits"),
			    "'partita,pa-bits' is %u, which no core has; set it to the physical address bits "
			    "that all CPUs have: 32, 36, 40, 42, 44 or 48",
			    p->pa_bits);
		p->pa_bits = MIN_PA_BITS;
	}
	if (start && strcmp(start, "psci-smc") != 0)
		diag_report(d, DIAG_PLATFORM_CPU_START, node_property_pos(root, "partita,cpu-start"),
			    "CPUs are started by \"psci-smc\" and "
			    "nothing else yet; set 'partita,cpu-start'");
	if (features && !features_idregs(features, &p->idregs))
		diag_report(d, DIAG_PLATFORM_CPU_FEATURES, node_property_pos(root, "partita,cpu-features"),
			    "'partita,cpu-features' names the "
			    "policy for guests' ID registers; set it to one of: %s",
			    features_names());
	p->el3_entry = node_has(root, "partita,el3-entry");
}

static void check_load_address(const struct platform *p, struct diag *d)
{
	struct range head = { p->load_pa, 0x200000 };
	struct pos pos = node_property_pos(node_root(&p->source), "partita,load-address");

	if (p->load_pa % 0x200000 || p->ram_count == 0 ||
	    node_cells(node_root(&p->source), "partita,load-address") == 0)
		return;
	for (uint32_t i = 0; i < p->ram_count; i++) {
		if (range_within(head, p->ram[i])) {
			/* The head's identity mapping must not share an L1 entry with the kernel's window. */
			if (p->load_pa >> 30 == EL2_WINDOW >> 30 || p->load_pa >> EL2_VA_BITS)
				diag_report(d, DIAG_PLATFORM_LOAD_WINDOW, pos,
					    "load address 0x%jx is in the GiB of the kernel's own addresses, "
					    "or above 2^%d; choose another",
					    (uintmax_t)p->load_pa, EL2_VA_BITS);
			return;
		}
	}
	diag_report(d, DIAG_PLATFORM_LOAD_OUTSIDE, pos,
		    "load address 0x%jx is not in the board's memory; choose one that is",
		    (uintmax_t)p->load_pa);
}

/* `partita,*` wherever it stands: a misspelt one would be a fact that nobody reads. */
static void check_language(const struct platform *p, struct diag *d)
{
	const void *fdt = p->source.fdt;

	for (int node = 0; node >= 0; node = fdt_next_node(fdt, node, NULL)) {
		struct node n = { &p->source, node };
		const struct node_rules *rules = &language_board_device;

		if (node == 0)
			rules = &language_board;
		else if (node_has(n, "interrupt-controller"))
			rules = &language_board_gic;
		node_check(n, rules, d);
	}
}

bool platform_read(struct platform *p, const char *path, const char *name, struct arena *a, struct diag *d)
{
	unsigned int before = diag_errors(d);

	memset(p, 0, sizeof(*p));
	p->gic_node = -1;
	p->uart_node = -1;
	strncpy(p->name, name, sizeof(p->name) - 1);
	if (!source_read(&p->source, path, a, d))
		return false;
	check_language(p, d);
	read_partita(p, d);
	read_cpus(p, d);
	read_ram(p, d);
	read_gic(p, d);
	read_timer(p, d);
	read_uart(p, d);
	check_load_address(p, d);
	platform_check_parts(p, d);
	return diag_errors(d) == before;
}
