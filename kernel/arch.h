/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Everything the kernel asks of the architecture. kernel/ has no other way to a register, a
 * barrier or a device. Unless it says otherwise a function works on the CPU that calls it, in
 * constant time, and may be called from any kernel path.
 */
#ifndef PARTITA_KERNEL_ARCH_H
#define PARTITA_KERNEL_ARCH_H

#include "abi/fmap.h"
#include <stdbool.h>
#include <stdint.h>

struct frame;
struct world;
struct arch_vcpu;

/* ---- Registers of one exception level, saved ---- */

/* SP_EL2 points here while EL1 or EL0 runs. Assembly knows it: arch/arm64/offsets.h. */
struct frame {
	uint64_t x[32];        /* [31]: XZR, as trapped accesses have it; never written with anything else */
	uint64_t sp_el0;
	uint64_t elr;
	uint64_t spsr;
	uint64_t stack;        /* the CPU's kernel stack; constant */
	uint64_t *result;      /* a monitor's: where the value of a short answer goes, or null */
	uint64_t ignored;      /* what such a value goes to when nobody wants it */
	uint64_t history;      /* the core's: what the vectors do about branch history */
	uint64_t reserved;
};

/* The EL2 registers that say in whose world EL1 and EL0 are. */
struct world {
	uint64_t vttbr_el2;
	uint64_t hcr_el2;
	uint64_t cptr_el2;
};

/*
 * A vCPU as the architecture keeps it; the first member of struct vcpu. The guest is *live* while it
 * runs and while an exit of it is being handled: SP_EL0, ELR, SPSR and SCTLR_EL1 are in the
 * registers. Else it is *parked*, and they are here.
 */
struct arch_vcpu {
	struct frame guest;
	struct world guest_world;
	struct world monitor_world;
	uint64_t monitor_entry, monitor_sp;
	uint64_t args[8];      /* x0 to x7 of the upcall that is due or under way (abi/upcall.h) */
	uint64_t sctlr_el1;
	uint64_t event;        /* enum upcall_event that the monitor works on, the one before any
	                          UPCALL_CONTINUE; 0: it does not run */
	struct frame monitor;  /* of a monitor that was interrupted */
	uint64_t mdcr_el2, cnthctl_el2;
	uint64_t vmpidr_el2;
	uint64_t cntvoff_el2;
	/* Guest registers that a service could see or that reach it, while `hidden`: one has run. */
	uint64_t cntkctl_el1, tpidr_el0, tpidrro_el0;
	uint64_t csselr_el1;   /* where it traps */
	bool hidden;
};

/* ---- Boot ---- */

/* Writes every EL2 register of this CPU, inheriting none, and brings up its interrupt
 * interface. The boot CPU calls it first, with `boot`, and brings up the distributor as well.
 * Returns what stands against this board, or a null pointer. */
const char *arch_cpu_init(const struct fmap *f, uint32_t cpu, bool boot);

/* Makes the worlds of a vCPU and of a service from their contexts. A guest's frame is at a multiple of 32
 * bytes, a compartment's 16 behind one: by that the vectors tell them. */
#define FRAME_ALIGN 32
#define FRAME_PHASE_COMPARTMENT 16
void arch_vcpu_init(struct arch_vcpu *v, const struct fmap_context *guest, const struct fmap_context *monitor,
		    uint64_t vmpidr);
void arch_service_init(struct frame *f, struct world *w, const struct fmap_context *c);

/* The first 4-bit field of an ID register in which the policy promises more than the core has:
 * its index into fmap_idregs, or a negative number. */
int arch_idregs_exceed(const struct fmap_idregs *r);

/* Starts another CPU at the kernel's entry, by firmware. True at once where the boot CPU was
 * entered at EL3: the others came by themselves. False if firmware refused. */
bool arch_cpu_start(const struct fmap *f, uint32_t cpu);
/* What those other CPUs wait for before they touch what the boot CPU prepares. */
void arch_wait_for(const uint64_t *word);

_Noreturn void arch_power_off(void);
_Noreturn void arch_halt(void);

/* ---- Going to EL1 and EL0. None returns: the kernel's stack starts anew at the next entry ---- */

/* Into the guest, which is parked: its registers are put back. */
_Noreturn void arch_enter_guest(struct arch_vcpu *v);
/* Into the monitor with v->args, from its entry point; the guest is parked. */
_Noreturn void arch_enter_monitor(struct arch_vcpu *v);
/* Into the monitor where it was interrupted. */
_Noreturn void arch_resume_monitor(struct arch_vcpu *v);
/* Into a service, which belongs to nobody: `resident` is the vCPU of this CPU, parked, or null. */
_Noreturn void arch_enter_service(struct frame *f, const struct world *w, struct arch_vcpu *resident);
/* Parks a guest that is live, at its exit. */
void arch_guest_park(struct arch_vcpu *v);
/* Resets EL1, EL0 and FP/SIMD registers, the virtual timer, TLB entries of both VMIDs and the
 * instruction cache; the guest is parked, at `entry`. */
