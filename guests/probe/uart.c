/* SPDX-License-Identifier: Apache-2.0 */
/* The PL011 (DDI 0183): who it is, and its interrupt, a level. */
#include "guests/probe/probe.h"

static uint32_t reg(uint32_t offset)
{
	return mmio_read32(UART_BASE + offset);
}

static void identification(void)
{
	static const uint8_t cell[4] = { 0x0d, 0xf0, 0x05, 0xb1 };

	expect("UARTPeriphID0", reg(UARTPeriphID0), 0x11);
	expect("UARTPeriphID1", reg(UARTPeriphID0 + 4), 0x10);
	expect("UARTPeriphID2, designer", reg(UARTPeriphID0 + 8) & 15, 4);
	expect("UARTPeriphID3", reg(UARTPeriphID0 + 12), 0);
	for (uint32_t i = 0; i < 4; i++)
		expect("UARTPCellID", reg(UARTPCellID0 + 4 * i), cell[i]);
}

static void zero_register_is_stored_and_loaded(void)
{
	uint64_t value = 0;

	mmio_write32(UART_BASE + UARTIMSC, UARTINT_RT);
	expect("UARTIMSC", reg(UARTIMSC), UARTINT_RT);
	ATTEMPT("str wzr, [%2]", UART_BASE + UARTIMSC, value);
	expect("UARTIMSC, zero", reg(UARTIMSC), 0);
	ATTEMPT("ldr wzr, [%2]", UART_BASE + UARTFR, value);
	expect("faulted", fault.taken, false);
}

static void loads_are_extended(void)
{
	uint64_t value = 0;

	ATTEMPT("ldrsb %1, [%2]", UART_BASE + UARTPCellID0 + 12, value);
	expect("ldrsb of 0xb1", value, 0xffffffffffffffb1);
	value = ~0ull;
	ATTEMPT("ldrb %w1, [%2]", UART_BASE + UARTPCellID0 + 12, value);
	expect("ldrb of 0xb1", value, 0xb1);
	value = ~0ull;
	ATTEMPT("ldr %w1, [%2]", UART_BASE + UARTPCellID0 + 4, value);
	expect("ldr of 0xf0", value, 0xf0);
}

static void mask_at_third(uint32_t intid)
{
	if (intid == INTID_UART && taken()->count >= 3)
		mmio_write32(UART_BASE + UARTIMSC, 0);
}

static void interrupt_stands_until_it_is_masked(void)
{
	gic_route(INTID_UART, sysreg_read("mpidr_el1"));
	gic_set_priority(INTID_UART, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, INTID_UART);
	taken_clear(mask_at_third);
	uart_put('\r'); /* the transmit interrupt comes when a FIFO drains */
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_TX);
	expect("arrived", taken_wait(3), true);
	expect("INTID", taken()->intid[0], INTID_UART);
	expect("UARTRIS.TXRIS", reg(UARTRIS) & UARTINT_TX, UARTINT_TX);
	expect("UARTMIS, masked", reg(UARTMIS), 0);
	expect("stays away", taken_nothing(), true);
	expect("count", taken()->count, 3);
	gic_set_bit(GIC_ICENABLER, INTID_UART);
	gic_settle();
}

static void clear(uint32_t intid)
{
	(void)intid;
	mmio_write32(UART_BASE + UARTICR, UARTINT_TX);
}

static void interrupt_ends_when_cleared(void)
{
	gic_set_bit(GIC_ISENABLER, INTID_UART);
	taken_clear(clear);
	uart_put('\r');
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_TX);
	expect("arrived", taken_wait(1), true);
	expect("stays away", taken_nothing(), true);
	expect("UARTRIS.TXRIS", reg(UARTRIS) & UARTINT_TX, 0);
	uart_put('\r');
	expect("comes with the next character", taken_wait(2), true);
	mmio_write32(UART_BASE + UARTIMSC, 0);
	gic_set_bit(GIC_ICENABLER, INTID_UART);
	gic_settle();
}

const struct probe_case uart_cases[] = {
	{ "uart_identification", ANYWHERE, identification },
	{ "zero_register_is_stored_and_loaded", ANYWHERE, zero_register_is_stored_and_loaded },
	{ "loads_are_extended", ANYWHERE, loads_are_extended },
	{ "uart_interrupt_stands_until_it_is_masked", ANYWHERE, interrupt_stands_until_it_is_masked },
	{ "uart_interrupt_ends_when_cleared", ANYWHERE, interrupt_ends_when_cleared },
};
const uint32_t uart_count = sizeof(uart_cases) / sizeof(uart_cases[0]);
