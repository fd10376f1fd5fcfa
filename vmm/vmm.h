/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The monitor of one VM: what the guest takes for its machine, where that is not the processor
 * itself. It is entered by an upcall and answers with one reply; between the two it may be in
 * several such calls at the same time, one for each vCPU. Nothing here knows on which CPU it runs,
 * nor what is outside: a host can run it as well.
 *
 * Guest and monitor are one trust domain: whatever a guest may talk its monitor into, it gains
 * nothing that it did not have. Still no number from a guest is used as an index before it is in
 * bounds.
 */
#ifndef PARTITA_VMM_VMM_H
#define PARTITA_VMM_VMM_H

#include "abi/vmconf.h"
#include "vmm/doorbell.h"
#include "vmm/gic.h"
#include "vmm/loader.h"
#include "vmm/pl011.h"
#include "vmm/pl031.h"
#include "vmm/port.h"
#include "vmm/psci.h"
#include "vmm/sp805.h"
#include "vmm/time.h"
#include "vmm/upcall.h"
#include <stdint.h>

#define NOWHERE UINT64_MAX

/* Everything that a reset makes anew. */
struct vmm {
	struct vmm_world world;
	/* Windows: what no model owns is nobody's. */
	uint64_t gicd_base, gicr_base, uart_base, rtc_base, watchdog_base;
	uint64_t gicr_bytes, uart_bytes, rtc_bytes, watchdog_bytes;
	uint64_t uart_flags;   /* where UARTFR is, or NOWHERE */
	struct gic gic;
	struct pl011 uart;
	struct pl031 rtc;
	struct sp805 watchdog;
	struct doorbell doorbell[VMCONF_MAX_CHANNELS]; /* of conf->channel */
	struct vcpu_time time[MAX_VCPUS_PER_VM];
	struct psci psci;
	struct loader loader;
	uint64_t aborts;       /* accesses to what is nobody's, for a post-mortem */
};

/* Any other. `vmm` is zero at UPCALL_RESET and as the last call left it at any other event. `r` need
 * not be initialized. */
void vmm_upcall(struct vmm *vmm, const struct upcall *u, struct reply *r);

/* UPCALL_ABORT, for which there is a way of its own: nearly all upcalls are one. If the answer is not
 * short it is in `r`, which need not be initialized. The arguments are where the kernel has put them. */
struct vmm_answer {
	uint64_t is_short;
	uint64_t value;        /* of a short one */
};
struct vmm_answer vmm_access(struct vmm *vmm, uint64_t esr, uint64_t ipa, uint64_t value, struct reply *r,
			     uint64_t unused, uint64_t now, uint64_t vcpu);

/* The guest's PL011 with what it is tied to: its interrupt and the console's doorbell. */
void uart_access(struct vmm *vmm, struct access a, struct reply *r);
void uart_input(struct vmm *vmm, struct reply *r);

/* Its channels' doorbells, with what they are tied to: interrupts, the others' monitors. */
void doorbells_reset(struct vmm *vmm);
/* The guest starts by this reply: the memory that it writes is its own, and the others hear of it. */
void doorbells_start(struct vmm *vmm, struct reply *r);
/* The one whose registers are at `ipa`, or NULL. */
struct doorbell *doorbell_at(struct vmm *vmm, uint64_t ipa);
void doorbells_access(struct vmm *vmm, struct doorbell *d, struct access a, struct reply *r);
/* End number n was rung, or a VM at another end of its channel failed: `tell` says so to the guest. */
void doorbells_told(struct vmm *vmm, uint32_t n, bool (*tell)(struct doorbell *d), struct reply *r);

#endif
