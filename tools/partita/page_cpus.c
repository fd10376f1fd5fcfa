/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPUs and their time. Each CPU is a lane: above, whose it is, slot by slot of its major frame;
 * below, what a service may take of it, as a part of the service's period.
 */
#include "tools/partita/page.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>

#define LANE_X 130
#define LANE_WIDTH (SVG_WIDTH - LANE_X)
#define SLOT_HEIGHT 36
#define SERVICE_HEIGHT 12
#define NOTE_HEIGHT 18
#define LANE_GAP 12
#define LABEL_LEAST 200 /* a narrower slot has no room for a name */

static const char *vcpu_name(const struct machine *m, uint32_t vcpu)
{
	return arena_printf(m->arena, "%s, vCPU %u", m->party[m->vcpu[vcpu].vm].name, m->vcpu[vcpu].number);
}

static const char *slot_time(const struct machine *m, const struct fmap_cpu *cpu, const struct fmap_slot *s)
{
	if (cpu->frame_ns == 0)
		return "always";
	return arena_printf(m->arena, "%s from %s on, in each %s", units_ns(m->arena, s->length_ns),
			    units_ns(m->arena, s->start_ns), units_ns(m->arena, cpu->frame_ns));
}

static struct svg_box slot_box(const struct fmap_cpu *cpu, const struct fmap_slot *s, int y)
{
	if (cpu->frame_ns == 0)
		return (struct svg_box){ LANE_X, LANE_WIDTH, y, SLOT_HEIGHT };
	return (struct svg_box){
		.x = LANE_X + (int)(s->start_ns * LANE_WIDTH / cpu->frame_ns),
		.w = (int)(s->length_ns * LANE_WIDTH / cpu->frame_ns),
		.y = y,
		.h = SLOT_HEIGHT,
	};
}

static void draw_slots(const struct machine *m, uint32_t number, int y, FILE *out)
{
	const struct fmap_cpu *cpu = &m->cpu[number];

	svg_box(out, "box free", (struct svg_box){ LANE_X, LANE_WIDTH, y, SLOT_HEIGHT });
	for (uint32_t i = cpu->slot_first; i < cpu->slot_first + cpu->slot_count; i++) {
		const struct fmap_slot *s = &m->slot[i];
		struct svg_box box = slot_box(cpu, s, y);
		const char *name = vcpu_name(m, s->vcpu), *when = slot_time(m, cpu, s);

		svg_link_begin(out, "slot", arena_printf(m->arena, PAGE_CPU_ID, number),
			       arena_printf(m->arena, "CPU %u: %s\n%s", number, name, when));
		svg_box(out, arena_printf(m->arena, "box %s", page_party_class(m, m->vcpu[s->vcpu].vm)), box);
		if (box.w >= LABEL_LEAST)
			svg_caption(out, box, name, when);
		svg_link_end(out);
	}
	if (cpu->slot_count == 0)
		svg_caption(out, (struct svg_box){ LANE_X, LANE_WIDTH, y, SLOT_HEIGHT },
			    cpu->service_count ? "no virtual CPU" : "sleeps", NULL);
}

static int draw_services(const struct machine *m, uint32_t number, int y, FILE *out)
{
	const struct fmap_cpu *cpu = &m->cpu[number];

	for (uint32_t i = cpu->service_first; i < cpu->service_first + cpu->service_count; i++) {
		const struct fmap_service *s = &m->service[i];
		int w = (int)(s->budget_ns * LANE_WIDTH / s->period_ns);
		const char *text = arena_printf(m->arena, "%s: %s", s->name, machine_service_bound(m, s));

		svg_link_begin(out, "slot", arena_printf(m->arena, PAGE_CPU_ID, number), text);
		svg_box(out, "box free", (struct svg_box){ LANE_X, LANE_WIDTH, y, SERVICE_HEIGHT });
		svg_box(out,
			"box service "
			"hatched",
			(struct svg_box){ LANE_X, w > 3 ? w : 3, y, SERVICE_HEIGHT });
		svg_text(out, "more", LANE_X, 0, y + SERVICE_HEIGHT + 14, text);
		svg_link_end(out);
		y += SERVICE_HEIGHT + NOTE_HEIGHT;
	}
	return y;
}

static int lane_height(const struct fmap_cpu *cpu)
{
	return SLOT_HEIGHT + LANE_GAP + (int)cpu->service_count * (SERVICE_HEIGHT + NOTE_HEIGHT + 3);
}

static void draw_cpus(const struct machine *m, FILE *out)
{
	int y = 1, height = 0;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		height += lane_height(&m->cpu[c]);
	html_print(out, "<figure><figcaption>Who runs where, and when</figcaption>\n");
	svg_begin(out, "time", height, "CPUs and their time",
		  "A lane for each CPU. The wide bar shows whose it is; the hatched one below how much of "
		  "it a "
		  "service may take. The table below has the same facts.");
	html_print(out, "<defs><pattern id=\"hatch\" width=\"6\" height=\"6\" "
			"patternUnits=\"userSpaceOnUse\" "
			"patternTransform=\"rotate(45)\"><path class=\"service\" "
			"d=\"M3,0V6\"/></pattern></defs>\n");
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		svg_text(out, "group", 0, 0, y + 22, arena_printf(m->arena, "CPU %u", c));
		draw_slots(m, c, y, out);
		draw_services(m, c, y + SLOT_HEIGHT + 3, out);
		y += lane_height(&m->cpu[c]);
	}
	svg_end(out);
	html_print(out,
		   "<p class=\"note\">A bar is one major frame, or for ever. <i class=\"box service "
		   "hatched\"></i>Hatched: "
		   "the most that a service may take, as a part of its period. When in the period is not "
		   "fixed: it runs when it has something to do, before the virtual CPU goes "
		   "on.</p></figure>\n");
}

static void print_row(const struct machine *m, uint32_t number, FILE *out)
{
	const struct fmap_cpu *cpu = &m->cpu[number];

	html_print(out, "<tr id=\"" PAGE_CPU_ID "\"><td>CPU %u</td><td><code>0x%" PRIx64 "</code></td><td>",
		   number, number, cpu->mpidr);
	for (uint32_t i = cpu->slot_first; i < cpu->slot_first + cpu->slot_count; i++)
		html_print(out, "<span class=\"name %s\">%s</span> %s<br>",
			   page_party_class(m, m->vcpu[m->slot[i].vcpu].vm), vcpu_name(m, m->slot[i].vcpu),
			   slot_time(m, cpu, &m->slot[i]));
	html_print(out, "%s</td><td>", cpu->slot_count ? "" : "nobody");
	for (uint32_t i = cpu->service_first; i < cpu->service_first + cpu->service_count; i++)
		html_print(out, "%s: %s", m->service[i].name, machine_service_bound(m, &m->service[i]));
	html_print(out, "%s</td></tr>\n", cpu->service_count ? "" : "nothing");
}

void page_cpus(const struct machine *m, FILE *out)
{
	page_section_begin(out, "cpus", "CPUs and time",
			   "A virtual CPU stays on its CPU. What it must live with beside itself has a "
			   "bound.");
	draw_cpus(m, out);
	page_table_begin(out, "CPUs", "CPU|MPIDR|Runs|Services take");
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		print_row(m, c, out);
	page_table_end(out);
	page_section_end(out);
}
