/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The physical UART: a PL011 (DDI 0183) whose FIFOs and interrupts belong to the service
 * alone. Nothing here waits: what the FIFO does not take is for the next interrupt.
 */
#ifndef PARTITA_CONSOLE_UART_H
#define PARTITA_CONSOLE_UART_H

#include <stdbool.h>
#include <stdint.h>

struct uart {
	volatile uint32_t *registers;
};

/* Still sending. */
bool uart_busy(const struct uart *uart);

/* Takes the UART over, once it is no longer busy: 8 bits, no parity, FIFOs, receive interrupts.
 * The speed stays as firmware set it. */
void uart_open(const struct uart *uart);

/* The FIFO takes another byte. */
bool uart_has_room(const struct uart *uart);

/* Sends a byte; only when there is room. */
void uart_put(const struct uart *uart, uint8_t byte);

/* Gets a byte that arrived whole; false: there is none. */
bool uart_get(const struct uart *uart, uint8_t *byte);

/* Whether the UART is to interrupt when its FIFO has room again. */
void uart_interrupt_on_room(const struct uart *uart, bool on);

#endif
