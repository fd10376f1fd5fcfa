/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/report.h"

#include <stdarg.h>
#include <stdio.h>

static void failure(struct report *r, const char *format, va_list args)
{
	if (r->failures < REPORT_MAX)
		vsnprintf(r->text[r->failures], REPORT_TEXT, format, args);
	r->failures++;
}

void report_failure(struct report *r, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	failure(r, format, args);
	va_end(args);
}

bool report_expect(struct report *r, bool holds, const char *format, ...)
{
	va_list args;

	if (holds)
		return true;
	va_start(args, format);
	failure(r, format, args);
	va_end(args);
	return false;
}

bool report_full(const struct report *r)
{
	return r->failures >= REPORT_MAX;
}
