/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a VM. One word says it (shared_vm.life), changed by compare-and-swap; whoever moves
 * it from RUNNING to STOPPING carries the end through: it stops its siblings, cleans the VM's
 * physical interrupts when all have answered, then hands over to the home vCPU or leaves it off.
 */
#ifndef PARTITA_KERNEL_VM_H
#define PARTITA_KERNEL_VM_H

#include "kernel/state.h"

enum vm_life {
	VM_OFF,
	VM_RUNNING,            /* from before its image is loaded */
	VM_STOPPING,
};
/* Beside the enum health_action that a vcpu.ending is; 0: it does not end its VM. */
#define ENDING_HANDED HEALTH_ACTIONS      /* to the home vCPU: nothing left but its answer */
_Static_assert(ACTION_LOG == 0, "no ending");

/* Operations between siblings beyond enum upcall_op. */
enum vm_op {
	OP_VM_STOP = 0x100,    /* stop; answered when quiet */
	OP_VM_BOOT,            /* to the home vCPU: load and start anew */
};

bool vm_is_running(uint32_t vm);
/* The boot CPU, before any other: those that start at boot are running. */
void vm_mark_starting(const struct fmap *f);
/* vCPU v, between upcalls, asks for its VM's end, and what then: not ACTION_LOG. If another was faster,
 * v just waits for it. */
void vm_end(struct cpu *c, struct vcpu *v, enum health_action ending, enum health_event why);
/* All siblings have answered the ending vCPU. */
void vm_ended(struct cpu *c, struct vcpu *v);
/* The home vCPU begins a new life. */
void vm_boot(struct cpu *c, struct vcpu *v, uint8_t reason);
/* Serves OP_VM_*: false if it has to wait for the end of an upcall. */
bool vm_serve(struct cpu *c, struct vcpu *v, uint64_t op);

#endif
