/* SPDX-License-Identifier: Apache-2.0 */
/* What holds of the whole, then a card for each VM. */
#include "tools/partita/page.h"
#include "tools/partita/health.h"
#include "tools/partita/html.h"
#include "tools/partita/units.h"

#include <inttypes.h>

/* ---- What keeps them apart: each claim is counted, none is taken for granted ---- */

static void claim(FILE *out, bool holds, const char *title, const char *text)
{
	html_print(out, "<li class=\"%s\"><b>%s</b> %s</li>\n", holds ? "holds" : "mind", title, text);
}

static void claim_memory(const struct machine *m, FILE *out)
{
	const char *names = "";
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->piece_count; i++) {
		if (!machine_is_between_vms(m, &m->piece[i]))
			continue;
		names = arena_printf(m->arena, "%s%s%s", names, count ? ", " : "", m->piece[i].object->what);
		count++;
	}
	if (count == 0)
		claim(out, true, "Memory.", "No page that one VM can write can be reached by another.");
	else
		claim(out, true, "Memory.",
		      arena_printf(m->arena,
				   "%u declared %s of memory written by one VM can be read by another: %s. "
				   "No other page can.",
				   count, count == 1 ? "piece" : "pieces", names));
}

static void claim_kernel(const struct machine *m, FILE *out)
{
	uint32_t seen = 0;

	for (uint32_t i = 0; i < m->piece_count; i++) {
		const struct piece *p = &m->piece[i];

		seen += p->object->kind == OBJECT_RAM && ((p->writers | p->readers) >> machine_kernel(m) & 1);
	}
	claim(out, seen == 0, "Kernel.",
	      seen ? "The kernel has guests' memory mapped."
		   : "The kernel, at EL2, has no guest's memory mapped.");
}

static bool has_two_vms(const struct machine *m, const struct fmap_cpu *cpu)
{
	for (uint32_t s = 1; s < cpu->slot_count; s++) {
		const struct fmap_slot *slot = &m->slot[cpu->slot_first];

		if (m->vcpu[slot[s].vcpu].vm != m->vcpu[slot[0].vcpu].vm)
			return true;
	}
	return false;
}

static void claim_cpus(const struct machine *m, FILE *out)
{
	uint32_t shared = 0;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		shared += has_two_vms(m, &m->cpu[c]);
	if (shared == 0)
		claim(out, true, "CPUs.", "Each CPU runs virtual CPUs of one VM at most.");
	else
		claim(out, true, "CPUs.",
		      arena_printf(m->arena, "%u of %u CPUs are divided between VMs, by a fixed schedule.",
				   shared, m->fmap->cpus.count));
}

static const char *services_on(const struct machine *m, const struct fmap_cpu *cpu)
{
	const char *text = "";

	for (uint32_t i = cpu->service_first; i < cpu->service_first + cpu->service_count; i++)
		text = arena_printf(m->arena, "%sService %s takes %s of CPU %u. ", text, m->service[i].name,
				    machine_service_bound(m, &m->service[i]), m->service[i].cpu);
	return text;
}

static void claim_time(const struct machine *m, FILE *out)
{
	party_set spared = ((party_set)1 << m->build->system.vm_count) - 1;
	const char *text = "";

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++)
		text = arena_printf(m->arena, "%s%s", text, services_on(m, &m->cpu[c]));
	for (uint32_t i = 0; i < m->flow_count; i++) {
		if (m->flow[i].kind == FLOW_TIME)
			spared &= ~((party_set)1 << m->flow[i].to);
	}
	if (spared)
		text = arena_printf(m->arena,
				    "%sNone runs on the CPUs of "
				    "%s.",
				    text, machine_set_name(m, spared));
	claim(out, true, "Time.", text);
}

static void claim_devices(const struct machine *m, FILE *out)
{
	uint32_t passed = 0;

	for (uint32_t v = 0; v < m->build->system.vm_count; v++)
		passed += m->build->system.vm[v].device_count;
	claim(out, true, "Devices.",
	      passed ? arena_printf(m->arena, "%u %s one VM each, registers and interrupts; none does DMA.",
				    passed, passed == 1 ? "device belongs to" : "devices belong to")
		     : "No VM has a device of the board's.");
}

void page_claims(const struct machine *m, FILE *out)
{
	html_print(out, "<section id=\"claims\">\n<h2>What keeps them apart</h2>\n<ul class=\"claims\">\n");
	claim_memory(m, out);
	claim_kernel(m, out);
	claim_cpus(m, out);
	claim_devices(m, out);
	claim_time(m, out);
	claim(out, false, "Not divided:",
	      "caches that CPUs share, the memory's bandwidth, the interrupt controller's own timing.");
	html_print(out, "</ul>\n");
	page_section_end(out);
}

/* ---- Cards ---- */

static void fact_begin(FILE *out, const char *what)
{
	html_print(out, "<div><dt>%s</dt><dd>", what);
}

static void fact_end(FILE *out)
{
	html_print(out, "</dd></div>\n");
}

static void print_vcpus(const struct machine *m, const struct vm *vm, FILE *out)
{
	fact_begin(out, vm->vcpu_count == 1 ? "CPU" : "CPUs");
	for (uint32_t n = 0; n < vm->vcpu_count; n++)
		html_print(out, "%s%u", n ? ", " : "", vm->cpu[n]);
	if (vm->real_time)
		html_print(out, " <span class=\"tag\">real time</span>");
	fact_end(out);
	fact_begin(out, "Services take");
	for (uint32_t i = 0, n = 0; i <= m->flow_count; i++) {
		if (i == m->flow_count && n == 0)
			html_print(out, "nothing");
		if (i == m->flow_count || m->flow[i].kind != FLOW_TIME || m->flow[i].to != vm->index)
			continue;
		html_print(out, "%s%s", n++ ? "; " : "", m->flow[i].what);
	}
	fact_end(out);
}

