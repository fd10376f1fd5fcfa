/* SPDX-License-Identifier: Apache-2.0 */
/* Each vCPU, slot and service is on one CPU, each context and VMID is one world's, schedules and
 * budgets can be kept, and the kernel has the memory for its state. */
#ifndef PARTITA_VERIFY_CPUS_H
#define PARTITA_VERIFY_CPUS_H

#include "tools/verify/image.h"

void cpus_check(const struct image *image, struct report *r);

#endif
