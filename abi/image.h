/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The boot image: what a loader reads into memory.
 *
 *     +0x000  the arm64 Image header of the Linux boot protocol, so that any loader takes it
 *     +0x040  struct image_header, left empty by the kernel's build, filled by the host tool
 *     +0x...  kernel text and rodata
 *             the f-map, configuration pages, compartment binaries, page tables
 *     +sum_bytes  guest images, each with a hash that its VM's loader checks
 *     ------  end of the file
 *             [zero_pa, zero_pa + zero_bytes): memory the head clears before the MMU is on
 *
 * The head runs wherever a loader put it. It compares that with load_pa, moves the whole file
 * there when they differ, cleans what it wrote, and goes on in its new place. There it looks whether
 * all that no loader checks is what was built, and whether the highest memory of the description is
 * there; if not, it says so and stops.
 */
#ifndef PARTITA_ABI_IMAGE_H
#define PARTITA_ABI_IMAGE_H

#define IMAGE_MAGIC 0x3247414d49545250 /* "PRTIMAG2" */
#define IMAGE_HEADER_OFFSET 0x40

/* Flags of struct image_header. */
#define IMAGE_EL3_OK 1 /* entered at EL3 the head may drop to EL2: the other CPUs come by themselves */

/* Offsets for the head's assembly. */
#define IH_LOAD_PA 8
#define IH_FILE_BYTES 16
#define IH_ZERO_PA 24
#define IH_ZERO_BYTES 32
#define IH_FMAP_PA 40
#define IH_TCR_EL2 48
#define IH_GICD_PA 56
#define IH_FLAGS 64
#define IH_UART_PA 72
#define IH_UART_DATA 80
#define IH_UART_STATUS 84
#define IH_UART_MASK 88
#define IH_UART_READY 92
#define IH_CPU_COUNT 96
#define IH_CPU 104
#define IH_PROBE_PA 360
#define IH_SUM_BYTES 368
#define IH_SUM 376
#define IH_BYTES 416

/* Of the words of 64 bits in [0, sum_bytes), but those of `sum` and of what follows it in the header:
 * sum = (word ^ ror(sum, IMAGE_SUM_ROR)) * IMAGE_SUM_FACTOR, from 0. Any one word that differs gives
 * another sum. It is against damage; against an attacker is `hash`, on the build host. */
#define IMAGE_SUM_ROR 29
#define IMAGE_SUM_FACTOR 0x9e3779b97f4a7c15

/* Made by the linker scripts, at offset 0 of the flat binary of a compartment. */
#define COMP_MAGIC 0x31504d4f43545250 /* "PRTCOMP1" */

#ifndef __ASSEMBLER__
#include <stddef.h>
#include <stdint.h>

struct image_header {
	uint64_t magic;
	uint64_t load_pa;      /* where the file must lie; 2 MiB aligned */
	uint64_t file_bytes;   /* of the whole file, a multiple of 4096 */
	uint64_t zero_pa;      /* the memory to clear; page aligned */
	uint64_t zero_bytes;
	uint64_t fmap_pa;      /* struct fmap, inside the file */
	uint64_t tcr_el2;      /* for the tables of every CPU */
	uint64_t gicd_pa;      /* for GICD_CTLR.DS when entered at EL3 */
	uint64_t flags;
	/* Emergency UART by physical address, for what the head has to say before the MMU is on:
	 * ready when (read32(pa + status) & mask) == ready. */
	uint64_t uart_pa;
	uint32_t uart_data;
	uint32_t uart_status;
	uint32_t uart_mask;
	uint32_t uart_ready;
	uint64_t cpu_count;
	struct {
		uint64_t mpidr;     /* affinity fields only, MPIDR_EL1 & 0xff00ffffff; [0] is the boot CPU */
		uint64_t ttbr0_el2;
	} cpu[16];
	uint64_t probe_pa;     /* the last word of the highest memory that anybody has */
	uint64_t sum_bytes;    /* a multiple of 4096 */
	uint64_t sum;          /* see IMAGE_SUM_FACTOR */
	uint8_t hash[32];      /* BLAKE2b-256 of the whole file with these 32 bytes zero */
};

/* At offset 0 of the flat binary of a compartment; its linker script makes it. */
struct comp_header {
	uint64_t magic;
	uint64_t entry;        /* address of its one entry point */
	uint64_t text_bytes;   /* [COMP_TEXT, + text_bytes) is executable; a multiple of 4096 */
	uint64_t file_bytes;   /* the rest of the file is read-only data, then pristine .data */
	uint64_t data_bytes;   /* .data and .bss at COMP_DATA; a multiple of 4096 */
};

_Static_assert(offsetof(struct image_header, flags) == IH_FLAGS, "assembly knows the offsets");
_Static_assert(offsetof(struct image_header, uart_ready) == IH_UART_READY, "assembly knows the offsets");
_Static_assert(offsetof(struct image_header, cpu) == IH_CPU, "assembly knows the offsets");
_Static_assert(offsetof(struct image_header, probe_pa) == IH_PROBE_PA, "assembly knows the offsets");
_Static_assert(offsetof(struct image_header, sum) == IH_SUM, "assembly knows the offsets");
_Static_assert(sizeof(struct image_header) == IH_BYTES, "part of the format");
_Static_assert(sizeof(struct comp_header) == 40, "part of the format");
#endif

#endif
