/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/lib/uart.h"
#include "guests/lib/machine.h"
#include <stdarg.h>

#define LCR_H_8N1_FIFO 0x70u
#define CR_ENABLE 0x301u         /* UARTEN, TXE, RXE */

void uart_open(void)
{
	mmio_write32(UART_BASE + UARTCR, 0);
	mmio_write32(UART_BASE + UARTIMSC, 0);
	mmio_write32(UART_BASE + UARTLCR_H, LCR_H_8N1_FIFO);
	mmio_write32(UART_BASE + UARTCR, CR_ENABLE);
}

void uart_put(char c)
{
	while (mmio_read32(UART_BASE + UARTFR) & UARTFR_TXFF)
		;
	mmio_write32(UART_BASE + UARTDR, (uint8_t)c);
}

bool uart_get(char *c)
{
	if (mmio_read32(UART_BASE + UARTFR) & UARTFR_RXFE)
		return false;
	*c = (char)mmio_read32(UART_BASE + UARTDR);
	return true;
}

static void put_string(const char *text)
{
	while (*text)
		uart_put(*text++);
}

static void put_number(uint64_t value, unsigned base)
{
	char digits[20];
	unsigned count = 0;

	do {
		digits[count++] = "0123456789abcdef"[value % base];
		value /= base;
	} while (value > 0);
	while (count > 0)
		uart_put(digits[--count]);
}

void print(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	for (; *format; format++) {
		if (*format == '\n')
			uart_put('\r');
		if (*format != '%') {
			uart_put(*format);
			continue;
		}
		switch (*++format) {
		case 's':
			put_string(va_arg(arguments, const char *));
			break;
		case 'c':
			uart_put((char)va_arg(arguments, int));
			break;
		case 'u':
			put_number(va_arg(arguments, uint64_t), 10);
			break;
		case 'x':
			put_string("0x");
			put_number(va_arg(arguments, uint64_t), 16);
			break;
		}
	}
	va_end(arguments);
}
