/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/inject.h"
#include "lib/esr.h"
#include "lib/pstate.h"

static uint64_t vector_offset(uint64_t pstate)
{
	if (pstate & PSTATE_nRW)
		return 0x600;                            /* lower EL, AArch32 */
	switch (pstate & PSTATE_M) {
	case PSTATE_EL0t:
		return 0x400;
	case PSTATE_EL1t:
		return 0x000;
	default:
		return 0x200;
	}
}

void el1_take_exception(struct el1_trap *t)
{
	uint64_t old = t->pstate;
	/* Kept: NZCV and DIT, the others have a rule of their own. */
	uint64_t new = (old & (PSTATE_NZCV | PSTATE_DIT | PSTATE_PAN)) | PSTATE_DAIF | PSTATE_EL1h;

	if (old & PSTATE_nRW)
		new &= ~PSTATE_DIT; /* another place in AArch32: cleared, the safe side */
	if (t->pan && !(t->sctlr & SCTLR_SPAN))
		new |= PSTATE_PAN;
	if (t->ssbs && t->sctlr & SCTLR_DSSBS)
		new |= PSTATE_SSBS;
	if (t->nmi && !(t->sctlr & SCTLR_SPINTMASK))
		new |= PSTATE_ALLINT;
	t->spsr = old;
	t->elr = t->pc;
	t->pc = t->vbar + vector_offset(old);
	t->pstate = new;
}

static void inject(struct arch_vcpu *v, uint64_t esr, bool write_far, uint64_t far)
{
	struct el1_trap t;

	arch_el1_trap_read(v, &t);
	t.esr = esr;
	t.write_far = write_far;
	t.far = far;
	el1_take_exception(&t);
	arch_el1_trap_write(v, &t);
}

void inject_undef(struct arch_vcpu *v, uint64_t esr)
{
	esr_el2_t e = esr_el2_set_EC((esr_el2_t){ 0 }, EC_UNKNOWN);

	e = esr_el2_set_IL(e, esr_el2_IL((esr_el2_t){ esr }));
	inject(v, e.bits, false, 0);
}

void inject_abort(struct arch_vcpu *v, bool instruction, uint64_t far, uint64_t esr)
{
	iss_abort_t iss = { esr & ISS_BITS };
	struct el1_trap t;

	arch_el1_trap_read(v, &t);
	bool same = !(t.pstate & PSTATE_nRW) && (t.pstate & PSTATE_M) != PSTATE_EL0t;
	uint64_t ec = instruction ? EC_IABT_LOWER : EC_DABT_LOWER;
	/* "External abort on translation table walk" keeps the level that the walk had reached. */
	uint64_t fsc = iss_abort_S1PTW(iss) ? FSC_EXTERNAL_WALK | (iss_abort_DFSC(iss) & 3) : FSC_EXTERNAL;
	iss_abort_t out = iss_abort_set_DFSC((iss_abort_t){ 0 }, fsc);

	if (!instruction) {
		out = iss_abort_set_WnR(out, iss_abort_WnR(iss));
		out = iss_abort_set_CM(out, iss_abort_CM(iss));
	}
	out = iss_abort_set_FnV(out, iss_abort_FnV(iss));
	esr_el2_t e = esr_el2_set_EC((esr_el2_t){ out.bits }, same ? ec + 1 : ec);

	e = esr_el2_set_IL(e, instruction ? 1 : esr_el2_IL((esr_el2_t){ esr }));
	inject(v, e.bits, true, iss_abort_FnV(iss) ? 0 : far);
}
