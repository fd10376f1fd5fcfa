/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/lib/gic.h"
#include "guests/lib/cpu.h"
#include "guests/lib/machine.h"

#define ICC_PMR_EL1 "S3_0_C4_C6_0"
#define ICC_IAR1_EL1 "S3_0_C12_C12_0"
#define ICC_EOIR1_EL1 "S3_0_C12_C12_1"
#define ICC_BPR1_EL1 "S3_0_C12_C12_3"
#define ICC_CTLR_EL1 "S3_0_C12_C12_4"
#define ICC_SRE_EL1 "S3_0_C12_C12_5"
#define ICC_IGRPEN1_EL1 "S3_0_C12_C12_7"
#define ICC_SGI1R_EL1 "S3_0_C12_C11_5"

#define GICD_CTLR_ARE (1u << 4)
#define GIC_CTLR_RWP (1u << 31)  /* GICD_CTLR; in GICR_CTLR it is bit 3 */
#define GICR_CTLR_RWP (1u << 3)
#define GICR_TYPER_LAST (1u << 4)
#define GICR_WAKER_ProcessorSleep (1u << 1)
#define GICR_WAKER_ChildrenAsleep (1u << 2)
#define MPIDR_AFFINITY 0xff00ffffffull

void gic_open_distributor(void)
{
	uint32_t lines = mmio_read32(GICD_BASE + GICD_TYPER) & 0x1f;

	for (uint32_t word = 1; word <= lines; word++)
		mmio_write32(GICD_BASE + GIC_IGROUPR + word * 4, ~0u);
	mmio_write32(GICD_BASE + GICD_CTLR, GICD_CTLR_ARE | GICD_CTLR_EnableGrp1);
	gic_settle();
}

/* GICR_TYPER[63:32] is the CPU's affinity; the last frame says so. */
uint64_t gic_redistributor(void)
{
	uint64_t mpidr = sysreg_read("mpidr_el1") & MPIDR_AFFINITY;
	uint64_t affinity = (mpidr >> 32 << 24) | (mpidr & 0xffffff);

	for (uint64_t base = GICR_BASE;; base += GICR_FRAME_BYTES) {
		uint64_t typer = mmio_read64(base + GICR_TYPER);

		if (typer >> 32 == affinity)
			return base;
		if (typer & GICR_TYPER_LAST)
			return 0;
	}
}

void gic_open_cpu(void)
{
	uint64_t base = gic_redistributor();

	mmio_write32(base + GICR_WAKER, mmio_read32(base + GICR_WAKER) & ~GICR_WAKER_ProcessorSleep);
	while (mmio_read32(base + GICR_WAKER) & GICR_WAKER_ChildrenAsleep)
		;
	mmio_write32(base + GICR_SGI_FRAME + GIC_IGROUPR, ~0u);
	sysreg_write(ICC_SRE_EL1, 7);
	cpu_isb();
	sysreg_write(ICC_PMR_EL1, PMR_ALL);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, 0);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	cpu_isb();
}

static uint64_t frame_of(uint32_t intid)
{
	return intid < 32 ? gic_redistributor() + GICR_SGI_FRAME : GICD_BASE;
}

bool gic_bit(uint32_t reg, uint32_t intid)
{
	return mmio_read32(frame_of(intid) + reg + intid / 32 * 4) >> intid % 32 & 1;
}

void gic_set_bit(uint32_t reg, uint32_t intid)
{
	mmio_write32(frame_of(intid) + reg + intid / 32 * 4, 1u << intid % 32);
}

void gic_set_priority(uint32_t intid, uint8_t priority)
{
	mmio_write8(frame_of(intid) + GIC_IPRIORITYR + intid, priority);
}

void gic_set_edge(uint32_t intid, bool edge)
{
	uint64_t icfgr = GICD_BASE + GIC_ICFGR + intid / 16 * 4;
	uint32_t bit = 2u << intid % 16 * 2;

	mmio_write32(icfgr, (mmio_read32(icfgr) & ~bit) | (edge ? bit : 0));
}

void gic_route(uint32_t intid, uint64_t mpidr)
{
	mmio_write64(GICD_BASE + GICD_IROUTER + intid * 8ull, mpidr & MPIDR_AFFINITY);
}

void gic_settle(void)
{
	uint64_t base = gic_redistributor();

	while (mmio_read32(GICD_BASE + GICD_CTLR) & GIC_CTLR_RWP)
		;
	while (mmio_read32(base) & GICR_CTLR_RWP)
		;
}

uint32_t gic_acknowledge(void)
{
	uint64_t intid = sysreg_read(ICC_IAR1_EL1);

	cpu_dsb(); /* IHI 0069: the acknowledge is done before the device is touched */
	return (uint32_t)(intid & 0xffffff);
}

void gic_end(uint32_t intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
	cpu_isb();
}

void gic_send_sgi(uint32_t intid, uint64_t mpidr)
{
	uint64_t aff1 = mpidr >> 8 & 0xff, aff2 = mpidr >> 16 & 0xff, aff3 = mpidr >> 32 & 0xff;

	cpu_dsb(); /* what the other CPU is to see is written before it is interrupted */
	sysreg_write(ICC_SGI1R_EL1,
		     aff3 << 48 | aff2 << 32 | (uint64_t)intid << 24 | aff1 << 16 | 1ull << (mpidr & 15));
	cpu_isb();
}
