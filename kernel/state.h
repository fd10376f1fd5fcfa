/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's objects. All of them lie in the memory of one CPU (CPU_VA), which no other CPU
 * maps; what crosses CPUs is struct shared_link and struct shared_vm (abi/fmap.h). Sizes come
 * from the f-map; nothing is ever allocated.
 *
 *     struct cpu | struct service [] | struct vcpu [] | per vCPU: virq [], two bitmaps
 */
#ifndef PARTITA_KERNEL_STATE_H
#define PARTITA_KERNEL_STATE_H

#include "abi/fmap.h"
#include "abi/klog.h"
#include "kernel/arch.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NEVER (~0ull)

struct cpu;

/* ---- Interrupts of one vCPU ---- */

enum virq_flag {
	VIRQ_OWNED = 1,        /* routed to this vCPU; SGIs and PPIs always are */
	VIRQ_ENABLED = 2,
	VIRQ_GROUP1 = 4,
	VIRQ_PENDING = 8,      /* latched: SGI, edge, or GICD_ISPENDR on a level interrupt */
	VIRQ_LINE = 16,        /* level of a line that the monitor drives */
	VIRQ_HELD = 32,        /* hardware: it came, is physically active, and waits here */
	VIRQ_ACTIVE = 64,      /* active, in no list register */
	VIRQ_LATCHED = 128,    /* in a list register because it was VIRQ_PENDING; hardware: the guest
	                          set it pending, so no line need stand behind it */
};
enum virq_kind {
	VIRQ_SOFT,             /* SGIs, and SPIs that a monitor raises */
	VIRQ_HARD,             /* a physical interrupt stands behind it: pintid */
};
enum virq_queue {
	QUEUE_DELIVERABLE = 1,
	QUEUE_ACTIVE = 2,
};
#define LR_NONE 0xff
#define LR_TIMER 0      /* the virtual timer's own, and no other's: it never waits for one */

/* Private to the CPU that its vCPU is on. */
struct virq {
	uint8_t flags;
	uint8_t priority;      /* as GICD_IPRIORITYR has it; the lowest 3 bits are 0 */
	uint8_t lr;            /* list register it is in, or LR_NONE */
	uint8_t kind;
	uint16_t pintid;
	uint8_t edge;
	uint8_t queued;        /* enum virq_queue, or-ed: the sets that it is in */
};
_Static_assert(sizeof(struct virq) == VIRQ_BYTES, "the tool counts on it");

/* A set of interrupts ordered by priority: insert, remove and first in constant time. */
struct intid_queue {
	uint64_t *bits;        /* [level][word] */
	uint32_t words;        /* of 64 interrupts in a level: at most 16 */
	uint32_t levels;       /* bit 31 - n: level n is not empty */
	uint16_t summary[PRIORITY_LEVELS];  /* bit w: word w of the level is not empty */
};

struct vgic {
	struct virq *irq;
	uint32_t intids;
	uint32_t number;       /* of the vCPU in its VM */
	uint32_t timer_intid;  /* a level interrupt of the core itself .. */
	struct virq *timer;        /* .. and its word */
	uint32_t lr_count, lr_all; /* lr_all: the set of them */
	uint32_t lr_used;      /* bit n: list register n was filled and not seen empty since, or is
	                          the timer's */
	bool group1;           /* GICD_CTLR.EnableGrp1 */
	bool want_pending;     /* as arch_vgic_want_pending was told */
	uint16_t lr_intid[LR_MAX];
	struct intid_queue deliverable;  /* owned, enabled, pending, not active, in no list register */
	struct intid_queue active;       /* VIRQ_ACTIVE */
	const uint32_t *lines; /* the monitor's level lines, which it can change at any time */
	uint32_t lines_seen[MAX_INTIDS / 32 + 1];
};

/* ---- vCPU ---- */

enum vcpu_run {
	VCPU_OFF,
	VCPU_ON,
};

/* What the monitor answered, while its operation is under way on other CPUs, and after. */
struct answer {
	uint32_t event;        /* enum upcall_event that it answered */
	uint32_t verdict;
	uint64_t value;
	uint64_t op, x3, x4, x5;
	uint64_t result;
};

