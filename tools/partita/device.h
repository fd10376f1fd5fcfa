/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Devices of the board that go to a VM: which may, their registers and interrupts, and what a
 * guest's device tree says about them.
 *
 * Without an SMMU a device that does DMA reaches all memory, whoever owns it. So only those
 * go to a VM of which it is known that they do none (the list in device.c, or a node that the
 * platform marks with `partita,no-dma`), and those whose DMA the description trusts by name.
 */
#ifndef PARTITA_TOOL_DEVICE_H
#define PARTITA_TOOL_DEVICE_H

#include "tools/partita/system.h"

/* Fills in vm->device[] and raises vm->intids to hold their interrupts. */
void device_resolve(struct vm *vm, const struct platform *p, struct diag *d);

#endif
