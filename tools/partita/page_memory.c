/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The f-map: what each guest sees, on the left, and where that lies, on the right. A piece's height
 * grows with the logarithm of its size, so that a page is as visible as a gigabyte.
 */
#include "tools/partita/page_stretch.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>
#include <string.h>

/* The two columns and what is between them, in tenths of a percent. */
#define COLUMN_WIDTH 430
#define RIGHT_COLUMN (SVG_WIDTH - COLUMN_WIDTH)
#define TOP 26 /* below the columns' heads */
#define GAP 3 /* between neighbours that do not touch */
#define GROUP_GAP 18 /* between guests */
#define GROUP_HEAD 20
#define SMALL_HEIGHT 22 /* one line of text */
#define LEAST_HEIGHT 34 /* two lines */
#define DOUBLING_HEIGHT 3 /* for each doubling of the size */

static int height_of(uint64_t bytes)
{
	int height = LEAST_HEIGHT;

	for (uint64_t pages = bytes / PAGE_BYTES; pages > 1; pages /= 2)
		height += DOUBLING_HEIGHT;
	return height;
}

/* ---- The right column: physical memory ---- */

struct column {
	struct stretches of;
	int height;
};

static struct column make_column(const struct machine *m)
{
	struct column c = { page_stretches(m), TOP };

	for (uint32_t i = 0; i < c.of.count; i++) {
		struct stretch *s = &c.of.stretch[i];

		if (i && s[-1].pa + s[-1].bytes != s->pa)
			c.height += 4 * GAP;
		s->y = c.height;
		s->height = height_of(s->bytes);
		c.height += s->height;
	}
	return c;
}

/* Makes the column as high as its neighbour. */
static void stretch_column(struct column *c, int height)
{
	int have = c->height - TOP, want = height - TOP;

	if (want <= have)
		return;
	for (uint32_t i = 0; i < c->of.count; i++) {
		struct stretch *s = &c->of.stretch[i];
		int end = s->y + s->height - TOP;

		s->y = TOP + (s->y - TOP) * want / have;
		s->height = TOP + end * want / have - s->y;
	}
	c->height = height;
}

static const char *size_and_address(struct arena *a, uint64_t address, uint64_t bytes)
{
	return arena_printf(a, "0x%" PRIx64 " \302\267 %s", address, units_bytes(a, bytes));
}

static void draw_column(const struct machine *m, const struct column *c, FILE *out)
{
	for (uint32_t i = 0; i < c->of.count; i++) {
		const struct stretch *s = &c->of.stretch[i];
		struct svg_box box = { RIGHT_COLUMN, COLUMN_WIDTH, s->y, s->height - 1 };

		svg_link_begin(out, "piece",
			       s->kind == STRETCH_FREE ? "memory"
						       : arena_printf(m->arena, PAGE_PIECE_ID, s->first),
			       page_stretch_title(m, s));
		svg_box(out, page_stretch_class(m, s), box);
		svg_caption(out, box, page_stretch_name(m, s), size_and_address(m->arena, s->pa, s->bytes));
		svg_link_end(out);
	}
}

/* ---- The left column: guests, and the bands to the right ---- */

static int window_height(const struct window *w)
{
	return w->kind == WINDOW_EMULATED ? SMALL_HEIGHT : height_of(w->bytes);
}

static const char *window_title(const struct machine *m, const struct window *w)
{
	const char *text = arena_printf(m->arena, "%s sees %s\n0x%" PRIx64 " to 0x%" PRIx64 ", %s, %s\n",
					machine_party_name(m, w->vm), w->what, w->ipa, w->ipa + w->bytes - 1,
					units_bytes(m->arena, w->bytes), space_access_name(w->access));

	if (!w->object)
		return arena_printf(m->arena, "%semulated by its monitor", text);
	return arena_printf(m->arena, "%slies at 0x%" PRIx64, text, w->object->pa + w->offset);
}

