/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The board: platforms/NAME/platform.dts, a device tree in the board's own terms plus a few
 * `partita,*` properties. Read once, then constant.
 */
#ifndef PARTITA_TOOL_PLATFORM_H
#define PARTITA_TOOL_PLATFORM_H

#include "tools/partita/node.h"
#include "abi/fmap.h"

#define PLATFORM_MAX_RAM 16
#define FIRST_SPI 32u
#define GICR_BYTES 0x20000       /* GICv3: RD_base and SGI_base frames */
#define GICD_BYTES 0x10000
#define GIC_FRAME_BYTES 0x10000

struct interrupt {
	uint32_t intid;
	bool edge;
};

struct platform {
	struct source source;
	char name[FMAP_NAME_BYTES];
	uint64_t load_pa;
	unsigned int pa_bits;
	bool el3_entry;
	uint64_t mpidr[MAX_CPUS];  /* [0] is the boot CPU */
	uint32_t cpu_count;
	struct range ram[PLATFORM_MAX_RAM]; /* without what is reserved for firmware */
	uint32_t ram_count;
	struct range gicd;         /* of size 0: errors were reported */
	struct range gicr;         /* frames of all CPUs, one after the other */
	int gic_node;
	uint32_t intids;           /* 32 + SPIs */
	uint32_t intid_maintenance, intid_hyp_timer, intid_virt_timer;
	bool has_uart;
	int uart_node;
	struct range uart_regs;
	struct interrupt uart_interrupt;
	struct fmap_uart uart;     /* zero without one */
	struct fmap_idregs idregs;
};

/* False when errors were reported. */
bool platform_read(struct platform *p, const char *path, const char *name, struct arena *a, struct diag *d);

/* Entry `index` of the node's `interrupts`; its interrupt parent must be the board's GIC.
 * 1: read, 0: no such entry, -1: not an interrupt of the GIC's that the tool understands. */
int platform_interrupt(const struct platform *p, struct node n, uint32_t index, struct interrupt *interrupt);

/* The board's RAM without what is reserved. False: it has a stretch that cannot be used as it is;
 * *bad is its node. */
bool platform_find_ram(struct platform *p, struct node *bad);

/* What the kernel maps: apart from each other, and where CPUs can reach it. */
void platform_check_parts(const struct platform *p, struct diag *d);
/* Registers of the node: CPUs have address bits for them. */
void platform_check_reach(const struct platform *p, struct node n, const char *what, struct range r,
			  struct diag *d);

/* Whether the node is switched on: `status` lacks, or says so. */
bool platform_enabled(struct node n);

#endif
