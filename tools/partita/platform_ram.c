/* SPDX-License-Identifier: Apache-2.0 */
/* A board's memory: what its tree calls memory, without what it keeps for firmware. */
#include "tools/partita/platform.h"

#include <libfdt.h>
#include <string.h>

/* Takes the stretch out of the board's RAM; what is left of a range may be two. Where there is no
 * room for the second it is not used. */
static void reserve(struct platform *p, struct range r)
{
	uint64_t first = r.base / PAGE_BYTES * PAGE_BYTES;
	uint64_t end = (r.base + r.bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	uint32_t count = p->ram_count;

	for (uint32_t i = 0; i < count; i++) {
		struct range *ram = &p->ram[i];
		uint64_t ram_end = ram->base + ram->bytes;

		if (r.bytes == 0 || first >= ram_end || end <= ram->base)
			continue;
		if (end < ram_end && first <= ram->base)
			*ram = (struct range){ end, ram_end - end };
		else
			ram->bytes = first > ram->base ? first - ram->base : 0;
		if (end < ram_end && ram->base < first && p->ram_count < PLATFORM_MAX_RAM)
			p->ram[p->ram_count++] = (struct range){ end, ram_end - end };
	}
}

/* Firmware's, by either of the two ways to say it. */
static void read_reserved(struct platform *p)
{
	const void *fdt = p->source.fdt;
	struct node reserved = node_child(node_root(&p->source), "reserved-memory");
	struct range r;

	for (int i = 0; i < fdt_num_mem_rsv(fdt); i++) {
		if (fdt_get_mem_rsv(fdt, i, &r.base, &r.bytes) == 0)
			reserve(p, r);
	}
	for (struct node n = node_first(reserved); n.offset >= 0; n = node_next(n)) {
		for (uint32_t i = 0; platform_enabled(n) && node_reg(n, i, &r); i++)
			reserve(p, r);
	}
}

static bool memory_is_sound(const struct platform *p, struct range r)
{
	return p->ram_count < PLATFORM_MAX_RAM && r.base % PAGE_BYTES == 0 && r.bytes % PAGE_BYTES == 0 &&
	       (r.bytes == 0 || (r.base + r.bytes - 1) >> p->pa_bits == 0);
}

static void drop_empty(struct platform *p)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < p->ram_count; i++) {
		if (p->ram[i].bytes)
			p->ram[kept++] = p->ram[i];
	}
	p->ram_count = kept;
}

bool platform_find_ram(struct platform *p, struct node *bad)
{
	struct node root = node_root(&p->source);

	for (struct node n = node_first(root); n.offset >= 0; n = node_next(n)) {
		const char *type = node_string(n, "device_type");
		struct range r;

		if (!type || strcmp(type, "memory") != 0)
			continue;
		for (uint32_t i = 0; node_reg(n, i, &r); i++) {
			*bad = n;
			if (!memory_is_sound(p, r))
				return false;
			if (r.bytes)
				p->ram[p->ram_count++] = r;
		}
	}
	read_reserved(p);
	drop_empty(p);
	return true;
}
