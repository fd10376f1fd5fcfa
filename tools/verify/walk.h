/* SPDX-License-Identifier: Apache-2.0 */
/* Walking translation tables as the hardware does, from the roots in header and f-map. */
#ifndef PARTITA_VERIFY_WALK_H
#define PARTITA_VERIFY_WALK_H

#include "tools/verify/claims.h"

/* All tables of all worlds. Descriptors with bits that the generator has no business to set are
 * reported. Pages of tables become claims without rights. */
void walk_all(const struct image *image, struct claims *claims, struct report *r);

#endif
