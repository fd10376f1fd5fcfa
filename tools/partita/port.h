/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The begin of a port: a first platform.dts from a board's own device tree, trimmed to what the
 * tool reads, with the `partita,*` properties that the tree has facts for. A comment on top says
 * what is to be looked up elsewhere.
 */
#ifndef PARTITA_TOOL_PORT_H
#define PARTITA_TOOL_PORT_H

#include "tools/partita/diag.h"

/* Writes the platform of the DTB in `path`. What went wrong is in *d. */
void port_write(const char *path, FILE *out, struct arena *a, struct diag *d);

#endif
