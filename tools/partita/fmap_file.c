/* SPDX-License-Identifier: Apache-2.0 */
/* Filling in the arrays of the f-map, each by a function of its own. */
#include "tools/partita/fmap_file.h"
#include "tools/partita/arm.h"
#include "tools/partita/badge.h"

#include <assert.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "structs are written as they lie in memory");

/* ---- Plan ---- */

static void plan_array(struct fmap *f, struct fmap_array *array, uint32_t count, size_t element)
{
	array->offset = f->bytes;
	array->count = count;
	f->bytes += (uint32_t)((count * element + 15) / 16 * 16);
}

/* Contexts: a guest's and a monitor's for each VM, then the service's. */
static uint32_t guest_context(uint32_t vm)
{
	return 2 * vm;
}

static uint32_t vmm_context(uint32_t vm)
{
	return 2 * vm + 1;
}

static uint32_t console_context(const struct system *s)
{
	return 2 * s->vm_count;
}

/* The board's RAM; distributor, redistributors and the UART's two owners; each VM's own. */
static uint32_t memory_rows(const struct system *s, const struct platform *p)
{
	uint32_t rows = p->ram_count + 1 + p->cpu_count + (p->has_uart ? 1 : 0) + (s->console.exists ? 1 : 0);

	for (uint32_t v = 0; v < s->vm_count; v++) {
		rows += s->vm[v].ram_count;
		for (uint32_t i = 0; i < s->vm[v].device_count; i++)
			rows += s->vm[v].device[i].reg_count;
		for (uint32_t i = 0; i < s->vm[v].end_count; i++)
			rows += s->vm[v].end[i].writes ? 2 : 1;
	}
	return rows;
}
#define MAX_MEMORY_ROWS \
	(PLATFORM_MAX_RAM + 1 + MAX_CPUS + 2 + MAX_CHANNELS + \
	 MAX_VMS * (VMCONF_MAX_RAM + VM_MAX_DEVICES * DEVICE_MAX_REGS + VMCONF_MAX_CHANNELS))

