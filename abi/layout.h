/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where things lie in the address spaces that Partita makes: EL2's own and that of a
 * compartment (a monitor or a service at EL0). Guests have the layout of their description.
 *
 * EL2 has one 2 MiB window of virtual addresses, far from where test guests and boards have
 * theirs, so that one kernel binary, linked once, runs on every board: only the tables differ.
 * Each CPU has its own root table. What is per CPU is mapped at the same address on each of
 * them and nowhere else: a CPU cannot reach another one's state.
 *
 * The constants are plain numbers: assembly and linker scripts include this file too.
 */
#ifndef PARTITA_ABI_LAYOUT_H
#define PARTITA_ABI_LAYOUT_H

#define PAGE_SHIFT 12
#define PAGE_BYTES 0x1000

/* ---- EL2: 39-bit stage 1, first lookup at level 1, one L3 table for the window ---- */

#define EL2_VA_BITS 39
#define EL2_WINDOW 0x4000000000      /* 256 GiB: L1 entry 256 */
#define EL2_WINDOW_BYTES 0x200000

#define KERNEL_VA EL2_WINDOW         /* text RX, then rodata R; there is no kernel data */
#define KERNEL_BYTES_MAX 0x20000
#define FMAP_VA 0x4000040000         /* struct fmap, read-only */
#define FMAP_BYTES_MAX 0x40000
#define SHARED_VA 0x4000080000       /* struct shared_*, read-write on every CPU */
#define SHARED_BYTES_MAX 0x10000
#define LOG_VA 0x4000090000          /* this CPU's struct klog, one page */
#define LINES_VA 0x40000a0000        /* one page a VM, read-only here: level lines */
#define STACK_VA 0x40000c1000        /* this CPU's stack; unmapped pages on both sides */
#define STACK_BYTES 0x2000
#define STACK_TOP 0x40000c3000
#define KERNEL_STACK 0x40000c2ff0    /* its empty top; the word there is the resident vCPU's frame */
#define CPU_VA 0x40000c4000          /* this CPU's state, read-write */
#define CPU_BYTES_MAX 0x3c000
#define GICD_VA 0x4000100000         /* distributor: 64 KiB on GICv3, 4 KiB on GICv2 */
#define GICR_VA 0x4000110000         /* this CPU's redistributor frames (v3: 128, v4: 256 KiB) */
#define GICH_VA 0x4000150000         /* GICv2: hypervisor control, 8 KiB */
#define GICC_VA 0x4000160000         /* GICv2: physical CPU interface, 8 KiB */
#define EARLY_UART_VA 0x4000170000   /* the emergency UART, one page */

/* MAIR_EL2 as every table of EL2 assumes it: attribute 0 is device, 1 is normal memory. */
#define MAIR_DEVICE_nGnRE 0
#define MAIR_NORMAL_WB 1
#define MAIR_EL2_VALUE 0xff04

/* ---- A compartment: stage 2 only, addresses are IPAs of its own VMID ---- */

#define COMP_TEXT 0xc00000000        /* 48 GiB: text RX, then rodata and pristine .data R */
#define COMP_DATA 0xc00100000        /* .data and .bss, RW, one instance each */
#define COMP_DATA_BYTES_MAX 0x80000
#define COMP_CONF 0xc00200000        /* struct vmconf or svcconf, R */
#define COMP_LINES 0xc00210000       /* a monitor's level lines, RW, one page */
#define COMP_STACKS 0xc00300000      /* the stack of vCPU n: [COMP_STACKS + n * STRIDE, + BYTES) */
#define COMP_STACK_STRIDE 0x10000
#define COMP_STACK_BYTES 0x4000
#define COMP_CHANNELS 0xc00400000    /* page n: own RW at + n * 0x2000, the peer's R after */
#define COMP_CHANNEL_STRIDE 0x2000
#define COMP_LOGS 0xc00480000        /* a service that reads the kernel's log: page n is CPU n's, R */
#define COMP_DEVICES 0xc00500000     /* a service's device registers, device memory */
#define COMP_IMAGES 0xd00000000      /* pristine guest images, R, each on a 2 MiB boundary */

/* A monitor sees its guest's RAM at the guest's own addresses, never executable. So no guest
 * RAM may lie at or above this address; the tool says so. */
#define GUEST_IPA_END COMP_TEXT
#define IPA_BITS 36                  /* VTCR_EL2.T0SZ = 28: first lookup at level 1, 64 entries */

/* ---- Limits that several worlds rely on ---- */

#define MAX_CPUS 16
#define MAX_VMS 32
#define MAX_VCPUS_PER_VM 8           /* Aff0 0 to 7: one ICC_SGI1R_EL1 target list */
#define MAX_INTIDS 1020
#define PRIORITY_LEVELS 32           /* a guest's priorities have 5 bits: 0x00, 0x08 .. 0xf8 */

/* ---- Sizes of the kernel's state in a CPU window; the kernel asserts that it fits ---- */

#define CPU_STATE_BYTES 1024
#define SERVICE_STATE_BYTES 512
#define VCPU_STATE_BYTES 2048
#define VIRQ_BYTES 8
/* intids is a multiple of 32: a word per interrupt, and a bitmap per priority level of those that
 * are deliverable and of those that are active without a list register. */
#define VCPU_IRQ_BYTES(intids) ((intids) * VIRQ_BYTES + 2 * PRIORITY_LEVELS * (((intids) + 63) / 64) * 8)

#endif
