/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/grants.h"
#include "tools/verify/channels.h"
#include "tools/verify/rows.h"

#include <stdlib.h>

#define MAX_GRANTS (1u << 16)

static const char *const kind_text[GRANT_KINDS] = {
	[GRANT_LINES] = "level lines: a monitor writes, the kernel reads",
	[GRANT_LOG] = "logs: the kernel writes, a service reads",
	[GRANT_CONSOLE] = "console channels: a monitor and a service, a page each way",
	[GRANT_CHANNEL] = "channels between VMs: one writes, the others read",
	[GRANT_CONTROL] = "their control: the writer's monitor writes, the readers' read",
	[GRANT_UART] = "UART: a service's, and the kernel's in an emergency",
	[GRANT_BINARY] = "the monitors' binary: nobody writes",
};

const char *grant_kind_text(enum grant_kind kind)
{
	return kind_text[kind];
}

static bool add(struct grants *g, struct grant grant)
{
	uint32_t capacity = g->capacity ? 2 * g->capacity : 64;
	struct grant *fresh;

	if (g->count == g->capacity) {
		fresh = capacity <= MAX_GRANTS ? realloc(g->grant, capacity * sizeof(*fresh)) : NULL;
		if (!fresh)
			return false;
		g->grant = fresh;
		g->capacity = capacity;
	}
	g->grant[g->count++] = grant;
	return true;
}

/* ---- What the ABI gives ---- */

static bool add_kernel(struct grants *g, const struct image *m)
{
	bool ok = true;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		uint16_t cpu = (uint16_t)view_of_cpu(m, c);

		for (uint32_t v = 0; v < m->fmap->vms.count; v++)
			ok &= add(g, (struct grant){ GRANT_LINES, (uint16_t)view_of_monitor(m, v), cpu,
						     COMP_LINES, LINES_VA + (uint64_t)v * PAGE_BYTES,
						     PAGE_BYTES, NULL });
		for (uint32_t s = 0; s < m->fmap->services.count; s++)
			ok &= add(g,
				  (struct grant){ GRANT_LOG, cpu, (uint16_t)view_of_service(m, s), LOG_VA,
						  COMP_LOGS + (uint64_t)c * PAGE_BYTES, PAGE_BYTES, NULL });
	}
	return ok;
}

static bool add_consoles(struct grants *g, const struct image *m, const struct comps *comps, uint32_t s)
{
	const struct svcconf *conf = comps->service[s].svcconf;
	uint16_t service = (uint16_t)view_of_service(m, s);
	bool ok = true;

	for (uint32_t n = 0; n < conf->channel_count; n++) {
		uint32_t v = conf->channel[n].vm;
		uint16_t monitor = (uint16_t)view_of_monitor(m, v);
		uint64_t here = COMP_CHANNELS + (uint64_t)n * COMP_CHANNEL_STRIDE;
		uint64_t there = COMP_CHANNELS +
				 (uint64_t)comps->monitor[v].vmconf->console_channel * COMP_CHANNEL_STRIDE;

		ok &= add(g, (struct grant){ GRANT_CONSOLE, monitor, service, there, here + PAGE_BYTES,
					     PAGE_BYTES, NULL });
		ok &= add(g, (struct grant){ GRANT_CONSOLE, service, monitor, here, there + PAGE_BYTES,
					     PAGE_BYTES, NULL });
	}
	return ok;
}

/* A writer's channel: its monitor tells the readers' monitors of its lives. */
static bool add_control(struct grants *g, const struct image *m, const struct comps *comps, uint32_t v,
			const struct vmconf_channel *end)
{
	const struct vmconf *from = comps->monitor[v].vmconf;
	bool ok = true;

	for (uint32_t w = 0; w < m->fmap->vms.count; w++) {
		const struct vmconf *to = comps->monitor[w].vmconf;
		const struct vmconf_channel *other = channel_end(to, end->name);

		if (w != v && other)
			ok &= add(g, (struct grant){ GRANT_CONTROL, (uint16_t)view_of_monitor(m, v),
						     (uint16_t)view_of_monitor(m, w),
						     channel_control(from, end), channel_control(to, other),
						     PAGE_BYTES, end->name });
	}
	return ok;
}

static bool add_controls(struct grants *g, const struct image *m, const struct comps *comps)
{
	bool ok = true;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		const struct vmconf *conf = comps->monitor[v].vmconf;

		for (uint32_t n = 0; n < conf->channel_count; n++) {
			if (conf->channel[n].writes)
				ok &= add_control(g, m, comps, v, &conf->channel[n]);
		}
	}
	return ok;
}

/* ---- What the f-map gives ---- */

static uint16_t row_view(const struct image *m, const struct fmap_memory *row)
{
	if (row->owner_kind == OWNER_MONITOR)
		return (uint16_t)view_of_monitor(m, row->owner);
	if (row->owner_kind == OWNER_SERVICE)
		return (uint16_t)view_of_service(m, row->owner);
	return (uint16_t)view_of_guest(m, row->owner);
}

static bool add_channel(struct grants *g, const struct image *m, const struct fmap_memory *writer)
{
	bool ok = true;

	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *o = &m->memory[i];

		if (rows_are_one_channel(writer, o) && o->owner != writer->owner)
			ok &= add(g, (struct grant){ GRANT_CHANNEL, row_view(m, writer), row_view(m, o),
						     writer->at, o->at, o->bytes, o->name });
	}
	return ok;
}

static bool add_uart(struct grants *g, const struct image *m, const struct fmap_memory *service)
{
	bool ok = true;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		ok &= add(g, (struct grant){ GRANT_UART, row_view(m, service), (uint16_t)view_of_cpu(m, c),
					     service->at, EARLY_UART_VA, PAGE_BYTES, NULL });
	return ok;
}

bool grants_make(struct grants *g, const struct image *m, const struct comps *comps, struct report *r)
{
	bool ok = add_kernel(g, m) && add_controls(g, m, comps);

	for (uint32_t s = 0; s < m->fmap->services.count; s++)
		ok &= add_consoles(g, m, comps, s);
	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		if (row->kind == MEMORY_CHANNEL && (row->rights & MEMORY_WRITE))
			ok &= add_channel(g, m, row);
		if (row->owner_kind == OWNER_SERVICE && row->pa == m->fmap->uart.pa)
			ok &= add_uart(g, m, row);
	}
	return report_expect(r, ok, "more than %u pieces of memory cross a border", MAX_GRANTS);
}

void grants_free(struct grants *g)
{
	free(g->grant);
	*g = (struct grants){ 0 };
}

/* ---- Asking ---- */

static bool reads(const struct grant *g, uint32_t view, uint64_t va)
{
	return g->reader == view && va >= g->reader_va && va - g->reader_va < g->bytes;
}

const struct grant *grants_find(const struct grants *g, uint32_t writer, uint64_t writer_va, uint32_t reader,
				uint64_t reader_va)
{
	for (uint32_t i = 0; i < g->count; i++) {
		const struct grant *this = &g->grant[i];

		if (this->writer == writer && reads(this, reader, reader_va) &&
		    writer_va == this->writer_va + (reader_va - this->reader_va))
			return this;
	}
	return NULL;
}

const struct grant *grants_of_readers(const struct grants *g, uint32_t a, uint64_t a_va, uint32_t b,
				      uint64_t b_va)
{
	for (uint32_t i = 0; i < g->count; i++) {
		const struct grant *this = &g->grant[i];

		if (reads(this, a, a_va) &&
		    grants_find(g, this->writer, this->writer_va + (a_va - this->reader_va), b, b_va))
			return this;
	}
	return NULL;
}