void fmap_file_plan(struct fmap *f, const struct system *s, const struct platform *p, const struct routes *r)
{
	uint32_t services = s->console.exists ? 1 : 0;

	memset(f, 0, sizeof(*f));
	f->bytes = sizeof(*f);
	plan_array(f, &f->cpus, p->cpu_count, sizeof(struct fmap_cpu));
	plan_array(f, &f->slots, r->vcpu_count, sizeof(struct fmap_slot));
	plan_array(f, &f->vms, s->vm_count, sizeof(struct fmap_vm));
	plan_array(f, &f->vcpus, r->vcpu_count, sizeof(struct fmap_vcpu));
	plan_array(f, &f->services, services, sizeof(struct fmap_service));
	plan_array(f, &f->contexts, 2 * s->vm_count + services, sizeof(struct fmap_context));
	plan_array(f, &f->idregs, s->idregs_count, sizeof(struct fmap_idregs));
	plan_array(f, &f->links, r->link_count, sizeof(struct fmap_link));
	plan_array(f, &f->caps, r->cap_count, sizeof(struct fmap_cap));
	plan_array(f, &f->irqs, p->intids, sizeof(struct fmap_irq));
	plan_array(f, &f->memory, memory_rows(s, p), sizeof(struct fmap_memory));
	f->shared_bytes = sizeof(struct shared_board) + s->vm_count * sizeof(struct shared_vm) +
			  r->link_count * sizeof(struct shared_link);
	f->shared_bytes = (f->shared_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

/* The limits of system.h and routes.h keep all systems within the kernel's windows. */
_Static_assert(sizeof(struct shared_board) + MAX_VMS * sizeof(struct shared_vm) +
			       MAX_LINKS * sizeof(struct shared_link) <=
		       SHARED_BYTES_MAX,
	       "the shared area fits");
_Static_assert(sizeof(struct fmap) +
			       MAX_CPUS * (sizeof(struct fmap_cpu) + sizeof(struct fmap_slot) +
					   sizeof(struct fmap_vcpu)) +
			       MAX_VMS * (sizeof(struct fmap_vm) + 2 * sizeof(struct fmap_context)) +
			       MAX_LINKS * sizeof(struct fmap_link) + MAX_CAPS * sizeof(struct fmap_cap) +
			       MAX_INTIDS * sizeof(struct fmap_irq) +
			       MAX_IDREGS * sizeof(struct fmap_idregs) +
			       MAX_MEMORY_ROWS * sizeof(struct fmap_memory) + 0x1000 <=
		       FMAP_BYTES_MAX,
	       "the f-map fits");

/* ---- Registers ---- */

static uint64_t pa_field(const struct platform *p)
{
	return TCR_PS(arm_pa_code(p->pa_bits));
}

uint64_t fmap_file_tcr_el2(const struct platform *p)
{
	return TCR_EL2_RES1 | TCR_WALK | pa_field(p) | TCR_T0SZ(EL2_VA_BITS);
}

static uint64_t vtcr_el2(const struct platform *p)
{
	return VTCR_EL2_RES1 | TCR_WALK | pa_field(p) | VTCR_EL2_SL0_LEVEL1 | TCR_T0SZ(IPA_BITS);
}

static struct fmap_context context(const struct space *space, bool guest)
{
	return (struct fmap_context){
		.vttbr_el2 = VTTBR_EL2_VMID(space->vmid) | space->root_pa,
		.hcr_el2 = guest ? HCR_EL2_GUEST : HCR_EL2_COMPARTMENT,
		.cptr_el2 = guest ? CPTR_EL2_GUEST : CPTR_EL2_COMPARTMENT,
		.mdcr_el2 = MDCR_EL2_ALL,
		.cnthctl_el2 = CNTHCTL_EL2_CLOSED,
	};
}

/* ---- Arrays ---- */

static void fill_cpus(struct fmap_cpu *cpu, const struct system *s, const struct platform *p,
		      const struct routes *r, const struct layout *l)
{
	uint32_t vcpu = 0, service = 0;

	for (uint32_t c = 0; c < p->cpu_count; c++) {
		cpu[c].mpidr = p->mpidr[c];
		cpu[c].slot_first = vcpu; /* slot n is vCPU n's */
		cpu[c].vcpu_first = vcpu;
		while (vcpu < r->vcpu_count && r->vcpu[vcpu].cpu == c)
			vcpu++;
		cpu[c].vcpu_count = vcpu - cpu[c].vcpu_first;
		cpu[c].slot_count = cpu[c].vcpu_count;
		cpu[c].service_first = service;
		if (s->console.exists && s->console.cpu == c)
			cpu[c].service_count = 1;
		service += cpu[c].service_count;
		cpu[c].state_bytes = (uint32_t)l->cpu[c].state->bytes;
		cpu[c].log_link = r->log_link[c];
	}
}

static void fill_slots(struct fmap_slot *slot, const struct routes *r)
{
	for (uint32_t v = 0; v < r->vcpu_count; v++)
		slot[v].vcpu = v;
}

static bool has_trusted_dma(const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->device_count; i++) {
		if (vm->device[i].dma_trusted)
			return true;
	}
	return false;
}

static void fill_vms(struct fmap_vm *out, const struct system *s, const struct routes *r,
		     const struct binaries *b)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		memcpy(out[v].name, vm->name, strlen(vm->name));
		out[v].vcpu_count = vm->vcpu_count;
		for (uint32_t n = 0; n < MAX_VCPUS_PER_VM; n++)
			out[v].vcpu[n] = n < vm->vcpu_count ? r->vcpu_index[v][n] : FMAP_NONE;
		out[v].intids = vm->intids;
		out[v].guest_context = guest_context(v);
		out[v].vmm_context = vmm_context(v);
		out[v].idregs = vm->idregs;
		out[v].cap_first = r->vm_caps[v].first;
		out[v].cap_count = r->vm_caps[v].count;
		out[v].flags = FMAP_VM_START | (has_trusted_dma(vm) ? FMAP_VM_DMA : 0);
		out[v].vmm_entry = b->vmm.header.entry;
		out[v].upcall_budget_ns = vm->upcall_budget_ns;
		out[v].start_budget_ns = vm->start_budget_ms * UINT64_C(1000000);
		out[v].health = (struct fmap_health){ .notify = vm->health.notify,
						      .cap_first = r->health_caps[v].first,
						      .cap_count = r->health_caps[v].count,
						      .restarts = vm->health.restarts,
						      .window_ns = vm->health.window_ms * UINT64_C(1000000) };
		memcpy(out[v].health.action, vm->health.action, HEALTH_EVENTS);
	}
}

