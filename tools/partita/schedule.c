/* SPDX-License-Identifier: Apache-2.0 */
/* Reading and checking schedules, slot by slot in the order of the source. */
#include "tools/partita/schedule.h"
#include "tools/partita/suggest.h"

#include <string.h>

struct slot {
	struct node node;
	uint64_t start_ns, length_ns;
};

struct frame {
	struct node node;
	uint32_t cpu;
	uint64_t frame_ns;
	uint64_t sum_ns; /* of its slots */
	uint32_t slots;
};

static uint64_t slot_end(const struct slot *s)
{
	return s->start_ns + s->length_ns;
}

static struct slot read_slot(struct node n)
{
	return (struct slot){ n, node_number(n, "start-ns", 0), node_number(n, "length-ns", 0) };
}

/* ---- Whose slot it is ---- */

static const struct vm *find_vm(const struct system *s, const char *name, struct suggestion *near)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (strcmp(s->vm[v].name, name) == 0)
			return &s->vm[v];
		suggest_try(near, s->vm[v].name);
	}
	return NULL;
}

/* A slot without a VM is idle time. */
static void check_owner(const struct system *s, const struct frame *f, struct node n, struct diag *d)
{
	const char *name = node_string(n, "vm");
	uint64_t vcpu = node_number(n, "vcpu", 0);
	struct suggestion near;
	const struct vm *vm;

	if (!name)
		return;
	near = suggest(name);
	vm = find_vm(s, name, &near);
	if (!vm)
		diag_report(d, DIAG_SLOT_VM, node_property_pos(n, "vm"), "there is no VM '%s'; %s", name,
			    suggest_advice(&near, "name one of this system", d->arena));
	else if (vcpu >= vm->vcpu_count)
		diag_report(d, DIAG_SLOT_VM, node_property_pos(n, "vcpu"),
			    "VM '%s' has no vCPU %ju; name one below %u", name, (uintmax_t)vcpu,
			    vm->vcpu_count);
	else if (vm->cpu[vcpu] != f->cpu)
		diag_report(
			d, DIAG_SLOT_CPU, node_pos(n),
			"vCPU %ju of VM '%s' is on CPU %u, not on CPU %u; mend its 'cpus' or this schedule",
			(uintmax_t)vcpu, name, vm->cpu[vcpu], f->cpu);
}

static bool has_slot(const struct vm *vm, uint32_t vcpu, struct node first)
{
	for (struct node n = first; n.offset >= 0; n = node_next(n)) {
		const char *name = node_string(n, "vm");

		if (name && strcmp(name, vm->name) == 0 && node_number(n, "vcpu", 0) == vcpu)
			return true;
	}
	return false;
}

static void check_all_have_slots(const struct system *s, const struct frame *f, struct node first,
				 struct diag *d)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		for (uint32_t i = 0; i < s->vm[v].vcpu_count; i++) {
			if (s->vm[v].cpu[i] == f->cpu && !has_slot(&s->vm[v], i, first))
				diag_report(
					d, DIAG_SLOT_MISSING, node_pos(f->node),
					"vCPU %u of VM '%s' is on CPU %u, whose schedule has no slot for it; "
					"add one",
					i, s->vm[v].name, f->cpu);
		}
	}
}

/* ---- When it is ---- */

static void check_time(const struct frame *f, const struct slot *slot, struct diag *d)
{
	if (slot->length_ns == 0)
		diag_report(d, DIAG_SLOT_EMPTY, node_pos(slot->node),
			    "slot '%s' has no length; give it one or remove it", node_name(slot->node));
	if (slot_end(slot) > f->frame_ns)
		diag_report(
			d, DIAG_SLOT_BEYOND_FRAME, node_pos(slot->node),
			"slot '%s' ends at %ju ns, its frame at %ju ns; make it shorter, or the frame longer",
			node_name(slot->node), (uintmax_t)slot_end(slot), (uintmax_t)f->frame_ns);
}

static bool overlap(const struct slot *a, const struct slot *b)
{
	return a->start_ns < slot_end(b) && b->start_ns < slot_end(a);
}

static void check_slot(const struct system *s, struct frame *f, struct node first, struct node n,
		       struct diag *d)
{
	struct slot slot = read_slot(n);

	check_owner(s, f, n, d);
	check_time(f, &slot, d);
	for (struct node o = first; o.offset != n.offset; o = node_next(o)) {
		struct slot other = read_slot(o);

		if (overlap(&slot, &other))
			diag_report(d, DIAG_SLOT_OVERLAP, node_pos(n),
				    "slots '%s' and '%s' of CPU %u overlap; move one", node_name(o),
				    node_name(n), f->cpu);
	}
	f->sum_ns += slot.length_ns;
	f->slots++;
}

/* ---- The whole ---- */

static void check_sum(const struct frame *f, struct diag *d)
{
	if (f->sum_ns != f->frame_ns)
		diag_report(
			d, DIAG_FRAME_SUM, node_pos(f->node),
			"the slots of CPU %u are %ju ns in a frame of %ju ns; make them fill it, idle time "
			"with slots that have no 'vm'",
			f->cpu, (uintmax_t)f->sum_ns, (uintmax_t)f->frame_ns);
	else if (f->slots > 1)
		diag_report(
			d, DIAG_UNSUPPORTED_SCHEDULE, node_pos(f->node),
			"CPU %u has %u slots, but the kernel does not switch between them yet; give it one "
			"slot for the whole frame",
			f->cpu, f->slots);
}

static void check_frame(const struct system *s, struct node n, struct diag *d)
{
	struct frame f = { .node = n,
			   .cpu = (uint32_t)node_number(n, "cpu", 0),
			   .frame_ns = node_number(n, "frame-ns", 0) };
	struct node first = node_first(node_child(n, "slots"));
	unsigned int before = diag_errors(d);

	for (struct node slot = first; slot.offset >= 0; slot = node_next(slot))
		check_slot(s, &f, first, slot, d);
	if (diag_errors(d) == before)
		check_all_have_slots(s, &f, first, d);
	if (diag_errors(d) == before)
		check_sum(&f, d);
}

static void check_cpu(const struct platform *p, struct node first, struct node n, struct diag *d)
{
	uint64_t cpu = node_number(n, "cpu", 0);

	if (cpu >= p->cpu_count)
		diag_report(d, DIAG_SCHEDULE_CPU, node_property_pos(n, "cpu"),
			    "a schedule is for CPU %ju, but board %s has CPUs 0 to %u; choose one of these",
			    (uintmax_t)cpu, p->name, p->cpu_count - 1);
	for (struct node o = first; o.offset != n.offset; o = node_next(o)) {
		if (node_number(o, "cpu", 0) == cpu)
			diag_report(d, DIAG_SCHEDULE_TWICE, node_property_pos(n, "cpu"),
				    "CPU %ju has two schedules, '%s' and '%s'; keep one", (uintmax_t)cpu,
				    node_name(o), node_name(n));
	}
}

void schedule_check(const struct system *s, const struct platform *p, struct diag *d)
{
	struct node first = node_first(node_child(node_root(&s->source), "schedules"));

	for (struct node n = first; n.offset >= 0; n = node_next(n)) {
		check_cpu(p, first, n, d);
		check_frame(s, n, d);
	}
}
