/* SPDX-License-Identifier: Apache-2.0 */
/* What the checker found wrong. The first few reasons are kept, the rest are counted. */
#ifndef PARTITA_VERIFY_REPORT_H
#define PARTITA_VERIFY_REPORT_H

#include <stdbool.h>

#define REPORT_MAX 50
#define REPORT_TEXT 240

struct report {
	unsigned int failures;
	char text[REPORT_MAX][REPORT_TEXT];
};

void report_failure(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports if the statement does not hold; returns whether it does. */
bool report_expect(struct report *r, bool holds, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
/* Whether there is no sense in looking for more. */
bool report_full(const struct report *r);

#endif