static void fill_vcpus(struct fmap_vcpu *out, const struct system *s, const struct routes *r)
{
	for (uint32_t v = 0; v < r->vcpu_count; v++) {
		uint32_t number = r->vcpu[v].number;

		out[v].vm = r->vcpu[v].vm;
		out[v].number = number;
		out[v].cpu = r->vcpu[v].cpu;
		out[v].link_first = r->vcpu[v].links.first;
		out[v].link_count = r->vcpu[v].links.count;
		out[v].doorbell_interval_ns = s->vm[r->vcpu[v].vm].doorbell_interval_ns;
		out[v].vmpidr_el2 = MPIDR_EL1_RES1 | number;
		out[v].vmm_sp = COMP_STACKS + (uint64_t)number * COMP_STACK_STRIDE + COMP_STACK_BYTES;
	}
}

static void fill_console(struct fmap_service *out, const struct system *s, const struct routes *r,
			 const struct binaries *b)
{
	strcpy(out->name, "console");
	out->cpu = s->console.cpu;
	out->context = console_context(s);
	out->link_first = r->console_links.first;
	out->link_count = r->console_links.count;
	out->cap_first = r->console_caps.first;
	out->cap_count = r->console_caps.count;
	out->entry = b->console.header.entry;
	out->sp = COMP_STACKS + COMP_STACK_BYTES;
	out->budget_ns = s->console.budget_ns;
	out->period_ns = s->console.period_ns;
}

static void fill_contexts(struct fmap_context *out, const struct system *s, const struct layout *l)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		out[guest_context(v)] = context(&l->vm[v].guest, true);
		out[vmm_context(v)] = context(&l->vm[v].monitor, false);
	}
	if (s->console.exists)
		out[console_context(s)] = context(&l->console.space, false);
}

static void fill_irqs(struct fmap_irq *irq, const struct system *s, const struct platform *p)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];

		for (uint32_t i = 0; i < vm->device_count; i++) {
			for (uint32_t k = 0; k < vm->device[i].interrupt_count; k++) {
				const struct interrupt *in = &vm->device[i].interrupt[k];

				irq[in->intid] = (struct fmap_irq){ .kind = IRQ_VM,
								    .edge = in->edge,
								    .owner = (uint8_t)v,
								    .vintid = (uint16_t)in->intid,
								    .cpu = (uint16_t)vm->cpu[0] };
			}
		}
	}
	if (s->console.exists)
		irq[p->uart_interrupt.intid] = (struct fmap_irq){ .kind = IRQ_SERVICE,
								  .edge = p->uart_interrupt.edge,
								  .badge = BADGE_UART,
								  .owner = 0,
								  .cpu = (uint16_t)s->console.cpu };
}

/* Two devices of a VM may share an interrupt: count entries, not devices. */
static void count_irqs(struct fmap_vm *vms, const struct fmap_irq *irq, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		if (irq[i].kind == IRQ_VM)
			vms[irq[i].owner].irq_count++;
	}
}

/* ---- Memory ---- */

static struct fmap_memory *add_row(struct fmap_memory *row, enum fmap_memory_kind kind,
				   enum fmap_owner owner_kind, uint32_t owner, struct range r, uint64_t at)
{
	*row = (struct fmap_memory){ .pa = r.base, .bytes = r.bytes, .at = at, .kind = kind,
				     .owner_kind = owner_kind, .owner = owner,
				     .rights = MEMORY_READ | MEMORY_WRITE };
	return row + 1;
}

static struct range object_range(const struct object *o)
{
	return (struct range){ o->pa, o->bytes };
}

/* The name of a node, of which its path is the better known. */
static void name_row(struct fmap_memory *row, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

	memcpy(row->name, name, strnlen(name, FMAP_NAME_BYTES - 1));
}

static struct fmap_memory *add_board(struct fmap_memory *row, const struct system *s,
				     const struct platform *p, const struct layout *l)
{
	for (uint32_t i = 0; i < p->ram_count; i++) {
		row = add_row(row, MEMORY_RAM, OWNER_BOARD, 0, p->ram[i], p->ram[i].base);
		row[-1].rights = 0;
	}
	row = add_row(row, MEMORY_DEVICE, OWNER_KERNEL, 0, object_range(l->gicd), GICD_VA);
	for (uint32_t c = 0; c < p->cpu_count; c++)
		row = add_row(row, MEMORY_DEVICE, OWNER_CPU, c, object_range(l->cpu[c].gicr), GICR_VA);
	if (p->has_uart)
		row = add_row(row, MEMORY_DEVICE, OWNER_KERNEL, 0, p->uart_regs, EARLY_UART_VA);
	if (s->console.exists)
		row = add_row(row, MEMORY_DEVICE, OWNER_SERVICE, 0, p->uart_regs, COMP_DEVICES);
	return row;
}

