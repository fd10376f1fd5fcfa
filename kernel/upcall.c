/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model: v->arch.event says which event the monitor works on; from its answer until the verdict
 * took effect, `answer` holds it, and the sets call_unsent and call_sent name the siblings whose
 * part of the operation is outstanding. While any is, the vCPU does not run; its CPU does.
 */
#include "kernel/upcall.h"
#include "kernel/dispatch.h"
#include "kernel/health.h"
#include "kernel/inject.h"
#include "kernel/link.h"
#include "kernel/log.h"
#include "kernel/timer.h"
#include "kernel/trap.h"
#include "kernel/vgic.h"
#include "kernel/vm.h"
#include "lib/esr.h"

/* ---- Into the monitor ---- */

void upcall_watch(struct cpu *c, struct vcpu *v)
{
	v->watched = true;
	timer_update(c);
}

/* x1 and x2 stay what they are for a CONTINUE: the syndrome and the address, or the conduit. */
static void upcall_begin(struct cpu *c, struct vcpu *v, enum upcall_event event, enum upcall_event cause,
			 uint64_t x3, uint64_t x4)
{
	v->arch.args[0] = event;
	v->arch.args[3] = x3;
	v->arch.args[4] = x4;
	v->arch.args[6] = arch_guest_now();
	v->arch.event = cause;
	v->arch.monitor.result = 0;
	if (!v->watched)
		upcall_watch(c, v);
}

void upcall(struct cpu *c, struct vcpu *v, enum upcall_event event, uint64_t x1, uint64_t x2, uint64_t x3,
	    uint64_t x4, uint64_t x5)
{
	v->arch.args[1] = x1;
	v->arch.args[2] = x2;
	v->arch.args[5] = x5;
	upcall_begin(c, v, event, event, x3, x4);
}

void upcall_continue(struct cpu *c, struct vcpu *v)
{
	upcall_begin(c, v, UPCALL_CONTINUE, (enum upcall_event)v->answer.event, v->answer.result,
		     v->answer.value);
}

/* ---- The end of a monitor that broke its contract ---- */

void upcall_fault(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t a, uint64_t b)
{
	log_vcpu(c, v, event, v->arch.monitor.elr, a, b);
	(void)health_event(c, v, event == KLOG_SERROR ? HEALTH_SERROR : HEALTH_MONITOR);
}

void upcall_overrun(struct cpu *c, struct vcpu *v)
{
	v->arch.monitor.elr = arch_elr();
	upcall_fault(c, v, KLOG_VMM_OVERRUN, 0, 0);
}

/* ---- Verdicts ---- */

/* Which events a verdict answers, the one before any CONTINUE: a wrong pair is the monitor's fault. */
static const uint8_t verdict_events[] = {
	[VERDICT_DONE] = 1u << UPCALL_ABORT | 1u << UPCALL_NOTIFY | 1u << UPCALL_SYSREG,
	[VERDICT_RETRY] = 1u << UPCALL_ABORT | 1u << UPCALL_CALL | 1u << UPCALL_SYSREG,
	[VERDICT_ABORT] = 1u << UPCALL_ABORT,
	[VERDICT_RESULT] = 1u << UPCALL_CALL,
	[VERDICT_CONTINUE] =
		1u << UPCALL_RESET | 1u << UPCALL_ABORT | 1u << UPCALL_CALL | 1u << UPCALL_NOTIFY,
	[VERDICT_WAIT] = 1u << UPCALL_CALL,
	[VERDICT_OFF] = 1u << UPCALL_CALL,
	[VERDICT_EVENT] = 1u << UPCALL_RESET | 1u << UPCALL_ABORT | 1u << UPCALL_CALL | 1u << UPCALL_NOTIFY,
	[VERDICT_START] = 1u << UPCALL_RESET,
};

/* What the guest's instruction gets: the results of a call, the register of a load. What the exit was
 * that began it stands in x1 of the upcall, also after CONTINUE. */
static void finish_call(struct vcpu *v)
{
	const struct answer *a = &v->answer;
	uint64_t *x = v->arch.guest.x;

	x[0] = a->result ? a->result : a->value;
	if (a->op == OP_RESULTS) {
		x[1] = a->x3;
		x[2] = a->x4;
		x[3] = a->x5;
	}
	/* HVC returns behind itself; a trapped SMC has to be skipped. */
	if (v->arch.args[1])
		frame_skip(&v->arch.guest);
}

