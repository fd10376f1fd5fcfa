/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trapped system registers: a table of rows, searched from the top. What no row names is
 * undefined. Register names and encodings: DDI 0487, "AArch64 System Register Descriptions".
 */
#include "kernel/sysreg.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"

enum sysreg_action {
	UNDEF,
	ZERO,                  /* RAZ, WI */
	VALUE,                 /* reads the row's value; WI */
	IDREG,                 /* reads the f-map's constant; a write is undefined */
	SGI1R,
	DIR,
	CSSELR,
	MONITOR,               /* an upcall */
	CNTVCT,                /* the guest's physical count is its virtual one: no host time leaks */
};

struct sysreg_row {
	uint32_t mask, match;
	uint8_t read, write;   /* enum sysreg_action */
	uint32_t value;
};

#define ANY_OP2 (KEY_BITS & ~KEY(0, 0, 0, 0, 7))
#define ANY_CRM_OP2 (KEY_BITS & ~KEY(0, 0, 0, 15, 7))
#define ANY_LOW_CRM_OP2 (ANY_CRM_OP2 | KEY(0, 0, 0, 8, 0)) /* CRm of the same highest bit */
#define ANY_CRN_CRM_OP2 (KEY_BITS & ~KEY(0, 0, 15, 15, 7))

/* With FEAT_EVT, one level of separate caches of one set and one way: a guest that walks them by set and
 * way ends at once (DC by set/way has no effect either: stage 2 is always write-back). */
#define CLIDR_ONE_LEVEL 0x09200003
#define CCSIDR_ONE_LINE 0x2
#define GICV3_NONE_PENDING 1023

static const struct sysreg_row rows[] = {
	{ KEY_BITS, KEY_ICC_SGI1R_EL1, UNDEF, SGI1R, 0 },             /* ICC_SGI1R_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 11, 1), UNDEF, DIR, 0 },               /* ICC_DIR_EL1 */
	{ ANY_OP2, KEY(3, 0, 0, 0, 0), ZERO, UNDEF, 0 },                 /* REVIDR_EL1 */
	{ ANY_LOW_CRM_OP2, KEY(3, 0, 0, 0, 0), IDREG, UNDEF, 0 },        /* ID_*_EL1, CRm 1 to 7 */
	{ KEY_BITS, KEY(3, 1, 0, 0, 0), VALUE, UNDEF, CCSIDR_ONE_LINE }, /* CCSIDR_EL1 */
	{ KEY_BITS, KEY(3, 1, 0, 0, 1), VALUE, UNDEF, CLIDR_ONE_LEVEL }, /* CLIDR_EL1 */
	{ KEY_BITS, KEY(3, 1, 0, 0, 7), ZERO, UNDEF, 0 },                /* AIDR_EL1 */
	{ KEY_BITS, KEY(3, 2, 0, 0, 0), CSSELR, CSSELR, 0 },             /* CSSELR_EL1 */
	{ ANY_OP2, KEY(3, 3, 14, 2, 0), MONITOR, MONITOR, 0 },           /* CNTP_TVAL, CTL, CVAL_EL0 */
	{ KEY_BITS, KEY(3, 3, 14, 0, 1), CNTVCT, UNDEF, 0 },             /* CNTPCT_EL0 */
	{ KEY_BITS, KEY(3, 0, 12, 11, 6), UNDEF, ZERO, 0 },              /* ICC_ASGI1R_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 11, 7), UNDEF, ZERO, 0 },              /* ICC_SGI0R_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 8, 0), VALUE, UNDEF, GICV3_NONE_PENDING }, /* ICC_IAR0_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 8, 1), UNDEF, ZERO, 0 },               /* ICC_EOIR0_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 8, 2), VALUE, UNDEF, GICV3_NONE_PENDING }, /* ICC_HPPIR0_EL1 */
	{ ANY_OP2, KEY(3, 0, 12, 8, 0), ZERO, ZERO, 0 },                 /* ICC_BPR0, ICC_AP0R<n>_EL1 */
	{ KEY_BITS, KEY(3, 0, 12, 12, 6), ZERO, ZERO, 0 },               /* ICC_IGRPEN0_EL1 */
	{ KEY_BITS, KEY(3, 0, 1, 0, 1), ZERO, ZERO, 0 },                 /* ACTLR_EL1 */
	{ KEY_BITS, KEY(1, 0, 7, 6, 2), UNDEF, ZERO, 0 },                /* DC ISW */
	{ KEY_BITS, KEY(1, 0, 7, 10, 2), UNDEF, ZERO, 0 },               /* DC CSW */
	{ KEY_BITS, KEY(1, 0, 7, 14, 2), UNDEF, ZERO, 0 },               /* DC CISW */
	{ KEY_BITS, KEY(2, 0, 1, 1, 4), VALUE, UNDEF, 8 },               /* OSLSR_EL1: OSLM, unlocked */
	{ ANY_CRN_CRM_OP2, KEY(2, 0, 0, 0, 0), ZERO, ZERO, 0 },          /* debug: MDSCR, DBGB*, OSLAR .. */
	{ ANY_CRM_OP2, KEY(2, 3, 0, 0, 0), ZERO, ZERO, 0 },              /* MDCCSR, DBGDTR*_EL0 */
	{ ANY_OP2, KEY(3, 3, 9, 12, 0), ZERO, ZERO, 0 },                 /* PMCR_EL0 .. PMCEID1_EL0 */
	{ ANY_OP2, KEY(3, 3, 9, 13, 0), ZERO, ZERO, 0 },                 /* PMCCNTR, PMXEV*_EL0 */
	{ ANY_OP2, KEY(3, 3, 9, 14, 0), ZERO, ZERO, 0 },                 /* PMUSERENR, PMOVSSET_EL0 */
	{ ANY_OP2, KEY(3, 0, 9, 14, 0), ZERO, ZERO, 0 },                 /* PMINTENSET, PMINTENCLR_EL1 */
	{ ANY_LOW_CRM_OP2, KEY(3, 3, 14, 8, 0), ZERO, ZERO, 0 },         /* PMEVCNTR, PMEVTYPER */
	{ ANY_OP2, KEY(3, 1, 15, 2, 0), ZERO, ZERO, 0 },                 /* CPUACTLR, CPUECTLR of Cortex-A */
	{ KEY_BITS, KEY(3, 1, 11, 0, 2), ZERO, ZERO, 0 },                /* L2CTLR of Cortex-A */
};

