/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Between the worlds of one CPU. A guest's EL1 registers reach a compartment at EL0 even with
 * stage 1 off: SCTLR_EL1 (byte order, alignment, traps of cache instructions), CNTKCTL_EL1,
 * SP_EL0. So each way into EL0 writes constants there; `parked` says where the guest's are.
 */
#include "arch/arm64/sysreg.h"
#include "kernel/arch.h"
#include "lib/esr.h"
#include "lib/pstate.h"

_Noreturn void frame_enter(struct frame *f);
void fp_clear(void);

/* RES1 of Armv8.0, nTWE, nTWI, UCI, UCT, DZE, SA0, SA: cache maintenance by address and DC ZVA
 * work at EL0; little-endian; unaligned access allowed. */
#define SCTLR_EL1_COMPARTMENT 0x34d5c818
/* RES1 of Armv8.0, nTWE, nTWI, CP15BEN, SA0, SA: MMU and caches off, as after a reset. */
#define SCTLR_EL1_RESET 0x30d50838
#define CNTKCTL_EL1_MONITOR 2         /* EL0VCTEN: the virtual counter, nothing else */
#define CNTKCTL_EL1_SERVICE 0

static void world_write(const struct world *w)
{
	sysreg_write(VTTBR_EL2, w->vttbr_el2);
	sysreg_write(HCR_EL2, w->hcr_el2);
	sysreg_write(CPTR_EL2, w->cptr_el2);
	sysreg_write(VBAR_EL2, w->vbar_el2);
}

void arch_guest_park(struct arch_vcpu *v)
{
	if (v->parked)
		return;
	v->guest.sp_el0 = sysreg_read(SP_EL0);
	v->guest.elr = sysreg_read(ELR_EL2);
	v->guest.spsr = sysreg_read(SPSR_EL2);
	v->sctlr_el1 = sysreg_read(SCTLR_EL1);
	v->cntkctl_el1 = sysreg_read(CNTKCTL_EL1);
	v->parked = true;
}

/* A service has seen to it that nothing of the guest's was left in these. */
static void unhide(struct arch_vcpu *v)
{
	if (!v->hidden)
		return;
	sysreg_write(TPIDR_EL0, v->tpidr_el0);
	sysreg_write(TPIDRRO_EL0, v->tpidrro_el0);
	v->hidden = false;
}

_Noreturn void arch_enter_guest(struct arch_vcpu *v)
{
	unhide(v);
	world_write(&v->guest_world);
	sysreg_write(SCTLR_EL1, v->sctlr_el1);
	sysreg_write(CNTKCTL_EL1, v->cntkctl_el1);
	v->parked = false;
	/* HCR_EL2.TGE = 0 must hold before the ERET, or its target is illegal: DDI 0487, "Illegal
	 * exception returns from AArch64 state". */
	isb();
	frame_enter(&v->guest);
}

/* The ERET synchronizes what is written here: EL2 itself uses none of it. */
_Noreturn void arch_enter_monitor(struct arch_vcpu *v)
{
	arch_guest_park(v);
	unhide(v);
	world_write(&v->monitor_world);
	sysreg_write(SCTLR_EL1, SCTLR_EL1_COMPARTMENT);
	sysreg_write(CNTKCTL_EL1, CNTKCTL_EL1_MONITOR);
	frame_enter(&v->monitor);
}

_Noreturn void arch_enter_service(struct frame *f, const struct world *w, struct arch_vcpu *resident)
{
	if (resident) {
		arch_guest_park(resident);
		if (!resident->hidden) {
			resident->tpidr_el0 = sysreg_read(TPIDR_EL0);
			resident->tpidrro_el0 = sysreg_read(TPIDRRO_EL0);
			resident->hidden = true;
		}
	}
	sysreg_write(TPIDR_EL0, 0);
	sysreg_write(TPIDRRO_EL0, 0);
	world_write(w);
	sysreg_write(SCTLR_EL1, SCTLR_EL1_COMPARTMENT);
	sysreg_write(CNTKCTL_EL1, CNTKCTL_EL1_SERVICE);
	frame_enter(f);
}

/* ---- A life begins ---- */

void arch_vcpu_load(const struct arch_vcpu *v)
{
	sysreg_write(VMPIDR_EL2, v->vmpidr_el2);
	sysreg_write(CNTVOFF_EL2, v->cntvoff_el2);
	sysreg_write(CNTHCTL_EL2, v->cnthctl_el2);
	sysreg_write(MDCR_EL2, v->mdcr_el2);
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
	sysreg_write(TPIDR_EL1, 0);
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
	v->cntkctl_el1 = 0;
	v->csselr_el1 = 0;
	v->tpidr_el0 = v->tpidrro_el0 = 0;
	v->hidden = true;
	v->parked = true;
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

uint64_t arch_fault_ipa(void)
{
	return (sysreg_read(HPFAR_EL2) & 0xfffffffffff0ull) << 8 | (sysreg_read(FAR_EL2) & 0xfff);
}

uint64_t arch_elr(void)
{
	return sysreg_read(ELR_EL2);
}

bool arch_from_aarch32(void)
{
	return sysreg_read(SPSR_EL2) & PSTATE_nRW;
}

/* DDI 0487: the instruction counts as executed: a step is over, and the branch that led to it. */
#define SPSR_OF_A_BRANCH (PSTATE_SS | PSTATE_BTYPE)

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
		.sctlr = v->parked ? v->sctlr_el1 : sysreg_read(SCTLR_EL1),
		.pc = v->parked ? v->guest.elr : sysreg_read(ELR_EL2),
		.pstate = v->parked ? v->guest.spsr : sysreg_read(SPSR_EL2),
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
	if (v->parked) {
		v->guest.elr = t->pc;
		v->guest.spsr = t->pstate;
	} else {
		sysreg_write(ELR_EL2, t->pc);
		sysreg_write(SPSR_EL2, t->pstate);
	}
}

uint64_t arch_ctr(void)
{
	return sysreg_read(CTR_EL0);
}

uint64_t arch_virtual_now(const struct arch_vcpu *v)
{
	return sysreg_read(CNTPCT_EL0) - v->cntvoff_el2;
}
