/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/dispatch.h"
#include "abi/upcall.h"
#include "kernel/link.h"
#include "kernel/log.h"
#include "kernel/schedule.h"
#include "kernel/service.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "kernel/vm.h"

/* ---- From other CPUs ---- */

void signals_to_vcpu(struct vcpu *v, uint32_t bits)
{
	if (bits & SIGNAL_LINES)
		for (uint32_t w = 0; w < v->vgic.intids / 32; w++)
			vgic_sample_lines(&v->vgic, w);
	for (uint32_t sgis = bits & 0xffff; sgis; sgis &= sgis - 1)
		vgic_raise(&v->vgic, (uint32_t)__builtin_ctz(sgis));
}

static uint64_t cpu_start(struct cpu *c, struct vcpu *v, const struct shared_link *l)
{
	if (v->run != VCPU_OFF)
		return UPCALL_BUSY;
	v->arch.cntvoff_el2 = shared_vm(v->vm_id)->cntvoff;
	v->generation = (uint32_t)l->call[3];
	arch_vcpu_load(&v->arch);
	arch_guest_reset(&v->arch, l->call[1], l->call[2]);
	v->run = VCPU_ON;
	v->waiting = false;
	c->work = true;
	log_vcpu(c, v, KLOG_VCPU_START, 0, l->call[1], 0);
	return 0;
}

/* A call that has to wait for the end of an upcall stays pending: the answer of the monitor comes
 * through dispatch then, and with it back here. */
static void call_serve(struct cpu *c, struct vcpu *v, struct shared_link *l, const struct fmap_link *f)
{
	const struct shared_vm *s = shared_vm(v->vm_id);
	uint64_t op = l->call[0], result = 0;
	bool done = true;

	if ((op & 0xffff) >= OP_VM_STOP)
		done = vm_serve(c, v, op & 0xffff);
	else if (!vm_is_running(v->vm_id) || l->call[3] != s->generation)
		done = true; /* of a life that is over */
	else if ((op & 0xffff) != OP_CPU_START)
		result = vgic_operation(&v->vgic, c->fmap, op, l->call[1], l->call[2]);
	else if (v->arch.event == UPCALL_NONE)
		result = cpu_start(c, v, l);
	else
		done = false;
	if (done)
		link_call_answer(l, f, result);
	else
		c->work = true;
}

/* A flag that stays up brings no further kick: so those that may not be acted on yet are left up, and
 * however often others ring, it costs this vCPU no more than its interval allows. */
static void inbox_vcpu(struct cpu *c, struct vcpu *v)
{
	uint32_t rung = 0;
	bool doorbells = c->rung && v->deaf_until == NEVER;
	struct shared_link *l = v->in;
	const struct fmap_link *f = fmap_link(c->fmap, v->f->link_first);

	for (uint32_t n = doorbells ? v->f->link_count : v->vm->vcpu_count; n; n--, l++, f++) {
		uint32_t bits = link_take(l);

		if (f->kind == LINK_DOORBELL) {
			rung |= (bits & SIGNAL_DOORBELL) << f->badge;
			continue;
		}
		/* Of a life that is over, when the VM does not run. */
		if (bits && vm_is_running(v->vm_id))
			signals_to_vcpu(v, bits);
		if (link_call_pending(l))
			call_serve(c, v, l, f);
	}
	if (!rung)
		return;
	v->notifications |= rung;
	v->deaf_until = arch_now() + timer_ticks(c->frequency, v->f->doorbell_interval_ns);
	timer_update(c);
	c->work = true;
}

/* The same: whoever rings costs this CPU nothing until the service may run. */
static void inbox_service(struct cpu *c, struct service *s)
{
	if (s->run == SERVICE_READY || (s->run == SERVICE_ASLEEP && !s->left))
		return;
	for (uint32_t i = s->f->link_first; i < s->f->link_first + s->f->link_count; i++) {
		uint32_t bits = link_take(shared_link(c->fmap, i));

		if (bits & SIGNAL_DOORBELL)
			s->notifications |= 1u << fmap_link(c->fmap, i)->badge;
		if (bits & SIGNAL_ALL_OFF)
			service_all_off(s);
		c->work |= bits != 0;
	}
}

/* While a service has the CPU, what is for a vCPU is left in its inbox: siblings cost the service one kick
 * for each flag that they can raise, however often they do. */
void inbox_serve(struct cpu *c)
{
	if (!c->serving) {
		for (uint32_t i = 0; i < c->f->vcpu_count; i++)
			inbox_vcpu(c, &c->vcpu[i]);
		c->rung = false;
	}
	for (uint32_t i = 0; i < c->f->service_count; i++)
		inbox_service(c, &c->service[i]);
}

/* ---- Physical interrupts ---- */

