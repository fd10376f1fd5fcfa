/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the worlds of one CPU. A guest's EL1 registers reach a compartment at EL0 even with
 * stage 1 off: SCTLR_EL1 (byte order, alignment, traps of cache instructions), SP_EL0, CNTKCTL_EL1.
 * So each way into EL0 writes constants into the first two, and into a service also into the third
 * and the thread registers. A monitor reads no counter and has no thread register; what its guest
 * left there can harm no other than that guest.
 */
#include "arch/arm64/offsets.h"
#include "arch/arm64/sysreg.h"
#include "kernel/arch.h"
#include "kernel/entry.h"
#include "lib/esr.h"
#include "lib/pstate.h"
#include <stddef.h>

_Noreturn void frame_enter(struct frame *f);
_Noreturn void guest_enter(struct arch_vcpu *v);
_Noreturn void monitor_enter(struct arch_vcpu *v);
void fp_clear(void);

#define AT(type, member, offset) _Static_assert(offsetof(type, member) == (offset), "assembly knows it")
AT(struct frame, x[30], 240);
AT(struct frame, sp_el0, FRAME_SP_EL0);
AT(struct frame, elr, FRAME_ELR);
AT(struct frame, spsr, FRAME_SPSR);
AT(struct frame, stack, FRAME_STACK);
AT(struct frame, result, FRAME_RESULT);
AT(struct frame, history, FRAME_HISTORY);
AT(struct arch_vcpu, guest, 0);
AT(struct arch_vcpu, guest_world, VCPU_GUEST_WORLD);
AT(struct arch_vcpu, monitor_world, VCPU_MONITOR_WORLD);
AT(struct arch_vcpu, monitor_entry, VCPU_MONITOR_ENTRY);
AT(struct arch_vcpu, args, VCPU_ARGS);
AT(struct arch_vcpu, sctlr_el1, VCPU_SCTLR_EL1);
AT(struct arch_vcpu, event, VCPU_EVENT);
AT(struct arch_vcpu, monitor, VCPU_MONITOR);
_Static_assert(VCPU_MONITOR % FRAME_ALIGN == FRAME_PHASE_COMPARTMENT, "assembly knows it");
_Static_assert(FRAME_PHASE_COMPARTMENT == 1 << FRAME_COMPARTMENT_BIT, "assembly knows it");
_Static_assert(sizeof(struct frame) == FRAME_BYTES, "assembly knows it");
_Static_assert(GUEST_RESUMES == EXIT_GUEST && GUEST_UPCALL == 1 << EXIT_UPCALL_BIT &&
		       GUEST_GENERAL == 1 << EXIT_GENERAL_BIT,
	       "assembly knows it");

/* RES1 of Armv8.0, nTWE, nTWI, CP15BEN, SA0, SA: MMU and caches off, as after a reset. */
#define SCTLR_EL1_RESET 0x30d50838

static void world_write(const struct world *w)
{
	sysreg_write(VTTBR_EL2, w->vttbr_el2);
	sysreg_write(HCR_EL2, w->hcr_el2);
	sysreg_write(CPTR_EL2, w->cptr_el2);
}

void arch_guest_park(struct arch_vcpu *v)
{
	v->guest.sp_el0 = sysreg_read(SP_EL0);
	v->guest.elr = sysreg_read(ELR_EL2);
	v->guest.spsr = sysreg_read(SPSR_EL2);
	v->sctlr_el1 = sysreg_read(SCTLR_EL1);
}

/* A service has seen to it that nothing of the guest's was left in these. */
static void unhide(struct arch_vcpu *v)
{
	if (!v->hidden)
		return;
	sysreg_write(CNTKCTL_EL1, v->cntkctl_el1);
	sysreg_write(TPIDR_EL0, v->tpidr_el0);
	sysreg_write(TPIDRRO_EL0, v->tpidrro_el0);
	v->hidden = false;
}

_Noreturn void arch_enter_guest(struct arch_vcpu *v)
{
	unhide(v);
	guest_enter(v);
}

_Noreturn void arch_enter_monitor(struct arch_vcpu *v)
{
	unhide(v);
	monitor_enter(v);
}

/* The ERET synchronizes what is written here: EL2 itself uses none of it. */
_Noreturn void arch_resume_monitor(struct arch_vcpu *v)
{
	unhide(v);
	world_write(&v->monitor_world);
	sysreg_write(SCTLR_EL1, SCTLR_EL1_COMPARTMENT);
	frame_enter(&v->monitor);
}

_Noreturn void arch_enter_service(struct frame *f, const struct world *w, struct arch_vcpu *resident)
{
	if (resident && !resident->hidden) {
		resident->cntkctl_el1 = sysreg_read(CNTKCTL_EL1);
		resident->tpidr_el0 = sysreg_read(TPIDR_EL0);
		resident->tpidrro_el0 = sysreg_read(TPIDRRO_EL0);
		resident->hidden = true;
	}
	sysreg_write(TPIDR_EL0, 0);
	sysreg_write(TPIDRRO_EL0, 0);
	world_write(w);
	sysreg_write(SCTLR_EL1, SCTLR_EL1_COMPARTMENT);
	sysreg_write(CNTKCTL_EL1, 0);
	frame_enter(f);
}

/* ---- A life begins ---- */

void arch_vcpu_load(const struct arch_vcpu *v)
{
	sysreg_write(VMPIDR_EL2, v->vmpidr_el2);
	sysreg_write(CNTVOFF_EL2, v->cntvoff_el2);
	sysreg_write(CNTHCTL_EL2, v->cnthctl_el2);
	sysreg_write(MDCR_EL2, v->mdcr_el2);
	/* Where the vectors find its frame again. */
	*(const struct arch_vcpu **)KERNEL_STACK = v;
	isb();
}

