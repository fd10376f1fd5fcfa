/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/vm.h"
#include "abi/upcall.h"
#include "kernel/health.h"
#include "kernel/link.h"
#include "kernel/log.h"
#include "kernel/timer.h"
#include "kernel/vgic.h"

bool vm_is_running(uint32_t vm)
{
	return __atomic_load_n(&shared_vm(vm)->life, __ATOMIC_ACQUIRE) == VM_RUNNING;
}

void vm_mark_starting(const struct fmap *f)
{
	for (uint32_t i = 0; i < f->vms.count; i++)
		if (fmap_vm(f, i)->flags & FMAP_VM_START)
			__atomic_store_n(&shared_vm(i)->life, VM_RUNNING, __ATOMIC_RELEASE);
}

/* Nothing of the vCPU's life is left on its CPU: list registers, physical interrupts, timer, TLB,
 * instruction cache, EL1 and FP registers, and what siblings had sent it. */
static void vcpu_quiesce(struct cpu *c, struct vcpu *v)
{
	arch_guest_reset(&v->arch, 0, 0);
	vgic_quiesce(&v->vgic);
	vgic_reset(v, c->fmap);
	for (uint32_t n = 0; n < v->vm->vcpu_count; n++)
		(void)link_take(shared_link(c->fmap, v->f->link_first + n));
	v->run = VCPU_OFF;
	v->waiting = false;
	v->arch.event = UPCALL_NONE;
	v->boot = 0;
	v->again = false;
	v->call_unsent = v->call_sent = 0;
	v->notifications = 0;
	v->alarm = NEVER;
	timer_update(c);
	/* What ran here may not go on as if nothing had happened: not this vCPU, and not a compartment,
	 * whose world was lost to the reset. */
	c->work = true;
}

void vm_end(struct cpu *c, struct vcpu *v, enum health_action ending, enum health_event why)
{
	uint32_t running = VM_RUNNING;

	vcpu_quiesce(c, v);
	if (!__atomic_compare_exchange_n(&shared_vm(v->vm_id)->life, &running, VM_STOPPING, false,
					 __ATOMIC_ACQ_REL, __ATOMIC_ACQUIRE))
		return; /* another vCPU ends it, and will find this one quiet */
	v->ending = (uint8_t)ending;
	v->ending_why = (uint8_t)why;
	v->answer.op = OP_VM_STOP;
	v->call_unsent = ((1u << v->vm->vcpu_count) - 1) & ~(1u << v->number);
}

/* The VM's physical interrupts: on; or off, neither pending nor active, routed home, when all its vCPUs
 * are quiet. */
static void vm_irqs(struct cpu *c, const struct vcpu *v, bool on)
{
	/* A VM may have more than the board. */
	for (uint32_t i = 32; v->vm->irq_count && i < v->vgic.intids && i < c->fmap->gic_intids; i++) {
		const struct fmap_irq *irq = fmap_irq(c->fmap, i);

		if (irq->kind != IRQ_VM || irq->owner != v->vm_id)
			continue;
		arch_irq_enable(i, on);
		if (on)
			continue;
		arch_irq_set_pending(i, false);
		arch_irq_deactivate(i);
		arch_irq_route(c->fmap, i, irq->cpu);
	}
}

/* The last VM that goes off takes the board with it. Store buffering: two VMs that end at once each
 * write their own life, then look at the other's; the barrier in between lets at least one see both
 * off. */
static bool all_are_off(const struct fmap *f)
{
	arch_barrier(); /* partner: the same line on the CPU of the other VM */
	for (uint32_t i = 0; i < f->vms.count; i++)
		if (__atomic_load_n(&shared_vm(i)->life, __ATOMIC_ACQUIRE) != VM_OFF)
			return false;
	return true;
}

/* The services have the last word, since one of them may have output left. */
static void board_off(struct cpu *c)
{
	if (c->f->log_link == FMAP_NONE)
		arch_power_off();
	link_signal(c, c->f->log_link, SIGNAL_ALL_OFF);
}

void vm_boot(struct cpu *c, struct vcpu *v, uint8_t reason)
{
	struct shared_vm *s = shared_vm(v->vm_id);

	/* What came in since the last life ended is not of this one. */
	if (reason != RESET_BOOT)
		vcpu_quiesce(c, v);
	s->cntvoff = arch_now();
	v->arch.cntvoff_el2 = s->cntvoff;
	v->generation = s->generation;
	v->boot = (uint8_t)(reason + 1);
	vm_irqs(c, v, true);
	__atomic_store_n(&s->life, VM_RUNNING, __ATOMIC_RELEASE);
	log_vcpu(c, v, KLOG_VM_START, 0, reason, 0);
}

void vm_ended(struct cpu *c, struct vcpu *v)
{
	struct shared_vm *s = shared_vm(v->vm_id);
	enum health_event why = (enum health_event)v->ending_why;
	uint32_t ending = v->ending;

	v->ending = 0;
	if (ending == ENDING_HANDED)
		return;
	vm_irqs(c, v, false);
	s->generation++;
	if (ending != ACTION_RESTART || !health_may_restart(c, v, why)) {
		log_vcpu(c, v, KLOG_VM_OFF, 0, why, ending == ACTION_RESTART);
		__atomic_store_n(&s->life, VM_OFF, __ATOMIC_RELEASE);
		if (ending == ACTION_BOARD || all_are_off(c->fmap))
			board_off(c);
		return;
	}
	log_vcpu(c, v, KLOG_VM_RESET, 0, why, 0);
	if (v->number == 0) {
		vm_boot(c, v, RESET_AGAIN);
		return;
	}
	v->ending = ENDING_HANDED;
	v->generation = s->generation;
	v->answer.op = OP_VM_BOOT;
	v->call_unsent = 1;
}

bool vm_serve(struct cpu *c, struct vcpu *v, uint64_t op)
{
	if (v->arch.event != UPCALL_NONE)
		return false;
	if (op == OP_VM_BOOT)
		vm_boot(c, v, RESET_AGAIN);
	else
		vcpu_quiesce(c, v);
	return true;
}
