/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens often, in few instructions. Each case is a special case of a general one elsewhere,
 * and is left to it when anything is out of the ordinary: trap.c, call.c, sysreg.c, dispatch.c. This
 * file is compiled for speed, the others for size.
 */
#include "abi/upcall.h"
#include "kernel/dispatch.h"
#include "kernel/entry.h"
#include "kernel/link.h"
#include "kernel/listing.h"
#include "kernel/service.h"
#include "kernel/sysreg.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"
#include "lib/smccc.h"

#define THIS_CPU ((struct cpu *)CPU_VA)
#define SGI_PLAIN_BITS (REG_MASK(0, 16) | REG_MASK(24, 4)) /* TargetList, INTID */

#define _Noinline __attribute__((noinline))

/* Registers that the way back from a live guest's exit restores. */
#define CALLER_SAVED 18

/* ---- A load or store on what is not there: what a monitor is for ---- */

#define PLAIN_BITS (REG_MASK(24, 1) | REG_MASK(21, 1) | REG_MASK(7, 4) | REG_MASK(2, 4))
#define PLAIN (REG_MASK(24, 1) | FSC_TYPE_TRANSLATION << 2)

static _Noinline enum guest_exit upcall_watched(struct vcpu *v)
{
	upcall_watch(THIS_CPU, v);
	return GUEST_UPCALL;
}

/* ISV, not SSE, FnV, EA, CM or S1PTW, a translation fault: as trap_access has it, with a place for a
 * short answer. That is the register of a load, if the way back restores it. */
static inline enum guest_exit plain_access(struct vcpu *v, uint64_t esr)
{
	iss_abort_t iss = { esr & ISS_BITS };
	uint64_t rt = iss_abort_SRT(iss), value = 0;
	uint64_t *result = &v->arch.monitor.ignored;

	if (iss_abort_WnR(iss))
		value = iss_abort_truncate(iss, v->arch.guest.x[rt]);
	else if (rt < CALLER_SAVED)
		result = &v->arch.guest.x[rt];
	else if (rt != 31)
		result = 0;
	v->far = arch_far();
	v->arch.args[0] = UPCALL_ABORT;
	v->arch.args[1] = esr;
	v->arch.args[2] = arch_fault_ipa(v->far);
	v->arch.args[3] = value;
	v->arch.args[6] = arch_guest_now();
	v->arch.event = UPCALL_ABORT;
	v->arch.monitor.result = result;
	return v->watched ? GUEST_UPCALL : upcall_watched(v);
}

/* ---- System registers ---- */

#define KEY_ID KEY(3, 0, 0, 0, 0)             /* ID_*_EL1: CRm 1 to 7, any op2 */
#define KEY_ID_BITS (KEY_BITS & ~KEY(0, 0, 0, 7, 7))

/* CTR_EL0 too, which Linux reads before each piece of cache maintenance. */
static inline bool id_register(struct vcpu *v, iss_sysreg_t iss)
{
	if (iss_sysreg_Rt(iss) >= CALLER_SAVED)
		return false;
	if ((iss.bits & (KEY_BITS | KEY_READ)) == (KEY_CTR_EL0 | KEY_READ)) {
		v->arch.guest.x[iss_sysreg_Rt(iss)] = arch_ctr();
		return true;
	}
	if ((iss.bits & (KEY_ID_BITS | KEY_READ)) != (KEY_ID | KEY_READ))
		return false;
	v->arch.guest.x[iss_sysreg_Rt(iss)] =
		v->idregs->value[iss_sysreg_CRm(iss) * 8 + iss_sysreg_Op2(iss)];
	return true;
}

static _Noinline void raise(struct vgic *g, uint32_t intid)
{
	if (!list_latched(g, intid))
		vgic_raise(g, intid);
}

/* By affinity, of which only Aff0 is not zero here. */
static _Noinline enum guest_exit sgi(struct vcpu *v, iss_sysreg_t iss)
{
	icc_sgi1r_t r = { v->arch.guest.x[iss_sysreg_Rt(iss)] };
	uint32_t intid = (uint32_t)icc_sgi1r_INTID(r), targets = (uint32_t)icc_sgi1r_TargetList(r);

	arch_pc_advance();
	if (r.bits & ~SGI_PLAIN_BITS) {
		sgi_send(v, r);
		return GUEST_RESUMES;
	}
	if (targets & v->self)
		raise(&v->vgic, intid);
	for (targets &= v->siblings; targets; targets &= targets - 1)
		link_signal_sibling(v, (uint32_t)__builtin_ctz(targets), 1u << intid);
	return GUEST_RESUMES;
}

/* ---- Answers that carry an operation: on one interrupt of this vCPU that is not under way ---- */

static inline bool operation(struct vgic *g, uint64_t op, uint32_t mask, uint64_t values)
{
	uint32_t base = op >> 16 & 0xffff, n = (uint32_t)__builtin_ctz(mask | 1u << 31);
	struct virq *q = &g->irq[base + n];
	bool priority = (op & 0xffff) == OP_PRIORITY;

	if (!mask || mask & (mask - 1) || base & (priority ? 3 : 31) || n >= (priority ? 4 : 32) ||
	    base + n >= g->intids || !(q->flags & VIRQ_OWNED))
		return false;
	if ((op & 0xffff) == OP_SET_PENDING && q->kind == VIRQ_SOFT) {
		raise(g, base + n);
		return true;
	}
	if (q->lr != LR_NONE || q->queued || q->flags & (VIRQ_PENDING | VIRQ_LINE | VIRQ_HELD))
		return false;
	if (priority)
		q->priority = values >> 8 * n & 0xf8;
	else if ((op & 0xffff) == OP_ENABLE)
		q->flags |= VIRQ_ENABLED;
	else if ((op & 0xffff) == OP_DISABLE)
		q->flags &= (uint8_t)~VIRQ_ENABLED;
	else
		return false;
	return true;
}

