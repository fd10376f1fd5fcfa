/* SPDX-License-Identifier: Apache-2.0 */
#ifndef PARTITA_ATTACK_LIFE_H
#define PARTITA_ATTACK_LIFE_H

#include <stdint.h>

/* The first thing in a life: notes what there is before anything is changed. */
void life_begin(uint64_t device_tree);

#endif
