/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- Characters ---- */

static uint32_t decode(const char **text)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*text;
	unsigned int more = s[0] < 0x80 ? 0 : s[0] < 0xc0 ? 4 : s[0] < 0xe0 ? 1 : s[0] < 0xf0 ? 2 : 3;
	uint32_t c = more == 0 ? s[0] : s[0] & (0x3fu >> more);

	(*text)++;
	if (more == 4 || s[0] >= 0xf8)
		return TEXT_REPLACEMENT;
	for (unsigned int i = 1; i <= more; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return TEXT_REPLACEMENT;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return TEXT_REPLACEMENT;
	*text += more;
	return c;
}

static bool is_invisible(uint32_t c)
{
	return (c < 0x20 && c != '\t' && c != '\n') || (c >= 0x7f && c < 0xa0) ||
	       (c >= 0x200b && c < 0x2010) || (c >= 0x2028 && c < 0x202f) || (c >= 0x2060 && c < 0x2070) ||
	       c == 0xfeff || (c >= 0xfff0 && c <= 0xffff);
}

uint32_t text_next(const char **text)
{
	uint32_t c = decode(text);

	return is_invisible(c) ? TEXT_REPLACEMENT : c;
}

/* ---- Formats ---- */

/* One conversion, copied from the format so that the library does the rest. */
#define CONVERSION_MAX 16

static void put_conversion(FILE *out, text_put *put, const char *conversion, va_list *args)
{
	size_t length = strlen(conversion);

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
	if (conversion[length - 1] == 's')
		put(out, va_arg(*args, const char *));
	else if (strchr("lzj", conversion[length - 2]))
		fprintf(out, conversion, va_arg(*args, unsigned long));
	else
		fprintf(out, conversion, va_arg(*args, unsigned int));
#pragma GCC diagnostic pop
}

_Static_assert(sizeof(unsigned long) == sizeof(uintmax_t), "one type serves l, ll, z and j");

void text_print(FILE *out, text_put *put, const char *format, va_list *args)
{
	char conversion[CONVERSION_MAX];

	while (*format) {
		size_t length = strcspn(format, "%");

		fwrite(format, 1, length, out);
		format += length;
		if (*format == 0)
			break;
		if (format[1] == '%') {
			fputc('%', out);
			format += 2;
			continue;
		}
		length = 1 + strcspn(format + 1, "scdux") + 1;
		if (length >= CONVERSION_MAX)
			abort();
		memcpy(conversion, format, length);
		conversion[length] = 0;
		put_conversion(out, put, conversion, args);
		format += length;
	}
}
