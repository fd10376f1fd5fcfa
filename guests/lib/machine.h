/* SPDX-License-Identifier: Apache-2.0 */
/* The machine that a guest sees: QEMU's `virt` board, GICv3, which has no watchdog. Addresses, and
 * interrupt numbers. */
#ifndef PARTITA_GUESTS_LIB_MACHINE_H
#define PARTITA_GUESTS_LIB_MACHINE_H

#define GICD_BASE 0x08000000
#define GICR_BASE 0x080a0000
#define UART_BASE 0x09000000
#define RTC_BASE 0x09010000
#define WATCHDOG_BASE 0x0a800000
#define RAM_BASE 0x40000000

#define INTID_VIRTUAL_TIMER 27
#define INTID_PHYSICAL_TIMER 30
#define INTID_WATCHDOG 32
#define INTID_UART 33
#define INTID_RTC 34

#ifndef __ASSEMBLER__
#include <stdint.h>

/*
 * One register, a plain base address: a load or store with writeback or of a pair reports no
 * syndrome when it traps (DDI 0487, "ISS encoding for an exception from a Data Abort", ISV), so
 * no hypervisor can emulate it. A compiler is free to make one of a volatile access in a loop.
 */
#define MMIO_ACCESS(bits, reg, suffix)                                                                   \
	static inline uint##bits##_t mmio_read##bits(uint64_t address)                                   \
	{                                                                                                \
		uint##bits##_t value;                                                                    \
		__asm__ volatile("ldr" suffix " %" reg "0, [%1]" : "=r"(value) : "r"(address) : "memory"); \
		return value;                                                                            \
	}                                                                                                \
	static inline void mmio_write##bits(uint64_t address, uint##bits##_t value)                      \
	{                                                                                                \
		__asm__ volatile("str" suffix " %" reg "0, [%1]" : : "rZ"(value), "r"(address) : "memory"); \
	}
MMIO_ACCESS(8, "w", "b")
MMIO_ACCESS(32, "w", "")
MMIO_ACCESS(64, "x", "")
#undef MMIO_ACCESS
#endif

#endif
