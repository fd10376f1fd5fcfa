/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A channel between VMs is memory that one VM, the writer, writes and others read. Beside it lies one
 * page of control, which no guest sees: the writer's monitor writes it, the readers' monitors read it.
 *
 *     life   even: the memory belongs to the writer's life number life / 2; 0: it has not started yet.
 *            odd: it is being zeroed for the next life
 *
 * So nothing of a former life goes on unnoticed: odd is written before the first zero, even after the
 * last, and whoever finds the same even number before and after it read the memory has read one life.
 * The barriers of that sequence are in vmm/doorbell.c, each with its partner.
 */
#ifndef PARTITA_ABI_CONTROL_H
#define PARTITA_ABI_CONTROL_H

#include <stdint.h>

struct channel_control {
	uint32_t life;
};

#endif
