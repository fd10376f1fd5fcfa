/* SPDX-License-Identifier: Apache-2.0 */
/* The watchdog, an SP805 (DDI 0270), at 24 MHz. */
#ifndef PARTITA_GUESTS_LIB_WATCHDOG_H
#define PARTITA_GUESTS_LIB_WATCHDOG_H

#include "guests/lib/machine.h"

#define WDOGLOAD (WATCHDOG_BASE + 0x000)
#define WDOGVALUE (WATCHDOG_BASE + 0x004)
#define WDOGCONTROL (WATCHDOG_BASE + 0x008)
#define WDOGINTCLR (WATCHDOG_BASE + 0x00c)
#define WDOGRIS (WATCHDOG_BASE + 0x010)
#define WDOGMIS (WATCHDOG_BASE + 0x014)
#define WDOGLOCK (WATCHDOG_BASE + 0xc00)
#define WDOGPeriphID0 (WATCHDOG_BASE + 0xfe0)
#define WDOGPCellID0 (WATCHDOG_BASE + 0xff0)

#define WDOGCONTROL_INTEN 1u
#define WDOGCONTROL_RESEN 2u
#define WDOGLOCK_UNLOCK 0x1acce551u
#define WDOGCLK_PER_MS 24000u

/* Locked at all other times: a guest that runs wild does not tend it by chance. */
static inline void watchdog_tend(void)
{
	mmio_write32(WDOGLOCK, WDOGLOCK_UNLOCK);
	mmio_write32(WDOGINTCLR, 1);
	mmio_write32(WDOGLOCK, 0);
}

/* Counts down from this time, with these bits of WDOGCONTROL; without INTEN it stands. */
static inline void watchdog_set(uint32_t ms, uint32_t control)
{
	mmio_write32(WDOGLOCK, WDOGLOCK_UNLOCK);
	mmio_write32(WDOGCONTROL, 0);
	mmio_write32(WDOGLOAD, ms * WDOGCLK_PER_MS);
	mmio_write32(WDOGINTCLR, 1);
	mmio_write32(WDOGCONTROL, control);
	mmio_write32(WDOGLOCK, 0);
}

#endif
