/* SPDX-License-Identifier: Apache-2.0 */
/* Device tree blobs that come from outside. */
#ifndef PARTITA_TOOL_DTB_H
#define PARTITA_TOOL_DTB_H

#include <stdbool.h>
#include <stddef.h>

/* Whether these bytes begin with a device tree, of version 17 or compatible and with a root, in which
 * libfdt's read functions can be used on every node and property. To be asked of each blob first. */
bool dtb_is_sound(const void *dtb, size_t bytes);

#endif