static enum trap_verdict sysreg_read(struct vcpu *v, const struct sysreg_row *row, iss_sysreg_t iss)
{
	uint64_t value = 0;

	switch ((enum sysreg_action)row->read) {
	case ZERO:
		break;
	case VALUE:
		value = row->value;
		break;
	case IDREG:
		value = v->idregs->value[iss_sysreg_CRm(iss) * 8 + iss_sysreg_Op2(iss)];
		break;
	case CSSELR:
		value = v->arch.csselr_el1;
		break;
	case CNTVCT:
		value = arch_guest_now();
		break;
	default:
		return TRAP_UNDEF;
	}
	if (iss_sysreg_Rt(iss) == 31)
		return TRAP_SKIP;
	v->arch.guest.x[iss_sysreg_Rt(iss)] = value;
	return iss_sysreg_Rt(iss) < 18 ? TRAP_SKIP : TRAP_SKIP_PARKED;
}

static enum trap_verdict sysreg_write(struct vcpu *v, const struct sysreg_row *row, uint64_t value)
{
	switch ((enum sysreg_action)row->write) {
	case ZERO:
		break;
	case SGI1R:
		sgi_send(v, (icc_sgi1r_t){ value });
		break;
	case DIR:
		vgic_deactivate(&v->vgic, value & 0xffffff);
		break;
	case CSSELR:
		v->arch.csselr_el1 = value & 0xf;
		break;
	default:
		return TRAP_UNDEF;
	}
	return TRAP_SKIP;
}

enum trap_verdict trap_sysreg(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	iss_sysreg_t iss = { esr & ISS_SYSREG_BITS };
	uint64_t value = v->arch.guest.x[iss_sysreg_Rt(iss)];

	for (uint32_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
		if ((iss.bits & rows[i].mask) != rows[i].match)
			continue;
		if (rows[i].read == MONITOR) {
			upcall(c, v, UPCALL_SYSREG, esr, iss_sysreg_Read(iss) ? 0 : value, 0, 0, 0);
			return TRAP_UPCALL;
		}
		return iss_sysreg_Read(iss) ? sysreg_read(v, &rows[i], iss)
					    : sysreg_write(v, &rows[i], value);
	}
	return TRAP_UNDEF;
}
