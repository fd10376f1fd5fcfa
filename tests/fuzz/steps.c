/* SPDX-License-Identifier: Apache-2.0 */
/*
 * steps COUNT [SEED]: random inputs until COUNT steps have been played. What the last one was when it
 * found something is in the file `found`, as libFuzzer reads it.
 */
#include "tests/fuzz/steps.h"
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define STEPS 1024u            /* of an input */

static uint64_t input[STEPS];

/* xorshift64*: Marsaglia, "Xorshift RNGs". */
static uint64_t next(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

static void found(int signal)
{
	int file = open("found", O_WRONLY | O_CREAT | O_TRUNC, 0644);

	(void)signal;
	if (file >= 0 && write(file, input, sizeof(input)) == sizeof(input))
		(void)close(file);
}

int main(int argc, char **argv)
{
	uint64_t count = argc > 1 ? strtoull(argv[1], NULL, 0) : 1000000;
	uint64_t state = argc > 2 ? strtoull(argv[2], NULL, 0) : 1;

	signal(SIGABRT, found);
	state = state * 0x9e3779b97f4a7c15ull | 1;
	while (steps_played < count) {
		for (uint32_t i = 0; i < STEPS; i++)
			input[i] = next(&state);
		LLVMFuzzerTestOneInput((const uint8_t *)input, sizeof(input));
	}
	printf("%" PRIu64 " steps\n", steps_played);
	return 0;
}
