/* SPDX-License-Identifier: Apache-2.0 */
/* What compartments are told about themselves: the pages at COMP_CONF (abi/vmconf.h). */
#ifndef PARTITA_TOOL_CONF_H
#define PARTITA_TOOL_CONF_H

#include "tools/partita/system.h"

/* The VM's loads have their src. */
struct blob conf_vm(const struct vm *vm, struct arena *a);
/* How many struct svcconf_window that has. */
uint32_t conf_windows(const struct system *s);
struct blob conf_console(const struct system *s, const struct platform *p, struct arena *a);

#endif
