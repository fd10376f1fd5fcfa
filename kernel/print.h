/* SPDX-License-Identifier: Apache-2.0 */
/* Emergency output: polled, for the banner before services run, and for what ends the board. */
#ifndef PARTITA_KERNEL_PRINT_H
#define PARTITA_KERNEL_PRINT_H

#include "abi/fmap.h"

void print_text(const struct fmap *f, const char *s);
void print_decimal(const struct fmap *f, uint64_t n);
void print_hex(const struct fmap *f, uint64_t n);

/* Says why, and stops this CPU for ever. Only for what is our fault or the board's: nothing that
 * a guest or a compartment does leads here. */
_Noreturn void panic(const struct fmap *f, const char *why);

#endif
