/* SPDX-License-Identifier: Apache-2.0 */
/* Quantities as people read them. The text lives in the arena. */
#ifndef PARTITA_TOOL_UNITS_H
#define PARTITA_TOOL_UNITS_H

#include "tools/partita/arena.h"
#include <stdint.h>

/* "256 MiB", "775 bytes", "31.5 MiB": exact while that takes at most four digits */
const char *units_bytes(struct arena *a, uint64_t bytes);
/* "2 ms", "1500 us", "10 ns" */
const char *units_ns(struct arena *a, uint64_t ns);
/* part of whole, rounded up to tenths so that a bound stays one: "20.0 %" */
const char *units_percent(struct arena *a, uint64_t part, uint64_t whole);

#endif
