/* SPDX-License-Identifier: Apache-2.0 */
/* The proof, or why there is none, for people and for machines. */
#ifndef PARTITA_VERIFY_PROOF_H
#define PARTITA_VERIFY_PROOF_H

#include "tools/verify/owners.h"
#include "tools/verify/verify.h"

struct proof {
	const struct image *image;
	const struct claims *claims;
	const struct grants *grants;
	struct sharing sharing;
	const struct report *report;
};

/* Only what was found wrong, if anything was; then the rest need not be there. */
void proof_print_text(const struct proof *p, FILE *out);
/* One line: an object. */
void proof_print_json(const struct proof *p, const char *name, FILE *out);

uint32_t proof_vmid(const struct image *m, const struct view *v);

#endif
