/* SPDX-License-Identifier: Apache-2.0 */
/* The interrupt controller (IHI 0069): registers, delivery, priorities, more than fits. */
#include "guests/probe/probe.h"

/* SPIs that no device uses, here or on QEMU's board. */
#define SPI_FIRST 40
#define SPI_COUNT 8
#define SGI_COUNT 8
#define ICC_PMR_EL1 "S3_0_C4_C6_0"

static uint64_t self(void)
{
	return sysreg_read("mpidr_el1");
}

static void sgi_prepare(uint32_t intid, uint8_t priority)
{
	gic_set_priority(intid, priority);
	gic_set_bit(GIC_ISENABLER, intid);
}

static void spi_prepare(uint32_t intid, uint8_t priority)
{
	gic_route(intid, self());
	gic_set_priority(intid, priority);
	gic_set_bit(GIC_ISENABLER, intid);
}

static void disable(uint32_t intid)
{
	gic_set_bit(GIC_ICENABLER, intid);
	gic_settle();
}

/* ---- Registers ---- */

static void identification(void)
{
	uint64_t typer = mmio_read64(gic_redistributor() + GICR_TYPER);
	uint32_t lines = mmio_read32(GICD_BASE + GICD_TYPER) & 0x1f;

	expect("GICD_TYPER.ITLinesNumber at least 1", lines >= 1, true);
	expect("GICD_PIDR2.ArchRev", mmio_read32(GICD_BASE + GIC_PIDR2) >> 4 & 15, 3);
	expect("GICR_PIDR2.ArchRev", mmio_read32(GICR_BASE + GIC_PIDR2) >> 4 & 15, 3);
	expect("GICR_TYPER.Affinity_Value", typer >> 32, 0);
	expect("GICR_TYPER.Processor_Number", typer >> 8 & 0xffff, 0);
	expect("GICD_CTLR.ARE", mmio_read32(GICD_BASE + GICD_CTLR) >> 4 & 1, 1);
}

static void pending_bits_read_back(void)
{
	uint32_t intid = SPI_FIRST + 1;

	disable(intid);
	gic_set_bit(GIC_ISPENDR, intid);
	expect("ISPENDR after it was set", gic_bit(GIC_ISPENDR, intid), 1);
	expect("ICPENDR after it was set", gic_bit(GIC_ICPENDR, intid), 1);
	expect("ISPENDR of its neighbour", gic_bit(GIC_ISPENDR, intid + 1), 0);
	gic_set_bit(GIC_ICPENDR, intid);
	expect("ISPENDR after it was cleared", gic_bit(GIC_ISPENDR, intid), 0);
}

static void settings_read_back(void)
{
	uint32_t intid = SPI_FIRST + 2;
	uint64_t icfgr = GICD_BASE + GIC_ICFGR + intid / 16 * 4;
	uint32_t edge = 2u << intid % 16 * 2;

	disable(intid);
	gic_set_priority(intid, 0xa8);
	expect("IPRIORITYR", mmio_read8(GICD_BASE + GIC_IPRIORITYR + intid), 0xa8);
	gic_set_bit(GIC_ISENABLER, intid);
	expect("ISENABLER", gic_bit(GIC_ISENABLER, intid), 1);
	expect("ICENABLER", gic_bit(GIC_ICENABLER, intid), 1);
	disable(intid);
	expect("ISENABLER, disabled", gic_bit(GIC_ISENABLER, intid), 0);
	gic_set_edge(intid, true);
	expect("ICFGR, edge", mmio_read32(icfgr) & edge, edge);
	gic_set_edge(intid, false);
	expect("ICFGR, level", mmio_read32(icfgr) & edge, 0);
	gic_route(intid, self());
	expect("IROUTER",
	       mmio_read64(GICD_BASE + GICD_IROUTER + intid * 8ull), self() & 0xff00ffffffull);
}

/* ---- Delivery ---- */

static void sgi_to_self_arrives(void)
{
	sgi_prepare(5, PRIORITY_DEFAULT);
	taken_clear(0);
	gic_send_sgi(5, self());
	expect("arrived", taken_wait(1), true);
	expect("INTID", taken()->intid[0], 5);
	expect("comes once", taken_nothing(), true);
}

