/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/proof.h"
#include "tools/verify/index.h"
#include "tools/verify/sweep.h"

#include <inttypes.h>
#include <string.h>

uint32_t proof_vmid(const struct image *m, const struct view *v)
{
	switch (v->world) {
	case WORLD_GUEST:
		return context_vmid(&m->context[m->vm[v->index].guest_context]);
	case WORLD_MONITOR:
		return context_vmid(&m->context[m->vm[v->index].vmm_context]);
	case WORLD_SERVICE:
		return context_vmid(&m->context[m->service[v->index].context]);
	case WORLD_KERNEL:
		break;
	}
	return 0;
}

/* ---- Worlds ---- */

/* What no table can prove. */
static void print_dma(const struct image *m, FILE *out)
{
	uint32_t trusted = 0;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		if (!(m->vm[v].flags & FMAP_VM_DMA))
			continue;
		trusted++;
		fprintf(out,
			"TRUSTED, not proven: a device of VM %s does DMA that nothing confines; all below "
			"holds as long as its guest means well\n",
			m->vm[v].name);
	}
	if (!trusted)
		fprintf(out, "DMA: no stream is described, so no device may do any\n");
}

static void print_views(const struct proof *p, FILE *out)
{
	fprintf(out, "KiB that each world may reach\n  %-28s %4s %12s %10s %10s %10s %10s %10s\n", "", "VMID",
		"root", "r--", "r-x", "rw-", "rwx", "device");
	for (uint32_t i = 0; i < p->claims->view_count; i++) {
		const struct view *v = &p->claims->view[i];

		fprintf(out,
			"  %-28s %4u %#12" PRIx64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64
			" %10" PRIu64 "\n",
			v->name, proof_vmid(p->image, v), v->root, v->bytes[RIGHT_READ] / 1024,
			v->bytes[RIGHT_READ | RIGHT_EXECUTE] / 1024,
			v->bytes[RIGHT_READ | RIGHT_WRITE] / 1024,
			v->bytes[RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE] / 1024, v->device_bytes / 1024);
	}
	print_dma(p->image, out);
}

/* ---- Physical memory ---- */

/* Pages that are reached in the same way by the same worlds, as text. */
struct line {
	FILE *out;
	uint64_t pa, end;
	char who[1024];
};

static void print_line(const struct line *l)
{
	if (l->end > l->pa)
		fprintf(l->out, "  %#12" PRIx64 " %10" PRIu64 "  %s\n", l->pa, (l->end - l->pa) / 1024,
			l->who);
}

static uint32_t views_of_world(const struct claims *c, enum world world)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < c->view_count; i++)
		n += c->view[i].world == world;
	return n;
}

static void append(char *text, size_t bytes, const char *name, uint8_t rights)
{
	size_t used = strlen(text);

	snprintf(text + used, bytes - used, "%s%s %s", used ? ", " : "", name, rights_text(rights));
}

/* All of a world with the same rights are named as one. */
static void append_world(const struct stretch *s, enum world world, char *text, size_t bytes)
{
	static const char *const all[] = { "kernel", "every VM", "every monitor", "every service" };
	uint32_t count = views_of_world(s->claims, world), same = 0;
	const struct claim *first = NULL;

	for (uint32_t i = 0; i < s->count; i++) {
		if (stretch_view(s, s->claim[i])->world != world)
			continue;
		first = first ? first : s->claim[i];
		same += s->claim[i]->rights == first->rights;
	}
	if (same >= count && count > 1) {
		append(text, bytes, all[world], first->rights);
		return;
	}
	for (uint32_t i = 0; i < s->count; i++) {
		if (stretch_view(s, s->claim[i])->world == world)
			append(text, bytes, stretch_view(s, s->claim[i])->name, s->claim[i]->rights);
	}
}

static bool print_stretch(const struct stretch *s, void *context)
{
	struct line *line = context;
	char who[sizeof(line->who)] = "";

	if (!s->claim[0]->rights) {
		snprintf(who, sizeof(who), "nobody: translation tables");
	} else {
		for (enum world w = WORLD_KERNEL; w <= WORLD_SERVICE; w++)
			append_world(s, w, who, sizeof(who) - 16);
		strcat(who, s->claim[0]->device ? "  (device)" : "");
	}
	if (line->end == s->pa && strcmp(line->who, who) == 0) {
		line->end = s->end;
		return true;
	}
	print_line(line);
	line->pa = s->pa;
	line->end = s->end;
	memcpy(line->who, who, sizeof(who));
	return true;
}

