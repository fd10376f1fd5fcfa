/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold between the parts of a system: every CPU, device, interrupt and address has
 * one owner. Also chooses what the description left open and only the whole can decide. */
#ifndef PARTITA_TOOL_CHECK_H
#define PARTITA_TOOL_CHECK_H

#include "tools/partita/system.h"

/* A page of registers and an interrupt that its monitor emulates. */
struct virtual_device {
	const char *name, *what; /* "PL011", "the virtual PL011" */
	uint64_t base;
	uint32_t intid;
	const char *address, *spi; /* its properties in the layout */
	const char *way_out;   /* what a VM can do that wants something else there */
};
#define MAX_VIRTUAL_DEVICES 3
/* Those that the VM has. Returns how many. */
uint32_t check_virtual_devices(const struct vm *vm, struct virtual_device device[MAX_VIRTUAL_DEVICES]);

/* What lies in a guest's address space. */
struct region {
	struct range range;
	const char *what;
	struct pos pos;
};
#define MAX_REGIONS \
	(2 + MAX_VIRTUAL_DEVICES + VMCONF_MAX_RAM + VM_MAX_DEVICES * DEVICE_MAX_REGS + \
	 2 * VMCONF_MAX_CHANNELS)
uint32_t check_regions(const struct vm *vm, struct region *r);

/* p NULL: the board could not be read, and only what does not need it is checked. */
void check_system(struct system *s, const struct platform *p, struct diag *d);

#endif
