/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system: what a description says, with all defaults filled in, and what later steps add
 * to it (marked with the file that does). system_read reports what is wrong with one property
 * or node alone; check.h what is wrong between them.
 */
#ifndef PARTITA_TOOL_SYSTEM_H
#define PARTITA_TOOL_SYSTEM_H

#include "tools/partita/file.h"
#include "tools/partita/platform.h"
#include "abi/vmconf.h"

struct object;

#define GUEST_CLOCK_HZ 24000000u

/* Where a guest finds its virtual devices. By default as on QEMU's virt board. */
struct guest_layout {
	uint64_t gicd, gicr, uart, rtc, watchdog;
	uint32_t uart_intid, rtc_intid, watchdog_intid;
};

struct ram {
	struct range ipa;
	const char *name; /* the region's node, or NULL: by `memory` */
	struct pos pos;
	bool read_only; /* to the guest */
	bool pinned; /* to pa; else layout.c chooses */
	uint64_t pa;
	struct object *object; /* layout.c: where it really lies */
};

/* A piece of an image: image bytes that go to an IPA. */
struct load {
	const char *name;      /* "kernel", "initrd", "dtb", or a file's */
	struct blob blob;      /* guest_image.c */
	uint64_t dst;          /* guest_image.c */
	uint64_t footprint;    /* bytes of RAM it needs, at least blob.bytes */
	uint64_t src;          /* layout.c: in the monitor */
	struct object *object; /* layout.c */
};

#define DEVICE_MAX_REGS 4
#define DEVICE_MAX_INTERRUPTS 32
/* A device of the board's that a VM owns. */
struct device {
	const char *path;      /* in the platform's tree */
	struct pos pos;
	int node;              /* device.c; negative: it was refused */
	bool dma_trusted; /* device.c: it reaches all memory, and the description trusts it */
	struct range reg[DEVICE_MAX_REGS];
	uint32_t reg_count;
	struct interrupt interrupt[DEVICE_MAX_INTERRUPTS];
	uint32_t interrupt_count;
};

#define VM_MAX_FILES 8
/* A file that the guest finds in its memory, at an address of the description's choice. */
struct guest_file {
	const char *name;      /* the node's */
	const char *path;      /* NULL: refused */
	uint64_t address;
	struct node node;
};

/* A channel between VMs (channel.c). */
#define MAX_CHANNELS 64
struct channel {
	const char *name;
	struct node node;
	uint64_t bytes;
	bool doorbell, reply_doorbell;     /* the writer may ring the readers; they it */
	uint32_t vm[MAX_VMS];  /* [0]: the writer; then the readers */
	uint32_t vm_count;
	struct object *memory, *control;   /* layout.c */
};

/* A VM's end of one. */
#define UNPLACED UINT64_MAX
struct channel_end {
	const struct channel *channel;
	bool writes;
	struct node node;      /* negative offset: the tool decides where it is */
	uint64_t memory, registers;        /* IPA, or UNPLACED */
	uint32_t intid;
};

/* What follows on its health events. */
struct vm_health {
	uint8_t action[HEALTH_EVENTS];     /* enum health_action */
	uint32_t notify;       /* bit n: of event n those are told .. */
	uint32_t told;         /* .. who are at the other ends of channels, bit n: of vm.end[n]'s */
	uint32_t restarts, window_ms;
};

enum kernel_kind { KERNEL_RAW, KERNEL_IMAGE, KERNEL_ELF };

#define VM_MAX_DEVICES 16
#define VM_MAX_OVERLAYS 8
struct vm {
	const char *name;
	struct node node;
	uint32_t index;
	uint32_t cpu[MAX_VCPUS_PER_VM];    /* of vCPU n */
	uint32_t vcpu_count;
	struct ram ram[VMCONF_MAX_RAM];
	uint32_t ram_count;
	const char *kernel, *initrd, *bootargs;
	const char *dtb; /* a device tree of its own, or NULL */
	struct blob own_tree; /* guest_image.c; empty: generated */
	struct blob overlay[VM_MAX_OVERLAYS]; /* guest_image.c */
	uint32_t overlay_count;
	const char *features; /* CPU feature policy, or NULL: the board's */
	uint32_t idregs; /* check.c: the policy's number in system.idregs */
	struct guest_layout layout;
	bool console, real_time;
	bool rtc;              /* a PL031 of its own; check.c: none if it has the board's */
	uint32_t rtc_start;    /* seconds since 1970 */
	bool watchdog;         /* an SP805 */
	uint32_t watchdog_ns;  /* what it counts down from when the VM starts; 0: it stands */
	const uint8_t *rng_seed;
	uint32_t rng_seed_bytes;
	bool trng;             /* it may ask for the processor's random numbers */
	struct device device[VM_MAX_DEVICES];
	uint32_t device_count;
	struct guest_file file[VM_MAX_FILES];
	uint32_t file_count;
	struct channel_end end[VMCONF_MAX_CHANNELS];
	uint32_t end_count;
	uint32_t intids;       /* 32 + SPIs */
	uint64_t upcall_budget_ns;
	uint32_t start_budget_ms;
	struct vm_health health;       /* health.c */
	uint32_t doorbell_interval_ns;

	struct load load[VMCONF_MAX_LOADS];  /* guest_image.c; sorted by dst */
	uint32_t load_count;
	uint64_t entry, entry_x0;            /* guest_image.c */
	enum kernel_kind kernel_kind;        /* guest_image.c */
	uint32_t channel;      /* check.c: number of its console channel, or FMAP_NONE */
};

/* As many policies as VMs could ask for, and the board's. */
#define MAX_IDREGS 4

/* The console service; exists when the board has a UART. */
struct console {
	struct node node;      /* negative offset: all defaults */
	bool exists;
	uint32_t cpu;          /* FMAP_NONE until check.c chose one */
	uint64_t budget_ns, period_ns;
	const char *focus_name;
	uint32_t focus;        /* check.c: channel */
	uint32_t channel_count; /* check.c */
};

struct system {
	struct source source;
	char name[FMAP_NAME_BYTES];
	const char *platform;
	struct vm vm[MAX_VMS];
	uint32_t vm_count;
	struct channel channel[MAX_CHANNELS];
	uint32_t channel_count;
	struct console console;
	struct fmap_idregs idregs[MAX_IDREGS]; /* check.c: [0] is the board's policy */
	uint32_t idregs_count;
};

/* vm.c: a VM's node, and the first of its memory that it can write, or NULL. */
void vm_read(struct vm *vm, struct node n, struct diag *d);
const struct ram *vm_main_ram(const struct vm *vm);
struct pos vm_pos(const struct vm *vm, const char *property);
/* Raises vm->intids to hold it. */
void vm_hold_intid(struct vm *vm, uint32_t intid);

/* A number of one cell that must lie within limits; if not, `otherwise` after an error. */
uint64_t system_limited(struct node n, const char *name, uint64_t otherwise, uint64_t least, uint64_t most,
			struct diag *d);
/* Names that go into the f-map. */
void system_check_name(struct node n, struct diag *d);

/* False: the description could not be read at all. */
bool system_read(struct system *s, const char *path, struct arena *a, struct diag *d);

/* The system's place, for mistakes of the whole. */
struct pos system_pos(const struct system *s);

#endif
