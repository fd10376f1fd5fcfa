/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Before every file that Frama-C's Eva reads: what it is not told by the language. Eva follows one
 * thread; whatever another one may write is read here as any value of its type, at every load.
 */
#ifndef PARTITA_PROOFS_EVA_H
#define PARTITA_PROOFS_EVA_H

#define ANY_(p) (*(const volatile __typeof__(*(p)) *)(p))
#define __atomic_load_n(p, order) ANY_(p)
#define __atomic_store_n(p, v, order) ((void)(*(p) = (v)))
/* Locks alone are taken like this. They are free: to wait changes nothing. */
#define __atomic_exchange_n(p, v, order) (*(p) = (v), 0)
#define __atomic_fetch_add(p, v, order) (*(p) = ANY_(p) + (v))
#define __atomic_fetch_or(p, v, order) (*(p) = ANY_(p) | (v))
#define __atomic_fetch_and(p, v, order) (*(p) = ANY_(p) & (v))
#define __atomic_thread_fence(order) ((void)0)

/* Frama-C's own: what they return is in their contracts. */
#include <__fc_builtin.h>

#define ANY(object) Frama_C_make_unknown((char *)&(object), sizeof(object))
#define BETWEEN(min, max) Frama_C_unsigned_int_interval(min, max)
#define BETWEEN64(min, max) Frama_C_unsigned_long_interval(min, max)

/* Either way: Eva goes on with both. */
#define CHOICE (BETWEEN(0, 1) != 0)

#endif