static void finish_sysreg(struct vcpu *v, uint64_t value)
{
	iss_sysreg_t iss = { v->arch.args[1] & ISS_SYSREG_BITS };

	if (iss_sysreg_Read(iss) && iss_sysreg_Rt(iss) != 31)
		v->arch.guest.x[iss_sysreg_Rt(iss)] = value;
	frame_skip(&v->arch.guest);
}

static void finish_access(struct vcpu *v, uint64_t value)
{
	iss_abort_t iss = { v->arch.args[1] & ISS_BITS };

	if (!iss_abort_WnR(iss) && iss_abort_SRT(iss) != 31)
		v->arch.guest.x[iss_abort_SRT(iss)] = iss_abort_extend(iss, value);
	frame_skip(&v->arch.guest);
}

/* ELR of an HVC points behind it; of an abort or a trapped SMC, at it. */
static void finish_retry(struct vcpu *v)
{
	if (v->answer.event == UPCALL_CALL && !v->arch.args[1])
		v->arch.guest.elr -= 4;
}

/* A guest that has not begun has nothing to go on with: no description lets it. */
static void finish_event(struct cpu *c, struct vcpu *v)
{
	const struct answer *a = &v->answer;
	enum health_event event = (enum health_event)a->value;

	if (event != HEALTH_OFF && event != HEALTH_RESET)
		log_vcpu(c, v, KLOG_HEALTH, 0, event, 0);
	if (health_event(c, v, event))
		return;
	if (a->event == UPCALL_RESET)
		vm_end(c, v, ACTION_STOP, event);
	else
		finish_retry(v);
}

/* The operation is done: the verdict takes effect. */
static void verdict_finish(struct cpu *c, struct vcpu *v)
{
	const struct answer *a = &v->answer;
	uint32_t op = a->op & 0xffff;

	switch ((enum upcall_verdict)a->verdict) {
	case VERDICT_DONE:
		if (a->event == UPCALL_SYSREG)
			finish_sysreg(v, a->value);
		else if (a->event == UPCALL_ABORT)
			finish_access(v,
				      op == OP_READ_PENDING || op == OP_READ_ACTIVE ? a->result : a->value);
		break;
	case VERDICT_RETRY:
		finish_retry(v);
		break;
	case VERDICT_ABORT:
		if (!trap_abort(c, v, v->arch.guest.elr, v->arch.guest.spsr, v->arch.args[2],
				(uint32_t)v->arch.args[1]))
			inject_abort(&v->arch, false, v->far, v->arch.args[1]);
		break;
	case VERDICT_WAIT:
		v->waiting = true;
		finish_call(v);
		break;
	case VERDICT_RESULT:
		finish_call(v);
		break;
	case VERDICT_CONTINUE:
		v->again = true;
		c->work = true;
		break;
	case VERDICT_OFF:
		v->run = VCPU_OFF;
		c->work = true;
		log_vcpu(c, v, KLOG_VCPU_OFF, 0, 0, 0);
		break;
	case VERDICT_EVENT:
		finish_event(c, v);
		break;
	case VERDICT_START:
		arch_guest_reset(&v->arch, a->value, a->x3);
		v->run = VCPU_ON;
		v->watched = false; /* the timer is set to the end of the start's budget */
		break;
	}
}

/* An operation that is no call to siblings: what the asking vCPU does for itself. */
static uint64_t operation_local(struct cpu *c, struct vcpu *v)
{
	struct answer *a = &v->answer;

	if ((a->op & 0xffff) == OP_ALARM) {
		v->alarm = a->x3 == NEVER ? NEVER : a->x3 + v->arch.cntvoff_el2;
		timer_update(c);
		return 0;
	}
	return vgic_operation(&v->vgic, c->fmap, a->op, a->x3, a->x4);
}

/* Lines are told, not asked: each target samples when it gets there. */
static void lines_tell(struct vcpu *v, uint32_t targets)
{
	if (targets & 1u << v->number)
		vgic_sample_lines(&v->vgic, (uint32_t)(v->answer.op >> 16 & 0xffff) / 32);
	for (targets &= v->siblings; targets; targets &= targets - 1)
		link_signal_sibling(v, (uint32_t)__builtin_ctz(targets), SIGNAL_LINES);
}

static bool operation_valid(const struct vcpu *v, uint64_t op, uint64_t x3)
{
	uint64_t targets = op >> 32;

	if (targets >> v->vm->vcpu_count)
		return false;
	switch (op & 0xffff) {
	case OP_NONE:
	case OP_ALARM:
	case OP_RESULTS:
		return op >> 16 == 0;
	case OP_CPU_START:
		return targets && !(targets & (targets - 1)) && !(targets & 1u << v->number);
	case OP_RELEASE:
		return vgic_op_valid(&v->vgic, op) && x3 < v->vm->vcpu_count;
	case OP_ADOPT:
		return vgic_op_valid(&v->vgic, op) && targets && !(targets & (targets - 1));
	default:
		return vgic_op_valid(&v->vgic, op);
	}
}

