/* SPDX-License-Identifier: Apache-2.0 */
/* The whole machine as text. */
#ifndef PARTITA_TOOL_MAP_H
#define PARTITA_TOOL_MAP_H

#include "tools/partita/build.h"

void map_print(const struct build *b, FILE *out);

#endif
