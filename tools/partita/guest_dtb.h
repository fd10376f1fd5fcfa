/* SPDX-License-Identifier: Apache-2.0 */
/* The device tree of a guest: its machine as this VM has it. */
#ifndef PARTITA_TOOL_GUEST_DTB_H
#define PARTITA_TOOL_GUEST_DTB_H

#include "tools/partita/system.h"

/* `initrd` is where the initial RAM disk will be; 0 bytes: there is none. The tree's size does
 * not depend on the address. */
struct blob guest_dtb(const struct vm *vm, const struct platform *p, struct range initrd, struct arena *a,
		      struct diag *d);

#endif
