/* SPDX-License-Identifier: Apache-2.0 */
/* What compartments are told (abi/vmconf.h) agrees with the f-map, and guests' images have the
 * hashes that the monitors will ask for. */
#ifndef PARTITA_VERIFY_CONF_H
#define PARTITA_VERIFY_CONF_H

#include "tools/verify/comp.h"

/* Before claims_sort. False: counts or addresses are out of range, so that a space cannot be held
 * against its configuration. */
bool conf_check(const struct image *image, const struct claims *claims, const struct comps *comps,
		struct report *r);

#endif
