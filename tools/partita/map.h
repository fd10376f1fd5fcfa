/* SPDX-License-Identifier: Apache-2.0 */
/* The whole machine as text, for people and for programs. */
#ifndef PARTITA_TOOL_MAP_H
#define PARTITA_TOOL_MAP_H

#include "tools/partita/machine.h"

void map_print(const struct machine *m, FILE *out);
void map_json(const struct machine *m, FILE *out);

#endif
