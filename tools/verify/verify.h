/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The independent checker: reads a finished image and proves from its bits that what it maps is
 * apart. Shares nothing with the generator but abi/ and the hash.
 */
#ifndef PARTITA_VERIFY_VERIFY_H
#define PARTITA_VERIFY_VERIFY_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum verify_form { VERIFY_TEXT,
		   VERIFY_JSON };

/* `data` is 16-byte aligned. True: proven, and the proof is printed. False: the reasons are. */
bool verify_image(const char *name, const void *data, uint64_t bytes, enum verify_form form, FILE *out);

#endif