static const struct stretch *target_of(const struct column *c, const struct window *w)
{
	uint64_t pa = w->object->pa + w->offset;

	for (uint32_t i = 0; i < c->of.count; i++) {
		if (pa >= c->of.stretch[i].pa && pa - c->of.stretch[i].pa < c->of.stretch[i].bytes)
			return &c->of.stretch[i];
	}
	return NULL;
}

static void draw_window(const struct machine *m, const struct column *c, uint32_t index, int y, FILE *out)
{
	const struct window *w = &m->window[index];
	const char *class = page_party_class(m, w->vm);
	struct svg_box box = { 0, COLUMN_WIDTH, y, window_height(w) - 1 };

	svg_link_begin(out, "window", arena_printf(m->arena, PAGE_WINDOW_ID, index), window_title(m, w));
	svg_box(out, arena_printf(m->arena, "box %s%s", class, w->object ? "" : " emulated"), box);
	if (w->object) {
		const struct stretch *s = target_of(c, w);

		svg_band(out, arena_printf(m->arena, "band %s", class), COLUMN_WIDTH,
			 RIGHT_COLUMN - COLUMN_WIDTH, box.y, box.h, s->y, s->height - 1);
		svg_head(out, class, RIGHT_COLUMN, s->y + s->height / 2, true);
		svg_caption(out, box, page_short(m, w->what), size_and_address(m->arena, w->ipa, w->bytes));
	} else {
		svg_caption(out, box, w->what,
			    arena_printf(m->arena, "0x%" PRIx64 "%s", w->ipa,
					 w->intid ? arena_printf(m->arena,
								 " \302\267 interrupt "
								 "%u",
								 w->intid)
						  : ""));
	}
	svg_link_end(out);
}

/* Calls `draw` for each window and returns the column's height; without it, only that. */
static int walk_windows(const struct machine *m, const struct column *c, FILE *out)
{
	int y = TOP;

	for (uint32_t i = 0; i < m->window_count; i++) {
		const struct window *w = &m->window[i];

		if (i == 0 || w->vm != w[-1].vm) {
			y += i ? GROUP_GAP : 0;
			if (out)
				svg_text(out, "group", 0, 0, y + 13, machine_party_name(m, w->vm));
			y += GROUP_HEAD;
		} else if (w[-1].ipa + w[-1].bytes != w->ipa) {
			y += GAP;
		}
		if (out)
			draw_window(m, c, i, y, out);
		y += window_height(w);
	}
	return y;
}

static void draw_fmap(const struct machine *m, FILE *out)
{
	struct column c = make_column(m);
	int height = walk_windows(m, NULL, NULL);

	stretch_column(&c, height);
	if (c.height > height)
		height = c.height;
	html_print(out, "<figure><figcaption>The f-map: what each guest sees, and where it really "
			"lies</figcaption>\n");
	svg_begin(out, "fmap", height + 4, "The f-map",
		  "On the left the address space of each guest, on the right physical memory, both in the "
		  "order of "
		  "addresses, low ones on top. A band leads from what a guest sees to where it lies. The "
		  "tables of "
		  "what guests see have the same facts.");
	svg_text(out, "head", 0, 0, 12, "Guests see");
	svg_text(out, "head", RIGHT_COLUMN, 0, 12, "The board has");
	draw_column(m, &c, out);
	walk_windows(m, &c, out);
	svg_end(out);
	html_print(out,
		   "<p class=\"note\">Low addresses are on top. Not to scale: a height grows with the "
		   "logarithm "
		   "of a size, and gaps are left out. What is dashed is emulated by the VM's monitor and "
		   "has no "
		   "memory. Point at a piece for its addresses; a click leads to its row.</p></figure>\n");
}

void page_memory(const struct machine *m, FILE *out)
{
	page_section_begin(out, "memory", "Memory",
			   "Two guests may use the same address and still never meet: where it leads was "
			   "decided "
			   "before boot.");
	page_ram(m, out);
	draw_fmap(m, out);
	page_windows_table(m, out);
	page_pieces_table(m, out);
	page_section_end(out);
}
