/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The phases of a run, in the order in which they need one another. A mistake does not end a
 * phase, and does not keep later phases from looking for more as long as they can work with
 * what there is.
 */
#include "tools/partita/build.h"
#include "tools/partita/check.h"
#include "tools/partita/conf.h"
#include "tools/partita/suggest.h"

#include <assert.h>
#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static bool is_sound(const struct build *b)
{
	return diag_status(&b->diag) == 0;
}

static const char *suggest_board(const char *name, const char *folder, struct arena *a)
{
	struct suggestion near = suggest(name);
	struct dirent **entry;
	int count = scandir(folder, &entry, NULL, alphasort);

	for (int i = 0; i < count; i++) {
		suggest_try(&near, arena_copy(a, entry[i]->d_name, strlen(entry[i]->d_name)));
		free(entry[i]);
	}
	if (count >= 0)
		free(entry);
	return suggest_advice(&near, "check the name, or give -P", a);
}

static bool read_platform(struct build *b, const struct options *o)
{
	const char *name = b->system.platform, *path;
	struct pos pos = node_property_pos(node_root(&b->system.source), "platform");

	if (!name)
		return false;
	if (strlen(name) >= FMAP_NAME_BYTES) {
		diag_report(&b->diag, DIAG_NAME_TOO_LONG, pos,
			    "the board's name '%s' is too long; use at most %d characters", name,
			    FMAP_NAME_BYTES - 1);
		return false;
	}
	path = arena_printf(&b->arena, "%s/%s/platform.dts", o->platform_dir, name);
	if (access(path, R_OK) != 0) {
		diag_report(&b->diag, DIAG_PLATFORM_UNKNOWN, pos, "there is no board '%s' (no file %s); %s",
			    name, path, suggest_board(name, o->platform_dir, &b->arena));
		return false;
	}
	return platform_read(&b->platform, path, name, &b->arena, &b->diag);
}

/* The folder of a path, for looking beside it. */
static const char *folder(struct arena *a, const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? arena_copy(a, path, (size_t)(slash - path)) : ".";
}

static void read_images(struct build *b, const struct options *o)
{
	struct search search = o->images;

	search.dir[search.count++] = folder(&b->arena, b->system.source.path);
	for (uint32_t v = 0; v < b->system.vm_count; v++)
		guest_image_read(&b->system.vm[v], &b->platform, &search, &b->arena, &b->diag);
}

static void make_tables(struct build *b, uint64_t pa)
{
	struct layout *l = &b->layout;

	b->tables = (struct table_pool){ .arena = &b->arena, .pa = pa };
	tables_make(&b->tables, &l->head);
	for (uint32_t c = 0; c < b->platform.cpu_count; c++)
		tables_make(&b->tables, &l->cpu[c].space);
	for (uint32_t v = 0; v < b->system.vm_count; v++) {
		tables_make(&b->tables, &l->vm[v].guest);
		tables_make(&b->tables, &l->vm[v].monitor);
	}
	if (b->system.console.exists)
		tables_make(&b->tables, &l->console.space);
}

/* How many pages the tables take follows from what is mapped where, and from addresses below
 * 2 MiB, which the tables' own size does not change. So: make them once to count, once for good. */
static void make_memory(struct build *b)
{
	struct layout *l = &b->layout;

	if (!memory_place(&l->memory, &b->platform, &b->diag) || !is_sound(b))
		return;
	make_tables(b, 0);
	l->tables->bytes = b->tables.count * PAGE_BYTES;
	if (!memory_place(&l->memory, &b->platform, &b->diag))
		return;
	make_tables(b, l->tables->pa);
	assert(b->tables.count * PAGE_BYTES == l->tables->bytes);
}

static void make_contents(struct build *b)
{
	struct layout *l = &b->layout;

	for (uint32_t v = 0; v < b->system.vm_count; v++)
		l->vm[v].conf->content = conf_vm(&b->system.vm[v], &b->arena);
	if (b->system.console.exists)
		l->console.conf->content = conf_console(&b->system, &b->platform, &b->arena);
	b->fmap = fmap_file_make(&b->system, &b->platform, &b->routes, l, &b->binaries, &b->arena);
	l->fmap->content = b->fmap;
}

void build_make(struct build *b, const struct options *o)
{
	struct fmap plan = { .bytes = PAGE_BYTES, .shared_bytes = PAGE_BYTES };
	bool whole;

	memset(b, 0, sizeof(*b));
	b->diag.arena = &b->arena;
	b->layout.arena = &b->arena;
	if (!system_read(&b->system, o->system, &b->arena, &b->diag))
		return;
	whole = read_platform(b, o);
	check_system(&b->system, whole ? &b->platform : NULL, &b->diag);
	read_images(b, o);
	if (!binaries_read(&b->binaries, o->kernel, o->vmm, o->console, &b->arena, &b->diag) || !whole)
		return;
	/* Routes take for granted that each CPU has one owner. Whether memory fits can be said anyway. */
	if (is_sound(b)) {
		routes_make(&b->routes, &b->system, &b->platform);
		fmap_file_plan(&plan, &b->system, &b->platform, &b->routes);
	}
	layout_make(&b->layout, &b->system, &b->platform, &b->binaries, plan.bytes, plan.shared_bytes);
	make_memory(b);
	if (is_sound(b))
		make_contents(b);
}

void build_free(struct build *b)
{
	arena_free(&b->arena);
}