static void print_memory(const struct proof *p, FILE *out)
{
	struct line line = { .out = out };

	fprintf(out, "Physical memory, KiB, and who reaches it\n");
	sweep(p->image, p->claims, print_stretch, &line);
	print_line(&line);
}

/* ---- What crosses borders ---- */

static void print_channels(const struct proof *p, FILE *out)
{
	for (uint32_t i = 0; i < p->grants->count; i++) {
		const struct grant *g = &p->grants->grant[i];

		if (g->kind == GRANT_CHANNEL)
			fprintf(out, "          channel '%s': %s writes, %s reads\n", g->name,
				p->claims->view[g->writer].name, p->claims->view[g->reader].name);
	}
}

static void print_sharing(const struct proof *p, FILE *out)
{
	fprintf(out, "KiB with more than one owner, all declared\n");
	for (enum grant_kind k = 0; k < GRANT_KINDS; k++) {
		if (p->sharing.bytes[k])
			fprintf(out, "  %6" PRIu64 "  %s\n", p->sharing.bytes[k] / 1024, grant_kind_text(k));
	}
	print_channels(p, out);
}

/* ---- Time and interrupts ---- */

static void print_cpus(const struct proof *p, FILE *out)
{
	const struct image *m = p->image;

	fprintf(out, "CPUs\n");
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		const struct fmap_cpu *cpu = &m->cpu[c];

		fprintf(out, "  %u:", c);
		for (uint32_t i = cpu->slot_first; i < cpu->slot_first + cpu->slot_count; i++)
			fprintf(out, " vCPU %u of %s, all the time;", m->vcpu[m->slot[i].vcpu].number,
				m->vm[m->vcpu[m->slot[i].vcpu].vm].name);
		for (uint32_t i = cpu->service_first; i < cpu->service_first + cpu->service_count; i++)
			fprintf(out, " but %s at most %" PRIu64 " of any %" PRIu64 " ns;", m->service[i].name,
				m->service[i].budget_ns, m->service[i].period_ns);
		fprintf(out, " the kernel\n");
	}
}

static void print_interrupts(const struct proof *p, FILE *out)
{
	const struct image *m = p->image;

	fprintf(out, "Interrupts; all others are the kernel's or nobody's\n");
	for (uint32_t i = 0; i < m->fmap->irqs.count; i++) {
		const struct fmap_irq *irq = &m->irq[i];

		if (irq->kind == IRQ_VM)
			fprintf(out, "  %4u  VM %s, as its %u\n", i, m->vm[irq->owner].name, irq->vintid);
		if (irq->kind == IRQ_SERVICE)
			fprintf(out, "  %4u  %s\n", i, m->service[irq->owner].name);
	}
}

/* ---- Health: whom a VM's faults reach ---- */

static void print_health(const struct proof *p, FILE *out)
{
	const struct image *m = p->image;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		const struct fmap_vm *vm = &m->vm[v];
		uint32_t board = 0;

		for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
			board |= (uint32_t)(vm->health.action[e] == ACTION_BOARD) << e;
		if (board)
			fprintf(out, "VM %s stops the board by its health events %#x\n", vm->name, board);
		for (uint32_t k = 0; k < vm->health.cap_count; k++) {
			const struct fmap_cap *cap = &m->cap[vm->health.cap_first + k];

			fprintf(out, "health events %#x of VM %s are told to VM %s\n", vm->health.notify,
				vm->name, m->vm[m->vcpu[m->link[cap->link[0]].dst].vm].name);
		}
	}
}

void proof_print_text(const struct proof *p, FILE *out)
{
	const struct report *r = p->report;

	for (unsigned int i = 0; i < r->failures && i < REPORT_MAX; i++)
		fprintf(out, "FAILED: %s\n", r->text[i]);
	if (r->failures) {
		fprintf(out, "not proven: %u failures%s\n", r->failures,
			report_full(r) ? ", and it was not looked for more" : "");
		return;
	}
	print_views(p, out);
	print_memory(p, out);
	print_sharing(p, out);
	print_cpus(p, out);
	print_interrupts(p, out);
	print_health(p, out);
	fprintf(out,
		"proven: hashes; one owner for each page, CPU, interrupt and VMID, but for what is "
		"declared above; each world maps what the f-map gives it and no more; kernel W^X; tables "
		"unmapped\n");
}
