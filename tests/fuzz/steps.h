/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a differential fuzzer brings: an input is a sequence of steps, the first of which is for it to
 * choose by. libFuzzer gives it inputs that reach new code; tests/fuzz/steps.c any number of random ones.
 */
#ifndef PARTITA_TESTS_FUZZ_STEPS_H
#define PARTITA_TESTS_FUZZ_STEPS_H

#include <stddef.h>
#include <stdint.h>

/* Eight bytes, which each fuzzer reads in its own way. */
struct step {
	uint8_t kind, who, chance, choice;
	uint32_t value;
};

/* Plays an input. What it finds it says on stderr, and aborts. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
extern uint64_t steps_played;

#endif
