/* SPDX-License-Identifier: Apache-2.0 */
/* The registers and words with fields that the monitor takes apart or puts together, as types. */
#ifndef PARTITA_VMM_REGS_H
#define PARTITA_VMM_REGS_H

#include "lib/reg.h"

/* GICD_CTLR when there is one Security state. */
#define GICD_CTLR(F, R) F(R, EnableGrp0, 0, 1) F(R, EnableGrp1, 1, 1) F(R, ARE, 4, 1) F(R, DS, 6, 1) \
	F(R, E1NWF, 7, 1) F(R, nASSGIreq, 8, 1) F(R, RWP, 31, 1)
REG64(gicd_ctlr, GICD_CTLR, REG_MASK(2, 2) | REG_MASK(5, 1) | REG_MASK(9, 22) | REG_MASK(32, 32))

/* IHI 0069, GICD_TYPER. */
#define GICD_TYPER(F, R) F(R, ITLinesNumber, 0, 5) F(R, CPUNumber, 5, 3) F(R, ESPI, 8, 1) F(R, NMI, 9, 1) \
	F(R, SecurityExtn, 10, 1) F(R, num_LPIs, 11, 5) F(R, MBIS, 16, 1) F(R, LPIS, 17, 1) \
	F(R, DVIS, 18, 1) F(R, IDbits, 19, 5) F(R, A3V, 24, 1) F(R, No1N, 25, 1) F(R, RSS, 26, 1) \
	F(R, ESPI_range, 27, 5)
REG64(gicd_typer, GICD_TYPER, REG_MASK(32, 32))

/* IHI 0069, GICD_STATUSR and GICR_STATUSR: a read or write of a reserved location, a read of a
 * write-only one, a write of a read-only one has been seen. */
#define GIC_STATUSR_FIELDS(F, R) F(R, RRD, 0, 1) F(R, WRD, 1, 1) F(R, RWOD, 2, 1) F(R, WROD, 3, 1)
REG64(gic_statusr, GIC_STATUSR_FIELDS, REG_MASK(4, 60))

/* IHI 0069, GICR_TYPER and GICR_WAKER. */
#define GICR_TYPER(F, R) F(R, PLPIS, 0, 1) F(R, VLPIS, 1, 1) F(R, Dirty, 2, 1) F(R, DirectLPI, 3, 1) \
	F(R, Last, 4, 1) F(R, DPGS, 5, 1) F(R, MPAM, 6, 1) F(R, RVPEID, 7, 1) F(R, Processor_Number, 8, 16) \
	F(R, CommonLPIAff, 24, 2) F(R, VSGI, 26, 1) F(R, PPInum, 27, 5) F(R, Affinity_Value, 32, 32)
REG64(gicr_typer, GICR_TYPER, 0)

#define GICR_WAKER(F, R) F(R, ProcessorSleep, 1, 1) F(R, ChildrenAsleep, 2, 1)
REG64(gicr_waker, GICR_WAKER, REG_MASK(0, 1) | REG_MASK(3, 61))

/* power_state of CPU_SUSPEND (DEN 0022), original format: CPU_SUSPEND's feature flags say so. */
#define POWER_STATE(F, R) F(R, StateID, 0, 16) F(R, StateType, 16, 1) F(R, PowerLevel, 24, 2)
#define POWER_STATE_RES0 (REG_MASK(17, 7) | REG_MASK(26, 38))
REG64(power_state, POWER_STATE, POWER_STATE_RES0)

#endif