/* Begins the operation of v->answer, which is valid. */
static void operation_begin(struct cpu *c, struct vcpu *v)
{
	struct answer *a = &v->answer;
	uint32_t targets = (uint32_t)(a->op >> 32);
	uint32_t self = 1u << v->number;

	if ((a->op & 0xffff) == OP_LINES) {
		lines_tell(v, targets);
		return;
	}
	/* Where it goes: the kernel speaks of CPUs. */
	if ((a->op & 0xffff) == OP_RELEASE)
		a->x4 = fmap_vcpu(c->fmap, v->vm->vcpu[a->x3])->cpu;
	if ((a->op & 0xffff) == OP_ADOPT)
		a->x4 = fmap_vcpu(c->fmap, v->vm->vcpu[__builtin_ctz(targets)])->cpu;
	if (targets & self || (a->op & 0xffff) == OP_ALARM)
		a->result = operation_local(c, v);
	v->call_unsent = targets & ~self;
}

bool upcall_progress(struct cpu *c, struct vcpu *v)
{
	const struct fmap *f = c->fmap;

	for (uint32_t set = v->call_sent; set; set &= set - 1) {
		uint32_t n = (uint32_t)__builtin_ctz(set);
		const struct shared_link *l = shared_link(f, link_of_sibling(f, v->vm->vcpu[n], v->number));

		if (!link_call_answered(l))
			continue;
		v->answer.result |= l->result;
		v->call_sent &= ~(1u << n);
	}
	for (uint32_t set = v->call_unsent; set; set &= set - 1) {
		uint32_t n = (uint32_t)__builtin_ctz(set);
		uint32_t link = link_of_sibling(f, v->vm->vcpu[n], v->number);

		/* A call of an earlier life may still be on its way: it is answered soon. */
		if (!link_call_answered(shared_link(f, link)))
			continue;
		link_call(f, link, v->generation, v->answer.op, v->answer.x3, v->answer.x4);
		v->call_unsent &= ~(1u << n);
		v->call_sent |= 1u << n;
	}
	if (v->call_unsent | v->call_sent)
		return false;
	if (v->ending)
		vm_ended(c, v);
	else
		verdict_finish(c, v);
	return true;
}

bool doorbells_ring(struct cpu *c, uint32_t cap_first, uint32_t cap_count, uint32_t number,
		    uint64_t doorbells)
{
	if (cap_count < 64 && doorbells >> cap_count)
		return false;
	for (; doorbells; doorbells &= doorbells - 1) {
		const struct fmap_cap *cap =
			fmap_cap(c->fmap, cap_first + (uint32_t)__builtin_ctzll(doorbells));

		if (cap->kind != CAP_DOORBELL)
			return false;
		link_signal(c, cap->link[number], SIGNAL_DOORBELL);
	}
	return true;
}

/* The immediate of SVC. */
bool upcall_answer_is_short(uint64_t esr)
{
	return !(esr & 0xffff);
}

void upcall_answer(struct cpu *c, struct vcpu *v, uint64_t verdict, uint64_t value, uint64_t op,
		   uint64_t x3, uint64_t x4, uint64_t doorbells)
{
	struct answer *a = &v->answer;

	if (verdict >= sizeof verdict_events || !(verdict_events[verdict] >> v->arch.event & 1) ||
	    (verdict == VERDICT_EVENT && value >= HEALTH_EVENTS) || !operation_valid(v, op, x3) ||
	    !doorbells_ring(c, v->vm->cap_first, v->vm->cap_count, v->number, doorbells)) {
		upcall_fault(c, v, KLOG_VMM_REPLY, verdict, op);
		dispatch(c);
	}
	if (verdict == VERDICT_CONTINUE)
		v->spent = upcall_spent(v) + arch_guest_now() - v->arch.args[6] +
			   timer_ticks(c->frequency, STAY_COST_NS);
	a->event = (uint32_t)v->arch.event;
	a->verdict = (uint32_t)verdict;
	a->value = value;
	a->op = op;
	a->x3 = x3;
	a->x4 = x4;
	a->result = 0;
	v->arch.event = UPCALL_NONE;
	if (op)
		operation_begin(c, v);
	if (v->call_unsent)
		dispatch(c);
	verdict_finish(c, v);
	/* One that waits may only have been notified meanwhile. */
	if (c->work || v->run == VCPU_OFF || v->waiting)
		dispatch(c);
}
