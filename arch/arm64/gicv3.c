/* SPDX-License-Identifier: Apache-2.0 */
/*
 * GICv3 and GICv4, IHI 0069. The distributor is shared: its set and clear registers are written
 * a bit at a time, its routes and bytes have one owner each, so no lock is needed. Each CPU maps
 * its own redistributor only.
 */
#include "arch/arm64/gic.h"
#include "abi/image.h"
#include "arch/arm64/sysreg.h"

/* ---- Distributor and redistributor registers ---- */

#define GICD_CTLR 0x0000
#define GICD_TYPER 0x0004
#define GICD_IGROUPR 0x0080
#define GICD_ISENABLER 0x0100
#define GICD_ICENABLER 0x0180
#define GICD_ISPENDR 0x0200
#define GICD_ICPENDR 0x0280
#define GICD_ISACTIVER 0x0300
#define GICD_ICACTIVER 0x0380
#define GICD_IPRIORITYR 0x0400
#define GICD_ICFGR 0x0c00
#define GICD_IROUTER 0x6000
#define GICR_CTLR 0x0000
#define GICR_TYPER 0x0008
#define GICR_WAKER 0x0014
#define GICR_SGI 0x10000              /* the second frame: SGIs and PPIs, registers as GICD's */

#define GICD_CTLR_GRP1 (1u << 1)      /* EnableGrp1, or EnableGrp1A as Non-secure sees it */
#define GICD_CTLR_ARE (1u << 4)       /* ARE, or ARE_NS */
#define GICD_CTLR_RWP (1u << 31)
#define GICR_CTLR_LPIS (1u << 0)
#define GICR_CTLR_RWP (1u << 3)
#define GICR_WAKER_SLEEP (1u << 1)
#define GICR_WAKER_ASLEEP (1u << 2)

#define PRIORITY_ALL 0xa0a0a0a0u      /* one for all: nothing preempts at EL2 */
#define PATIENCE 1000000u             /* polls of a bit that hardware clears at once */

static volatile uint32_t *reg(uintptr_t base, uint32_t offset)
{
	return (volatile uint32_t *)(base + offset);
}

static bool cleared(volatile uint32_t *r, uint32_t bit)
{
	for (uint32_t i = 0; i < PATIENCE; i++)
		if (!(*r & bit))
			return true;
	return false;
}

/* Of a bitmap: SGIs and PPIs are in this CPU's redistributor. */
static volatile uint32_t *bitmap(uint32_t offset, uint32_t intid)
{
	return intid < 32 ? reg(GICR_VA + GICR_SGI, offset) : reg(GICD_VA, offset + intid / 32 * 4);
}

static void set_bit(uint32_t offset, uint32_t intid)
{
	*bitmap(offset, intid) = 1u << intid % 32;
}

static uint64_t affinity_route(uint64_t mpidr)
{
	return mpidr & 0xff00ffffffull;
}

void arch_irq_route(const struct fmap *f, uint32_t intid, uint32_t cpu)
{
	(void)f;
	const struct image_header *h = (const struct image_header *)(KERNEL_VA + IMAGE_HEADER_OFFSET);

	*(volatile uint64_t *)(GICD_VA + GICD_IROUTER + (uintptr_t)intid * 8) =
		affinity_route(h->cpu[cpu].mpidr);
}

static void distributor_init(const struct fmap *f)
{
	*reg(GICD_VA, GICD_CTLR) = 0;
	(void)cleared(reg(GICD_VA, GICD_CTLR), GICD_CTLR_RWP);
	*reg(GICD_VA, GICD_CTLR) = GICD_CTLR_ARE;
	/* All that the distributor has, also beyond what the description speaks of. */
	for (uint32_t i = 32; i <= (*reg(GICD_VA, GICD_TYPER) & 31) * 32; i += 32) {
		*bitmap(GICD_ICENABLER, i) = ~0u;
		*bitmap(GICD_ICPENDR, i) = ~0u;
		*bitmap(GICD_ICACTIVER, i) = ~0u;
		*bitmap(GICD_IGROUPR, i) = ~0u;
	}
	for (uint32_t i = 32; i < f->gic_intids; i += 4)
		*reg(GICD_VA, GICD_IPRIORITYR + i) = PRIORITY_ALL;
	for (uint32_t i = 32; i < f->gic_intids; i += 16) {
		uint32_t edges = 0;

		for (uint32_t n = 0; n < 16; n++) {
			const struct fmap_irq *irq =
				(const struct fmap_irq *)((const char *)f + f->irqs.offset) + i + n;

			edges |= irq->edge ? 2u << 2 * n : 0;
			if (irq->kind != IRQ_NONE)
				arch_irq_route(f, i + n, irq->cpu);
		}
		*reg(GICD_VA, GICD_ICFGR + i / 4) = edges;
	}
	(void)cleared(reg(GICD_VA, GICD_CTLR), GICD_CTLR_RWP);
	*reg(GICD_VA, GICD_CTLR) = GICD_CTLR_ARE | GICD_CTLR_GRP1;
	(void)cleared(reg(GICD_VA, GICD_CTLR), GICD_CTLR_RWP);
}

