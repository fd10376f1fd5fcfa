/* SPDX-License-Identifier: Apache-2.0 */
/* Devices of the board, their interrupts, and who has them. */
#include "tools/partita/page_lanes.h"
#include "tools/partita/html.h"

#include <inttypes.h>

static const char *trigger(const struct route *r)
{
	return r->edge ? "edge" : "level";
}

static const char *owner_more(const struct machine *m, const struct route *r)
{
	if (r->intid == 0)
		return NULL;
	return arena_printf(m->arena, "on CPU %u", r->cpu);
}

static struct lane route_lane(const struct machine *m, uint32_t index)
{
	const struct route *r = &m->route[index];
	const char *class = arena_printf(m->arena, "box %s", page_party_class(m, r->party));

	return (struct lane){
		.left = page_short(m, r->device),
		.left_class = class,
		.label = r->intid ? arena_printf(m->arena, "%u %s", r->intid, trigger(r)) : NULL,
		.right = machine_party_name(m, r->party),
		.right_more = owner_more(m, r),
		.right_class = class,
		.wire_class = arena_printf(m->arena, "wire %s", page_party_class(m, r->party)),
		.href = arena_printf(m->arena, PAGE_ROUTE_ID, index),
		.title = arena_printf(m->arena, "%s\ninterrupt %u, %s, to %s on CPU %u", r->device, r->intid,
				      trigger(r), machine_party_name(m, r->party), r->cpu),
	};
}

/* What each CPU has of its own and the kernel takes. */
static struct lane timer_lane(const struct machine *m, const char *what, uint32_t intid, const char *right)
{
	return (struct lane){
		.left = what,
		.left_class = "box party kernel",
		.label = arena_printf(m->arena, "%u PPI", intid),
		.right = right,
		.right_more = "on each CPU",
		.right_class = "box party kernel",
		.wire_class = "wire party kernel",
		.href = "devices",
		.title = arena_printf(m->arena,
				      "%s\ninterrupt %u of each CPU, to the "
				      "%s",
				      what, intid, right),
	};
}

#define TIMER_LANES 3

static void draw_routes(const struct machine *m, FILE *out)
{
	const struct fmap *f = m->fmap;
	struct lane *lane = arena_alloc(m->arena, (m->route_count + TIMER_LANES) * sizeof(*lane));
	struct lanes l = {
		.side = 380,
		.name = "routes",
		.title = "Devices and interrupts",
		.description = "From each device by its interrupt to its owner. The table below has the "
			       "same facts.",
		.left_head = "Device",
		.label_head = "Interrupt",
		.right_head = "Owner",
		.lane = lane,
		.count = m->route_count + TIMER_LANES,
	};

	for (uint32_t i = 0; i < m->route_count; i++)
		*lane++ = route_lane(m, i);
	*lane++ = timer_lane(m, "virtual timer", f->intid_virt_timer, "VM that runs");
	*lane++ = timer_lane(m, "hypervisor timer", f->intid_hyp_timer, "kernel");
	*lane++ = timer_lane(m, "GIC maintenance", f->intid_maintenance, "kernel");
	html_print(out, "<figure><figcaption>From device to owner</figcaption>\n");
	page_lanes(&l, out);
	html_print(out, "</figure>\n");
}

static void print_row(const struct machine *m, uint32_t index, FILE *out)
{
	const struct route *r = &m->route[index];

	html_print(out, "<tr id=\"" PAGE_ROUTE_ID "\"><td>", index);
	page_path(m, out, r->device);
	html_print(out, "</td><td>");
	page_party(m, out, r->party);
	if (r->intid && m->party[r->party].kind == PARTY_VM)
		html_print(out, "</td><td>%u, %s, as interrupt %u, first to CPU %u</td></tr>\n", r->intid,
			   trigger(r), r->vintid, r->cpu);
	else if (r->intid)
		html_print(out, "</td><td>%u, %s, as a notification, on CPU %u</td></tr>\n", r->intid,
			   trigger(r), r->cpu);
	else
		html_print(out, "</td><td>none</td></tr>\n");
}

void page_devices(const struct machine *m, FILE *out)
{
	page_section_begin(out, "devices", "Devices and interrupts",
			   "A device of the board's has one owner, with its registers and its interrupts. "
			   "Nobody has the ones that are not here.");
	draw_routes(m, out);
	if (m->route_count) {
		page_table_begin(out, "Devices", "Device|Owner|Interrupt");
		for (uint32_t i = 0; i < m->route_count; i++)
			print_row(m, i, out);
		page_table_end(out);
	}
	page_section_end(out);
}
