/* SPDX-License-Identifier: Apache-2.0 */
/* Who may ring whom and whose each interrupt is: links, capabilities, interrupts. */
#ifndef PARTITA_VERIFY_ROUTES_H
#define PARTITA_VERIFY_ROUTES_H

#include "tools/verify/image.h"

/* False: capabilities lack links that the kernel or a configuration would follow. */
bool routes_check(const struct image *image, struct report *r);

#endif
