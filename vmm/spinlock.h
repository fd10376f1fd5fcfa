/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spinlock between vCPUs of one VM that are in the monitor at the same time. Acquire and release
 * pair with each other: what one holder wrote, the next one sees.
 *
 * Held for the few instructions of a model, never across a reply. The kernel may preempt a holder
 * to serve interrupts and services; those end, so the wait is bounded by them. Each vCPU of a VM
 * has a CPU of its own, so a waiter never keeps the holder from running. The kernel stops a vCPU
 * only between upcalls, and a reset makes .data anew: no lock dies held.
 */
#ifndef PARTITA_VMM_SPINLOCK_H
#define PARTITA_VMM_SPINLOCK_H

#include <stdint.h>

struct spinlock {
	uint8_t held;
};

static inline void spin_lock(struct spinlock *lock)
{
	while (__atomic_exchange_n(&lock->held, 1, __ATOMIC_ACQUIRE) != 0)
		;
}

static inline void spin_unlock(struct spinlock *lock)
{
	__atomic_store_n(&lock->held, 0, __ATOMIC_RELEASE);
}

#endif
