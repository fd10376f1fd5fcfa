/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/page_lanes.h"
#include "tools/partita/html.h"

#include <string.h>

#define LABEL_MARGIN 30 /* what is to be seen of a wire, on either side */
#define LABEL_HEIGHT 22
#define LABEL_MORE_HEIGHT 34
#define ROW 40
#define ROW_GAP 5
#define TOP 24

static bool same(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool same_left(const struct lane *a, const struct lane *b)
{
	return same(a->left, b->left) && same(a->left_more, b->left_more) &&
	       same(a->left_class, b->left_class);
}

static bool same_right(const struct lane *a, const struct lane *b)
{
	return same(a->right, b->right) && same(a->right_more, b->right_more) &&
	       same(a->right_class, b->right_class);
}

/* How many rows from `i` on have the box of row i; 0 when it began before. */
static uint32_t run(const struct lanes *l, uint32_t i,
		    bool (*is_same)(const struct lane *, const struct lane *))
{
	uint32_t n = 1;

	if (i && is_same(&l->lane[i - 1], &l->lane[i]))
		return 0;
	while (i + n < l->count && is_same(&l->lane[i], &l->lane[i + n]))
		n++;
	return n;
}

static void draw_side(FILE *out, const char *class, struct svg_box box, const char *name, const char *more)
{
	svg_box(out, class, box);
	svg_caption(out, box, name, more);
}

static void draw_boxes(const struct lanes *l, FILE *out)
{
	for (uint32_t i = 0; i < l->count; i++) {
		const struct lane *r = &l->lane[i];
		uint32_t left = run(l, i, same_left), right = run(l, i, same_right);
		int y = TOP + (int)i * ROW;

		if (left)
			draw_side(out, r->left_class,
				  (struct svg_box){ 0, l->side, y, (int)left * ROW - ROW_GAP }, r->left,
				  r->left_more);
		if (right)
			draw_side(out, r->right_class,
				  (struct svg_box){ SVG_WIDTH - l->side, l->side, y,
						    (int)right * ROW - ROW_GAP },
				  r->right, r->right_more);
	}
}

static void draw_label(const struct lane *r, int side, int y, FILE *out)
{
	int height = r->label_more ? LABEL_MORE_HEIGHT : LABEL_HEIGHT, x = side + LABEL_MARGIN;

	svg_box(out, "pill", (struct svg_box){ x, SVG_WIDTH - 2 * x, y - height / 2, height });
	svg_text(out, "middle", SVG_WIDTH / 2, 0, r->label_more ? y - 3 : y + 4, r->label);
	if (r->label_more)
		svg_text(out, "middle more", SVG_WIDTH / 2, 0, y + 11, r->label_more);
}

static void draw_lane(const struct lane *r, int side, int y, FILE *out)
{
	svg_link_begin(out, "lane", r->href, r->title);
	svg_wire(out, r->wire_class, side, SVG_WIDTH - 2 * side, y, y);
	svg_head(out, r->wire_class, SVG_WIDTH - side, y, true);
	draw_label(r, side, y, out);
	svg_link_end(out);
}

void page_lanes(const struct lanes *l, FILE *out)
{
	svg_begin(out, l->name, TOP + (int)l->count * ROW, l->title, l->description);
	svg_text(out, "head", 0, 0, 12, l->left_head);
	svg_text(out, "head middle", SVG_WIDTH / 2, 0, 12, l->label_head);
	svg_text(out, "head", SVG_WIDTH - l->side, 0, 12, l->right_head);
	draw_boxes(l, out);
	for (uint32_t i = 0; i < l->count; i++) {
		if (l->lane[i].label)
			draw_lane(&l->lane[i], l->side, TOP + (int)i * ROW + (ROW - ROW_GAP) / 2, out);
	}
	svg_end(out);
}