static void print_windows(const struct machine *m, const struct vm *vm, enum window_kind kind,
			  const char *what, FILE *out)
{
	uint32_t count = 0;

	for (uint32_t i = 0; i < m->window_count; i++) {
		const struct window *w = &m->window[i];

		if (w->vm != vm->index || w->kind != kind)
			continue;
		if (count++ == 0)
			fact_begin(out, what);
		else
			html_print(out, "<br>");
		if (kind == WINDOW_RAM)
			html_print(out, "%s", units_bytes(m->arena, w->bytes));
		else
			html_print(out, "%s", w->what);
		html_print(out, " <span class=\"at\">at <code>0x%" PRIx64 "</code>", w->ipa);
		if (w->intid)
			html_print(out, ", interrupt %u", w->intid);
		html_print(out, "</span>");
	}
	if (count)
		fact_end(out);
}

static void print_loads(const struct machine *m, const struct vm *vm, FILE *out)
{
	const struct vmconf *c = machine_vmconf(m, vm->index);

	fact_begin(out, "Loaded at each start");
	for (uint32_t i = 0; i < c->load_count; i++) {
		const struct vmconf_load *l = &c->load[i];

		if (i)
			html_print(out, "<br>");
		html_print(out, "%s <span class=\"at\">at <code>0x%" PRIx64 "</code>, %s, BLAKE2b <code>",
			   vm->load[i].name, l->dst, units_bytes(m->arena, l->bytes));
		for (uint32_t k = 0; k < 4; k++)
			html_print(out, "%02x", l->hash[k]);
		html_print(out, "..</code></span>");
	}
	fact_end(out);
}

/* What no table confines. */
static void print_trust(const struct vm *vm, FILE *out)
{
	for (uint32_t i = 0; i < vm->device_count; i++) {
		if (!vm->device[i].dma_trusted)
			continue;
		fact_begin(out, "Trusted");
		html_print(out,
			   "<strong class=\"trust\">%s does DMA that nothing confines: it reaches all memory "
			   "of the board</strong>",
			   vm->device[i].path);
		fact_end(out);
	}
}

static void print_health(const struct machine *m, const struct vm *vm, FILE *out)
{
	const struct fmap_health *h = &m->vm[vm->index].health;

	fact_begin(out, "What follows on its health events");
	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		html_print(out, "%s%s: %s", e ? "; " : "", health_event_name(e),
			   health_follows(h, e, m->arena));
	html_print(out, "<br>Restarts that it did not ask for: at most %s", health_limit(h, m->arena));
	for (uint32_t e = 0; e < HEALTH_EVENTS; e++) {
		if (h->action[e] == ACTION_BOARD)
			html_print(out, "<br><strong class=\"trust\">%s stops the whole board</strong>",
				   health_event_name(e));
	}
	fact_end(out);
}

static void print_card(const struct machine *m, const struct vm *vm, FILE *out)
{
	const struct layout *l = &m->build->layout;

	html_print(out,
		   "<article class=\"card %s\" id=\"vm-%u\">\n<h3><span "
		   "class=\"number\">%u</span>%s</h3>\n<dl>\n",
		   page_party_class(m, vm->index), vm->index, vm->index + 1, vm->name);
	print_vcpus(m, vm, out);
	print_windows(m, vm, WINDOW_RAM, "Memory", out);
	print_windows(m, vm, WINDOW_CHANNEL, "Channels", out);
	print_windows(m, vm, WINDOW_DEVICE, "Devices of the board's", out);
	print_trust(vm, out);
	print_windows(m, vm, WINDOW_EMULATED, "Emulated devices", out);
	print_loads(m, vm, out);
	fact_begin(out, "Begins at");
	html_print(out, "<code>0x%" PRIx64 "</code>, <code>x0 = 0x%" PRIx64 "</code>", vm->entry,
		   vm->entry_x0);
	fact_end(out);
	if (vm->bootargs) {
		fact_begin(out, "Boot arguments");
		html_print(out, "<code>%s</code>", vm->bootargs);
		fact_end(out);
	}
	fact_begin(out, "VMIDs");
	html_print(out, "guest %u, monitor %u", l->vm[vm->index].guest.vmid, l->vm[vm->index].monitor.vmid);
	fact_end(out);
	fact_begin(out, "Its monitor");
	html_print(out, "takes at most %s for an event, %s for a start",
		   units_ns(m->arena, vm->upcall_budget_ns),
		   units_ns(m->arena, m->vm[vm->index].start_budget_ns));
	fact_end(out);
	print_health(m, vm, out);
	html_print(out, "</dl></article>\n");
}

void page_vms(const struct machine *m, FILE *out)
{
	page_section_begin(out, "vms", "Virtual machines",
			   "Each keeps its number and its colour all over the page. Addresses are the "
			   "guest's own.");
	html_print(out, "<div class=\"cards\">\n");
	for (uint32_t v = 0; v < m->build->system.vm_count; v++)
		print_card(m, &m->build->system.vm[v], out);
	html_print(out, "</div>\n");
	page_section_end(out);
}
