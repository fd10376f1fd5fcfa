/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What happens often, in few instructions. Each case is a special case of a general one elsewhere,
 * and is left to it when anything is out of the ordinary: trap.c, call.c, sysreg.c, dispatch.c. This
 * file is compiled for speed, the others for size.
 */
#include "abi/upcall.h"
#include "kernel/dispatch.h"
#include "kernel/entry.h"
#include "kernel/listing.h"
#include "kernel/sysreg.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"
#include "lib/smccc.h"

#define THIS_CPU ((struct cpu *)CPU_VA)

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
	v->arch.args[2] = arch_fault_ipa();
	v->arch.args[3] = value;
	v->arch.args[6] = arch_guest_now();
	v->arch.event = UPCALL_ABORT;
	v->arch.monitor.result = result;
	return v->watched ? GUEST_UPCALL : upcall_watched(v);
}

/* ---- System registers ---- */

#define KEY_ID KEY(3, 0, 0, 0, 0)             /* ID_*_EL1: CRm 1 to 7, any op2 */
#define KEY_ID_BITS (KEY_BITS & ~KEY(0, 0, 0, 7, 7))

static inline bool id_register(struct vcpu *v, iss_sysreg_t iss)
{
	if ((iss.bits & (KEY_ID_BITS | KEY_READ)) != (KEY_ID | KEY_READ) || iss_sysreg_Rt(iss) >= CALLER_SAVED)
		return false;
	v->arch.guest.x[iss_sysreg_Rt(iss)] =
		v->idregs->value[iss_sysreg_CRm(iss) * 8 + iss_sysreg_Op2(iss)];
	return true;
}

/* To this vCPU alone. An affinity of another kind than Aff0 reaches nobody. */
static inline bool sgi_to_self(struct vcpu *v, icc_sgi1r_t r)
{
	uint32_t intid = (uint32_t)icc_sgi1r_INTID(r), n;

	if ((r.bits & 0xffffff) != v->self || r.bits >> 28)
		return false;
	n = list_register_for(&v->vgic, intid, VIRQ_SOFT);
	if (n == LR_NONE)
		return false;
	list_at(&v->vgic, intid, n, VIRQ_SOFT);
	return true;
}

static _Noinline enum guest_exit sgi(struct vcpu *v, iss_sysreg_t iss)
{
	icc_sgi1r_t r = { v->arch.guest.x[iss_sysreg_Rt(iss)] };

	arch_pc_advance();
	if (!sgi_to_self(v, r))
		sgi_send(THIS_CPU, v, r);
	return GUEST_RESUMES;
}

/* ---- The ways in. They call nothing on the way that counts, so they save nothing ---- */

static inline enum guest_exit synchronous(struct vcpu *v, uint64_t esr)
{
	iss_sysreg_t iss = { esr & ISS_SYSREG_BITS };
	uint64_t ec = esr >> 26;

	if (ec == EC_DABT_LOWER && (esr & PLAIN_BITS) == PLAIN)
		return plain_access(v, esr);
	if (ec == EC_HVC64 && !(esr & 0xffff) && (uint32_t)v->arch.guest.x[0] == PSCI_VERSION) {
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

static _Noinline enum guest_exit synchronous_timer(struct vcpu *v, uint64_t esr)
{
	vgic_sample_timer(&v->vgic);
	return synchronous(v, esr);
}

enum guest_exit guest_synchronous(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint64_t esr = arch_esr();

	return v->vgic.timer->lr == LR_NONE ? synchronous(v, esr) : synchronous_timer(v, esr);
}

static _Noinline bool interrupt(uint32_t intid)
{
	interrupt_serve(THIS_CPU, intid);
	return THIS_CPU->work;
}

bool guest_interrupt(struct frame *f)
{
	struct vcpu *v = (struct vcpu *)f;
	uint32_t intid = arch_irq_acknowledge(), n;

	if (intid != v->vgic.timer_intid)
		return interrupt(intid);
	n = list_register_for(&v->vgic, intid, VIRQ_HARD);
	if (n == LR_NONE)
		return interrupt(intid);
	arch_irq_drop(intid);
	list_at(&v->vgic, intid, n, VIRQ_HARD);
	return false;
}
