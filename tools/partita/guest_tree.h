/* SPDX-License-Identifier: Apache-2.0 */
/* The device tree that a guest is given: the generated one, or its own, with overlays on top. */
#ifndef PARTITA_TOOL_GUEST_TREE_H
#define PARTITA_TOOL_GUEST_TREE_H

#include "tools/partita/system.h"

/* initrd.bytes 0: there is none. An empty blob after an error. */
struct blob guest_tree(const struct vm *vm, const struct platform *p, struct range initrd, struct arena *a,
		       struct diag *d);

/* Warns of memory that the tree tells of and the VM does not have. */
void guest_tree_check_memory(const struct vm *vm, struct blob tree, struct diag *d);

#endif
