/* SPDX-License-Identifier: Apache-2.0 */
/* What changed between two systems. */
#ifndef PARTITA_TOOL_DIFF_H
#define PARTITA_TOOL_DIFF_H

#include "tools/partita/facts.h"

/* False: both are the same, byte for byte, and nothing was printed. */
bool diff_print(const struct facts *before, const struct facts *after, FILE *out);

#endif