/* A VM's end of a channel. The writer's monitor zeroes the memory, so it has it too. */
static struct fmap_memory *add_end(struct fmap_memory *row, const struct vm *vm,
				   const struct channel_end *end)
{
	const struct channel *c = end->channel;
	struct range r = object_range(c->memory);

	row = add_row(row, MEMORY_CHANNEL, OWNER_VM, vm->index, r, end->memory);
	name_row(&row[-1], c->name);
	if (!end->writes) {
		row[-1].rights = MEMORY_READ;
		return row;
	}
	row = add_row(row, MEMORY_CHANNEL, OWNER_MONITOR, vm->index, r, end->memory);
	name_row(&row[-1], c->name);
	return row;
}

static struct fmap_memory *add_vm(struct fmap_memory *row, const struct vm *vm)
{
	for (uint32_t i = 0; i < vm->ram_count; i++) {
		row = add_row(row, MEMORY_RAM, OWNER_VM, vm->index, object_range(vm->ram[i].object),
			      vm->ram[i].ipa.base);
		row[-1].rights = vm->ram[i].read_only ? MEMORY_READ | MEMORY_EXECUTE
						      : MEMORY_READ | MEMORY_WRITE | MEMORY_EXECUTE;
	}
	for (uint32_t i = 0; i < vm->device_count; i++) {
		const struct device *dev = &vm->device[i];

		for (uint32_t k = 0; k < dev->reg_count; k++) {
			row = add_row(row, MEMORY_DEVICE, OWNER_VM, vm->index, dev->reg[k], dev->reg[k].base);
			name_row(&row[-1], dev->path);
		}
	}
	for (uint32_t i = 0; i < vm->end_count; i++)
		row = add_end(row, vm, &vm->end[i]);
	return row;
}

static void fill_memory(struct fmap_memory *row, const struct system *s, const struct platform *p,
			const struct layout *l)
{
	row = add_board(row, s, p, l);
	for (uint32_t v = 0; v < s->vm_count; v++)
		row = add_vm(row, &s->vm[v]);
}

static void fill_head(struct fmap *f, const struct system *s, const struct platform *p,
		      const struct layout *l, const struct binaries *b)
{
	f->magic = FMAP_MAGIC;
	f->version = FMAP_VERSION;
	memcpy(f->system, s->name, sizeof(f->system));
	memcpy(f->board, p->name, sizeof(f->board));
	f->vtcr_el2 = vtcr_el2(p);
	f->pa_bits = p->pa_bits;
	f->gic_version = 3;
	f->gic_intids = p->intids;
	f->intid_maintenance = p->intid_maintenance;
	f->intid_hyp_timer = p->intid_hyp_timer;
	f->intid_virt_timer = p->intid_virt_timer;
	f->uart = p->uart;
	f->kernel_bytes = (uint32_t)l->kernel->bytes;
	f->kernel_text_bytes = (uint32_t)b->kernel_text;
}

struct blob fmap_file_make(const struct system *s, const struct platform *p, const struct routes *r,
			   const struct layout *l, const struct binaries *b, struct arena *a)
{
	struct fmap plan;
	struct fmap *f;
	uint8_t *base;

	fmap_file_plan(&plan, s, p, r);
	base = arena_alloc(a, plan.bytes);
	f = (struct fmap *)base;
	*f = plan;
	fill_head(f, s, p, l, b);
	fill_cpus((struct fmap_cpu *)(base + f->cpus.offset), s, p, r, l);
	fill_slots((struct fmap_slot *)(base + f->slots.offset), r);
	fill_vms((struct fmap_vm *)(base + f->vms.offset), s, r, b);
	fill_vcpus((struct fmap_vcpu *)(base + f->vcpus.offset), s, r);
	if (s->console.exists)
		fill_console((struct fmap_service *)(base + f->services.offset), s, r, b);
	fill_contexts((struct fmap_context *)(base + f->contexts.offset), s, l);
	memcpy(base + f->idregs.offset, s->idregs, s->idregs_count * sizeof(s->idregs[0]));
	memcpy(base + f->links.offset, r->link, r->link_count * sizeof(r->link[0]));
	memcpy(base + f->caps.offset, r->cap, r->cap_count * sizeof(r->cap[0]));
	fill_irqs((struct fmap_irq *)(base + f->irqs.offset), s, p);
	fill_memory((struct fmap_memory *)(base + f->memory.offset), s, p, l);
	count_irqs((struct fmap_vm *)(base + f->vms.offset), (struct fmap_irq *)(base + f->irqs.offset),
		   f->irqs.count);
	return (struct blob){ base, plan.bytes };
}
