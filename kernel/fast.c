/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens often, in few instructions. Each case is a special case of a general one elsewhere,
 * and is left to it when anything is out of the ordinary: trap.c, call.c, sysreg.c, dispatch.c. This
 * file is compiled for speed, the others for size.
 */
#include "abi/upcall.h"
#include "kernel/call.h"
#include "kernel/dispatch.h"
#include "kernel/entry.h"
#include "kernel/link.h"
#include "kernel/listing.h"
#include "kernel/log.h"
#include "kernel/service.h"
#include "kernel/sysreg.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"

#define THIS_CPU ((struct cpu *)CPU_VA)
#define SGI_PLAIN_BITS (REG_MASK(0, 16) | REG_MASK(24, 4)) /* TargetList, INTID */

#define _Noinline __attribute__((noinline))

/* Whether a register is one that guest_synchronous finds in the frame, and that is taken from there on the
 * way back: x0 to x17, x30, and XZR. */
#define CALLER_SAVED 18
static inline bool in_frame(uint64_t reg)
{
	return reg - CALLER_SAVED >= 12;
}

/* ---- A load or store on what is not there: what a monitor is for ---- */

/* ESR_EL2 from bit 24 on: EC, IL (all instructions but half of T32's), and of an abort ISV. */
#define CLASS_SHIFT 24
#define CLASS_PLAIN ((uint64_t)EC_DABT_LOWER << 2 | 3)
#define CLASS_SYSREG ((uint64_t)EC_SYSREG << 2 | 2)

#define PLAIN_BITS (REG_MASK(21, 1) | REG_MASK(7, 4) | REG_MASK(2, 4))
#define PLAIN (FSC_TYPE_TRANSLATION << 2)

static _Noinline enum guest_exit upcall_watched(struct vcpu *v)
{
	upcall_watch(THIS_CPU, v);
	return GUEST_UPCALL;
}

/* ISV, not SSE, FnV, EA, CM or S1PTW, a translation fault: as trap_access has it, with a place for a
 * short answer: the register of a load. That it is not of AArch32 is seen on the way into the monitor. */
static inline bool is_plain(uint64_t esr)
{
	return esr >> CLASS_SHIFT == CLASS_PLAIN && (esr & PLAIN_BITS) == PLAIN;
}

