/* SPDX-License-Identifier: Apache-2.0 */
/* What the console says of each VM's addresses is what the f-map and the VM's monitor say. */
#ifndef PARTITA_VERIFY_WINDOWS_H
#define PARTITA_VERIFY_WINDOWS_H

#include "tools/verify/comp.h"

/* The monitors' configurations are sound. */
void windows_check(const struct image *image, const struct comps *comps, uint32_t service, struct report *r);

#endif
