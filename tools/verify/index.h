/* SPDX-License-Identifier: Apache-2.0 */
/* The f-map's arrays, element by element: every index refers to what exists, every field is one
 * that its kind has. All later code relies on it. */
#ifndef PARTITA_VERIFY_INDEX_H
#define PARTITA_VERIFY_INDEX_H

#include "tools/verify/image.h"

/* With CnP, bit 0, which is to be 0: then the address is no page's. */
#define VTTBR_ROOT UINT64_C(0x0000ffffffffffff)

static inline uint32_t context_vmid(const struct fmap_context *c)
{
	return (uint32_t)(c->vttbr_el2 >> 48);
}

static inline uint64_t context_root(const struct fmap_context *c)
{
	return c->vttbr_el2 & VTTBR_ROOT;
}

/* False: the f-map cannot be followed further. */
bool index_check(const struct image *image, struct report *r);

#endif
