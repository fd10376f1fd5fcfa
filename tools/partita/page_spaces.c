/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of addresses: what the drawings of memory say, and every mapping beyond them. */
#include "tools/partita/page.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>
#include <string.h>

#define SHORT_BYTES 18

const char *page_short(const struct machine *m, const char *path)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash && slash[1] ? slash + 1 : path;

	if (strlen(name) <= SHORT_BYTES)
		return name;
	return arena_printf(m->arena, "%.*s..", SHORT_BYTES - 2, name);
}

void page_path(const struct machine *m, FILE *out, const char *path)
{
	while (*path) {
		size_t length = strcspn(path, "/@");

		length += path[length] != 0;
		html_print(out, "%s<wbr>", arena_copy(m->arena, path, length));
		path += length;
	}
}

void page_piece(const struct machine *m, FILE *out, const struct piece *p)
{
	html_print(out, "%s: ", p->object->owner);
	page_path(m, out, p->object->what);
	html_print(out, "<br><span class=\"at\">%s writes, %s only reads;</span>",
		   machine_set_name(m, p->writers), machine_set_name(m, p->readers));
}

void page_pieces_table(const struct machine *m, FILE *out)
{
	static const char *const kind[] = {
		[OBJECT_FILE] = "in the image",
		[OBJECT_ZERO] = "zeroed at boot",
		[OBJECT_RAM] = "zeroed at each start",
		[OBJECT_DEVICE] = "device",
	};

	html_print(out, "<details><summary>Physical memory, piece by piece (%u)</summary>\n", m->piece_count);
	page_table_begin(out, NULL, "Addresses|Size|What, and who has it mapped");
	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct piece *p = &m->piece[i];
		const struct object *o = p->object;

		html_print(out,
			   "<tr id=\"" PAGE_PIECE_ID "\"><td><code>0x%" PRIx64 "<wbr>-0x%" PRIx64
			   "</code></td><td>%s</td><td>",
			   i, o->pa, o->pa + o->bytes - 1, units_bytes(m->arena, o->bytes));
		page_piece(m, out, p);
		html_print(out, " <span class=\"at\">%s</span></td></tr>\n", kind[o->kind]);
	}
	page_table_end(out);
	html_print(out, "</details>\n");
}

void page_windows_table(const struct machine *m, FILE *out)
{
	html_print(out, "<details open><summary>What guests see</summary>\n");
	for (uint32_t i = 0; i < m->window_count; i++) {
		const struct window *w = &m->window[i];

		if (i == 0 || w[-1].vm != w->vm) {
			if (i)
				page_table_end(out);
			page_table_begin(out, machine_party_name(m, w->vm),
					 "Its addresses|Access|What|Really at");
		}
		html_print(out,
			   "<tr id=\"" PAGE_WINDOW_ID "\"><td><code>0x%" PRIx64 "<wbr>-0x%" PRIx64
			   "</code></td><td><code>%s</code></td><td>",
			   i, w->ipa, w->ipa + w->bytes - 1, space_access_name(w->access));
		page_path(m, out, w->what);
		html_print(out, ", %s</td>", units_bytes(m->arena, w->bytes));
		if (w->object)
			html_print(out, "<td><code>0x%" PRIx64 "</code></td></tr>\n",
				   w->object->pa + w->offset);
		else
			html_print(out, "<td>emulated</td></tr>\n");
	}
	page_table_end(out);
	html_print(out, "</details>\n");
}

/* ---- Every address space ---- */

static void print_space(const struct machine *m, const struct space *s, FILE *out)
{
	html_print(out, "<details><summary>%s <span class=\"at\">", s->name);
	if (s->stage == STAGE_2)
		html_print(out, "VMID %u, ", s->vmid);
	html_print(out, "tables at <code>0x%" PRIx64 "</code></span></summary>\n", s->root_pa);
	page_table_begin(out, NULL, "Addresses|Access|Really at|What");
	for (const struct mapping *map = s->first; map; map = map->next) {
		html_print(out,
			   "<tr><td><code>0x%" PRIx64 "<wbr>-0x%" PRIx64
			   "</code></td><td><code>%s</code></td><td><code>0x%" PRIx64 "</code></td><td>%s: ",
			   map->va, map->va + map->bytes - 1, space_access_name(map->access),
			   map->object->pa + map->offset, map->object->owner);
		page_path(m, out, map->object->what);
		html_print(out, "%s</td></tr>\n",
			   map->object->kind == OBJECT_DEVICE ? " (device memory)" : "");
	}
	page_table_end(out);
	html_print(out, "</details>\n");
}

void page_spaces(const struct machine *m, FILE *out)
{
	const struct build *b = m->build;

	page_section_begin(out, "spaces", "All addresses",
			   "Every mapping of every world, as the translation tables have it. What is not "
			   "here cannot "
			   "be reached.");
	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		print_space(m, &b->layout.vm[v].guest, out);
		print_space(m, &b->layout.vm[v].monitor, out);
	}
	if (b->system.console.exists)
		print_space(m, &b->layout.console.space, out);
	print_space(m, &b->layout.head, out);
	for (uint32_t c = 0; c < b->platform.cpu_count; c++)
		print_space(m, &b->layout.cpu[c].space, out);
	page_section_end(out);
}
