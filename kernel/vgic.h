/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery: from the state of a vCPU's interrupts to its list registers and back. The vCPU is
 * resident on the calling CPU, and its list registers are the hardware's.
 *
 * What always holds between kernel entries: an interrupt is in at most one list register, and there
 * pending or active, never both; while a deliverable one is left and the group is enabled, every list
 * register but the timer's is taken, and none that is only pending is less urgent, the timer's included;
 * then maintenance is asked for when the last pending one was acknowledged.
 */
#ifndef PARTITA_KERNEL_VGIC_H
#define PARTITA_KERNEL_VGIC_H

#include "kernel/state.h"

/* At boot: memory for its interrupts starts at `memory` (VCPU_IRQ_BYTES). Every one has its
 * reset state: disabled, Group 0, priority 0; SPIs are owned by number 0. */
void vgic_init(struct vcpu *v, const struct fmap *f, void *memory);
/* The state of reset again. No list register may hold anything: vgic_quiesce. */
void vgic_reset(struct vcpu *v, const struct fmap *f);
/* Takes all out of the list registers and deactivates every physical interrupt that is held or
 * active on this vCPU's account. */
void vgic_quiesce(struct vgic *g);

/* A physical interrupt of the VM came (acknowledged, priority dropped, active). */
void vgic_physical(struct vgic *g, uint32_t intid);
/* A software interrupt is made pending. */
void vgic_raise(struct vgic *g, uint32_t intid);
/* The monitor's lines of a word of 32 may have changed. */
void vgic_sample_lines(struct vgic *g, uint32_t word);
/* The virtual timer's line falls when the guest reprograms it, which traps nowhere: what is
 * pending on its account no longer is from the next exit on. */
void vgic_sample_timer(struct vgic *g);
/* The maintenance interrupt. */
void vgic_maintenance(struct vgic *g);
/* A write to ICC_DIR_EL1, which always traps. */
void vgic_deactivate(struct vgic *g, uint32_t intid);
/* Something is pending in a list register: a wait is over. */
bool vgic_has_pending(const struct vgic *g);

/* One operation of enum upcall_op but CPU_START and ALARM, on the interrupts that this vCPU
 * owns. op is as UPCALL_OP made it, its interrupt numbers checked by vgic_op_valid. x4 of OP_RELEASE and of
 * OP_ADOPT is not the monitor's: the CPU that the interrupt goes to. */
uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3, uint64_t x4);
bool vgic_op_valid(const struct vgic *g, uint64_t op);

#endif
