/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What crosses CPUs. A link has one sending CPU and one receiving CPU, and two cache lines, each
 * written by one of them.
 *
 * Signals are fire and forget: bit b is pending while signal_sent and signal_taken differ in it.
 * The sender toggles its word, the receiver its own; two sends before a take are one.
 *
 * A call is an operation with an answer: one at a time on a link. The sender writes it and then
 * its sequence number; the receiver does it and copies the number. The *vCPU* that asked waits,
 * its CPU goes on serving its own inbox: so two that ask each other never wait for ever.
 */
#ifndef PARTITA_KERNEL_LINK_H
#define PARTITA_KERNEL_LINK_H

#include "kernel/state.h"

/* Bits of a sibling's signal word; 0 to 15 are SGIs. */
#define SIGNAL_LINES (1u << 16)
/* Bits of a doorbell: its badge; the notification SERVICE_ALL_OFF, on a CPU's log link. */
#define SIGNAL_DOORBELL (1u << 0)
#define SIGNAL_ALL_OFF (1u << 1)

struct shared_vm *shared_vm(uint32_t vm);
struct shared_link *shared_link(const struct fmap *f, uint32_t link);

/* The link from vCPU `number` of the same VM to vCPU index dst. */
uint32_t link_of_sibling(const struct fmap *f, uint32_t dst, uint32_t number);

/* Rings a doorbell whose sender is CPU c. To itself it is work for dispatch, not a kick. */
void link_signal(struct cpu *c, uint32_t link, uint32_t bits);
/* Signals a sibling of v, by its number: never v itself. */
void link_signal_sibling(const struct vcpu *v, uint32_t number, uint32_t bits);
/* The signals that are pending; they no longer are. */
uint32_t link_take(struct shared_link *l);

/* A call belongs to a generation of the VM's life: one of an earlier life is answered, not done. */
void link_call(const struct fmap *f, uint32_t link, uint32_t generation, uint64_t op, uint64_t x3,
	       uint64_t x4);
bool link_call_pending(const struct shared_link *l); /* receiver */
void link_call_answer(struct shared_link *l, const struct fmap_link *f, uint64_t result);
bool link_call_answered(const struct shared_link *l); /* sender */

#endif
