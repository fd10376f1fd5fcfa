/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Health: what can happen to a VM, or be done by it, and what follows. The f-map has one
 * struct fmap_health for each VM; the kernel looks the event up, tells those whom the description
 * names, and does what the action says. Each event is logged.
 *
 * An action ends at most its own VM, but for ACTION_BOARD, which only a description can choose.
 */
#ifndef PARTITA_ABI_HEALTH_H
#define PARTITA_ABI_HEALTH_H

#include <stdint.h>

enum health_event {
	HEALTH_OFF,            /* the guest asked for its end (SYSTEM_OFF) */
	HEALTH_RESET,          /* .. for a new life (SYSTEM_RESET, SYSTEM_RESET2) */
	HEALTH_ABORT,          /* it accessed what is not its own, or in a way that nothing answers */
	HEALTH_CALL,           /* it made a call that is refused */
	HEALTH_MONITOR,        /* its monitor faulted, answered wrongly, or used up its budget */
	HEALTH_SERROR,         /* an SError came while it or its monitor ran */
	HEALTH_WATCHDOG,       /* its watchdog was not tended */
	HEALTH_IMAGE,          /* the copy of an image has another hash than the image */
	HEALTH_EVENTS,
};

enum health_action {
	ACTION_LOG,            /* the guest goes on, with the exception or the error that hardware gives */
	ACTION_RESTART,        /* the VM starts anew from its pristine images */
	ACTION_STOP,           /* the VM is off */
	ACTION_BOARD,          /* the VM is off, and the board with it */
	HEALTH_ACTIONS,
};

/* The guest can go on after these alone. */
#define HEALTH_GOES_ON (1u << HEALTH_ABORT | 1u << HEALTH_CALL | 1u << HEALTH_WATCHDOG)

/*
 * Restarts that the guest did not ask for are counted: `restarts` of them are allowed in a window
 * that begins with the first; at one more the VM stays off. What a guest asks for by SYSTEM_RESET
 * costs only its own time, and is not counted.
 */
struct fmap_health {
	uint8_t action[HEALTH_EVENTS];     /* enum health_action, by event */
	uint32_t notify;       /* bit n: event n is told, by these capabilities, .. */
	uint32_t cap_first, cap_count;     /* .. which are none of the monitor's */
	uint32_t restarts;
	uint64_t window_ns;
};

_Static_assert(sizeof(struct fmap_health) == 32, "part of the format");

#endif
