/* SPDX-License-Identifier: Apache-2.0 */
/* The machine for other programs: one JSON object. Addresses and sizes are numbers. */
#include "tools/partita/map.h"
#include "tools/partita/health.h"
#include "tools/partita/text.h"
#include "lib/blake2b.h"

#include <inttypes.h>

/* ---- Syntax ---- */

static void put_string(FILE *out, const char *text)
{
	fputc('"', out);
	while (*text) {
		const char *start = text;
		uint32_t c = text_next(&text);

		if (c == '"' || c == '\\')
			fprintf(out, "\\%c", (int)c);
		else if (c < 0x20 || c == TEXT_REPLACEMENT)
			fprintf(out, "\\u%04x", c);
		else
			fwrite(start, 1, (size_t)(text - start), out);
	}
	fputc('"', out);
}

/* %s is a string, with its quotes. */
static void json_print(FILE *out, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void json_print(FILE *out, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	text_print(out, put_string, format, &args);
	va_end(args);
}

static void next(FILE *out, uint32_t *count)
{
	fputs((*count)++ ? ",\n  " : "\n  ", out);
}

static void print_hash(FILE *out, const uint8_t *hash)
{
	fputs("\"blake2b\": \"", out);
	for (uint32_t i = 0; i < BLAKE2B_256_BYTES; i++)
		fprintf(out, "%02x", hash[i]);
	fputs("\"", out);
}

/* ---- Parts ---- */

static void print_set(const struct machine *m, FILE *out, const char *name, party_set set)
{
	uint32_t count = 0;

	json_print(out, "%s: [", name);
	for (uint32_t p = 0; p < m->party_count; p++) {
		if (set >> p & 1)
			json_print(out, count++ ? ", %s" : "%s", machine_party_name(m, p));
	}
	fputs("]", out);
}

static void print_cpu(const struct machine *m, const struct fmap_cpu *cpu, FILE *out)
{
	json_print(out, "{\"mpidr\": %" PRIu64 ", \"frame_ns\": %" PRIu64 ", \"slots\": [", cpu->mpidr,
		   cpu->frame_ns);
	for (uint32_t i = 0; i < cpu->slot_count; i++) {
		const struct fmap_slot *s = &m->slot[cpu->slot_first + i];

		fputs(i ? ", " : "", out);
		json_print(out,
			   "{\"vm\": %s, \"vcpu\": %u, \"start_ns\": %" PRIu64 ", \"length_ns\": %" PRIu64
			   "}",
			   m->party[m->vcpu[s->vcpu].vm].name, m->vcpu[s->vcpu].number, s->start_ns,
			   s->length_ns);
	}
	fputs("]}", out);
}

static void print_window(const struct window *w, FILE *out)
{
	json_print(out,
		   "{\"what\": %s, \"address\": %" PRIu64 ", \"bytes\": %" PRIu64
		   ", \"access\": %s, \"physical\": ",
		   w->what, w->ipa, w->bytes, space_access_name(w->access));
	if (w->object)
		json_print(out, "%" PRIu64 "}", w->object->pa + w->offset);
	else
		fputs("null}", out);
}

static void print_vm(const struct machine *m, uint32_t v, FILE *out)
{
	const struct vm *vm = &m->build->system.vm[v];
	const struct vmconf *c = machine_vmconf(m, v);
	uint32_t count = 0;

	json_print(out,
		   "{\"name\": %s, \"vmid\": %u, \"monitor_vmid\": %u, \"upcall_budget_ns\": %" PRIu64
		   ", \"entry\": %" PRIu64 ", \"x0\": %" PRIu64 ",\n   \"cpus\": [",
		   vm->name, m->build->layout.vm[v].guest.vmid, m->build->layout.vm[v].monitor.vmid,
		   vm->upcall_budget_ns, vm->entry, vm->entry_x0);
	for (uint32_t n = 0; n < vm->vcpu_count; n++)
		json_print(out, n ? ", %u" : "%u", vm->cpu[n]);
	fputs("],\n   \"health\": {", out);
	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		json_print(out, "%s: %s, ", health_event_name(e),
			   health_follows(&m->vm[v].health, e, m->arena));
	json_print(out, "\"restarts\": %u, \"window_ns\": %" PRIu64 "}", m->vm[v].health.restarts,
		   m->vm[v].health.window_ns);
	fputs(",\n   \"windows\": [", out);
	for (uint32_t i = 0; i < m->window_count; i++) {
		if (m->window[i].vm != v)
			continue;
		fputs(count++ ? ",\n    " : "\n    ", out);
		print_window(&m->window[i], out);
	}
	fputs("],\n   \"loads\": [", out);
	for (uint32_t i = 0; i < c->load_count; i++) {
		fputs(i ? ",\n    " : "\n    ", out);
		json_print(out, "{\"name\": %s, \"address\": %" PRIu64 ", \"bytes\": %" PRIu64 ", ",
			   vm->load[i].name, c->load[i].dst, c->load[i].bytes);
		print_hash(out, c->load[i].hash);
		fputs("}", out);
	}
	fputs("]}", out);
}

static void print_piece(const struct machine *m, const struct piece *p, FILE *out)
{
	static const char *const kind[] = {
		[OBJECT_FILE] = "image",
		[OBJECT_ZERO] = "zero",
		[OBJECT_RAM] = "ram",
		[OBJECT_DEVICE] = "device",
	};
	const struct object *o = p->object;

	json_print(out,
		   "{\"address\": %" PRIu64 ", \"bytes\": %" PRIu64
		   ", \"kind\": %s, \"owner\": %s, \"what\": %s, ",
		   o->pa, o->bytes, kind[o->kind], o->owner, o->what);
	print_set(m, out, "writes", p->writers);
	fputs(", ", out);
	print_set(m, out, "reads", p->readers);
	fputs("}", out);
}

static void print_route(const struct machine *m, const struct route *r, FILE *out)
{
	json_print(out, "{\"device\": %s, \"owner\": %s", r->device, machine_party_name(m, r->party));
	if (r->intid)
		json_print(out,
			   ", \"interrupt\": %u, \"trigger\": %s, \"arrives_as\": %u, \"cpu\": "
			   "%u",
			   r->intid, r->edge ? "edge" : "level", r->vintid, r->cpu);
	fputs("}", out);
}

static void print_flow(const struct machine *m, const struct flow *f, FILE *out)
{
	static const char *const how[FLOW_KINDS] = {
		[FLOW_MEMORY] = "memory",
		[FLOW_DOORBELL] = "doorbell",
		[FLOW_TIME] = "time",
	};

	json_print(out,
		   "{\"from\": %s, \"to\": %s, \"how\": %s, \"what\": "
		   "%s}",
		   machine_party_name(m, f->from), machine_party_name(m, f->to), how[f->kind], f->what);
}

/* ---- The whole ---- */

#define PRINT_ARRAY(name, n, call) \
	do { \
		uint32_t count = 0; \
		fputs(",\n \"" name "\": [", out); \
		for (uint32_t i = 0; i < (n); i++) { \
			next(out, &count); \
			call; \
		} \
		fputs("]", out); \
	} while (0)

static void print_service(const struct fmap_service *s, FILE *out)
{
	json_print(out, "{\"name\": %s, \"cpu\": %u, \"budget_ns\": %" PRIu64 ", \"period_ns\": %" PRIu64 "}",
		   s->name, s->cpu, s->budget_ns, s->period_ns);
}

void map_json(const struct machine *m, FILE *out)
{
	json_print(out, "{\"system\": %s, \"board\": %s, \"image\": {\"bytes\": %" PRIu64 ", ",
		   m->build->system.name, m->build->platform.name, m->image_bytes);
	print_hash(out, m->hash);
	fputs("}", out);
	PRINT_ARRAY("cpus", m->fmap->cpus.count, print_cpu(m, &m->cpu[i], out));
	PRINT_ARRAY("vms", m->build->system.vm_count, print_vm(m, i, out));
	PRINT_ARRAY("services", m->fmap->services.count, print_service(&m->service[i], out));
	PRINT_ARRAY("memory", m->piece_count, print_piece(m, &m->piece[i], out));
	PRINT_ARRAY("devices", m->route_count, print_route(m, &m->route[i], out));
	PRINT_ARRAY("influence", m->flow_count, print_flow(m, &m->flow[i], out));
	fputs("}\n", out);
}