static void spi_set_pending_arrives(void)
{
	spi_prepare(SPI_FIRST, PRIORITY_DEFAULT);
	taken_clear(0);
	gic_set_bit(GIC_ISPENDR, SPI_FIRST);
	expect("arrived", taken_wait(1), true);
	expect("INTID", taken()->intid[0], SPI_FIRST);
	expect("comes once", taken_nothing(), true);
	disable(SPI_FIRST);
}

static void disabled_interrupt_waits_until_enabled(void)
{
	uint32_t intid = SPI_FIRST + 3;

	spi_prepare(intid, PRIORITY_DEFAULT);
	disable(intid);
	taken_clear(0);
	gic_set_bit(GIC_ISPENDR, intid);
	expect("stays away", taken_nothing(), true);
	gic_set_bit(GIC_ISENABLER, intid);
	expect("arrived", taken_wait(1), true);
	expect("INTID", taken()->intid[0], intid);
	disable(intid);
}

static void cleared_in_time_does_not_arrive(void)
{
	uint32_t intid = SPI_FIRST + 3;

	spi_prepare(intid, PRIORITY_DEFAULT);
	taken_clear(0);
	gic_set_bit(GIC_ISPENDR, intid);
	gic_set_bit(GIC_ICPENDR, intid);
	expect("stays away", taken_nothing(), true);
	disable(intid);
}

static void disabled_in_time_does_not_arrive(void)
{
	uint32_t intid = SPI_FIRST + 3;

	spi_prepare(intid, PRIORITY_DEFAULT);
	taken_clear(0);
	gic_set_bit(GIC_ISPENDR, intid);
	disable(intid);
	expect("stays away", taken_nothing(), true);
	gic_set_bit(GIC_ICPENDR, intid);
}

static bool active_in_handler;

static void look_whether_active(uint32_t intid)
{
	active_in_handler = gic_bit(GIC_ISACTIVER, intid);
}

static void interrupt_is_active_until_its_end(void)
{
	spi_prepare(SPI_FIRST, PRIORITY_DEFAULT);
	taken_clear(look_whether_active);
	active_in_handler = false;
	gic_set_bit(GIC_ISPENDR, SPI_FIRST);
	expect("arrived", taken_wait(1), true);
	expect("ISACTIVER in the handler", active_in_handler, true);
	expect("ISACTIVER after the end", gic_bit(GIC_ISACTIVER, SPI_FIRST), 0);
	disable(SPI_FIRST);
}

static void distributor_off_holds_all(void)
{
	uint32_t control = mmio_read32(GICD_BASE + GICD_CTLR);

	spi_prepare(SPI_FIRST, PRIORITY_DEFAULT);
	taken_clear(0);
	mmio_write32(GICD_BASE + GICD_CTLR, control & ~2u);
	gic_settle();
	gic_set_bit(GIC_ISPENDR, SPI_FIRST);
	expect("stays away", taken_nothing(), true);
	mmio_write32(GICD_BASE + GICD_CTLR, control);
	expect("arrived", taken_wait(1), true);
	disable(SPI_FIRST);
}

/* ---- Priorities ---- */

static void priority_mask_holds_back(void)
{
	sgi_prepare(1, 0xa0);
	taken_clear(0);
	sysreg_write(ICC_PMR_EL1, 0xa0);
	gic_send_sgi(1, self());
	expect("stays away", taken_nothing(), true);
	sysreg_write(ICC_PMR_EL1, PMR_ALL);
	expect("arrived", taken_wait(1), true);
}

static uint32_t count_when_nested;

/* While SGI 0 is active, sends SGI 1 and lets it in. */
static void send_another(uint32_t intid)
{
	if (intid != 0)
		return;
	gic_send_sgi(1, self());
	taken_nothing();
	count_when_nested = taken()->count;
}

static void higher_priority_preempts(void)
{
	sgi_prepare(0, 0x80);
	sgi_prepare(1, 0x40);
	taken_clear(send_another);
	gic_send_sgi(0, self());
	expect("both arrived", taken_wait(2), true);
	expect("taken inside the first", count_when_nested, 2);
}

