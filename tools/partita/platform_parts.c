/* SPDX-License-Identifier: Apache-2.0 */
/* What of a board the kernel maps: its memory, the GIC's frames and the console. */
#include "tools/partita/platform.h"

#define MAX_PARTS (PLATFORM_MAX_RAM + 3)

struct part {
	struct range range; /* of size 0: not there, or errors were reported */
	const char *what;
	struct node node;
};

static uint32_t parts_of(const struct platform *p, struct part *part)
{
	const struct part others[] = {
		{ p->gicd, "the GIC's distributor", { &p->source, p->gic_node } },
		{ p->gicr, "the GIC's redistributors", { &p->source, p->gic_node } },
		{ p->uart_regs, "the console", { &p->source, p->uart_node } },
	};
	uint32_t count = 0;

	for (uint32_t i = 0; i < p->ram_count; i++)
		part[count++] = (struct part){ p->ram[i], "memory", node_root(&p->source) };
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		part[count++] = others[i];
	return count;
}

void platform_check_reach(const struct platform *p, struct node n, const char *what, struct range r,
			  struct diag *d)
{
	if (r.bytes && (r.base + r.bytes - 1) >> p->pa_bits)
		diag_report(d, DIAG_PLATFORM_OUT_OF_REACH, node_property_pos(n, "reg"),
			    "%s at 0x%jx size 0x%jx reaches above 2^%u, which is all that the CPUs can "
			    "address; mend 'reg' or 'partita,pa-bits'",
			    what, (uintmax_t)r.base, (uintmax_t)r.bytes, p->pa_bits);
}

static void check_overlap(const struct part *a, const struct part *b, struct diag *d)
{
	if (range_overlap(a->range, b->range))
		diag_report(d, DIAG_PLATFORM_OVERLAP, node_property_pos(a->node, "reg"),
			    "%s at 0x%jx size 0x%jx overlaps %s at 0x%jx size 0x%jx; mend 'reg'", a->what,
			    (uintmax_t)a->range.base, (uintmax_t)a->range.bytes, b->what,
			    (uintmax_t)b->range.base, (uintmax_t)b->range.bytes);
}

void platform_check_parts(const struct platform *p, struct diag *d)
{
	struct part part[MAX_PARTS];
	uint32_t count = parts_of(p, part);

	for (uint32_t i = 0; i < count; i++) {
		platform_check_reach(p, part[i].node, part[i].what, part[i].range, d);
		for (uint32_t k = 0; k < i; k++)
			check_overlap(&part[i], &part[k], d);
	}
}
