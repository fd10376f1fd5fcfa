/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's log: one page a CPU, written by that CPU's kernel only, read by the service that
 * prints it. Records are numbers; words are made at EL0. The ring overwrites its oldest record:
 * a reader that fell behind sees it by the sequence numbers. Records that a guest or monitor can
 * cause are limited in rate by the kernel (`suppressed` counts the rest).
 */
#ifndef PARTITA_ABI_KLOG_H
#define PARTITA_ABI_KLOG_H

#include <stdint.h>

enum klog_event {
	KLOG_NONE,
	KLOG_VM_START,         /* a: enum upcall_reset */
	KLOG_VM_OFF,           /* a: enum health_event that led to it, b: 1 after one restart too many */
	KLOG_VM_RESET,         /* a: enum health_event */
	KLOG_VCPU_START,       /* a: entry */
	KLOG_VCPU_OFF,
	KLOG_GUEST_ABORT,      /* a: address (IPA, or ~0 when not known), pc, b: ESR_EL2 in bits 31:0, enum
	                          health_action from KLOG_ACTION_SHIFT on, KLOG_AT_EL0, KLOG_VIRTUAL */
	KLOG_GUEST_UNDEF,      /* a: ESR_EL2, pc, b: KLOG_AT_EL0 */
	KLOG_GUEST_CALL,       /* refused call. a: function, b: as of an abort, without ESR_EL2 */
	KLOG_VMM_FAULT,        /* a: ESR_EL2, b: FAR_EL2, pc */
	KLOG_VMM_REPLY,        /* wrong answer. a: verdict, b: operation */
	KLOG_VMM_OVERRUN,      /* budget used up, pc */
	KLOG_SERVICE_FAULT,    /* a: ESR_EL2, b: FAR_EL2, pc */
	KLOG_IRQ_SPURIOUS,     /* a: INTID that belongs to nobody */
	KLOG_SERROR,           /* a: ESR_EL2, pc */
	KLOG_HEALTH,           /* an event that its monitor reports. a: enum health_event */
};

#define KLOG_ACTION_SHIFT 32   /* 8 bits */
#define KLOG_AT_EL0 (1ull << 40)       /* the guest was at EL0, else at EL1 */
#define KLOG_VIRTUAL (1ull << 41)      /* a is FAR_EL2: hardware does not tell the IPA of a fault like that */

struct klog_record {
	uint32_t seq;          /* 1 for the first; written last (release). slot = (seq - 1) % RECORDS */
	uint8_t event;
	uint8_t cpu;
	uint8_t vm;            /* 0xff: none */
	uint8_t vcpu;          /* number in the VM, or 0xff */
	uint64_t time;         /* CNTPCT_EL0 */
	uint64_t pc;
	uint64_t a, b;
};

#define KLOG_RECORDS 100

struct klog {
	uint32_t head;         /* seq of the newest; 0: none. Written after the record (release) */
	uint32_t suppressed;
	uint64_t reserved;
	struct klog_record record[KLOG_RECORDS];
};

_Static_assert(sizeof(struct klog_record) == 40, "part of the format");
_Static_assert(sizeof(struct klog) <= 4096, "one page");

#endif
