/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service: a compartment at EL0 that serves several VMs. Its entry stub calls service_run once
 * for each notification and gives the kernel what that returns; abi/upcall.h has the contract.
 * The first call finds .data and .bss as C promises them; later calls find what earlier ones left.
 */
#ifndef PARTITA_SERVICES_SERVICE_H
#define PARTITA_SERVICES_SERVICE_H

#include <stdint.h>

struct service_reply {
	uint64_t verdict;      /* enum service_verdict */
	uint64_t alarm;        /* CNTPCT_EL0 value of SERVICE_ALARM; ~0 none */
	uint64_t interrupts;   /* bit n: let the interrupt of badge n come again */
	uint64_t doorbells;    /* bit n rings capability n */
};

/* `notifications`: badges, taken; 0 at the first call. `now`: CNTPCT_EL0, in ticks of which
 * `frequency` are a second. */
struct service_reply service_run(uint64_t notifications, uint64_t now, uint64_t frequency);

_Static_assert(sizeof(struct service_reply) == 32, "the entry stub knows the layout");

#endif
