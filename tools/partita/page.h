/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The machine as one HTML page: drawings, and under each a table that says the same in words.
 * It needs no network, no script, and no particular width.
 */
#ifndef PARTITA_TOOL_PAGE_H
#define PARTITA_TOOL_PAGE_H

#include "tools/partita/machine.h"

void page_print(const struct machine *m, FILE *out);

/* ---- Its parts, in their order on the page ---- */

extern const char page_style[];

void page_claims(const struct machine *m, FILE *out);
void page_vms(const struct machine *m, FILE *out);
void page_ram(const struct machine *m, FILE *out);
void page_memory(const struct machine *m, FILE *out);
void page_spaces(const struct machine *m, FILE *out);
void page_cpus(const struct machine *m, FILE *out);
void page_devices(const struct machine *m, FILE *out);
void page_sharing(const struct machine *m, FILE *out);
void page_influence(const struct machine *m, FILE *out);

/* ---- What they have in common ---- */

/* Ids of table rows, which drawings lead to. */
#define PAGE_PIECE_ID "memory-%u"
#define PAGE_WINDOW_ID "window-%u"
#define PAGE_ROUTE_ID "route-%u"
#define PAGE_CPU_ID "cpu-%u"
#define PAGE_FLOW_ID "flow-%u"

/* The last part of a path, short enough for a box. */
const char *page_short(const struct machine *m, const char *path);
/* The whole of it, which may break where its parts end. */
void page_path(const struct machine *m, FILE *out, const char *path);
/* What a piece is, and who has it mapped. */
void page_piece(const struct machine *m, FILE *out, const struct piece *p);
void page_windows_table(const struct machine *m, FILE *out);
void page_pieces_table(const struct machine *m, FILE *out);

void page_section_begin(FILE *out, const char *id, const char *title, const char *lead);
void page_section_end(FILE *out);
/* Columns are separated by '|'. The caption may be NULL. */
void page_table_begin(FILE *out, const char *caption, const char *columns);
void page_table_end(FILE *out);
/* The name of a party with its colour beside it. */
void page_party(const struct machine *m, FILE *out, uint32_t party);
const char *page_party_class(const struct machine *m, uint32_t party);

#endif
