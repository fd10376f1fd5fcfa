/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that a guest sees: QEMU's `virt` board, GICv3. Addresses, and interrupt numbers. */
#ifndef PARTITA_GUESTS_LIB_MACHINE_H
#define PARTITA_GUESTS_LIB_MACHINE_H

#define GICD_BASE 0x08000000
#define GICR_BASE 0x080a0000
#define UART_BASE 0x09000000
#define RAM_BASE 0x40000000

#define INTID_VIRTUAL_TIMER 27
#define INTID_UART 33

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline uint32_t mmio_read32(uint64_t address)
{
	return *(volatile uint32_t *)address;
}

static inline void mmio_write32(uint64_t address, uint32_t value)
{
	*(volatile uint32_t *)address = value;
}

static inline uint64_t mmio_read64(uint64_t address)
{
	return *(volatile uint64_t *)address;
}

static inline void mmio_write64(uint64_t address, uint64_t value)
{
	*(volatile uint64_t *)address = value;
}
#endif

#endif
