/* SPDX-License-Identifier: Apache-2.0 */
/*
 * TRNG 1.0 (DEN 0098), for a VM whose description grants it: the processor's random numbers, asked
 * for by call. It has no state.
 */
#ifndef PARTITA_VMM_TRNG_H
#define PARTITA_VMM_TRNG_H

#include "vmm/upcall.h"
#include <stdbool.h>
#include <stdint.h>

/* Is it a number of this interface, of either calling convention? */
bool trng_has(uint32_t function);

/* UPCALL_CALL of such a function. */
void trng_call(const struct upcall *u, struct reply *r);

#endif
