/* SPDX-License-Identifier: Apache-2.0 */
/* The frame of the page: head, what it is about, sections, foot. */
#include "tools/partita/page.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"
#include "lib/blake2b.h"

#include <string.h>

/* ---- In common ---- */

void page_section_begin(FILE *out, const char *id, const char *title, const char *lead)
{
	html_print(out, "<section id=\"%s\">\n<h2>%s</h2>\n<p class=\"lead\">%s</p>\n", id, title, lead);
}

void page_section_end(FILE *out)
{
	html_print(out, "</section>\n");
}

void page_table_begin(FILE *out, const char *caption, const char *columns)
{
	html_print(out, "<table>");
	if (caption)
		html_print(out, "<caption>%s</caption>", caption);
	html_print(out, "<thead><tr>");
	while (*columns) {
		size_t length = strcspn(columns, "|");

		html_print(out, "<th scope=\"col\">");
		fwrite(columns, 1, length, out);
		html_print(out, "</th>");
		columns += length + (columns[length] == '|');
	}
	html_print(out, "</tr></thead><tbody>\n");
}

void page_table_end(FILE *out)
{
	html_print(out, "</tbody></table>\n");
}

const char *page_party_class(const struct machine *m, uint32_t party)
{
	static const char *const neutral[] = {
		[PARTY_SERVICE] = "party service",
		[PARTY_KERNEL] = "party kernel",
	};

	if (m->party[party].kind != PARTY_VM)
		return neutral[m->party[party].kind];
	return arena_printf(m->arena, "party vm%u", party);
}

void page_party(const struct machine *m, FILE *out, uint32_t party)
{
	html_print(out, "<span class=\"name %s\">%s</span>", page_party_class(m, party),
		   machine_party_name(m, party));
}

/* ---- Style ---- */

/* Hues that stay apart for most eyes, red left out: that one warns. VMs beyond them get the same
 * hues in another tone. Names stand everywhere beside the colours. */
static void print_colours(const struct machine *m, FILE *out)
{
	static const unsigned int hue[] = { 212, 30, 152, 318, 262, 52, 186, 96 };
	const unsigned int hues = sizeof(hue) / sizeof(hue[0]);

	for (uint32_t v = 0; v < m->build->system.vm_count; v++)
		html_print(out, ".vm%u{--h:%u;--s:%u%%}\n", v, hue[v % hues], 62 - v / hues % 4 * 16);
}

/* ---- Head and foot ---- */

static void print_hash(const struct machine *m, FILE *out)
{
	html_print(out, "<code class=\"hash\">");
	for (unsigned int i = 0; i < BLAKE2B_256_BYTES; i++)
		html_print(out, "%02x%s", m->hash[i], i % 4 == 3 ? " " : "");
	html_print(out, "</code>");
}

static uint64_t board_ram(const struct platform *p)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < p->ram_count; i++)
		bytes += p->ram[i].bytes;
	return bytes;
}

static uint64_t guest_ram(const struct machine *m)
{
	uint64_t bytes = 0;

	for (uint32_t i = 0; i < m->window_count; i++)
		bytes += m->window[i].kind == WINDOW_RAM ? m->window[i].bytes : 0;
	return bytes;
}

static void print_figure(FILE *out, const char *value, const char *what)
{
	html_print(out, "<div><dt>%s</dt><dd>%s</dd></div>\n", what, value);
}

static void print_figures(const struct machine *m, FILE *out)
{
	const struct platform *p = &m->build->platform;
	struct arena *a = m->arena;
	uint32_t busy = 0;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		busy += m->cpu[c].slot_count > 0;
	html_print(out, "<dl class=\"figures\">\n");
	print_figure(out, arena_printf(a, "%u", m->build->system.vm_count), "virtual machines");
	print_figure(out, arena_printf(a, "%u of %u", busy, p->cpu_count), "CPUs with a virtual CPU");
	print_figure(out, units_bytes(a, guest_ram(m)),
		     arena_printf(a, "guests' memory, of %s", units_bytes(a, board_ram(p))));
	print_figure(out, units_bytes(a, m->image_bytes), "boot image");
	html_print(out, "</dl>\n");
}

static void print_head(const struct machine *m, FILE *out)
{
	const char *name = m->build->system.name, *board = m->build->platform.name;

	html_print(out,
		   "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
		   "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		   "<meta name=\"color-scheme\" content=\"light dark\">\n"
		   "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		   "style-src 'unsafe-inline'; img-src data:\">\n"
		   "<link rel=\"icon\" href=\"data:,\">\n<title>%s on %s</title>\n<style>\n",
		   name, board);
	fputs(page_style, out);
	print_colours(m, out);
	html_print(out,
		   "</style></head>\n<body>\n<header>\n<p class=\"kicker\">Partita machine map</p>\n"
		   "<h1>%s <span>on %s</span></h1>\n",
		   name, board);
	print_figures(m, out);
	html_print(out, "</header>\n");
}

static void print_contents(FILE *out)
{
	static const struct {
		const char *id, *title;
	} entry[] = {
		{ "vms", "Virtual machines" }, { "memory", "Memory" },	  { "cpus", "CPUs and time" },
		{ "devices", "Devices" },      { "sharing", "Channels" }, { "influence", "Influence" },
		{ "spaces", "All addresses" },
	};

	html_print(out, "<nav aria-label=\"Sections\">");
	for (size_t i = 0; i < sizeof(entry) / sizeof(entry[0]); i++)
		html_print(out, "<a href=\"#%s\">%s</a> ", entry[i].id, entry[i].title);
	html_print(out, "</nav>\n");
}

static void print_foot(const struct machine *m, FILE *out)
{
	html_print(out, "<footer>\n<p>This page shows the boot image whose BLAKE2b-256 is</p>\n<p>");
	print_hash(m, out);
	html_print(out,
		   "</p>\n<p>It was drawn from what the image was made of. <code>partita verify</code>, a "
		   "separate program, proves the image itself from its bits. The same description and the "
		   "same files give the same page.</p>\n</footer>\n</body></html>\n");
}

void page_print(const struct machine *m, FILE *out)
{
	print_head(m, out);
	print_contents(out);
	html_print(out, "<main>\n");
	page_claims(m, out);
	page_vms(m, out);
	page_memory(m, out);
	page_cpus(m, out);
	page_devices(m, out);
	page_sharing(m, out);
	page_influence(m, out);
	page_spaces(m, out);
	html_print(out, "</main>\n");
	print_foot(m, out);
}
