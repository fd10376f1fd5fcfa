/* SPDX-License-Identifier: Apache-2.0 */
/* What is shared, who rings whom, and the graph of who can influence whom. */
#include "tools/partita/page_lanes.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>
#include <string.h>

static const char *const kind_name[FLOW_KINDS] = {
	[FLOW_MEMORY] = "memory",
	[FLOW_DOORBELL] = "doorbell",
	[FLOW_TIME] = "time",
};

static const char *flow_title(const struct machine *m, const struct flow *f)
{
	const char *text = arena_printf(m->arena, "%s to %s\n%s: %s", machine_party_name(m, f->from),
					machine_party_name(m, f->to), kind_name[f->kind], f->what);

	if (!f->object)
		return text;
	return arena_printf(m->arena, "%s, %s at 0x%" PRIx64, text, units_bytes(m->arena, f->object->bytes),
			    f->object->pa);
}

/* ---- Channels: what goes from one party to another, the kernel left out ---- */

/* What follows a comma in the name of the memory, and its size. */
static const char *label_more(const struct machine *m, const struct flow *f)
{
	const char *comma = strchr(f->what, ','), *size = units_bytes(m->arena, f->object->bytes);

	return comma ? arena_printf(m->arena, "%s, %s", comma + 2, size) : size;
}

static struct lane flow_lane(const struct machine *m, uint32_t index)
{
	const struct flow *f = &m->flow[index];
	const char *from = page_party_class(m, f->from), *to = page_party_class(m, f->to);

	return (struct lane){
		.left = m->party[f->from].name,
		.left_class = arena_printf(m->arena, "box %s", from),
		.label = arena_copy(m->arena, f->what, strcspn(f->what, ",")),
		.label_more = f->object ? label_more(m, f) : NULL,
		.right = m->party[f->to].name,
		.right_class = arena_printf(m->arena, "box %s", to),
		.wire_class = arena_printf(m->arena, "wire %s %s", kind_name[f->kind], from),
		.href = arena_printf(m->arena, PAGE_FLOW_ID, index),
		.title = flow_title(m, f),
	};
}

static void draw_channels(const struct machine *m, FILE *out)
{
	struct lane *lane = arena_alloc(m->arena, m->flow_count * sizeof(*lane));
	struct lanes l = {
		.side = 325,
		.name = "channels",
		.title = "Channels and doorbells",
		.description = "What one party writes and another reads, and who may wake whom. The table of "
			       "influence has the same facts.",
		.left_head = "Writes",
		.label_head = "by way of",
		.right_head = "Reads",
		.lane = lane,
	};

	for (uint32_t i = 0; i < m->flow_count; i++) {
		const struct flow *f = &m->flow[i];

		if (f->kind != FLOW_TIME && f->from != machine_kernel(m) && f->to != machine_kernel(m))
			lane[l.count++] = flow_lane(m, i);
	}
	if (l.count == 0) {
		html_print(out, "<p>There is none.</p>\n");
		return;
	}
	html_print(out, "<figure><figcaption>From who writes to who reads</figcaption>\n");
	page_lanes(&l, out);
	html_print(out, "<p class=\"note\">A solid line is memory that one side writes and the other only "
			"reads; "
			"a dashed one a doorbell, which carries nothing but itself.</p></figure>\n");
}

static void print_shared(const struct machine *m, FILE *out)
{
	page_table_begin(out, "Memory with more than one party",
			 "Really at|Size|What, and who has it mapped");
	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct piece *p = &m->piece[i];

		if (!machine_is_shared(p))
			continue;
		html_print(out, "<tr><td><code>0x%" PRIx64 "</code></td><td>%s</td><td>", p->object->pa,
			   units_bytes(m->arena, p->object->bytes));
		page_piece(m, out, p);
		html_print(out, "</td></tr>\n");
	}
	page_table_end(out);
}

void page_sharing(const struct machine *m, FILE *out)
{
	page_section_begin(out, "sharing", "Channels",
			   "All memory that more than one party has mapped and one of them writes, found by "
			   "comparing every mapping. A VM and its monitor are one party.");
	draw_channels(m, out);
	print_shared(m, out);
	page_section_end(out);
}

/* ---- Influence: an arc for each pair of parties and kind ---- */

#define BOX_X 200
#define BOX_WIDTH 360
#define BOX_END (BOX_X + BOX_WIDTH)
#define BOX_LEAST 36
#define BOX_GAP 12
#define PORT 11 /* between two arcs' ends */
#define TOP 24

