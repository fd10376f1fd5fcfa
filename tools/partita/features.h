/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU feature policies: what a guest reads in the ID registers. An allow-list of constants, so
 * that a guest sees the same core on each board of a policy, and never a feature that nobody
 * decided to give it. The kernel refuses to start where a core has less.
 */
#ifndef PARTITA_TOOL_FEATURES_H
#define PARTITA_TOOL_FEATURES_H

#include "abi/fmap.h"
#include <stdbool.h>
#include <stddef.h>

/* False: there is no policy of that name. */
bool features_idregs(const char *policy, struct fmap_idregs *regs);
/* Whether no field of `regs` promises more than that of `most`. */
bool features_within(const struct fmap_idregs *regs, const struct fmap_idregs *most);
/* The policies by number, or NULL; for suggestions. */
const char *features_name(size_t index);
/* Random numbers by the processor, FEAT_RNG. */
bool features_have_random(const struct fmap_idregs *regs);
/* The names, for messages: "a, b" */
const char *features_names(void);

#endif