void arch_guest_reset(struct arch_vcpu *v, uint64_t entry, uint64_t x0);
/* The vCPU comes on this CPU: registers that stay as long as it does. */
void arch_vcpu_load(const struct arch_vcpu *v);

/* ---- The exception being handled (the guest is live) ---- */

uint64_t arch_esr(void);
uint64_t arch_far(void);
uint64_t arch_fault_ipa(uint64_t far); /* page from HPFAR_EL2, offset from FAR_EL2, which is `far` */
uint64_t arch_elr(void);
uint64_t arch_spsr(void);
bool arch_from_aarch32(void); /* the guest was in AArch32, at EL0 */
/* Skips the instruction that trapped. */
void arch_pc_advance(void);
/* The same for a frame that holds the guest's registers. */
void frame_skip(struct frame *f);

/* What an exception to EL1 reads and writes: see inject.h. */
struct el1_trap {
	uint64_t vbar, sctlr;  /* of EL1, read */
	uint64_t pc, pstate;   /* of the guest: read, and written as it goes on */
	uint64_t elr, spsr;    /* ELR_EL1, SPSR_EL1: written */
	uint64_t esr, far;     /* ESR_EL1; FAR_EL1 if write_far: written */
	bool write_far;
	bool pan, ssbs, nmi;   /* the core has FEAT_PAN, FEAT_SSBS, FEAT_NMI: read */
};
/* The guest is parked. */
void arch_el1_trap_read(const struct arch_vcpu *v, struct el1_trap *t);
void arch_el1_trap_write(struct arch_vcpu *v, const struct el1_trap *t);

/* ---- Time ---- */

uint64_t arch_now(void);              /* CNTPCT_EL0, ticks */
uint64_t arch_guest_now(void);        /* CNTVCT_EL0 of the resident vCPU */
uint64_t arch_frequency(void);        /* CNTFRQ_EL0, Hz */
void arch_timer_set(uint64_t ticks);  /* EL2 timer at this CNTPCT_EL0; ~0: never */
/* The guest's virtual timer: its line to the interrupt controller. */
bool arch_virtual_timer_line(void);

/* ---- Physical interrupts ---- */

#define INTID_SPURIOUS 1020u          /* this and above: nothing is pending */
/* The SGIs by which CPUs wake one another: for a sibling link, and for a doorbell. */
#define INTID_KICK 0u
#define INTID_DOORBELL 1u

uint32_t arch_irq_acknowledge(void);
void arch_irq_drop(uint32_t intid);   /* priority drop; the interrupt stays active */
void arch_irq_deactivate(uint32_t intid);
void arch_irq_set_active(uint32_t intid);
void arch_irq_set_pending(uint32_t intid, bool pending);
bool arch_irq_is_pending(uint32_t intid);
void arch_irq_enable(uint32_t intid, bool enable);       /* waits until it took effect */
void arch_irq_route(const struct fmap *f, uint32_t intid, uint32_t cpu);
/* Wakes another CPU by one of these. Everything written before is visible there when it handles it. */
void arch_kick(uint64_t kick);
uint64_t arch_kick_of(uint32_t cpu, uint32_t intid); /* for arch_kick */
void arch_idle(void);                 /* until an interrupt is pending */

/* ---- List registers. An lr is in the form of ICH_LR<n>_EL2 whatever the controller ---- */

#define LR_MAX 8        /* gic_init refuses a GIC with more */
uint32_t arch_lr_count(void);
uint64_t arch_lr_read(uint32_t n);
void arch_lr_write(uint32_t n, uint64_t lr);
void arch_lr_write_timer(uint64_t lr);           /* LR_TIMER */
uint32_t arch_lr_empty(void);         /* bit n: list register n is free (ICH_ELRSR_EL2) */
uint32_t arch_lr_eoi(void);           /* bit n: ended, wants to be looked at (ICH_EISR_EL2) */
/* Maintenance when no list register is pending (NPIE). */
void arch_vgic_want_pending(bool on);
uint32_t arch_vgic_take_eoicount(uint32_t most); /* takes off and returns up to `most` */
void arch_vgic_reset(void);           /* list registers, active priorities, VMCR */

/* ---- Memory between CPUs (DMB ISH); each use names its partner ---- */

void arch_barrier(void);

/* ---- Emergency output ---- */

/* False: the UART took nothing for about a millisecond; its output is given up. */
bool arch_early_putc(const struct fmap *f, char c);

#endif
