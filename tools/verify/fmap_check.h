/* SPDX-License-Identifier: Apache-2.0 */
/* The f-map's arrays: every index refers to what exists, every order is the promised one, every
 * CPU, context, VMID and interrupt has one owner, every register value closes what it must. */
#ifndef PARTITA_VERIFY_FMAP_CHECK_H
#define PARTITA_VERIFY_FMAP_CHECK_H

#include "tools/verify/image.h"

#define VTTBR_ROOT UINT64_C(0x0000fffffffffffe)

static inline uint32_t context_vmid(const struct fmap_context *c)
{
	return (uint32_t)(c->vttbr_el2 >> 48);
}

static inline uint64_t context_root(const struct fmap_context *c)
{
	return c->vttbr_el2 & VTTBR_ROOT;
}

/* False: an index is wrong, so that the f-map cannot be followed further. */
bool fmap_check(const struct image *image, struct report *r);

#endif
