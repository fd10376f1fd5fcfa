/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARTITA_ARCH_GIC_H
#define PARTITA_ARCH_GIC_H

#include "kernel/arch.h"

/* This CPU's interface and redistributor, and on the boot CPU the distributor. Returns what
 * stands against this board, or a null pointer. */
const char *gic_init(const struct fmap *f, bool boot);

#endif