static const char *redistributor_init(const struct fmap *f)
{
	uint64_t typer = *(volatile uint64_t *)(GICR_VA + GICR_TYPER);
	uint64_t mpidr = sysreg_read(MPIDR_EL1);

	if (typer >> 32 != ((mpidr & 0xffffff) | (mpidr >> 8 & 0xff000000)))
		return "a redistributor is not where the description says";
	/* With LPIs on the GIC reads and writes memory that firmware chose. */
	if (*reg(GICR_VA, GICR_CTLR) & GICR_CTLR_LPIS)
		return "firmware has enabled LPIs";
	*reg(GICR_VA, GICR_WAKER) &= ~GICR_WAKER_SLEEP;
	if (!cleared(reg(GICR_VA, GICR_WAKER), GICR_WAKER_ASLEEP))
		return "a redistributor does not wake up";
	*bitmap(GICD_ICENABLER, 0) = ~0u;
	*bitmap(GICD_ICPENDR, 0) = ~0u;
	*bitmap(GICD_ICACTIVER, 0) = ~0u;
	*bitmap(GICD_IGROUPR, 0) = ~0u;
	for (uint32_t i = 0; i < 32; i += 4)
		*reg(GICR_VA + GICR_SGI, GICD_IPRIORITYR + i) = PRIORITY_ALL;
	*reg(GICR_VA + GICR_SGI, GICD_ICFGR + 4) = 0;             /* PPIs are level-triggered */
	(void)cleared(reg(GICR_VA, GICR_CTLR), GICR_CTLR_RWP);
	*bitmap(GICD_ISENABLER, 0) = 1u << INTID_KICK | 1u << INTID_DOORBELL |
				     1u << f->intid_maintenance | 1u << f->intid_hyp_timer |
				     1u << f->intid_virt_timer;
	return 0;
}

/* ---- CPU interface ---- */

#define ICC_SRE_ALL 0xf               /* SRE, DFB, DIB, Enable */
#define ICC_CTLR_EOIMODE (1u << 1)    /* EOIR drops priority, DIR deactivates */
#define ICC_CTLR_PRIBITS 8            /* number of bits - 1 */

#define ICH_HCR_EN (1u << 0)
#define ICH_HCR_LRENPIE (1u << 2)
#define ICH_HCR_NPIE (1u << 3)
#define ICH_HCR_TALL0 (1u << 11)
#define ICH_HCR_TDIR (1u << 14)
#define ICH_HCR_EOICOUNT 27
#define ICH_VTR_LISTREGS 0x1f         /* number - 1 */
#define ICH_VTR_TDS (1u << 19)
#define ICH_VTR_PREBITS 26            /* number of bits - 1 */

/* Where firmware keeps Group 0 (SCR_EL3.FIQ), its registers trap to it, and of a priority the least
 * significant bit that there is does not stick: IHI 0069, "Non-secure accesses to register fields for
 * Secure interrupt priorities". */
static bool group0_is_ours(void)
{
	uint32_t bits = (uint32_t)(sysreg_read(ICC_CTLR_EL1) >> ICC_CTLR_PRIBITS & 7) + 1;

	sysreg_write(ICC_PMR_EL1, 1u << (8 - bits));
	return sysreg_read(ICC_PMR_EL1);
}

static const char *interface_init(void)
{
	sysreg_write(ICC_SRE_EL2, ICC_SRE_ALL);
	isb();
	if (!(sysreg_read(ICC_SRE_EL2) & 1))
		return "the GIC's system registers cannot be enabled";
	if (!(sysreg_read(ICH_VTR_EL2) & ICH_VTR_TDS))
		return "the GIC cannot trap ICC_DIR_EL1 alone (ICH_VTR_EL2.TDS)";
	if ((sysreg_read(ICH_VTR_EL2) >> ICH_VTR_PREBITS & 7) > 4)
		return "the GIC has more than 5 bits of virtual priority";
	if ((sysreg_read(ICH_VTR_EL2) & ICH_VTR_LISTREGS) >= LR_MAX)
		return "the GIC has more than 8 list registers";
	sysreg_write(ICC_AP1R0_EL1, 0);
	if (group0_is_ours()) {
		sysreg_write(S3_0_C12_C8_4, 0);                   /* ICC_AP0R0_EL1 */
		sysreg_write(ICC_IGRPEN0_EL1, 0);
	}
	sysreg_write(ICC_PMR_EL1, 0xff);
	sysreg_write(ICC_BPR1_EL1, 0);
	sysreg_write(ICC_CTLR_EL1, ICC_CTLR_EOIMODE);
	sysreg_write(ICC_IGRPEN1_EL1, 1);
	sysreg_write(ICH_VMCR_EL2, 0);
	arch_vgic_reset();
	isb();
	return 0;
}