static void equal_priority_waits(void)
{
	sgi_prepare(0, 0x80);
	sgi_prepare(1, 0x80);
	taken_clear(send_another);
	gic_send_sgi(0, self());
	expect("both arrived", taken_wait(2), true);
	expect("taken inside the first", count_when_nested, 1);
}

/* ---- More than there are list registers ---- */

static void expect_order(const uint32_t *intids, uint32_t count)
{
	expect("all arrived", taken_wait(count), true);
	for (uint32_t i = 0; i < count; i++)
		expect("INTID in its turn", taken()->intid[i], intids[i]);
	expect("each comes once", taken_nothing(), true);
}

/* The last has the highest priority. */
static uint8_t priority_of(uint32_t index)
{
	return (uint8_t)(0xc0 - index * 8);
}

static void eight_sgis_come_by_priority(void)
{
	uint32_t order[SGI_COUNT];

	taken_clear(0);
	for (uint32_t i = 0; i < SGI_COUNT; i++) {
		sgi_prepare(i, priority_of(i));
		order[SGI_COUNT - 1 - i] = i;
	}
	for (uint32_t i = 0; i < SGI_COUNT; i++)
		gic_send_sgi(i, self());
	expect_order(order, SGI_COUNT);
}

static void sixteen_sgis_and_spis_come_by_priority(void)
{
	uint32_t order[SGI_COUNT + SPI_COUNT];

	taken_clear(0);
	for (uint32_t i = 0; i < SGI_COUNT; i++) {
		sgi_prepare(i, priority_of(2 * i));
		spi_prepare(SPI_FIRST + i, priority_of(2 * i + 1));
		order[2 * (SGI_COUNT - 1 - i) + 1] = i;
		order[2 * (SGI_COUNT - 1 - i)] = SPI_FIRST + i;
	}
	for (uint32_t i = 0; i < SGI_COUNT; i++) {
		gic_set_bit(GIC_ISPENDR, SPI_FIRST + i);
		gic_send_sgi(i, self());
	}
	expect_order(order, SGI_COUNT + SPI_COUNT);
	for (uint32_t i = 0; i < SPI_COUNT; i++)
		disable(SPI_FIRST + i);
}

/* Each, while it is active, lets a higher one in: more active ones than list registers. */
static void send_next(uint32_t intid)
{
	if (intid + 1 >= SGI_COUNT)
		return;
	gic_send_sgi(intid + 1, self());
	taken_wait(intid + 2);
}

static void eight_sgis_nest(void)
{
	taken_clear(send_next);
	for (uint32_t i = 0; i < SGI_COUNT; i++)
		sgi_prepare(i, priority_of(i));
	gic_send_sgi(0, self());
	expect("all arrived", taken_wait(SGI_COUNT), true);
	for (uint32_t i = 0; i < SGI_COUNT; i++) {
		expect("INTID in its turn", taken()->intid[i], i);
		expect("ISACTIVER afterwards", gic_bit(GIC_ISACTIVER, i), 0);
	}
	taken_clear(0);
	gic_send_sgi(0, self());
	expect("the first comes again", taken_wait(1), true);
}

/* ---- The end in two halves ---- */

#define ICC_CTLR_EL1 "S3_0_C12_C12_4"
#define ICC_CTLR_EOIMODE 2
#define ICC_EOIR1_EL1 "S3_0_C12_C12_1"
#define ICC_DIR_EL1 "S3_0_C12_C11_1"

static void drop(uint32_t intid)
{
	sysreg_write(ICC_EOIR1_EL1, intid);
	cpu_isb();
}

static void deactivate(uint32_t intid)
{
	sysreg_write(ICC_DIR_EL1, intid);
	cpu_isb();
}

