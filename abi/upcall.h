/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The upcall: how the kernel asks a compartment, and how it answers.
 *
 * To a monitor (EL0), registers at its entry point:
 *     x0 event         enum upcall_event
 *     x1 .. x5         by event, below
 *     x6 now           CNTVCT_EL0 as the guest would read it (virtual count, ticks)
 *     x7 vcpu          number of the vCPU in its VM
 *     sp               the top of this vCPU's stack in the monitor
 * All other registers are the guest's own. A monitor keeps nothing in registers or on the stack
 * between upcalls, preserves x18 to x29 as any function does, reads no counter (its guest may have
 * closed it), and must not use FP/SIMD (it traps). It runs with interrupts open; the kernel may
 * preempt it at any time. It answers once. The short answer, to an UPCALL_ABORT, is `svc #0`:
 *     x1 value         VERDICT_DONE with this value, zero-extended from the size of the access,
 *                      and nothing else
 * Any other is `svc #1`:
 *     x0 verdict       enum upcall_verdict
 *     x1 value         by verdict
 *     x2 operation     UPCALL_OP(...), or 0: done before the verdict takes effect
 *     x3, x4, x5       arguments of the operation
 *     x6 doorbells     bit n rings the compartment's capability n
 *
 * Several vCPUs of one VM may be in the monitor at the same time, each on its own CPU.
 * A wrong answer (unknown verdict or operation, a number out of range) is the monitor's
 * fault and stops its VM; nothing else notices.
 */
#ifndef PARTITA_ABI_UPCALL_H
#define PARTITA_ABI_UPCALL_H

#include "abi/health.h"

enum upcall_event {
	UPCALL_NONE,           /* never delivered */
	UPCALL_RESET,          /* on the home vCPU, all others off: .data is to be made anew, load
	                          the guest. x1: enum upcall_reset, x2: ticks of the counter a second */
	UPCALL_ABORT,          /* guest data abort with a valid syndrome: x1 ESR_EL2, x2 the address
	                          (IPA), x3 the value of a store, zero-extended to its size */
	UPCALL_CALL,           /* HVC or SMC: x1 0 hvc, 1 smc; x2 guest x0 (function), x3, x4, x5
	                          guest x1, x2, x3. Constant and refused calls do not come here. */
	UPCALL_NOTIFY,         /* between guest instructions: x1 notification bits, taken */
	UPCALL_SYSREG,         /* a register that the kernel leaves to the monitor (CNTP_TVAL, CNTP_CTL
	                          and CNTP_CVAL_EL0): x1 ESR_EL2, x2 the value of a write */
	UPCALL_CONTINUE,       /* after VERDICT_CONTINUE: x1, x2 as before, x3 result of the operation,
	                          x4 the value that came with the verdict */
};

enum upcall_reset {
	RESET_BOOT,            /* first start */
	RESET_AGAIN,           /* the VM asked for a reset, or was restarted */
};

enum upcall_verdict {
	VERDICT_DONE = 1,      /* ABORT, SYSREG: skip the instruction; a load or read gets `value`, or
	                          the result of the operation if that has one. NOTIFY: go on. */
	VERDICT_RETRY,         /* ABORT, CALL: execute the instruction again */
	VERDICT_ABORT,         /* ABORT: the guest takes a synchronous external abort */
	VERDICT_RESULT,        /* CALL: guest x0 = value, x1 to x3 unchanged but by OP_RESULTS; skip.
	                          If the operation has a result other than 0, that goes to x0
	                          instead (CPU_START). */
	VERDICT_CONTINUE,      /* upcall again, UPCALL_CONTINUE, after interrupts and services had
	                          their turn. The budget is the event's, with all that follows it. */
	VERDICT_WAIT,          /* CALL: as RESULT, and wait for an interrupt first (CPU_SUSPEND) */
	VERDICT_OFF,           /* CALL: the vCPU is off until CPU_START */
	VERDICT_EVENT,         /* value: enum health_event, and what follows is the f-map's choice. If the
	                          guest goes on, then as after RETRY, or after DONE of a NOTIFY. */
	VERDICT_START,         /* RESET, CONTINUE of a reset: the guest starts. value: entry (IPA),
	                          x3: its x0. No operation. */
};

