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

/* The guest's machine: the addresses of QEMU's virt board. */
#define GUEST_GICD 0x08000000u
#define GUEST_GICR 0x080a0000u
#define GUEST_UART 0x09000000u
#define GUEST_UART_INTID 33u         /* SPI 1 */
#define GUEST_RTC 0x09010000u
#define GUEST_RTC_INTID 34u          /* SPI 2 */
#define GUEST_CLOCK_HZ 24000000u

struct ram {
	struct range ipa;
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
#define DEVICE_MAX_INTERRUPTS 8
/* A device of the board's that a VM owns. */
struct device {
	const char *path;      /* in the platform's tree */
	struct pos pos;
	int node;              /* device.c; negative: it was refused */
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

enum kernel_kind { KERNEL_RAW, KERNEL_IMAGE, KERNEL_ELF };

#define VM_MAX_DEVICES 16
struct vm {
	const char *name;
	struct node node;
	uint32_t index;
	uint32_t cpu[MAX_VCPUS_PER_VM];    /* of vCPU n */
	uint32_t vcpu_count;
	struct ram ram[VMCONF_MAX_RAM];
	uint32_t ram_count;
	const char *kernel, *initrd, *bootargs;
	bool console, real_time;
	bool rtc;              /* a PL031 of its own; check.c: none if it has the board's */
	uint32_t rtc_start;    /* seconds since 1970 */
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
	uint32_t doorbell_interval_ns;

	struct load load[VMCONF_MAX_LOADS];  /* guest_image.c; sorted by dst */
	uint32_t load_count;
	uint64_t entry, entry_x0;            /* guest_image.c */
	enum kernel_kind kernel_kind;        /* guest_image.c */
	uint32_t channel;      /* check.c: number of its console channel, or FMAP_NONE */
};

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
};

/* False: the description could not be read at all. */
bool system_read(struct system *s, const char *path, struct arena *a, struct diag *d);

/* The system's place, for mistakes of the whole. */
struct pos system_pos(const struct system *s);

#endif
