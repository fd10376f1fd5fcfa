/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls by the SMC Calling Convention (DEN 0028), by HVC or SMC alike. Constants are answered
 * here; the standard services from PSCI (DEN 0022) to TRNG (DEN 0098) and the Arm architecture calls
 * go to the monitor; all else is refused. No SMC of a guest ever reaches firmware.
 */
#include "kernel/call.h"
#include "kernel/dispatch.h"
#include "kernel/health.h"
#include "kernel/log.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"

static enum trap_verdict call(struct cpu *c, struct vcpu *v, uint64_t esr, enum trap_verdict done)
{
	uint64_t *x = v->arch.guest.x;
	uint32_t function = (uint32_t)x[0];
	bool immediate = esr & 0xffff;

	if (function == PSCI_VERSION && !immediate) {
		x[0] = PSCI_1_1;
		return done;
	}
	if (function == SMCCC_VERSION && !immediate) {
		x[0] = SMCCC_1_2;
		return done;
	}
	if (!immediate && call_is_upcall(function)) {
		upcall(c, v, UPCALL_CALL, done == TRAP_SKIP, function, x[1], x[2], x[3]);
		return TRAP_UPCALL;
	}
	log_vcpu(c, v, KLOG_GUEST_CALL, arch_elr(), function,
		 (uint64_t)health_action(v, HEALTH_CALL) << KLOG_ACTION_SHIFT);
	if (health_event(c, v, HEALTH_CALL))
		dispatch(c);
	call_refuse(x);
	return done;
}

enum trap_verdict trap_hvc(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	return call(c, v, esr, TRAP_RETURN);
}

/* A trapped SMC leaves ELR_EL2 at itself. */
enum trap_verdict trap_smc(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	return call(c, v, esr, TRAP_SKIP);
}