struct arc {
	enum flow_kind kind;
	uint32_t upper, lower; /* parties */
	bool down, up; /* which of them influences the other */
	int upper_y, lower_y;
};

struct graph {
	struct arc *arc;
	uint32_t count;
	int y[MAX_PARTIES], height[MAX_PARTIES], bottom;
};

static void add_arc(struct graph *g, const struct flow *f)
{
	uint32_t upper = f->from < f->to ? f->from : f->to, lower = f->from ^ f->to ^ upper, i = 0;

	while (i < g->count &&
	       (g->arc[i].kind != f->kind || g->arc[i].upper != upper || g->arc[i].lower != lower))
		i++;
	if (i == g->count)
		g->arc[g->count++] = (struct arc){ .kind = f->kind, .upper = upper, .lower = lower };
	g->arc[i].down |= f->from == upper;
	g->arc[i].up |= f->from == lower;
}

static bool on_left(const struct arc *a)
{
	return a->kind == FLOW_TIME;
}

/* How large it is: a larger arc goes around a smaller one, and memory's around a doorbell's. */
static uint32_t reach(const struct arc *a)
{
	return (a->lower - a->upper) * FLOW_KINDS + (FLOW_KINDS - 1 - a->kind);
}

static uint32_t port_rank(const struct graph *g, const struct arc *a, bool at_lower)
{
	uint32_t party = at_lower ? a->lower : a->upper, rank = 0;

	for (uint32_t i = 0; i < g->count; i++) {
		const struct arc *other = &g->arc[i];

		if (on_left(other) != on_left(a))
			continue;
		/* At a party, first come arcs that lead up, small ones first, then those that lead down,
		 * large ones first: so none crosses another without need. */
		if (other->lower == party)
			rank += at_lower ? reach(other) < reach(a) : 1;
		else if (other->upper == party)
			rank += !at_lower && reach(other) > reach(a);
	}
	return rank;
}

static uint32_t ports(const struct graph *g, uint32_t party, bool left)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < g->count; i++) {
		if (on_left(&g->arc[i]) == left)
			count += g->arc[i].upper == party || g->arc[i].lower == party;
	}
	return count;
}

static int port_y(const struct graph *g, const struct arc *a, bool at_lower)
{
	uint32_t party = at_lower ? a->lower : a->upper;
	int count = (int)ports(g, party, on_left(a));

	return g->y[party] + g->height[party] / 2 - (count - 1) * PORT / 2 +
	       (int)port_rank(g, a, at_lower) * PORT;
}

static void lay_out(const struct machine *m, struct graph *g)
{
	int y = TOP;

	for (uint32_t p = 0; p < m->party_count; p++) {
		uint32_t left = ports(g, p, true), right = ports(g, p, false);
		int height = (int)(left > right ? left : right) * PORT + PORT;

		g->y[p] = y;
		g->height[p] = height < BOX_LEAST ? BOX_LEAST : height;
		y += g->height[p] + BOX_GAP;
	}
	g->bottom = y;
	for (uint32_t i = 0; i < g->count; i++) {
		g->arc[i].upper_y = port_y(g, &g->arc[i], false);
		g->arc[i].lower_y = port_y(g, &g->arc[i], true);
	}
}

static void make_graph(const struct machine *m, struct graph *g)
{
	g->arc = arena_alloc(m->arena, (m->flow_count + 1) * sizeof(*g->arc));
	for (uint32_t i = 0; i < m->flow_count; i++)
		add_arc(g, &m->flow[i]);
	lay_out(m, g);
}

static const char *arc_title(const struct machine *m, const struct arc *a)
{
	const char *text = "";

	for (uint32_t i = 0; i < m->flow_count; i++) {
		const struct flow *f = &m->flow[i];
		bool down = f->from == a->upper && f->to == a->lower,
		     up = f->from == a->lower && f->to == a->upper;

		if (f->kind == a->kind && (down || up))
			text = arena_printf(m->arena, "%s%s%s", text, *text ? "\n" : "", flow_title(m, f));
	}
	return text;
}

static void draw_arc(const struct machine *m, const struct arc *a, FILE *out)
{
	int room = on_left(a) ? BOX_X : SVG_WIDTH - BOX_END;
	int width = room * 3 / 10 + room * 7 / 10 * (int)reach(a) / (int)(m->party_count * FLOW_KINDS);
	int x = on_left(a) ? BOX_X : BOX_END;
	const char *class = arena_printf(m->arena, "wire %s %s", kind_name[a->kind],
					 page_party_class(m, a->down ? a->upper : a->lower));

	svg_link_begin(out, "lane", "influence", arc_title(m, a));
	svg_arc(out, class, x, on_left(a) ? -width : width, a->upper_y, a->lower_y);
	if (a->down)
		svg_head(out, class, x, a->lower_y, on_left(a));
	if (a->up)
		svg_head(out, class, x, a->upper_y, on_left(a));
	svg_link_end(out);
}

