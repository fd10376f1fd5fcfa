/* SPDX-License-Identifier: Apache-2.0 */
/* Escaping first, then the few shapes that drawings are made of. */
#include "tools/partita/html.h"
#include "tools/partita/text.h"

static void put_text(FILE *out, const char *text)
{
	while (*text) {
		const char *start = text;
		uint32_t c = text_next(&text);

		if (c == TEXT_REPLACEMENT)
			fputs("&#xfffd;", out);
		else if (c == '&' || c == '<' || c == '>' || c == '"' || c == '\'')
			fprintf(out, "&#%u;", c);
		else
			fwrite(start, 1, (size_t)(text - start), out);
	}
}

void html_print(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_print(out, put_text, format, &args);
	va_end(args);
}

/* ---- Drawings ---- */

/* Tenths of a percent, as the attribute's value. */
#define X_FORMAT "%d.%d%%"
#define X(x) (x) / 10, (x) % 10

void svg_begin(FILE *out, const char *name, int height, const char *title, const char *description)
{
	html_print(out,
		   "<svg role=\"img\" class=\"drawing\" width=\"100%%\" height=\"%d\" "
		   "aria-labelledby=\"%s-title %s-desc\">\n"
		   "<title id=\"%s-title\">%s</title><desc id=\"%s-desc\">%s</desc>\n",
		   height, name, name, name, title, name, description);
}

void svg_end(FILE *out)
{
	html_print(out, "</svg>\n");
}

void svg_box(FILE *out, const char *classes, struct svg_box box)
{
	html_print(out,
		   "<rect class=\"%s\" x=\"" X_FORMAT "\" width=\"" X_FORMAT
		   "\" y=\"%d\" height=\"%d\" rx=\"3\"/>",
		   classes, X(box.x), X(box.w), box.y, box.h);
}

void svg_text(FILE *out, const char *classes, int x, int dx, int y, const char *text)
{
	html_print(out, "<text class=\"%s\" x=\"" X_FORMAT "\" dx=\"%d\" y=\"%d\">%s</text>", classes, X(x),
		   dx, y, text);
}

#define CAPTION_INDENT 7
#define CAPTION_LINE 14

void svg_caption(FILE *out, struct svg_box box, const char *name, const char *more)
{
	int lines = more && box.h >= 2 * CAPTION_LINE ? 2 : 1, y = (box.h - lines * CAPTION_LINE) / 2 + 11;

	html_print(out, "<svg x=\"" X_FORMAT "\" width=\"" X_FORMAT "\" y=\"%d\" height=\"%d\">", X(box.x),
		   X(box.w), box.y, box.h);
	svg_text(out, "caption", 0, CAPTION_INDENT, y, name);
	if (more && lines == 2)
		svg_text(out, "more", 0, CAPTION_INDENT, y + CAPTION_LINE, more);
	else if (more)
		svg_text(out, "more end aside", SVG_WIDTH, -CAPTION_INDENT, y, more);
	html_print(out, "</svg>");
}

/* What is between is stretched to the width, but no line gets thicker by it. x from 0 to 100. */
static void stretch_begin(FILE *out, int x, int w, int top, int bottom)
{
	html_print(out,
		   "<svg x=\"" X_FORMAT "\" y=\"%d\" width=\"" X_FORMAT
		   "\" height=\"%d\" viewBox=\"0 %d 100 %d\" preserveAspectRatio=\"none\">",
		   X(x), top, X(w), bottom - top, top, bottom - top);
}

static void stretch_end(FILE *out)
{
	html_print(out, "</svg>");
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

static int most(int a, int b)
{
	return a > b ? a : b;
}

void svg_band(FILE *out, const char *classes, int x, int w, int ya, int ha, int yb, int hb)
{
	stretch_begin(out, x, w, least(ya, yb), most(ya + ha, yb + hb));
	html_print(out,
		   "<path class=\"%s\" d=\"M0,%dC50,%d 50,%d 100,%dV%dC50,%d 50,%d "
		   "0,%dZ\"/>",
		   classes, ya, ya, yb, yb, yb + hb, yb + hb, ya + ha, ya + ha);
	stretch_end(out);
}

/* Room for the line's own thickness. */
#define LINE_ROOM 3

void svg_wire(FILE *out, const char *classes, int x, int w, int ya, int yb)
{
	stretch_begin(out, x, w, least(ya, yb) - LINE_ROOM, most(ya, yb) + LINE_ROOM);
	html_print(out, "<path class=\"%s\" d=\"M0,%dC50,%d 50,%d 100,%d\"/>", classes, ya, ya, yb, yb);
	stretch_end(out);
}

void svg_arc(FILE *out, const char *classes, int x, int w, int ya, int yb)
{
	int from = w < 0 ? 100 : 0, bend = w < 0 ? -30 : 130;

	stretch_begin(out, w < 0 ? x + w : x, w < 0 ? -w : w, least(ya, yb) - LINE_ROOM,
		      most(ya, yb) + LINE_ROOM);
	html_print(out, "<path class=\"%s\" d=\"M%d,%dC%d,%d %d,%d %d,%d\"/>", classes, from, ya, bend, ya,
		   bend, yb, from, yb);
	stretch_end(out);
}

void svg_head(FILE *out, const char *classes, int x, int y, int right)
{
	html_print(out,
		   "<svg class=\"tip\" x=\"" X_FORMAT
		   "\" y=\"%d\"><path class=\"%s\" d=\"M0,0l%d,-4v8z\"/></svg>",
		   X(x), y, classes, right ? -8 : 8);
}

void svg_link_begin(FILE *out, const char *classes, const char *href, const char *title)
{
	html_print(out,
		   "<a class=\"%s\" href=\"#%s\" "
		   "tabindex=\"-1\"><title>%s</title>",
		   classes, href, title);
}

void svg_link_end(FILE *out)
{
	html_print(out, "</a>\n");
}
