/* SPDX-License-Identifier: Apache-2.0 */
/* The four functions that a freestanding compiler calls by itself, as the C standard has them. */
#ifndef PARTITA_LIB_MEM_H
#define PARTITA_LIB_MEM_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t bytes);
void *memmove(void *to, const void *from, size_t bytes);
void *memset(void *to, int value, size_t bytes);
int memcmp(const void *a, const void *b, size_t bytes);

#endif
