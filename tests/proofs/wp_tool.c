/* SPDX-License-Identifier: Apache-2.0 */
/* The compiler's ranges. */
#include "tools/partita/node.h"

/*@ requires a.base + a.bytes <= UINT64_MAX && b.base + b.bytes <= UINT64_MAX;
    assigns \nothing;
    ensures \result <==> \exists integer x; a.base <= x < a.base + a.bytes &&
	b.base <= x < b.base + b.bytes; */
bool range_overlap(struct range a, struct range b);

/*@ assigns \nothing;
    ensures \result <==> outer.base <= inner.base &&
	inner.base + inner.bytes <= outer.base + outer.bytes; */
bool range_within(struct range inner, struct range outer);

#include "tools/partita/node.c"
