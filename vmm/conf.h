/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Questions about the configuration (abi/vmconf.h). The host tool made it and its checker proved
 * it, so it is trusted; conf_is_sound checks once, at reset, what the models rely on.
 */
#ifndef PARTITA_VMM_CONF_H
#define PARTITA_VMM_CONF_H

#include "abi/vmconf.h"
#include <stdbool.h>
#include <stdint.h>

/* Affinity fields of MPIDR_EL1, as in GICD_IROUTER<n> and PSCI's target_cpu. */
#define MPIDR_AFFINITY 0xff00ffffffu

#define VCPU_NONE MAX_VCPUS_PER_VM

bool conf_is_sound(const struct vmconf *conf);
bool conf_in_ram(const struct vmconf *conf, uint64_t ipa, uint64_t bytes);

/* The vCPU whose MPIDR is exactly this, or VCPU_NONE. */
uint32_t conf_vcpu_by_mpidr(const struct vmconf *conf, uint64_t mpidr);

#endif
