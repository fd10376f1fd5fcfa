/* SPDX-License-Identifier: Apache-2.0 */
/* The PL011 (DDI 0183), polled for output; input by interrupt. */
#ifndef PARTITA_GUESTS_LIB_UART_H
#define PARTITA_GUESTS_LIB_UART_H

#include <stdbool.h>
#include <stdint.h>

#define UARTDR 0x000
#define UARTFR 0x018
#define UARTLCR_H 0x02c
#define UARTCR 0x030
#define UARTIMSC 0x038
#define UARTRIS 0x03c
#define UARTMIS 0x040
#define UARTICR 0x044
#define UARTPeriphID0 0xfe0
#define UARTPCellID0 0xff0

#define UARTFR_RXFE (1u << 4)
#define UARTFR_TXFF (1u << 5)
#define UARTINT_RX (1u << 4)
#define UARTINT_TX (1u << 5)
#define UARTINT_RT (1u << 6)

void uart_open(void);
void uart_put(char c);
bool uart_get(char *c);

/* %s string, %c character, %u decimal, %x hexadecimal; numbers are uint64_t. */
void print(const char *format, ...);

#endif
