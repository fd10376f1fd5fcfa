/* SPDX-License-Identifier: Apache-2.0 */
/* The f-map's rows of memory among themselves: whole, of a kind that their owner may have, in the
 * board's RAM or outside it, and apart. */
#ifndef PARTITA_VERIFY_ROWS_H
#define PARTITA_VERIFY_ROWS_H

#include "tools/verify/image.h"

void rows_check(const struct image *image, struct report *r);

/* The VM or monitor that a row belongs to, if `vm` is it: the owners of channels. */
bool row_is_of_vm(const struct fmap_memory *row, uint32_t vm);

/* Two rows of one channel. */
bool rows_are_one_channel(const struct fmap_memory *a, const struct fmap_memory *b);

#endif
