/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/cpus.h"
#include "tools/verify/index.h"

/* ---- Shares ---- */

static void check_members(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_cpu *cpu = &m->cpu[c];

	for (uint32_t i = 0; i < cpu->vcpu_count; i++)
		report_expect(r, m->vcpu[cpu->vcpu_first + i].cpu == c,
			      "vCPU %u is not on the CPU that has it", cpu->vcpu_first + i);
	for (uint32_t i = 0; i < cpu->service_count; i++)
		report_expect(r, m->service[cpu->service_first + i].cpu == c,
			      "service %u is not on the CPU that has it", cpu->service_first + i);
	for (uint32_t i = 0; i < cpu->slot_count; i++)
		report_expect(r, m->vcpu[m->slot[cpu->slot_first + i].vcpu].cpu == c,
			      "slot %u of CPU %u runs another CPU's vCPU", i, c);
}

/* The CPUs' shares of vCPUs, slots and services are the arrays, cut in order. */
static void check_shares(const struct image *m, struct report *r)
{
	uint32_t vcpu = 0, slot = 0, service = 0;

	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		const struct fmap_cpu *cpu = &m->cpu[c];

		report_expect(r,
			      cpu->vcpu_first == vcpu && cpu->slot_first == slot &&
				      cpu->service_first == service,
			      "CPU %u: its vCPUs, slots or services are not those after the last CPU's", c);
		check_members(m, c, r);
		vcpu += cpu->vcpu_count;
		slot += cpu->slot_count;
		service += cpu->service_count;
		for (uint32_t k = 0; k < c; k++)
			report_expect(r, m->cpu[k].mpidr != cpu->mpidr, "CPUs %u and %u are one", k, c);
	}
	report_expect(r, vcpu == m->fmap->vcpus.count && slot == m->fmap->slots.count,
		      "a vCPU or slot has no CPU");
	report_expect(r, service == m->fmap->services.count, "a service has no CPU");
}

/* ---- Time ---- */

/* Slots in order, apart, each with some time, and within the frame. */
static void check_frame(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_cpu *cpu = &m->cpu[c];
	uint64_t end = 0;

	if (!cpu->frame_ns) {
		const struct fmap_slot *slot = &m->slot[cpu->slot_first];

		report_expect(r, cpu->slot_count == 0 || (slot->start_ns == 0 && slot->length_ns == 0),
			      "CPU %u: a slot with times, and no frame", c);
		return;
	}
	for (uint32_t i = 0; i < cpu->slot_count; i++) {
		const struct fmap_slot *slot = &m->slot[cpu->slot_first + i];

		report_expect(r,
			      slot->length_ns > 0 && slot->start_ns >= end &&
				      slot->start_ns <= cpu->frame_ns &&
				      slot->length_ns <= cpu->frame_ns - slot->start_ns,
			      "CPU %u: slot %u overlaps another, or the frame's end", c, i);
		end = slot->start_ns + slot->length_ns;
	}
}

/* What services take of their CPU in any period leaves something to others. */
static void check_budgets(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_cpu *cpu = &m->cpu[c];
	double load = 0;

	for (uint32_t i = 0; i < cpu->service_count; i++) {
		const struct fmap_service *s = &m->service[cpu->service_first + i];

		if (!report_expect(r, s->budget_ns > 0 && s->budget_ns <= s->period_ns,
				   "service %u: budget above its period", cpu->service_first + i))
			continue;
		load += (double)s->budget_ns / (double)s->period_ns;
	}
	report_expect(r, load < 1 || (load <= 1 && cpu->vcpu_count == 0),
		      "CPU %u: its services may take all of its time", c);
}

static void check_time(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_cpu *cpu = &m->cpu[c];

	report_expect(r, cpu->slot_count <= 1 && cpu->vcpu_count == cpu->slot_count && cpu->frame_ns == 0,
		      "CPU %u is shared by vCPUs, which this kernel does not do", c);
	check_frame(m, c, r);
	check_budgets(m, c, r);
}

/* ---- The kernel's memory ---- */

static void check_state(const struct image *m, uint32_t c, struct report *r)
{
	const struct fmap_cpu *cpu = &m->cpu[c];
	uint64_t bytes = CPU_STATE_BYTES + (uint64_t)cpu->service_count * SERVICE_STATE_BYTES;

	for (uint32_t i = 0; i < cpu->vcpu_count; i++)
		bytes += VCPU_STATE_BYTES +
			 VCPU_IRQ_BYTES((uint64_t)m->vm[m->vcpu[cpu->vcpu_first + i].vm].intids);
	report_expect(r, bytes <= cpu->state_bytes, "CPU %u: the kernel's state needs %ju bytes, not %u", c,
		      (uintmax_t)bytes, cpu->state_bytes);
}

/* ---- Contexts ---- */

static uint32_t users_of_context(const struct image *m, uint32_t context)
{
	uint32_t users = 0;

	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		users += m->vm[v].guest_context == context;
		users += m->vm[v].vmm_context == context;
	}
	for (uint32_t s = 0; s < m->fmap->services.count; s++)
		users += m->service[s].context == context;
	return users;
}

/* Each belongs to one world and has a VMID of its own. */
static void check_contexts(const struct image *m, struct report *r)
{
	for (uint32_t i = 0; i < m->fmap->contexts.count && !report_full(r); i++) {
		uint32_t users = users_of_context(m, i), vmid = context_vmid(&m->context[i]);

		report_expect(r, users == 1, "context %u has %u owners", i, users);
		report_expect(r, vmid >= 1 && vmid <= 255 && !m->context[i].reserved, "context %u: VMID %u",
			      i, vmid);
		for (uint32_t k = 0; k < i; k++)
			report_expect(r, context_vmid(&m->context[k]) != vmid,
				      "contexts %u and %u have the same VMID %u", k, i, vmid);
	}
}

void cpus_check(const struct image *m, struct report *r)
{
	check_shares(m, r);
	for (uint32_t c = 0; c < m->fmap->cpus.count; c++) {
		check_time(m, c, r);
		check_state(m, c, r);
	}
	check_contexts(m, r);
}
