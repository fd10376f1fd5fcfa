/* SPDX-License-Identifier: Apache-2.0 */
/* What a call by the SMC Calling Convention is, for call.c and for the fast way (fast.c). */
#ifndef PARTITA_KERNEL_CALL_H
#define PARTITA_KERNEL_CALL_H

#include "lib/smccc.h"
#include <stdbool.h>
#include <stdint.h>

/* It is for the monitor: the standard services, of the 32 and the 64-bit convention. */
static inline bool call_is_upcall(uint32_t function)
{
	return (function & ~SMCCC_64) - STANDARD_FIRST < STANDARD_COUNT || function == SMCCC_ARCH_FEATURES;
}

/* The answer to what nobody serves; x is x0 to x3. */
static inline void call_refuse(uint64_t *x)
{
	x[0] = (uint64_t)SMCCC_NOT_SUPPORTED;
	x[1] = x[2] = x[3] = 0;
}

#endif