static void el1_reset(void)
{
	sysreg_write(CPACR_EL1, 0);
	sysreg_write(TTBR0_EL1, 0);
	sysreg_write(TTBR1_EL1, 0);
	sysreg_write(TCR_EL1, 0);
	sysreg_write(MAIR_EL1, 0);
	sysreg_write(AMAIR_EL1, 0);
	sysreg_write(VBAR_EL1, 0);
	sysreg_write(ELR_EL1, 0);
	sysreg_write(SPSR_EL1, 0);
	sysreg_write(SP_EL1, 0);
	sysreg_write(ESR_EL1, 0);
	sysreg_write(FAR_EL1, 0);
	sysreg_write(PAR_EL1, 0);
	sysreg_write(AFSR0_EL1, 0);
	sysreg_write(AFSR1_EL1, 0);
	sysreg_write(CONTEXTIDR_EL1, 0);
	sysreg_write(CSSELR_EL1, 0);
	sysreg_write(TPIDR_EL1, 0);
	sysreg_write(TPIDR_EL0, 0);
	sysreg_write(TPIDRRO_EL0, 0);
	sysreg_write(CNTKCTL_EL1, 0);
	sysreg_write(MDSCR_EL1, 0);
	sysreg_write(CNTV_CTL_EL0, 0);
	sysreg_write(CNTV_CVAL_EL0, 0);
	sysreg_write(ICC_SRE_EL1, 7);
	if (id_field(sysreg_read(ID_AA64PFR0_EL1), 28))           /* RAS */
		sysreg_write(VDISR_EL2, 0);
	sysreg_write(ICH_VMCR_EL2, 0);
	sysreg_write(S3_4_C12_C9_0, 0);                           /* ICH_AP1R0_EL2 */
	sysreg_write(S3_4_C12_C8_0, 0);                           /* ICH_AP0R0_EL2 */
}

/* The image was written by other aliases than the guest's: nothing of its former self may be in
 * the instruction cache, which a monitor's own maintenance may miss (VIPT), nor in the TLBs. */
static void caches_forget(const struct world *w)
{
	sysreg_write(VTTBR_EL2, w->vttbr_el2);
	isb();
	__asm__ volatile("tlbi vmalls12e1\n dsb nsh\n ic iallu\n dsb nsh\n isb" : : : "memory");
}

void arch_guest_reset(struct arch_vcpu *v, uint64_t entry, uint64_t x0)
{
	for (uint32_t i = 0; i < 31; i++)
		v->guest.x[i] = 0;
	v->guest.x[0] = x0;
	v->guest.elr = entry;
	v->guest.spsr = PSTATE_EL1h | PSTATE_DAIF;
	v->guest.sp_el0 = 0;
	v->sctlr_el1 = SCTLR_EL1_RESET;
	v->csselr_el1 = 0;
	v->hidden = false;
	el1_reset();
	sysreg_write(CPTR_EL2, v->guest_world.cptr_el2);
	isb();
	fp_clear();
	caches_forget(&v->monitor_world);
	caches_forget(&v->guest_world);
}

/* ---- The exception being handled ---- */

uint64_t arch_esr(void)
{
	return sysreg_read(ESR_EL2);
}

uint64_t arch_far(void)
{
	return sysreg_read(FAR_EL2);
}

uint64_t arch_fault_ipa(uint64_t far)
{
	/* FIPA; what is above it is NS, which shifts out, or zero. */
	return sysreg_read(HPFAR_EL2) << 8 | (far & 0xfff);
}

uint64_t arch_elr(void)
{
	return sysreg_read(ELR_EL2);
}

uint64_t arch_spsr(void)
{
	return sysreg_read(SPSR_EL2);
}

bool arch_from_aarch32(void)
{
	return arch_spsr() & PSTATE_nRW;
}

/* DDI 0487: the instruction counts as executed, and the branch that led to it is over. (So would a
 * step be, but a guest cannot single-step: MDSCR_EL1 is not its own.) */
#define SPSR_OF_A_BRANCH PSTATE_BTYPE

void arch_pc_advance(void)
{
	sysreg_write(ELR_EL2, sysreg_read(ELR_EL2) + 4);
	sysreg_write(SPSR_EL2, sysreg_read(SPSR_EL2) & ~SPSR_OF_A_BRANCH);
}

void frame_skip(struct frame *f)
{
	f->elr += 4;
	f->spsr &= ~SPSR_OF_A_BRANCH;
}

void arch_el1_trap_read(const struct arch_vcpu *v, struct el1_trap *t)
{
	uint64_t mmfr1 = sysreg_read(ID_AA64MMFR1_EL1), pfr1 = sysreg_read(ID_AA64PFR1_EL1);

	*t = (struct el1_trap){
		.vbar = sysreg_read(VBAR_EL1),
		.sctlr = v->sctlr_el1,
		.pc = v->guest.elr,
		.pstate = v->guest.spsr,
		.pan = id_field(mmfr1, 20),
		.ssbs = id_field(pfr1, 4),
		.nmi = id_field(pfr1, 36),
	};
}

void arch_el1_trap_write(struct arch_vcpu *v, const struct el1_trap *t)
{
	sysreg_write(ELR_EL1, t->elr);
	sysreg_write(SPSR_EL1, t->spsr);
	sysreg_write(ESR_EL1, t->esr);
	if (t->write_far)
		sysreg_write(FAR_EL1, t->far);
	v->guest.elr = t->pc;
	v->guest.spsr = t->pstate;
}
