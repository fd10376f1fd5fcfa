/* SPDX-License-Identifier: Apache-2.0 */
/* What the checker found wrong. Each reason is printed once it is known; the first few are
 * enough, the rest are counted. */
#ifndef PARTITA_VERIFY_REPORT_H
#define PARTITA_VERIFY_REPORT_H

#include <stdbool.h>
#include <stdio.h>

#define REPORT_MAX 50

struct report {
	FILE *out;
	unsigned int failures;
};

void report_failure(struct report *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Reports if the statement does not hold; returns whether it does. */
bool report_expect(struct report *r, bool holds, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
