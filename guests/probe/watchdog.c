/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog, an SP805 (DDI 0270): QEMU's board has none, and a VM only if it asks for one. Never with
 * its reset enabled: a busy host may be silent for longer than a case. */
#include "guests/lib/watchdog.h"
#include "guests/probe/probe.h"

#define PERIOD_MS 5

static bool watchdog_is_there(void)
{
	uint64_t value = 0;

	(void)ATTEMPT("ldr %w1, [x9]", WDOGPeriphID0, value);
	if (fault.taken)
		skip("no watchdog");
	return !fault.taken;
}

static void watchdog_identification(void)
{
	if (!watchdog_is_there())
		return;
	expect("WDOGPeriphID0", mmio_read32(WDOGPeriphID0), 0x05);
	expect("WDOGPeriphID1", mmio_read32(WDOGPeriphID0 + 4), 0x18);
	expect("WDOGPCellID0", mmio_read32(WDOGPCellID0), 0x0d);
	expect("WDOGPCellID3", mmio_read32(WDOGPCellID0 + 12), 0xb1);
}

static void wait_ms(uint64_t ms)
{
	uint64_t end = counter_now() + ticks_of_ms(ms);

	while (counter_now() < end)
		cpu_yield();
}

static void watchdog_counts_down(void)
{
	uint32_t before, passed;

	if (!watchdog_is_there())
		return;
	watchdog_set(60000, WDOGCONTROL_INTEN);
	before = mmio_read32(WDOGVALUE);
	wait_ms(10);
	passed = before - mmio_read32(WDOGVALUE);
	watchdog_set(0, 0);
	expect("too slow", passed < 10 * WDOGCLK_PER_MS, false);
	expect("too fast", passed > 1000 * WDOGCLK_PER_MS, false);
}

static void watchdog_lock_holds(void)
{
	if (!watchdog_is_there())
		return;
	watchdog_set(0, 0);
	expect("WDOGLOCK", mmio_read32(WDOGLOCK), 1);
	mmio_write32(WDOGLOAD, 77);
	mmio_write32(WDOGCONTROL, WDOGCONTROL_INTEN);
	expect("WDOGLOAD", mmio_read32(WDOGLOAD), 0);
	expect("WDOGCONTROL", mmio_read32(WDOGCONTROL), 0);
}

static void watchdog_clear(uint32_t intid)
{
	(void)intid;
	watchdog_tend();
}

static void watchdog_interrupt_arrives(void)
{
	if (!watchdog_is_there())
		return;
	gic_route(INTID_WATCHDOG, sysreg_read("mpidr_el1"));
	gic_set_priority(INTID_WATCHDOG, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_WATCHDOG);
	taken_clear(watchdog_clear);
	watchdog_set(PERIOD_MS, WDOGCONTROL_INTEN);
	expect("arrived", taken_wait(1), true);
	expect("arrived again", taken_wait(2), true);
	watchdog_set(0, 0);
	expect("INTID", taken()->intid[0], INTID_WATCHDOG);
	expect("WDOGRIS", mmio_read32(WDOGRIS), 0);
	taken_clear(0);
	expect("stays away", taken_nothing(), true);
}

const struct probe_case watchdog_cases[] = {
	{ "watchdog_identification", PARTITA_ONLY, watchdog_identification },
	{ "watchdog_counts_down", PARTITA_ONLY, watchdog_counts_down },
	{ "watchdog_lock_holds", PARTITA_ONLY, watchdog_lock_holds },
	{ "watchdog_interrupt_arrives", PARTITA_ONLY, watchdog_interrupt_arrives },
};
const uint32_t watchdog_count = sizeof(watchdog_cases) / sizeof(watchdog_cases[0]);