/* Acknowledged and ended, it stays active; what comes meanwhile waits for the deactivation. */
static void sgi_waits_for_deactivation(void)
{
	sgi_prepare(5, PRIORITY_DEFAULT);
	gic_send_sgi(5, self());
	expect("acknowledged", gic_acknowledge(), 5);
	gic_send_sgi(5, self());
	drop(5);
	expect("ISACTIVER after its end", gic_bit(GIC_ISACTIVER, 5), 1);
	expect("not while it is active", gic_acknowledge(), INTID_SPURIOUS);
	deactivate(5);
	expect("acknowledged again", gic_acknowledge(), 5);
	drop(5);
	deactivate(5);
	expect("ISACTIVER after deactivation", gic_bit(GIC_ISACTIVER, 5), 0);
}

static void deactivation_is_apart_from_the_end(void)
{
	uint64_t control = sysreg_read(ICC_CTLR_EL1);

	cpu_irq_mask();
	sysreg_write(ICC_CTLR_EL1, control | ICC_CTLR_EOIMODE);
	cpu_isb();
	sgi_waits_for_deactivation();

	/* One that was never acknowledged. */
	spi_prepare(SPI_FIRST, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISACTIVER, SPI_FIRST);
	expect("ISACTIVER, set", gic_bit(GIC_ISACTIVER, SPI_FIRST), 1);
	deactivate(SPI_FIRST);
	expect("ISACTIVER after deactivation", gic_bit(GIC_ISACTIVER, SPI_FIRST), 0);
	disable(SPI_FIRST);

	/* One of hardware. */
	sgi_prepare(INTID_VIRTUAL_TIMER, PRIORITY_DEFAULT);
	sysreg_write("cntv_cval_el0", 0);
	sysreg_write("cntv_ctl_el0", 1);
	cpu_isb();
	expect("the timer's acknowledged", gic_acknowledge(), INTID_VIRTUAL_TIMER);
	sysreg_write("cntv_ctl_el0", 0);
	drop(INTID_VIRTUAL_TIMER);
	expect("ISACTIVER of the timer's", gic_bit(GIC_ISACTIVER, INTID_VIRTUAL_TIMER), 1);
	deactivate(INTID_VIRTUAL_TIMER);
	expect("ISACTIVER of the timer's, deactivated", gic_bit(GIC_ISACTIVER, INTID_VIRTUAL_TIMER), 0);
	expect("nothing is left", gic_acknowledge(), INTID_SPURIOUS);
	sysreg_write(ICC_CTLR_EL1, control);
	cpu_irq_open();
}

const struct probe_case gic_cases[] = {
	{ "gic_identification", ANYWHERE, identification },
	{ "pending_bits_read_back", ANYWHERE, pending_bits_read_back },
	{ "settings_read_back", ANYWHERE, settings_read_back },
	{ "sgi_to_self_arrives", ANYWHERE, sgi_to_self_arrives },
	{ "spi_set_pending_arrives", ANYWHERE, spi_set_pending_arrives },
	{ "disabled_interrupt_waits_until_enabled", ANYWHERE, disabled_interrupt_waits_until_enabled },
	{ "cleared_in_time_does_not_arrive", ANYWHERE, cleared_in_time_does_not_arrive },
	{ "disabled_in_time_does_not_arrive", ANYWHERE, disabled_in_time_does_not_arrive },
	{ "interrupt_is_active_until_its_end", ANYWHERE, interrupt_is_active_until_its_end },
	{ "distributor_off_holds_all", ANYWHERE, distributor_off_holds_all },
	{ "priority_mask_holds_back", ANYWHERE, priority_mask_holds_back },
	{ "higher_priority_preempts", ANYWHERE, higher_priority_preempts },
	{ "equal_priority_waits", ANYWHERE, equal_priority_waits },
	{ "eight_sgis_come_by_priority", ANYWHERE, eight_sgis_come_by_priority },
	{ "sixteen_sgis_and_spis_come_by_priority", ANYWHERE, sixteen_sgis_and_spis_come_by_priority },
	{ "eight_sgis_nest", ANYWHERE, eight_sgis_nest },
	{ "deactivation_is_apart_from_the_end", ANYWHERE, deactivation_is_apart_from_the_end },
};
const uint32_t gic_count = sizeof(gic_cases) / sizeof(gic_cases[0]);