struct vcpu {
	struct arch_vcpu arch; /* first: a frame of it is what SP_EL2 points to */
	uint32_t id;           /* index in the f-map */
	uint32_t number;       /* in its VM */
	uint32_t self;         /* the set of vCPU numbers that has this one alone */
	uint32_t vm_id;
	uint8_t run;           /* enum vcpu_run */
	bool waiting;          /* PSCI CPU_SUSPEND: goes on when an interrupt is pending */
	bool plain_refusals;   /* nothing follows on a refused call but its record */
	bool watched;          /* the timer is set to when the monitor's budget is used up, or earlier */
	uint8_t boot;          /* home vCPU: UPCALL_RESET is due, with this enum upcall_reset + 1 */
	bool again;            /* UPCALL_CONTINUE is due */
	uint8_t ending;        /* this vCPU won the right to stop its VM: enum health_action, or
	                          ENDING_HANDED */
	uint8_t ending_why;    /* enum health_event */
	/* A call to siblings: the operation is in `answer`. Sets of vCPU numbers. */
	uint32_t call_unsent, call_sent;
	uint32_t notifications;
	uint32_t generation;   /* of the VM's life that this vCPU takes part in */
	uint64_t far;          /* FAR_EL2 of the abort that the monitor works on */
	struct answer answer;
	uint64_t alarm;        /* CNTPCT_EL0 */
	uint64_t deaf_until;   /* CNTPCT_EL0: before it no doorbell is taken; NEVER: they are taken */
	uint64_t budget;       /* ticks that its monitor may take for an event .. */
	uint64_t start_budget; /* .. and for a reset */
	uint64_t spent;        /* of it, before this UPCALL_CONTINUE */
	uint64_t log_until;    /* CNTPCT_EL0: the end of the second in which .. */
	uint32_t log_count;    /* .. this many records were written on its account */
	const struct fmap_vcpu *f;
	const struct fmap_vm *vm;
	const struct fmap_idregs *idregs;
	/* Links to siblings by number, how to wake their CPUs, and the first of those from them. */
	struct shared_link *out[MAX_VCPUS_PER_VM], *in;
	uint64_t kick[MAX_VCPUS_PER_VM];
	uint32_t siblings;     /* the set of vCPU numbers but this one */
	struct vgic vgic;
};
_Static_assert(sizeof(struct vcpu) <= VCPU_STATE_BYTES, "the tool counts on it");

/* ---- Service ---- */

enum service_run {
	SERVICE_ASLEEP,
	SERVICE_READY,         /* in the middle of its work */
	SERVICE_DEAD,          /* it broke its contract */
};

struct service {
	uint32_t id;
	uint32_t run;
	uint32_t notifications;
	uint32_t reserved;
	struct frame frame;    /* for its place see FRAME_ALIGN */
	struct world world;
	uint64_t alarm;        /* CNTPCT_EL0 */
	uint64_t budget;       /* ticks */
	uint64_t period;
	uint64_t left;         /* of the budget */
	uint64_t refill;       /* when the budget is whole again; NEVER: it is */
	uint64_t started;
	const struct fmap_service *f;
};
_Static_assert(sizeof(struct service) <= SERVICE_STATE_BYTES, "the tool counts on it");
_Static_assert(offsetof(struct service, frame) % FRAME_ALIGN == FRAME_PHASE_COMPARTMENT &&
		       (CPU_STATE_BYTES | SERVICE_STATE_BYTES | VCPU_STATE_BYTES) % FRAME_ALIGN == 0,
	       "the vectors count on it");

/* ---- CPU ---- */

struct cpu {
	const struct fmap *fmap;
	const struct fmap_cpu *f;
	struct vcpu *vcpu;     /* [f->vcpu_count] */
	struct service *service; /* [f->service_count] */
	struct vcpu *resident; /* of the slot that is on; null: none */
	struct service *serving; /* the service that runs, or null */
	struct klog *log;
	uint32_t id;
	bool rung;             /* a doorbell of a vCPU's may be up: its kick came, or an interval is over */
	bool work;             /* dispatch has something to look at before the guest goes on */
	uint64_t frequency;
	uint64_t slot_end;
};
_Static_assert(sizeof(struct cpu) <= CPU_STATE_BYTES, "the tool counts on it");

/* ---- The f-map's arrays ---- */

#define FMAP_ACCESS(name, type)                                                              \
	static inline const struct type *fmap_##name(const struct fmap *f, uint32_t i)       \
	{                                                                                    \
		return (const struct type *)((const char *)f + f->name##s.offset) + i;       \
	}
FMAP_ACCESS(cpu, fmap_cpu)
FMAP_ACCESS(slot, fmap_slot)
FMAP_ACCESS(vm, fmap_vm)
FMAP_ACCESS(vcpu, fmap_vcpu)
FMAP_ACCESS(service, fmap_service)
FMAP_ACCESS(context, fmap_context)
FMAP_ACCESS(idreg, fmap_idregs)
FMAP_ACCESS(link, fmap_link)
FMAP_ACCESS(cap, fmap_cap)
FMAP_ACCESS(irq, fmap_irq)
#undef FMAP_ACCESS

#endif
