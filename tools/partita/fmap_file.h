/* SPDX-License-Identifier: Apache-2.0 */
/* Writing the f-map (abi/fmap.h): a struct of arrays, all of them decided before. */
#ifndef PARTITA_TOOL_FMAP_FILE_H
#define PARTITA_TOOL_FMAP_FILE_H

#include "tools/partita/layout.h"
#include "tools/partita/routes.h"

/* Sizes are known before anything has an address: bytes, shared_bytes and the arrays. */
void fmap_file_plan(struct fmap *f, const struct system *s, const struct platform *p, const struct routes *r);

/* The whole of it. Tables were made: the roots are known. */
struct blob fmap_file_make(const struct system *s, const struct platform *p, const struct routes *r,
			   const struct layout *l, const struct binaries *b, struct arena *a);

/* TCR_EL2 for the tables of every CPU. */
uint64_t fmap_file_tcr_el2(const struct platform *p);

#endif