/*
 * Operations. UPCALL_OP(op, intid, targets): `targets` is a set of vCPU numbers; the kernel
 * carries the operation out on each of them, for those interrupts which that vCPU owns
 * (SGIs and PPIs: its own; SPIs: those routed to it), and waits until all have answered.
 * A word operation works on interrupts intid .. intid + 31, intid a multiple of 32, x3 a
 * mask. Its result, where it has one, is 32 bits, or-ed over the targets.
 */
#define UPCALL_OP(op, intid, targets) \
	((uint64_t)(op) | (uint64_t)(intid) << 16 | (uint64_t)(targets) << 32)

enum upcall_op {
	OP_NONE,
	OP_ENABLE,             /* word */
	OP_DISABLE,            /* word; answered when no target can deliver it any more */
	OP_SET_PENDING,        /* word */
	OP_CLEAR_PENDING,      /* word */
	OP_SET_ACTIVE,         /* word */
	OP_CLEAR_ACTIVE,       /* word */
	OP_READ_PENDING,       /* word, with result; x3 ignored */
	OP_READ_ACTIVE,        /* word, with result; x3 ignored */
	OP_GROUP,              /* word: mask x3, x4 has bit n set for Group 1 */
	OP_EDGE,               /* word: mask x3, x4 has bit n set for edge; ignored for interrupts
	                          that belong to hardware, and for SGIs */
	OP_PRIORITY,           /* intid a multiple of 4; x3: bit n says that interrupt intid + n gets
	                          byte n of x4 */
	OP_LINES,              /* word: the level lines in x3 may have changed: sample them (COMP_LINES,
	                          see LINES_PRIVATE). Not waited for. */
	OP_DIST,               /* x3: bit 0 EnableGrp0, bit 1 EnableGrp1; to all targets */
	OP_RELEASE,            /* SPI: the targets stop owning it. Result: its state, opaque, not 0,
	                          from the one that owned it; 0 if none did. x3: the vCPU it goes to */
	OP_ADOPT,              /* SPI: the one target owns it. x3: the opaque state, or 0 for the
	                          state of reset */
	OP_CPU_START,          /* one target: it starts at x3 (IPA) with x0 = x4. Result: 0, or
	                          UPCALL_BUSY if it was not off */
	OP_ALARM,              /* x3: CNTVCT_EL0 value at which the VM gets NOTIFY_ALARM once; ~0 none.
	                          One alarm a vCPU: the asking one's. */
	OP_RESULTS,            /* with VERDICT_RESULT: x3, x4, x5 go to the guest's x1, x2, x3 */
	OP_COUNT,
};
#define UPCALL_BUSY 1

/* The page of level lines is words of 32: word w has the SPIs 32 w to 32 w + 31, and word
 * LINES_PRIVATE + n the SGIs and PPIs of vCPU number n, of which PPIs count. */
#define LINES_PRIVATE 32

/* Notification bits below NOTIFY_ALARM are badges of links, as the f-map gives them. */
#define NOTIFY_CONSOLE_IN 0
#define NOTIFY_CHANNEL 1       /* .. to 15: the end of a channel between VMs, by its number in the VM */
#define NOTIFY_PEER 16         /* .. to 30: a health event of a VM at another end of that channel */
#define NOTIFY_ALARM 31        /* the vCPU's own alarm */

/*
 * To a service, registers at its entry point:
 *     x0 notification bits (badges; taken)   x6 now (CNTPCT_EL0, ticks)   x7 ticks a second
 * with SERVICE_ALARM alone at its first entry. All other registers are zero but sp. It
 * keeps its data between entries. It answers by `svc #0`:
 *     x0 verdict       SERVICE_WAIT: run again at the next notification
 *                      SERVICE_POWER_OFF: with CAP_POWER, the board goes off
 *     x1 alarm         CNTPCT_EL0 value at which to be notified with SERVICE_ALARM; ~0 none
 *     x2 interrupts    bit n: the interrupt of badge n was dealt with: let it come again
 *     x6 doorbells     bit n rings capability n
 */
enum service_verdict {
	SERVICE_WAIT = 1,
	SERVICE_POWER_OFF,
};
#define SERVICE_ALARM 30       /* badge: the alarm it asked for */
#define SERVICE_ALL_OFF 31     /* badge: every VM is off */

#endif
