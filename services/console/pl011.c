/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/uart.h"

/* DDI 0183, "Summary of registers": byte offsets, here as words. */
enum pl011_register {
	UARTDR = 0x000 / 4,
	UARTFR = 0x018 / 4,
	UARTLCR_H = 0x02c / 4,
	UARTCR = 0x030 / 4,
	UARTIFLS = 0x034 / 4,
	UARTIMSC = 0x038 / 4,
};

#define DR_FE (1u << 8)
#define DR_PE (1u << 9)
#define DR_BE (1u << 10)
#define FR_BUSY (1u << 3)
#define FR_RXFE (1u << 4)
#define FR_TXFF (1u << 5)
#define LCR_H_FEN (1u << 4)
#define LCR_H_WLEN_8 (3u << 5)
#define CR_UARTEN (1u << 0)
#define CR_TXE (1u << 8)
#define CR_RXE (1u << 9)
#define IFLS_TX_1_8 0u           /* interrupt when the FIFO is nearly empty */
#define IFLS_RX_1_8 (0u << 3)
#define INT_RX (1u << 4)
#define INT_TX (1u << 5)
#define INT_RT (1u << 6)         /* something lies in the FIFO and no more comes */

bool uart_busy(const struct uart *uart)
{
	return uart->registers[UARTFR] & FR_BUSY;
}

/* DDI 0183, "Control register, UARTCR": off before the line control changes. Writing UARTLCR_H
 * also takes over the divisors, which stay what they are. */
void uart_open(const struct uart *uart)
{
	uint32_t control = uart->registers[UARTCR];

	uart->registers[UARTIMSC] = 0;
	uart->registers[UARTCR] = control & ~CR_UARTEN;
	uart->registers[UARTLCR_H] = LCR_H_WLEN_8 | LCR_H_FEN;
	uart->registers[UARTIFLS] = IFLS_TX_1_8 | IFLS_RX_1_8;
	uart->registers[UARTCR] = control | CR_UARTEN | CR_TXE | CR_RXE;
	uart->registers[UARTIMSC] = INT_RX | INT_RT;
}

bool uart_has_room(const struct uart *uart)
{
	return !(uart->registers[UARTFR] & FR_TXFF);
}

void uart_put(const struct uart *uart, uint8_t byte)
{
	uart->registers[UARTDR] = byte;
}

/* Reading the FIFO empty also ends INT_RX and INT_RT. A byte with an error is noise. */
bool uart_get(const struct uart *uart, uint8_t *byte)
{
	while (!(uart->registers[UARTFR] & FR_RXFE)) {
		uint32_t data = uart->registers[UARTDR];

		if (data & (DR_FE | DR_PE | DR_BE))
			continue;
		*byte = (uint8_t)data;
		return true;
	}
	return false;
}

/* The FIFO was full when this is switched on, so its raw interrupt comes as it drains; filling
 * it again ends it. It is never cleared by hand: that could lose the one that is awaited. */
void uart_interrupt_on_room(const struct uart *uart, bool on)
{
	uart->registers[UARTIMSC] = INT_RX | INT_RT | (on ? INT_TX : 0);
}
