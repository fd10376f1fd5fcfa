/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Services: compartments of their own at EL0. A service runs on its home CPU before the vCPU
 * there goes on, for at most its budget in any period (a sporadic server: what it used comes
 * back one period after it last began to run).
 */
#ifndef PARTITA_KERNEL_SERVICE_H
#define PARTITA_KERNEL_SERVICE_H

#include "abi/upcall.h"
#include "kernel/state.h"

void service_init(struct cpu *c, struct service *s, uint32_t id);
/* One that has something to do and may do it, or null. */
struct service *service_next(struct cpu *c);
_Noreturn void service_run(struct cpu *c, struct service *s);
/* It was interrupted or ended: charges its budget. */
void service_pause(struct cpu *c);
_Noreturn void service_answer(struct cpu *c, struct service *s, uint64_t verdict, uint64_t alarm,
			      uint64_t interrupts, uint64_t doorbells);
/* Every VM is off: it may have output left, and powers the board off. A dead one cannot. */
void service_all_off(struct service *s);
/* It broke its contract: it never runs again. */
void service_kill(struct cpu *c, struct service *s, uint64_t esr, uint64_t far);

#endif