const char *gic_init(const struct fmap *f, bool boot)
{
	if (boot)
		distributor_init(f);
	const char *why = redistributor_init(f);

	return why ? why : interface_init();
}

/* ---- Physical interrupts ---- */

uint32_t arch_irq_acknowledge(void)
{
	uint32_t intid = (uint32_t)sysreg_read(ICC_IAR1_EL1);

	/* What the sender of an SGI wrote before it is seen from here on: partner arch_kick. */
	dsb_sy();
	return intid;
}

void arch_irq_drop(uint32_t intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
	isb();
}

/* By the CPU interface where it is this CPU that has it active; ICACTIVER works from anywhere. */
void arch_irq_deactivate(uint32_t intid)
{
	if (intid < 32)
		sysreg_write(ICC_DIR_EL1, intid);
	else
		set_bit(GICD_ICACTIVER, intid);
}

void arch_irq_set_active(uint32_t intid)
{
	set_bit(GICD_ISACTIVER, intid);
}

void arch_irq_set_pending(uint32_t intid, bool pending)
{
	set_bit(pending ? GICD_ISPENDR : GICD_ICPENDR, intid);
}

bool arch_irq_is_pending(uint32_t intid)
{
	return *bitmap(GICD_ISPENDR, intid) >> intid % 32 & 1;
}

void arch_irq_enable(uint32_t intid, bool enable)
{
	set_bit(enable ? GICD_ISENABLER : GICD_ICENABLER, intid);
	if (!enable)
		(void)cleared(intid < 32 ? reg(GICR_VA, GICR_CTLR) : reg(GICD_VA, GICD_CTLR),
			      intid < 32 ? GICR_CTLR_RWP : GICD_CTLR_RWP);
}

uint64_t arch_kick_of(uint32_t cpu, uint32_t intid)
{
	const struct image_header *h = (const struct image_header *)(KERNEL_VA + IMAGE_HEADER_OFFSET);
	uint64_t mpidr = h->cpu[cpu].mpidr;
	uint64_t sgi = (mpidr & 0xff00000000ull) << 16 | (mpidr & 0xff0000) << 16 | (mpidr & 0xff00) << 8;

	return sgi | (mpidr & 0xf0) << 40 | 1ull << (mpidr & 0xf) | (uint64_t)intid << 24;
}

void arch_kick(uint64_t kick)
{
	/* Stores first: partner, the barrier in arch_irq_acknowledge. */
	__asm__ volatile("dsb ishst" : : : "memory");
	sysreg_write(ICC_SGI1R_EL1, kick);
	isb();
}

/* ---- List registers ---- */

uint32_t arch_lr_count(void)
{
	return (uint32_t)(sysreg_read(ICH_VTR_EL2) & ICH_VTR_LISTREGS) + 1;
}

void arch_lr_write_timer(uint64_t lr)
{
	sysreg_write(S3_4_C12_C12_0, lr);                         /* ICH_LR0_EL2 */
}

/* List registers may have been written just before: only a context synchronization lets these two
 * registers, which are others, show it. */
uint32_t arch_lr_empty(void)
{
	isb();
	return (uint32_t)sysreg_read(ICH_ELRSR_EL2);
}

uint32_t arch_lr_eoi(void)
{
	isb();
	return (uint32_t)sysreg_read(ICH_EISR_EL2);
}

#define ICH_HCR_BASE (ICH_HCR_EN | ICH_HCR_LRENPIE | ICH_HCR_TALL0 | ICH_HCR_TDIR)

void arch_vgic_want_pending(bool on)
{
	uint64_t hcr = sysreg_read(ICH_HCR_EL2);

	sysreg_write(ICH_HCR_EL2, on ? hcr | ICH_HCR_NPIE : hcr & ~(uint64_t)ICH_HCR_NPIE);
}

uint32_t arch_vgic_take_eoicount(uint32_t most)
{
	uint64_t hcr = sysreg_read(ICH_HCR_EL2);
	uint32_t n = (uint32_t)(hcr >> ICH_HCR_EOICOUNT & 0x1f);

	if (n > most)
		n = most;
	if (n)
		sysreg_write(ICH_HCR_EL2, hcr - ((uint64_t)n << ICH_HCR_EOICOUNT));
	return n;
}

void arch_vgic_reset(void)
{
	for (uint32_t n = 0; n < arch_lr_count(); n++)
		arch_lr_write(n, 0);
	sysreg_write(ICH_HCR_EL2, ICH_HCR_BASE);
	sysreg_write(S3_4_C12_C8_0, 0);                           /* ICH_AP0R0_EL2 */
	sysreg_write(S3_4_C12_C9_0, 0);                           /* ICH_AP1R0_EL2 */
}
