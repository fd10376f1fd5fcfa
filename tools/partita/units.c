/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/units.h"

#include <inttypes.h>

struct unit {
	uint64_t size;
	const char *name;
};

#define LONGEST 9999 /* a number of at most four digits is still read at a glance */

/* Whole where that takes no long number, else to a tenth, rounded up. */
static const char *in_units(struct arena *a, uint64_t value, const struct unit *unit)
{
	while (unit->size > 1 && (value == 0 || value % unit->size) && value / unit[1].size <= LONGEST)
		unit++;
	if (value % unit->size == 0)
		return arena_printf(a, "%" PRIu64 " %s", value / unit->size, unit->name);
	value = (value * 10 + unit->size - 1) / unit->size;
	return arena_printf(a, "%" PRIu64 ".%" PRIu64 " %s", value / 10, value % 10, unit->name);
}

const char *units_bytes(struct arena *a, uint64_t bytes)
{
	static const struct unit unit[] = {
		{ UINT64_C(1) << 30, "GiB" },
		{ 1 << 20, "MiB" },
		{ 1 << 10, "KiB" },
		{ 1, "bytes" },
	};

	return in_units(a, bytes, unit);
}

const char *units_ns(struct arena *a, uint64_t ns)
{
	static const struct unit unit[] = {
		{ 1000000000, "s" },
		{ 1000000, "ms" },
		{ 1000, "us" },
		{ 1, "ns" },
	};

	return in_units(a, ns, unit);
}

const char *units_percent(struct arena *a, uint64_t part, uint64_t all)
{
	uint64_t tenths = (part * 1000 + all - 1) / all;

	return arena_printf(a, "%" PRIu64 ".%" PRIu64 " %%", tenths / 10, tenths % 10);
}