static void draw_graph(const struct machine *m, FILE *out)
{
	struct graph g = { .count = 0 };

	make_graph(m, &g);
	html_print(out, "<figure><figcaption>Who can influence whom, directly</figcaption>\n");
	svg_begin(out, "graph", g.bottom, "Who can influence whom",
		  "A box for each party. Arcs on the right are memory and doorbells, those on the left "
		  "time. An arrow "
		  "points to who is influenced. The table below has the same facts.");
	svg_text(out, "head", 0, 0, 12, "time");
	svg_text(out, "head end", SVG_WIDTH, 0, 12, "memory, doorbells");
	for (uint32_t p = 0; p < m->party_count; p++) {
		struct svg_box box = { BOX_X, BOX_WIDTH, g.y[p], g.height[p] };

		svg_box(out, arena_printf(m->arena, "box %s", page_party_class(m, p)), box);
		svg_text(out, "middle", BOX_X + BOX_WIDTH / 2, 0, box.y + box.h / 2 + 4, m->party[p].name);
	}
	for (uint32_t i = 0; i < g.count; i++)
		draw_arc(m, &g.arc[i], out);
	svg_end(out);
	html_print(out,
		   "<p class=\"note\">Solid: memory. Dashed: a doorbell. Dotted: time. Where there is no "
		   "arc, there "
		   "is no way. The kernel runs below all of them: it decides when each runs, takes their "
		   "calls, "
		   "and is trusted with that.</p></figure>\n");
}

static void print_matrix(const struct machine *m, FILE *out)
{
	html_print(out, "<table class=\"matrix\"><caption>Influence at a glance: rows on "
			"columns</caption><thead><tr><td></td>");
	for (uint32_t to = 0; to < m->party_count; to++)
		html_print(out, "<th scope=\"col\"><span class=\"name %s\">%s</span></th>",
			   page_party_class(m, to), m->party[to].name);
	html_print(out, "</tr></thead><tbody>\n");
	for (uint32_t from = 0, i = 0; from < m->party_count; from++) {
		html_print(out, "<tr><th scope=\"row\"><span class=\"name %s\">%s</span></th>",
			   page_party_class(m, from), m->party[from].name);
		for (uint32_t to = 0; to < m->party_count; to++) {
			bool kind[FLOW_KINDS] = { false };

			for (; i < m->flow_count && m->flow[i].from == from && m->flow[i].to == to; i++)
				kind[m->flow[i].kind] = true;
			html_print(out, "<td>%s%s%s%s</td>", from == to ? "=" : "",
				   kind[FLOW_MEMORY] ? "M" : "", kind[FLOW_DOORBELL] ? "D" : "",
				   kind[FLOW_TIME] ? "T" : "");
		}
		html_print(out, "</tr>\n");
	}
	page_table_end(out);
}

static void print_flows(const struct machine *m, FILE *out)
{
	page_table_begin(out, "Influence", "From and to|How|By what");
	for (uint32_t i = 0; i < m->flow_count; i++) {
		const struct flow *f = &m->flow[i];

		html_print(out, "<tr id=\"" PAGE_FLOW_ID "\"><td>", i);
		page_party(m, out, f->from);
		html_print(out, " <span class=\"to\">to</span> ");
		page_party(m, out, f->to);
		html_print(out, "</td><td>%s</td><td>%s", kind_name[f->kind], f->what);
		if (f->object)
			html_print(out, ", %s at <code>0x%" PRIx64 "</code>",
				   units_bytes(m->arena, f->object->bytes), f->object->pa);
		html_print(out, "</td></tr>\n");
	}
	page_table_end(out);
}

void page_influence(const struct machine *m, FILE *out)
{
	page_section_begin(out, "influence", "Influence",
			   "Every way by which one party can have a direct effect on another. An indirect "
			   "effect "
			   "takes several of these steps.");
	draw_graph(m, out);
	print_matrix(m, out);
	html_print(out, "<p class=\"note\">M memory, D doorbell, T time.</p>\n");
	print_flows(m, out);
	page_section_end(out);
}
