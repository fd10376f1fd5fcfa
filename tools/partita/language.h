/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The language: every node and property that a description may have, and what a board's tree may
 * have of Partita's own. Nothing else is read; docs/system.md explains each, and a test compares.
 */
#ifndef PARTITA_TOOL_LANGUAGE_H
#define PARTITA_TOOL_LANGUAGE_H

#include "tools/partita/node.h"
#include <stdio.h>

extern const struct node_rules language_system;
/* A board's root, its GIC, and any other node of it: only `partita,*` is judged. */
extern const struct node_rules language_board, language_board_gic, language_board_device;

/* One line for each property: "system" or "board", node, property, type, "required" or "optional",
 * between tabs. */
void language_print(FILE *out);

#endif