static struct vcpu *vcpu_of_vm(struct cpu *c, uint32_t vm)
{
	for (uint32_t i = 0; i < c->f->vcpu_count; i++)
		if (c->vcpu[i].vm_id == vm)
			return &c->vcpu[i];
	return 0;
}

static void interrupt_to_service(struct cpu *c, uint32_t intid, const struct fmap_irq *irq)
{
	for (uint32_t i = 0; i < c->f->service_count; i++) {
		if (c->service[i].id != irq->owner)
			continue;
		/* It stays active until the service has dealt with it. */
		c->service[i].notifications |= 1u << irq->badge;
		c->work = true;
		return;
	}
	log_board(c, KLOG_IRQ_SPURIOUS, 0, intid, 0);
}

/* A shared interrupt, active here. One that moved away while it was on its way is handed on
 * through the distributor: pending again, it goes where it is routed now. */
static void interrupt_spi(struct cpu *c, uint32_t intid)
{
	const struct fmap_irq *irq = fmap_irq(c->fmap, intid);
	struct vcpu *v;

	switch ((enum fmap_irq_kind)irq->kind) {
	case IRQ_VM:
		v = vcpu_of_vm(c, irq->owner);
		if (v && v->vgic.irq[irq->vintid].flags & VIRQ_OWNED) {
			vgic_physical(&v->vgic, irq->vintid);
			return;
		}
		if (irq->edge)
			arch_irq_set_pending(intid, true);
		arch_irq_deactivate(intid);
		return;
	case IRQ_SERVICE:
		interrupt_to_service(c, intid, irq);
		return;
	case IRQ_NONE:
		break;
	}
	arch_irq_enable(intid, false);
	arch_irq_deactivate(intid);
	log_board(c, KLOG_IRQ_SPURIOUS, 0, intid, 0);
}

bool interrupt_take(struct cpu *c)
{
	return interrupt_serve(c, arch_irq_acknowledge());
}

bool interrupt_serve(struct cpu *c, uint32_t intid)
{
	const struct fmap *f = c->fmap;

	if (intid >= INTID_SPURIOUS)
		return false;
	arch_irq_drop(intid);
	if (intid == f->intid_virt_timer && c->resident) {
		vgic_physical(&c->resident->vgic, intid);
		return true;
	}
	if (intid >= 32 && intid < f->gic_intids) {
		interrupt_spi(c, intid);
		return true;
	}
	/* Those of the kernel are over when they are served: a kick that comes meanwhile comes again. */
	arch_irq_deactivate(intid);
	if (intid == INTID_DOORBELL)
		c->rung = true;
	if (intid == INTID_KICK || intid == INTID_DOORBELL)
		inbox_serve(c);
	else if (intid == f->intid_maintenance && c->resident)
		vgic_maintenance(&c->resident->vgic);
	else if (intid == f->intid_hyp_timer)
		timer_interrupt(c);
	return true;
}

/* ---- What next ---- */

/* Runs the vCPU, its monitor, or nothing: then it returns. */
static void vcpu_run(struct cpu *c, struct vcpu *v)
{
	if (v->arch.event != UPCALL_NONE) {
		/* What was put off until it answers, a notification for instance, is looked at then: by
		 * way of the long answer, and of dispatch. */
		v->arch.monitor.result = 0;
		c->work = true;
		arch_resume_monitor(&v->arch);
	}
	while (v->call_unsent | v->call_sent | v->ending)
		if (!upcall_progress(c, v))
			return;
	if (v->boot) {
		uint64_t reason = v->boot - 1u;

		v->boot = 0;
		arch_vcpu_load(&v->arch);
		upcall(c, v, UPCALL_RESET, reason, c->frequency, 0, 0, 0);
		arch_enter_monitor(&v->arch);
	}
	if (v->again) {
		v->again = false;
		upcall_continue(c, v);
		arch_enter_monitor(&v->arch);
	}
	if (v->notifications && vm_is_running(v->vm_id)) {
		uint64_t bits = v->notifications;

		v->notifications = 0;
		upcall(c, v, UPCALL_NOTIFY, bits, 0, 0, 0, 0);
		arch_enter_monitor(&v->arch);
	}
	if (v->run == VCPU_OFF || (v->waiting && !vgic_has_pending(&v->vgic)))
		return;
	v->waiting = false;
	arch_enter_guest(&v->arch);
}

_Noreturn void dispatch(struct cpu *c)
{
	if (c->serving)
		service_pause(c);
	for (;;) {
		c->work = false;
		inbox_serve(c);
		schedule(c);
		struct service *s = service_next(c);

		if (s)
			service_run(c, s);
		if (c->resident)
			vcpu_run(c, c->resident);
		if (c->work)
			continue;
		arch_idle();
		(void)interrupt_take(c);
	}
}
