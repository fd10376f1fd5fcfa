/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text that somebody else chose, on its way into a format with a syntax of its own: character by
 * character, so that it can neither end its place in that syntax nor hide in it.
 */
#ifndef PARTITA_TOOL_TEXT_H
#define PARTITA_TOOL_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define TEXT_REPLACEMENT 0xfffdu

/* The character at *text, which then points behind it. The replacement character stands for each
 * byte that is not UTF-8, for controls, and for what is invisible or turns the direction of the
 * text around it. */
uint32_t text_next(const char **text);

/* Writes a string as the format wants it. */
typedef void text_put(FILE *out, const char *text);

/* As vfprintf, but %s goes through `put`. Conversions: %s %c %d %u %x and %%, with flags, width and
 * the length modifiers l, ll, z, j. */
void text_print(FILE *out, text_put *put, const char *format, va_list *args);

#endif
