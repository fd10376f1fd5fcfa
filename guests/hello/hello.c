/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The smallest guest there can be: copy this folder to start one of your own.
 *
 * A VM looks like QEMU's `virt` board: RAM from 0x40000000, a PL011 serial port at 0x09000000.
 * So what runs here also runs on that board without Partita, which is the quickest way to try
 * it:  qemu-system-aarch64 -M virt,gic-version=3 -cpu cortex-a72 -nographic -kernel hello.elf
 *
 * The MMU is off, so data accesses must be aligned; -mstrict-align sees to that.
 */
#include <stdint.h>

/* The PL011's registers, as 32-bit words: data, and flags. */
#define UART ((volatile uint32_t *)0x09000000)
#define UART_DR 0
#define UART_FR (0x18 / 4)
#define UART_FR_TXFF (1u << 5)   /* the transmit FIFO is full */

static void print_char(char c)
{
	while (UART[UART_FR] & UART_FR_TXFF)
		;
	UART[UART_DR] = (uint8_t)c;
}

static void print(const char *text)
{
	while (*text)
		print_char(*text++);
}

static void print_hex(uint64_t value)
{
	print("0x");
	for (int shift = 28; shift >= 0; shift -= 4)
		print_char("0123456789abcdef"[value >> shift & 15]);
}

void hello(uint64_t device_tree);
void hello(uint64_t device_tree)
{
	uint64_t midr, el;

	__asm__("mrs %0, midr_el1" : "=r"(midr));
	__asm__("mrs %0, CurrentEL" : "=r"(el));

	print("Hello from a machine of my own!\r\n");
	print("My processor is ");
	print_hex(midr);
	print(" (MIDR_EL1), I run at EL");
	print_char((char)('0' + (el >> 2 & 3)));
	print(",\r\nand the description of my machine lies at ");
	print_hex(device_tree);
	print(".\r\nThat is all. Goodbye!\r\n");
}
