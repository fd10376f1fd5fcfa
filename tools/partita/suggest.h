/* SPDX-License-Identifier: Apache-2.0 */
/* "did you mean": the nearest of what there is to a word that there is not. */
#ifndef PARTITA_TOOL_SUGGEST_H
#define PARTITA_TOOL_SUGGEST_H

#include "tools/partita/arena.h"

struct suggestion {
	const char *word; /* as written */
	const char *nearest; /* NULL: nothing is near */
	size_t distance;
};

struct suggestion suggest(const char *word);
/* Takes the candidate if it is nearer than those before. */
void suggest_try(struct suggestion *s, const char *candidate);
/* "did you mean 'NEAREST'?", or `otherwise`. */
const char *suggest_advice(const struct suggestion *s, const char *otherwise, struct arena *a);

#endif
