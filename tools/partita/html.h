/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Writing HTML and SVG. Markup comes from format strings alone: whatever %s brings is text, and
 * is escaped, whoever chose it.
 *
 * Drawings are fluid: they are as wide as their column, and text keeps its size. So x and widths
 * are in tenths of a percent of the drawing, y and heights in pixels.
 */
#ifndef PARTITA_TOOL_HTML_H
#define PARTITA_TOOL_HTML_H

#include <stdint.h>
#include <stdio.h>

/* As fprintf, within the limits of text_print, with %s escaped for elements' content and quoted
 * attributes. */
void html_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));

#define SVG_WIDTH 1000

/* Between begin and end: the drawing's elements. `name` makes the ids of title and description. */
void svg_begin(FILE *out, const char *name, int height, const char *title, const char *description);
void svg_end(FILE *out);

struct svg_box {
	int x, w, y, h;
};

/* `classes` select the style: those of the page's style sheet, and partyN for a party's colour. */
void svg_box(FILE *out, const char *classes, struct svg_box box);
/* Text on the base line y, dx pixels from x. */
void svg_text(FILE *out, const char *classes, int x, int dx, int y, const char *text);
/* Inside a box: what it is, and something more, or NULL: below it, or beside it in a low box where the
 * page is wide. What does not fit is cut off. */
void svg_caption(FILE *out, struct svg_box box, const char *name, const char *more);
/* A band from [ya, ya + ha) at x to [yb, yb + hb) at x + w. */
void svg_band(FILE *out, const char *classes, int x, int w, int ya, int ha, int yb, int hb);
/* A line from (x, ya) to (x + w, yb). */
void svg_wire(FILE *out, const char *classes, int x, int w, int ya, int yb);
/* A line that leaves x, goes as far as w to the right, or to the left where w is negative, and comes
 * back to x. */
void svg_arc(FILE *out, const char *classes, int x, int w, int ya, int yb);
/* The head of an arrow, its tip at (x, y); it points to the right, or to the left. */
void svg_head(FILE *out, const char *classes, int x, int y, int right);
/* What is between shows `title` when pointed at, and leads to the row `href` when clicked. The rows
 * say the same: for whoever reads or listens, the drawing is one image. */
void svg_link_begin(FILE *out, const char *classes, const char *href, const char *title);
void svg_link_end(FILE *out);

#endif
