/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PSCI 1.1 (DEN 0022) and the Arm Architecture Calls of SMCCC (DEN 0028), for one VM. Its state is
 * which vCPUs are on:
 *
 *     ON -- CPU_OFF --> OFF -- CPU_ON --> ON_PENDING -- the kernel started it --> ON
 *                        ^------------------'   the kernel says that it is not off yet
 *
 * The kernel knows better, but the guest asks here. A vCPU counts as on as soon as the kernel has
 * taken the order to start it: from then on it runs without anybody's help.
 */
#ifndef PARTITA_VMM_PSCI_H
#define PARTITA_VMM_PSCI_H

#include "abi/vmconf.h"
#include "vmm/spinlock.h"
#include "vmm/upcall.h"
#include <stdint.h>

/* As AFFINITY_INFO returns them. */
enum psci_power {
	PSCI_ON,
	PSCI_OFF,
	PSCI_ON_PENDING,
};

enum psci_result {
	PSCI_SUCCESS = 0,
	PSCI_NOT_SUPPORTED = -1,
	PSCI_INVALID_PARAMETERS = -2,
	PSCI_ALREADY_ON = -4,
	PSCI_PENDING = -5,     /* ON_PENDING */
	PSCI_INVALID_ADDRESS = -9,
};

struct psci {
	struct spinlock lock;
	const struct vmconf *conf;
	struct {
		uint8_t power;         /* enum psci_power */
		uint8_t starter;       /* when pending: the vCPU whose CPU_ON it was */
	} vcpu[MAX_VCPUS_PER_VM];
};

/* `p` is zero. vCPU 0 is on. */
void psci_reset(struct psci *p, const struct vmconf *conf);

/* UPCALL_CALL by vCPU `vcpu`. */
void psci_call(struct psci *p, const struct upcall *u, struct reply *r);

/* The kernel's answer to the OP_CPU_START that a CPU_ON of vCPU `starter` led to. */
void psci_started(struct psci *p, uint32_t starter, uint32_t target, uint64_t result, struct reply *r);

#endif
