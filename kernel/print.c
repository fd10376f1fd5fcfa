/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/print.h"
#include "kernel/arch.h"

void print_text(const struct fmap *f, const char *s)
{
	for (; *s; s++)
		if ((*s == '\n' && !arch_early_putc(f, '\r')) || !arch_early_putc(f, *s))
			return;
}

void print_decimal(const struct fmap *f, uint64_t n)
{
	char digits[21];
	unsigned at = sizeof digits - 1;

	digits[at] = 0;
	do
		digits[--at] = (char)('0' + n % 10);
	while (n /= 10);
	print_text(f, digits + at);
}

void print_hex(const struct fmap *f, uint64_t n)
{
	print_text(f, "0x");
	for (int shift = 60; shift >= 0; shift -= 4)
		if (n >> shift || shift == 0)
			(void)arch_early_putc(f, "0123456789abcdef"[n >> shift & 15]);
}

_Noreturn void panic(const struct fmap *f, const char *why)
{
	print_text(f, "\nPartita: stopped: ");
	print_text(f, why);
	print_text(f, "\n");
	arch_halt();
}
