/* SPDX-License-Identifier: Apache-2.0 */
/* Each space maps exactly what the f-map's rows and abi/layout.h give it: nothing more, nothing
 * elsewhere, with no other rights, and nothing less. */
#ifndef PARTITA_VERIFY_SPACES_H
#define PARTITA_VERIFY_SPACES_H

#include "tools/verify/comp.h"

/* Before claims_sort. */
void spaces_check(const struct image *image, const struct claims *claims, const struct comps *comps,
		  struct report *r);

#endif