static _Noinline void answer(struct cpu *c, uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4,
			     uint64_t x5, uint64_t x6)
{
	if (c->serving)
		service_answer(c, c->serving, x0, x1, x2, x6);
	c->resident->answer.x5 = x5;
	if (upcall_answer_is_short(arch_esr()))
		upcall_answer(c, c->resident, VERDICT_DONE, x1, 0, 0, 0, 0);
	else
		upcall_answer(c, c->resident, x0, x1, x2, x3, x4, x6);
}

void el0_answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4, uint64_t x5, uint64_t x6,
		struct frame *f)
{
	struct cpu *c = THIS_CPU;
	struct vcpu *v = c->resident;

	(void)f;
	if (!c->serving && !c->work && !upcall_answer_is_short(arch_esr()) && x0 == VERDICT_DONE && !x6 &&
	    v->arch.event == UPCALL_ABORT && iss_abort_WnR((iss_abort_t){ v->arch.args[1] & ISS_BITS }) &&
	    x2 >> 32 == v->self && operation(&v->vgic, x2, (uint32_t)x3, x4)) {
		v->arch.event = UPCALL_NONE;
		frame_skip(&v->arch.guest);
		return;
	}
	answer(c, x0, x1, x2, x3, x4, x5, x6);
}

/* ---- Calls ---- */

static _Noinline enum guest_exit hvc(struct vcpu *v, uint64_t esr)
{
	struct cpu *c = THIS_CPU;

	if (trap_hvc(c, v, esr) == TRAP_UPCALL)
		return GUEST_UPCALL;
	if (c->work)
		guest_dispatch(&v->arch.guest);
	return GUEST_RESUMES;
}

#define HVC_0 ((uint64_t)EC_HVC64 << 26 | REG_MASK(25, 1))

/* ---- The ways in. They call nothing on the way that counts, so they save nothing ---- */

ALWAYS_INLINE enum guest_exit synchronous(struct vcpu *v, uint64_t esr)
{
	iss_sysreg_t iss = { esr & ISS_SYSREG_BITS };
	uint64_t ec = esr >> 26;

	if (ec == EC_DABT_LOWER && (esr & PLAIN_BITS) == PLAIN)
		return plain_access(v, esr);
	if (esr == HVC_0) {
		if ((uint32_t)v->arch.guest.x[0] != PSCI_VERSION)
			return hvc(v, esr);
		v->arch.guest.x[0] = PSCI_1_1;
		return GUEST_RESUMES;
	}
	if (ec == EC_SYSREG && (iss.bits & (KEY_BITS | KEY_READ)) == KEY_ICC_SGI1R_EL1)
		return sgi(v, iss);
	if (ec == EC_SYSREG && id_register(v, iss)) {
		arch_pc_advance();
		return GUEST_RESUMES;
	}
	return trap_guest(THIS_CPU, v, esr);
}

/* The timer is in its list register: look whether it still should be. */
static _Noinline enum guest_exit synchronous_timer(struct vcpu *v, uint64_t esr)
{
	vgic_sample_timer(&v->vgic);
	return trap_guest(THIS_CPU, v, esr);
}

enum guest_exit guest_synchronous(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint64_t esr = arch_esr();

	return v->vgic.timer->lr == LR_NONE ? synchronous(v, esr) : synchronous_timer(v, esr);
}

/* Of siblings: their SGIs, in nearly all cases. The guest runs, so its VM does. */
static inline bool interrupt_kick(struct vcpu *v)
{
	struct shared_link *l = v->in;

	arch_irq_drop(INTID_KICK);
	arch_irq_deactivate(INTID_KICK);
	for (uint32_t n = v->vm->vcpu_count; n; n--, l++) {
		uint32_t bits = link_take(l);

		if (bits & SIGNAL_LINES)
			signals_to_vcpu(v, SIGNAL_LINES);
		for (bits &= 0xffff; bits; bits &= bits - 1)
			raise(&v->vgic, (uint32_t)__builtin_ctz(bits));
		if (link_call_pending(l))
			inbox_serve(THIS_CPU);
	}
	return THIS_CPU->work;
}

static _Noinline bool interrupt(struct vcpu *v, uint32_t intid)
{
	if (intid == INTID_KICK)
		return interrupt_kick(v);
	interrupt_serve(THIS_CPU, intid);
	return THIS_CPU->work;
}

static _Noinline bool interrupt_timer(struct vcpu *v)
{
	vgic_physical(&v->vgic, v->vgic.timer_intid);
	return THIS_CPU->work;
}

bool guest_interrupt(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint32_t intid = arch_irq_acknowledge();

	if (intid != v->vgic.timer_intid)
		return interrupt(v, intid);
	arch_irq_drop(intid);
	return list_timer(&v->vgic) ? false : interrupt_timer(v);
}