ALWAYS_INLINE enum guest_exit plain_access(struct vcpu *v, uint64_t esr, uint64_t value, uint64_t *result)
{
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

/* Its register is in the frame. */
static _Noinline enum guest_exit plain_store(struct vcpu *v, uint64_t esr)
{
	iss_abort_t iss = { esr & ISS_BITS };

	return plain_access(v, esr, iss_abort_truncate(iss, v->arch.guest.x[iss_abort_SRT(iss)]),
			    &v->arch.monitor.ignored);
}

static inline enum guest_exit plain(struct vcpu *v, uint64_t esr)
{
	iss_abort_t iss = { esr & ISS_BITS };
	uint64_t rt = iss_abort_SRT(iss);

	if (iss_abort_WnR(iss))
		return in_frame(rt) ? plain_store(v, esr) : GUEST_GENERAL;
	return rt < CALLER_SAVED ? plain_access(v, esr, 0, &v->arch.guest.x[rt]) : GUEST_GENERAL;
}

/* ---- System registers ---- */

#define KEY_ID KEY(3, 0, 0, 0, 0)             /* ID_*_EL1: CRm 1 to 7, any op2 */
#define KEY_ID_BITS (KEY_BITS & ~KEY(0, 0, 0, 7, 7))

static inline bool id_register(struct vcpu *v, iss_sysreg_t iss)
{
	if (iss_sysreg_Rt(iss) >= CALLER_SAVED ||
	    (iss.bits & (KEY_ID_BITS | KEY_READ)) != (KEY_ID | KEY_READ))
		return false;
	v->arch.guest.x[iss_sysreg_Rt(iss)] =
		v->idregs->value[iss_sysreg_CRm(iss) * 8 + iss_sysreg_Op2(iss)];
	return true;
}

static _Noinline void sgi_raise(struct vgic *g, uint32_t intid)
{
	if (!list_latched(g, intid))
		vgic_raise(g, intid);
}

static _Noinline enum guest_exit sgi_to(struct vcpu *v, uint32_t intid, uint32_t targets)
{
	if (targets & v->self)
		sgi_raise(&v->vgic, intid);
	for (targets &= v->siblings; targets; targets &= targets - 1)
		link_signal_sibling(v, (uint32_t)__builtin_ctz(targets), 1u << intid);
	return GUEST_RESUMES;
}

void sgi_send(struct vcpu *v, icc_sgi1r_t r)
{
	uint32_t targets = (uint32_t)icc_sgi1r_TargetList(r);

	if (icc_sgi1r_IRM(r))
		targets = v->siblings;
	else if (icc_sgi1r_Aff3(r) || icc_sgi1r_Aff2(r) || icc_sgi1r_Aff1(r) || icc_sgi1r_RS(r))
		targets = 0;
	sgi_to(v, (uint32_t)icc_sgi1r_INTID(r), targets);
}

static _Noinline enum guest_exit sgi(struct vcpu *v, uint64_t rt)
{
	icc_sgi1r_t r = { v->arch.guest.x[rt] };
	uint32_t intid = (uint32_t)icc_sgi1r_INTID(r), targets = (uint32_t)icc_sgi1r_TargetList(r);

	arch_pc_advance();
	if (!(r.bits & ~SGI_PLAIN_BITS)) {
		if (targets != v->self)
			return sgi_to(v, intid, targets);
		sgi_raise(&v->vgic, intid);
	} else {
		sgi_send(v, r);
	}
	return GUEST_RESUMES;
}

/* ---- Answers that carry an operation: on one interrupt of this vCPU that is not under way ---- */

static _Noinline bool answer_pends(struct vcpu *v, uint32_t intid)
{
	sgi_raise(&v->vgic, intid);
	return false;
}

bool el0_answer(uint64_t x0, uint64_t x1, uint64_t x2, uint64_t x3, uint64_t x4, uint64_t x5, uint64_t x6,
		uint64_t esr)
{
	struct cpu *c = THIS_CPU;
	struct vcpu *v = c->resident;
	struct vgic *g = &v->vgic;
	uint32_t op = x2 & 0xffff, base = x2 >> 16 & 0xffff;
	uint32_t mask = (uint32_t)x3, n = (uint32_t)__builtin_ctz(mask | 1u << 31);

	(void)x5;
	if (c->serving)
		service_answer(c, c->serving, x0, x1, x2, x6);
	if (c->work || !(esr & 0xffff) || (x0 ^ VERDICT_DONE) | x6)
		return true;
	if (v->arch.event != UPCALL_ABORT || !iss_abort_WnR((iss_abort_t){ v->arch.args[1] & ISS_BITS }))
		return true;
	if (x2 >> 32 != v->self || !mask || mask & (mask - 1) || base & (op == OP_PRIORITY ? 3 : 31) ||
	    n >= (op == OP_PRIORITY ? 4 : 32) || base + n >= g->intids)
		return true;

	struct virq *q = &g->irq[base + n];

	if (!(q->flags & VIRQ_OWNED))
		return true;
	if (op == OP_SET_PENDING && q->kind == VIRQ_SOFT)
		return answer_pends(v, base + n);
	if (q->lr != LR_NONE || q->queued || q->flags & (VIRQ_PENDING | VIRQ_LINE | VIRQ_HELD))
		return true;
	if (op == OP_PRIORITY)
		q->priority = x4 >> 8 * n & 0xf8;
	else if (op == OP_ENABLE)
		q->flags |= VIRQ_ENABLED;
	else if (op == OP_DISABLE)
		q->flags &= (uint8_t)~VIRQ_ENABLED;
	else
		return true;
	return false;
}

/* ---- Calls ---- */

static inline enum guest_exit hvc(struct vcpu *v)
{
	uint64_t *x = v->arch.guest.x;
	uint32_t function = (uint32_t)x[0];

	if (function == PSCI_VERSION) {
		x[0] = PSCI_1_1;
		return GUEST_RESUMES;
	}
	if (call_is_upcall(function) || function == SMCCC_VERSION || !v->plain_refusals ||
	    !log_is_full(v, LOG_NOISE_PER_SECOND))
		return GUEST_GENERAL;
	((struct klog *)LOG_VA)->suppressed++;
	call_refuse(x);
	return GUEST_RESUMES;
}

#define HVC_0 ((uint64_t)EC_HVC64 << 26 | REG_MASK(25, 1))

/* ---- The ways in. They call nothing on the way that counts, so they save nothing ---- */

enum guest_exit guest_synchronous(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint64_t esr = arch_esr();
	iss_sysreg_t iss = { esr & ISS_SYSREG_BITS };

	if (v->vgic.timer->lr != LR_NONE)
		return GUEST_GENERAL;
	if (is_plain(esr))
		return plain(v, esr);
	if (esr == HVC_0)
		return hvc(v);
	if (esr >> CLASS_SHIFT != CLASS_SYSREG)
		return GUEST_GENERAL;
	if ((iss.bits & (KEY_BITS | KEY_READ)) == KEY_ICC_SGI1R_EL1 && in_frame(iss_sysreg_Rt(iss)))
		return sgi(v, iss_sysreg_Rt(iss));
	if (id_register(v, iss)) {
		arch_pc_advance();
		return GUEST_RESUMES;
	}
	return GUEST_GENERAL;
}

/* If the timer is in its list register: look whether it still should be. A store from a register that was not
 * in the frame is still the most frequent. */
enum guest_exit guest_synchronous_general(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint64_t esr = arch_esr();

	v->arch.event = UPCALL_NONE; /* the way into the monitor turned back for AArch32 */
	if (v->vgic.timer->lr != LR_NONE)
		vgic_sample_timer(&v->vgic);
	if (is_plain(esr) && iss_abort_WnR((iss_abort_t){ esr & ISS_BITS }) && !arch_from_aarch32())
		return plain_store(v, esr);
	return trap_guest(THIS_CPU, v, esr);
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
			sgi_raise(&v->vgic, (uint32_t)__builtin_ctz(bits));
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
