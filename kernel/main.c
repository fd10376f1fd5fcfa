/* SPDX-License-Identifier: Apache-2.0 */
/*
 * From the head to the first guest instruction. Everything was decided on the build host: what is
 * left is to check that this is the board it was decided for, and to begin.
 */
#include "kernel/dispatch.h"
#include "kernel/entry.h"
#include "kernel/health.h"
#include "kernel/link.h"
#include "kernel/print.h"
#include "kernel/service.h"
#include "kernel/timer.h"
#include "kernel/vgic.h"
#include "kernel/vm.h"

#define VERSION "0.1"

static void banner(const struct fmap *f)
{
	print_text(f, "Partita " VERSION ": ");
	print_text(f, f->system);
	print_text(f, " on ");
	print_text(f, f->board);
	print_text(f, ", ");
	print_decimal(f, f->cpus.count);
	print_text(f, " CPUs, ");
	print_decimal(f, f->vms.count);
	print_text(f, " VMs\n");
}

/* What the f-map asks for and this kernel or this core cannot do. */
static const char *refuse(const struct fmap *f)
{
	if (f->magic != FMAP_MAGIC || f->version != FMAP_VERSION)
		return "the f-map is of another version";
	for (uint32_t i = 0; i < f->cpus.count; i++)
		if (fmap_cpu(f, i)->slot_count > 1 || fmap_cpu(f, i)->frame_ns)
			return "this kernel does not switch vCPUs on a CPU";
	for (uint32_t i = 0; i < f->gic_intids; i++)
		if (fmap_irq(f, i)->kind == IRQ_VM && fmap_irq(f, i)->vintid != i)
			return "an interrupt has another number for its VM";
	for (uint32_t i = 0; i < f->idregs.count; i++)
		if (arch_idregs_exceed(fmap_idreg(f, i)) >= 0)
			return "the core lacks a feature that the description promises to a VM";
	return 0;
}

static void vcpu_init(struct cpu *c, struct vcpu *v, uint32_t id, void *irq_memory)
{
	const struct fmap *f = c->fmap;

	v->id = id;
	v->f = fmap_vcpu(f, id);
	v->number = v->f->number;
	v->self = 1u << v->number;
	v->vm_id = v->f->vm;
	v->vm = fmap_vm(f, v->vm_id);
	v->idregs = fmap_idreg(f, v->vm->idregs);
	v->budget = timer_ticks(c->frequency, v->vm->upcall_budget_ns);
	v->start_budget = timer_ticks(c->frequency, v->vm->start_budget_ns);
	v->plain_refusals = health_is_silent(v, HEALTH_CALL);
	v->alarm = NEVER;
	v->deaf_until = NEVER;
	arch_vcpu_init(&v->arch, fmap_context(f, v->vm->guest_context), fmap_context(f, v->vm->vmm_context),
		       v->f->vmpidr_el2);
	v->arch.monitor_entry = v->vm->vmm_entry;
	v->arch.monitor_sp = v->f->vmm_sp;
	v->arch.args[7] = v->number;
	v->siblings = ((1u << v->vm->vcpu_count) - 1) & ~v->self;
	v->in = shared_link(f, v->f->link_first);
	for (uint32_t n = 0; n < v->vm->vcpu_count; n++) {
		uint32_t link = link_of_sibling(f, v->vm->vcpu[n], v->number);

		v->out[n] = shared_link(f, link);
		v->kick[n] = arch_kick_of(fmap_link(f, link)->dst_cpu, INTID_KICK);
	}
	vgic_init(v, f, irq_memory);
	if (v->number == 0 && v->vm->flags & FMAP_VM_START)
		vm_boot(c, v, RESET_BOOT);
}

static void cpu_init(struct cpu *c, const struct fmap *f, uint32_t id)
{
	c->fmap = f;
	c->id = id;
	c->f = fmap_cpu(f, id);
	c->log = (struct klog *)LOG_VA;
	c->frequency = arch_frequency();
	c->service = (struct service *)(CPU_VA + CPU_STATE_BYTES);
	c->vcpu = (struct vcpu *)(CPU_VA + CPU_STATE_BYTES + c->f->service_count * SERVICE_STATE_BYTES);
	c->slot_end = 0;
	c->rung = true;

	char *memory = (char *)c->vcpu + c->f->vcpu_count * VCPU_STATE_BYTES;

	for (uint32_t i = 0; i < c->f->service_count; i++)
		service_init(c, &c->service[i], c->f->service_first + i);
	for (uint32_t i = 0; i < c->f->vcpu_count; i++) {
		vcpu_init(c, &c->vcpu[i], c->f->vcpu_first + i, memory);
		memory += VCPU_IRQ_BYTES(c->vcpu[i].vm->intids);
	}
}

#define ARRIVAL_NS 5000000000ull

/* All of them, or the board stops: a VM that silently never runs would be worse. */
static void cpus_start(const struct fmap *f, const struct shared_board *board)
{
	uint64_t end = arch_now() + timer_ticks(arch_frequency(), ARRIVAL_NS);

	for (uint32_t i = 1; i < f->cpus.count; i++)
		if (!arch_cpu_start(f, i))
			panic(f, "firmware refuses to start a CPU of the description");
	for (uint32_t i = 1; i < f->cpus.count; i++)
		while (!__atomic_load_n(&board->arrived[i], __ATOMIC_ACQUIRE))
			if (arch_now() > end)
				panic(f, "a CPU of the description does not come");
}

_Noreturn void kernel_main(uint32_t id, uint32_t el)
{
	const struct fmap *f = (const struct fmap *)FMAP_VA;
	struct cpu *c = (struct cpu *)CPU_VA;
	bool boot = id == 0;
	struct shared_board *board = (struct shared_board *)SHARED_VA;

	/* 1. A CPU that came by itself waits until the boot CPU has prepared what all use. */
	if (!boot)
		arch_wait_for(&board->ready);
	else
		board->boot_el = el;
	/* 2. The core and its interrupt interface; on the boot CPU the distributor too. */
	const char *why = arch_cpu_init(f, id, boot);

	/* 3. The banner comes before anything that may be refused: a silent board helps nobody. */
	if (boot)
		banner(f);
	if (!why)
		why = refuse(f);
	if (why)
		panic(f, why);
	/* 4. Before any VM can end, all that start at boot count as running: the board would go off. */
	if (boot)
		vm_mark_starting(f);
	/* 5. This CPU's objects. */
	cpu_init(c, f, id);
	/* 6. The others: they rely on steps 2 and 4. */
	if (boot) {
		__atomic_store_n(&board->ready, 1, __ATOMIC_RELEASE);
		cpus_start(f, board);
	} else {
		__atomic_store_n(&board->arrived[id], 1, __ATOMIC_RELEASE);
	}
	/* 7. For ever. */
	dispatch(c);
}
