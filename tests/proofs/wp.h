/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before every file that Frama-C's WP reads: what gcc's builtins promise, and which bit is which.
 */
#ifndef PARTITA_PROOFS_WP_H
#define PARTITA_PROOFS_WP_H

#include <stdint.h>

/*@ predicate bit(integer word, integer n) = (word & (1 << n)) != 0; */

/*@ requires x != 0;
    assigns \nothing;
    ensures 0 <= \result < 32 && bit(x, \result);
    ensures \forall integer n; 0 <= n < \result ==> !bit(x, n); */
int ctz32(unsigned int x);

/*@ requires x != 0;
    assigns \nothing;
    ensures 0 <= \result < 64 && bit(x, \result);
    ensures \forall integer n; 0 <= n < \result ==> !bit(x, n); */
int ctz64(unsigned long long x);

/*@ requires x != 0;
    assigns \nothing;
    ensures 0 <= \result < 32 && bit(x, 31 - \result);
    ensures \forall integer n; 0 <= n < \result ==> !bit(x, 31 - n); */
int clz32(unsigned int x);

#define __builtin_ctz(x) ctz32(x)
#define __builtin_ctzll(x) ctz64(x)
#define __builtin_clz(x) clz32(x)

#endif
