/* SPDX-License-Identifier: Apache-2.0 */
/* The board's RAM, to scale: a strip for each range, and beneath it who has how much. */
#include "tools/partita/page_stretch.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>
#include <string.h>

#define STRIP_HEIGHT 34
#define LEAST 3 /* what would be too thin to be seen gets as much */

/* The stretches that lie in a range of RAM. */
static struct stretches within(struct stretches all, const struct range *ram)
{
	struct stretches part = { .count = 0 };

	for (uint32_t i = 0; i < all.count; i++) {
		struct stretch *s = &all.stretch[i];

		if (s->pa < ram->base || s->pa - ram->base >= ram->bytes)
			continue;
		if (part.count++ == 0)
			part.stretch = s;
	}
	return part;
}

/* From where to where the i-th is drawn: to scale, but behind its neighbour, not thinner than can be
 * seen, and with room for those that follow. */
static struct svg_box strip_box(struct stretches part, uint32_t i, const struct range *ram, int from)
{
	const struct stretch *s = &part.stretch[i];
	int to = (int)((s->pa + s->bytes - ram->base) * SVG_WIDTH / ram->bytes);
	int least = LEAST * (int)part.count <= SVG_WIDTH ? LEAST : SVG_WIDTH / (int)part.count;
	int room = least * (int)(part.count - 1 - i);

	if (to < from + least)
		to = from + least;
	if (to > SVG_WIDTH - room)
		to = SVG_WIDTH - room;
	return (struct svg_box){ from, to - from, 1, STRIP_HEIGHT - 2 };
}

static void draw_strip(const struct machine *m, struct stretches part, const struct range *ram, FILE *out)
{
	int from = 0;

	svg_begin(out, arena_printf(m->arena, "ram-%" PRIx64, ram->base), STRIP_HEIGHT,
		  arena_printf(m->arena, "RAM at 0x%" PRIx64 ", to scale", ram->base),
		  "Who has which part of it. The list below has the same facts.");
	for (uint32_t i = 0; i < part.count; i++) {
		struct svg_box box = strip_box(part, i, ram, from);

		from = box.x + box.w;
		svg_link_begin(out, "piece", "memory", page_stretch_title(m, &part.stretch[i]));
		svg_box(out, page_stretch_class(m, &part.stretch[i]), box);
		svg_link_end(out);
	}
	svg_end(out);
}

/* Stretches of one name are one entry, where the first of them is. */
static void print_legend(const struct machine *m, struct stretches part, const struct range *ram, FILE *out)
{
	html_print(out, "<ul class=\"legend\">\n");
	for (uint32_t i = 0; i < part.count; i++) {
		const struct stretch *s = &part.stretch[i];
		const char *name = page_stretch_name(m, s);
		uint64_t bytes = 0;
		uint32_t first = part.count;

		for (uint32_t k = 0; k < part.count; k++) {
			if (strcmp(page_stretch_name(m, &part.stretch[k]), name) != 0)
				continue;
			first = k < first ? k : first;
			bytes += part.stretch[k].bytes;
		}
		if (first == i)
			html_print(out, "<li><i class=\"%s\"></i>%s <span class=\"at\">%s, %s</span></li>\n",
				   page_stretch_class(m, s), name, units_bytes(m->arena, bytes),
				   units_percent(m->arena, bytes, ram->bytes));
	}
	html_print(out, "</ul>\n");
}

void page_ram(const struct machine *m, FILE *out)
{
	const struct platform *p = &m->build->platform;
	struct stretches all = page_stretches(m);

	for (uint32_t i = 0; i < p->ram_count; i++) {
		const struct range *ram = &p->ram[i];

		html_print(out,
			   "<figure><figcaption>RAM at <code>0x%" PRIx64
			   "</code>, %s, to scale</figcaption>\n",
			   ram->base, units_bytes(m->arena, ram->bytes));
		draw_strip(m, within(all, ram), ram, out);
		print_legend(m, within(all, ram), ram, out);
		html_print(out, "</figure>\n");
	}
}
