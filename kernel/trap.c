/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/trap.h"
#include "kernel/dispatch.h"
#include "kernel/health.h"
#include "kernel/inject.h"
#include "kernel/log.h"
#include "kernel/upcall.h"
#include "lib/esr.h"
#include "lib/pstate.h"

/* HCR_EL2.TWI and TWE are clear on a CPU of one vCPU: nothing comes here, but if it did it would be
 * a hint. */
static enum trap_verdict trap_wfx(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	(void)c, (void)v, (void)esr;
	return TRAP_SKIP;
}

/* HPFAR_EL2 holds the address only for translation, access flag and address size faults, and for
 * faults on a walk: DDI 0487, "HPFAR_EL2, Hypervisor IPA Fault Address Register". */
static bool fault_has_ipa(iss_abort_t iss)
{
	uint64_t type = iss_abort_DFSC(iss) >> 2;

	return type <= FSC_TYPE_ACCESS;
}

static uint64_t level(uint64_t spsr)
{
	return spsr & PSTATE_EL ? 0 : KLOG_AT_EL0;
}

bool trap_abort(struct cpu *c, struct vcpu *v, uint64_t pc, uint64_t spsr, uint64_t address, uint64_t esr)
{
	log_vcpu(c, v, KLOG_GUEST_ABORT, pc, address,
		 esr | level(spsr) | (uint64_t)health_action(v, HEALTH_ABORT) << KLOG_ACTION_SHIFT);
	return health_event(c, v, HEALTH_ABORT);
}

/* Returns: the guest takes the abort. */
static void trapped_abort(struct cpu *c, struct vcpu *v, uint64_t ipa, uint64_t esr)
{
	uint64_t address = ipa, b = (uint32_t)esr;

	if (ipa == ~0ull && !iss_abort_FnV((iss_abort_t){ esr & ISS_BITS })) {
		address = arch_far();
		b |= KLOG_VIRTUAL;
	}
	if (trap_abort(c, v, arch_elr(), arch_spsr(), address, b))
		dispatch(c);
}

static enum trap_verdict trap_fetch(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	uint64_t ipa = fault_has_ipa((iss_abort_t){ esr & ISS_BITS }) ? arch_fault_ipa(arch_far()) : ~0ull;

	trapped_abort(c, v, ipa, esr);
	return TRAP_ABORT_INSTRUCTION;
}

/* An access to something that the monitor may emulate: only what the syndrome describes whole.
 * No instruction is ever fetched from the guest's memory to learn more. */
static enum trap_verdict trap_access(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	iss_abort_t iss = { esr & ISS_BITS };
	uint64_t value = 0;

	uint64_t ipa = fault_has_ipa(iss) ? arch_fault_ipa(arch_far()) : ~0ull;

	/* Cache maintenance by address on what is no memory has nothing to do. */
	if (iss_abort_CM(iss) && !iss_abort_S1PTW(iss))
		return TRAP_SKIP;
	/* Of an access in AArch32 (EL0) the IT state would have to be moved on too. */
	if (!iss_abort_ISV(iss) || iss_abort_S1PTW(iss) || ipa == ~0ull || arch_from_aarch32()) {
		trapped_abort(c, v, ipa, esr);
		return TRAP_ABORT_DATA;
	}
	if (iss_abort_WnR(iss))
		value = iss_abort_truncate(iss, v->arch.guest.x[iss_abort_SRT(iss)]);
	v->far = arch_far();
	upcall(c, v, UPCALL_ABORT, esr, ipa, value, 0, 0);
	return TRAP_UPCALL;
}

static trap_handler *const traps[64] = {
	[EC_WFX] = trap_wfx,
	[EC_HVC64] = trap_hvc,
	[EC_SMC64] = trap_smc,
	[EC_SYSREG] = trap_sysreg,
	[EC_IABT_LOWER] = trap_fetch,
	[EC_DABT_LOWER] = trap_access,
	/* All others, AArch32 at EL0 among them: undefined. */
};

/* The guest takes an exception of its own. */
static enum guest_exit parked(struct cpu *c, struct vcpu *v, enum trap_verdict verdict, uint64_t esr)
{
	arch_guest_park(&v->arch);
	if (verdict == TRAP_UNDEF)
		inject_undef(&v->arch, esr);
	else
		inject_abort(&v->arch, verdict == TRAP_ABORT_INSTRUCTION, arch_far(), esr);
	if (c->work) /* the record of it, for a service here */
		dispatch(c);
	return GUEST_RESUMES_PARKED;
}

enum guest_exit trap_guest(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	trap_handler *handle = traps[esr_el2_EC((esr_el2_t){ esr })];
	enum trap_verdict verdict = handle ? handle(c, v, esr) : TRAP_UNDEF;

	switch (verdict) {
	case TRAP_RETURN:
		break;
	case TRAP_SKIP:
		arch_pc_advance();
		break;
	case TRAP_SKIP_PARKED:
		arch_guest_park(&v->arch);
		frame_skip(&v->arch.guest);
		return GUEST_RESUMES_PARKED;
	case TRAP_UNDEF:
		log_vcpu(c, v, KLOG_GUEST_UNDEF, arch_elr(), esr, level(arch_spsr()));
		return parked(c, v, verdict, esr);
	case TRAP_ABORT_DATA:
	case TRAP_ABORT_INSTRUCTION:
		return parked(c, v, verdict, esr);
	case TRAP_UPCALL:
		return GUEST_UPCALL;
	}
	if (c->work)
		guest_dispatch(&v->arch.guest);
	return GUEST_RESUMES;
}
