/* SPDX-License-Identifier: Apache-2.0 */
/* The kinds of kernel files, and what each asks for. */
#ifndef PARTITA_TOOL_GUEST_KERNEL_H
#define PARTITA_TOOL_GUEST_KERNEL_H

#include "tools/partita/system.h"

/* Adds the kernel's pieces to vm->load and sets vm->entry, or says what is wrong. The VM has
 * memory that it can write. */
bool guest_kernel_read(struct vm *vm, struct blob file, struct diag *d);

#endif
