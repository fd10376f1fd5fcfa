/* SPDX-License-Identifier: Apache-2.0 */
/* Register values of the image: that every world is closed, and that the tables are walked the
 * way the checker walks them. */
#ifndef PARTITA_VERIFY_REGISTERS_H
#define PARTITA_VERIFY_REGISTERS_H

#include "tools/verify/image.h"

void registers_check(const struct image *image, struct report *r);

#endif
