/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a trap from a guest means: a table from exception class to handler; a handler does its
 * work and returns a verdict; one place acts on it.
 */
#ifndef PARTITA_KERNEL_TRAP_H
#define PARTITA_KERNEL_TRAP_H

#include "kernel/entry.h"
#include "kernel/state.h"

enum trap_verdict {
	TRAP_RETURN,           /* done; the PC is where the guest goes on */
	TRAP_SKIP,             /* done; skip the instruction. At most x0 to x17 and x30 have changed */
	TRAP_SKIP_PARKED,      /* the same, whatever register has changed */
	TRAP_UNDEF,            /* the guest takes an undefined instruction */
	TRAP_ABORT_DATA,       /* .. a synchronous external abort */
	TRAP_ABORT_INSTRUCTION,
	TRAP_UPCALL,           /* prepared: the monitor runs */
};

typedef enum trap_verdict trap_handler(struct cpu *c, struct vcpu *v, uint64_t esr);

/* sysreg.c: EC 0x18 */
trap_handler trap_sysreg;
/* call.c: HVC and SMC */
trap_handler trap_hvc, trap_smc;

enum guest_exit trap_guest(struct cpu *c, struct vcpu *v, uint64_t esr);

/* HEALTH_ABORT: the guest's access at pc, in the state `spsr`, to an address is nobody's. The last two are a
 * and b of its record (abi/klog.h), but for the action and the level. True: the VM ends; else the guest is
 * to take the abort. */
bool trap_abort(struct cpu *c, struct vcpu *v, uint64_t pc, uint64_t spsr, uint64_t address, uint64_t esr);

#endif
