/* SPDX-License-Identifier: Apache-2.0 */
/* Compartments as their own spaces show them: the binary's header, the configuration page. */
#ifndef PARTITA_VERIFY_COMP_H
#define PARTITA_VERIFY_COMP_H

#include "abi/vmconf.h"
#include "tools/verify/claims.h"

struct comp {
	const struct comp_header *header;
	const struct vmconf *vmconf;  /* monitors */
	const struct svcconf *svcconf;  /* services */
};

struct comps {
	struct comp monitor[MAX_VMS];
	struct comp service[MAX_SERVICES];
};

/* Before claims_sort. False, after a report: one cannot be read, so nothing can be said of it. */
bool comps_open(struct comps *comps, const struct image *image, const struct claims *claims,
		struct report *r);

/* A compartment's binary, text and constants, whole pages. */
static inline uint64_t comp_file_bytes(const struct comp *c)
{
	return (c->header->file_bytes + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
}

#endif
