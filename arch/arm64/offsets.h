/* SPDX-License-Identifier: Apache-2.0 */
/* What assembly knows of struct frame and struct arch_vcpu (kernel/arch.h); guest.c asserts it. */
#ifndef PARTITA_ARCH_OFFSETS_H
#define PARTITA_ARCH_OFFSETS_H

#define FRAME_SP_EL0 256
#define FRAME_ELR 264
#define FRAME_SPSR 272
#define FRAME_STACK 280
#define FRAME_RESULT 288
#define FRAME_HISTORY 304
#define FRAME_BYTES 320

/* Of an address of a frame: set in a compartment's, clear in a guest's. */
#define FRAME_COMPARTMENT_BIT 4

/* From the guest's frame, which comes first. */
#define VCPU_GUEST_WORLD 320
#define VCPU_MONITOR_WORLD 344
#define VCPU_MONITOR_ENTRY 368
#define VCPU_ARGS 384
#define VCPU_SCTLR_EL1 448
#define VCPU_EVENT 456
#define VCPU_MONITOR 464

/* enum guest_exit (kernel/entry.h) */
#define EXIT_GUEST 0
#define EXIT_UPCALL_BIT 1
#define EXIT_GENERAL_BIT 2

/* RES1 of Armv8.0, nTWE, nTWI, UCI, UCT, DZE, SA0, SA: cache maintenance by address and DC ZVA
 * work at EL0; little-endian; unaligned access allowed. */
#define SCTLR_EL1_COMPARTMENT 0x34d5c818
#define SPSR_EL0t_DAIF 0x3c0

#endif
