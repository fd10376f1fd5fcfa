/* SPDX-License-Identifier: Apache-2.0 */
/* Files read whole, and other programs run with files for their input and output. */
#ifndef PARTITA_TOOL_FILE_H
#define PARTITA_TOOL_FILE_H

#include "tools/partita/arena.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* Bytes that somebody else owns. A byte 0 follows them that `bytes` does not count. */
struct blob {
	const uint8_t *data;
	size_t bytes;
};

/* false: errno says why. */
bool file_read(struct arena *a, const char *path, struct blob *blob);
/* An open file from its start. */
bool file_read_stream(struct arena *a, FILE *file, struct blob *blob);

/* Runs argv[0], found by PATH, with `in` (from its start) as its input. Its exit status, or -1
 * when it could not be started. */
int file_run(const char *const argv[], FILE *in, FILE *out, FILE *err);

#endif
