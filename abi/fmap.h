/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The f-map: everything that was decided before boot. The host tool writes it, the checker
 * proves it, the kernel reads it and obeys. All of it is arrays with counts; the kernel has no
 * parser and never writes here.
 *
 * struct fmap stands at the start; each array lies at a byte offset from it, 16-byte aligned.
 * Names of entities are indices into these arrays. The tables that TTBR0_EL2 and VTTBR_EL2
 * point to lie outside, in pages that nothing maps.
 *
 * Order, on which the kernel relies:
 *   vcpus     sorted by cpu: those of one CPU are contiguous
 *   services  sorted by cpu
 *   links     sorted by destination endpoint; within a vCPU's incoming links the siblings
 *             come first, in the order of their number in the VM (its own number included:
 *             that link is never used)
 *   irqs      indexed by physical INTID
 */
#ifndef PARTITA_ABI_FMAP_H
#define PARTITA_ABI_FMAP_H

#include "abi/health.h"
#include "abi/layout.h"
#include <stdint.h>

#define FMAP_MAGIC 0x3150414d46545250 /* "PRTFMAP1" */
#define FMAP_VERSION 3
#define FMAP_NAME_BYTES 16
#define FMAP_NONE 0xffffffffu

struct fmap_array {
	uint32_t offset;       /* bytes from the start of struct fmap */
	uint32_t count;        /* elements */
};

/* What the generic UART of boot messages and panics is: see struct image_header. */
struct fmap_uart {
	uint64_t pa;           /* 0: the board has none */
	uint32_t data;         /* offset of the 32-bit transmit register in the page at EARLY_UART_VA */
	uint32_t status;
	uint32_t mask;
	uint32_t ready;
};

struct fmap {
	uint64_t magic;
	uint32_t version;
	uint32_t bytes;        /* of struct fmap with all its arrays */
	char system[FMAP_NAME_BYTES];   /* zero-terminated */
	char board[FMAP_NAME_BYTES];

	/* What the tables assume. The kernel writes these, or refuses to start. */
	uint64_t vtcr_el2;
	uint64_t shared_bytes; /* mapped at SHARED_VA: see shared layout below */
	uint32_t pa_bits;      /* every address in every table is below 1 << pa_bits */
	uint32_t gic_version;  /* 3 */
	uint32_t gic_intids;   /* INTIDs that irqs describes: 32 + SPIs, a multiple of 32 */
	uint32_t intid_maintenance; /* PPIs, as INTIDs 16 to 31 */
	uint32_t intid_hyp_timer;
	uint32_t intid_virt_timer;
	struct fmap_uart uart;

	struct fmap_array cpus;     /* struct fmap_cpu */
	struct fmap_array slots;    /* struct fmap_slot */
	struct fmap_array vms;      /* struct fmap_vm */
	struct fmap_array vcpus;    /* struct fmap_vcpu */
	struct fmap_array services; /* struct fmap_service */
	struct fmap_array contexts; /* struct fmap_context */
	struct fmap_array idregs;   /* struct fmap_idregs */
	struct fmap_array links;    /* struct fmap_link */
	struct fmap_array caps;     /* struct fmap_cap */
	struct fmap_array irqs;     /* struct fmap_irq, gic_intids of them */
	struct fmap_array memory;   /* struct fmap_memory */

	uint32_t kernel_bytes; /* of the image, from its start: the kernel, whole pages .. */
	uint32_t kernel_text_bytes; /* .. and the part of it that is executable */
};

struct fmap_cpu {
	uint64_t mpidr;        /* affinity fields of MPIDR_EL1; CPU 0 is the boot CPU */
	uint64_t frame_ns;     /* major frame; 0: one slot for ever */
	uint32_t slot_first, slot_count;       /* no slot: the CPU only serves services, or sleeps */
	uint32_t vcpu_first, vcpu_count;
	uint32_t service_first, service_count;
	uint32_t state_bytes;  /* of this CPU's memory at CPU_VA */
	uint32_t log_link;     /* link to the service that reads this CPU's log, or FMAP_NONE */
};

struct fmap_slot {
	uint32_t vcpu;
	uint32_t reserved;
	uint64_t start_ns;     /* within the frame */
	uint64_t length_ns;    /* 0 with frame_ns 0 */
};

struct fmap_vm {
	char name[FMAP_NAME_BYTES];
	uint32_t vcpu_count;
	uint32_t vcpu[MAX_VCPUS_PER_VM];  /* by number in the VM; [0] is the home vCPU: it boots */
	uint32_t intids;       /* the VM's interrupts: 32 + its SPIs, a multiple of 32 */
	uint32_t guest_context;
	uint32_t vmm_context;
	uint32_t idregs;
	uint32_t irq_count;    /* physical SPIs it owns: its entries in irqs */
	uint32_t cap_first, cap_count;    /* what its monitor may ring */
	uint32_t flags;
	uint64_t vmm_entry;    /* the monitor's only entry point */
	uint64_t upcall_budget_ns; /* what its monitor may take for one event .. */
	uint64_t start_budget_ns;  /* .. and for UPCALL_RESET, which loads the images */
	struct fmap_health health;
};
#define FMAP_VM_START 1        /* starts at boot */
#define FMAP_VM_DMA 2 /* nothing confines a device of its: whoever owns it is trusted with all */

#define DOORBELL_INTERVAL_NS_MIN 10000

struct fmap_vcpu {
	uint32_t vm, number;   /* number in the VM */
	uint32_t cpu;
	uint32_t link_first, link_count;  /* incoming */
	uint32_t doorbell_interval_ns;    /* from one time that doorbells are taken to the next */
	uint64_t vmpidr_el2;   /* what the guest reads as MPIDR_EL1 */
	uint64_t vmm_sp;       /* the top of its stack in the monitor */
};

/* A compartment of its own, which serves several VMs. */
struct fmap_service {
	char name[FMAP_NAME_BYTES];
	uint32_t cpu;
	uint32_t context;
	uint32_t link_first, link_count;  /* incoming */
	uint32_t cap_first, cap_count;
	uint64_t entry;
	uint64_t sp;
	uint64_t budget_ns;    /* it runs at most this long .. */
	uint64_t period_ns;    /* .. in each period */
};

/* The registers that make a world: written whole on every entry into it. Features that only
 * some cores have are closed by the kernel on top of these. */
struct fmap_context {
	uint64_t vttbr_el2;
	uint64_t hcr_el2;
	uint64_t cptr_el2;
	uint64_t mdcr_el2;
	uint64_t cnthctl_el2;
	uint64_t reserved;
};

/* AArch64 ID registers as a guest reads them: op0 3, op1 0, CRn 0, CRm 0 to 7, op2 0 to 7,
 * value[CRm * 8 + op2]. The kernel refuses to start when a 4-bit field promises more than the
 * core has. CRm 0 (MIDR, MPIDR, REVIDR) is not answered from here. */
struct fmap_idregs {
	uint64_t value[64];
};

/*
 * A link is a one-way connection from one CPU to an endpoint, with a memory of its own in the
 * shared area: struct shared_link. Endpoints: a vCPU, or a service.
 */
enum fmap_link_kind {
	LINK_SIBLING,          /* vCPU to vCPU of one VM: SGIs, level lines, calls */
	LINK_DOORBELL,         /* sets notification bit `badge` at the destination */
};
struct fmap_link {
	uint32_t kind;
	uint32_t src_cpu;      /* the only CPU that sends on it */
	uint32_t dst_cpu;
	uint32_t dst;          /* vCPU index, or vcpus.count + service index */
	uint32_t src;          /* sibling: the sending vCPU; doorbell: FMAP_NONE */
	uint32_t badge;        /* 0 to 31 */
};

/* What a compartment may ask of the kernel, by index from its cap_first. */
enum fmap_cap_kind {
	CAP_DOORBELL,          /* link[n] rings from the compartment's vCPU number n; a service has [0] */
	CAP_POWER,             /* service: may power the board off */
	CAP_IRQ,               /* service: physical interrupt `intid`, badge `badge` */
};
struct fmap_cap {
	uint32_t kind;
	uint32_t intid;
	uint32_t badge;
	uint32_t reserved;
	uint32_t link[MAX_VCPUS_PER_VM];
};

/* Physical interrupts. PPIs and SGIs are the kernel's: their entries are IRQ_NONE. */
enum fmap_irq_kind {
	IRQ_NONE,
	IRQ_VM,                /* to VM `owner` as its interrupt `vintid` */
	IRQ_SERVICE,           /* to service `owner` as notification `badge` */
};
struct fmap_irq {
	uint8_t kind;
	uint8_t edge;          /* 1: edge-triggered, as GICD_ICFGR says it */
	uint8_t badge;
	uint8_t owner;
	uint16_t vintid;
	uint16_t cpu;          /* where it is first routed: the home vCPU's or the service's CPU */
};

/*
 * Memory: f itself. A row says that [pa, pa + bytes) is at the address `at` of its owner, with
 * these rights, cacheable unless it is a device. The tables map exactly what the rows say, and
 * what abi/layout.h gives the kernel and the compartments out of the image's own memory; the
 * checker proves it. The kernel does not look here.
 *
 *   RAM      of OWNER_BOARD: what the board has, `at` = pa, no rights; all other memory that is no
 *            device lies in it. Of a VM: its own; its monitor has it too, at the same address,
 *            to read and write.
 *   CHANNEL  one VM's row has MEMORY_WRITE, each other row of the same pages MEMORY_READ alone.
 *            A monitor has of it what a row of its own says.
 *   DEVICE   registers, of one owner; but the emergency UART is a service's and the kernel's.
 */
enum fmap_memory_kind { MEMORY_RAM, MEMORY_DEVICE, MEMORY_CHANNEL };
enum fmap_owner {
	OWNER_BOARD,
	OWNER_KERNEL,          /* on every CPU */
	OWNER_CPU,             /* the kernel on CPU `owner` */
	OWNER_VM,
	OWNER_MONITOR,         /* of VM `owner` */
	OWNER_SERVICE,
};
#define MEMORY_READ 1
#define MEMORY_WRITE 2
#define MEMORY_EXECUTE 4
struct fmap_memory {
	uint64_t pa, bytes;    /* whole pages */
	uint64_t at;
	uint32_t kind;
	uint32_t owner_kind;
	uint32_t owner;        /* index; 0 where owner_kind has but one */
	uint32_t rights;
	char name[FMAP_NAME_BYTES]; /* for people: a channel's or device's */
};

/*
 * The shared area, from SHARED_VA, zero at boot:
 *     struct shared_board
 *     struct shared_vm [vms.count]
 *     struct shared_link [links.count]
 * A cache line has one writing CPU, but for shared_board.arrived, a byte a CPU, and for `life`,
 * which changes by compare-and-swap.
 */
struct shared_board {
	uint64_t ready;        /* the boot CPU has prepared what all CPUs use */
	uint64_t boot_el;      /* the exception level at which it was entered */
	uint8_t arrived[MAX_CPUS]; /* each written by its CPU */
	uint64_t pad[4];
};
struct shared_vm {
	uint32_t life;         /* enum of the kernel */
	uint32_t generation;   /* of its lives; written by the CPU that stops it */
	uint64_t cntvoff;      /* written by the home vCPU's CPU before the VM runs */
	/* Written by the CPU that stops it: */
	uint64_t window;       /* CNTPCT_EL0 at the first of the restarts that are counted */
	uint64_t restarts;     /* of them, see struct fmap_health */
	uint64_t pad[4];
};
struct shared_link {
	uint32_t signal_sent;  /* sender's; a bit is pending while it differs from signal_taken */
	uint32_t call_sent;    /* sender's sequence number; pending while it differs from call_done */
	uint64_t call[5];      /* sender's: operation and arguments */
	uint64_t pad_sender[2];
	uint32_t signal_taken; /* receiver's */
	uint32_t call_done;    /* receiver's */
	uint64_t result;       /* receiver's */
	uint64_t pad_receiver[6];
};

_Static_assert(sizeof(struct fmap) == 208, "part of the format");
_Static_assert(sizeof(struct fmap_cpu) == 48, "part of the format");
_Static_assert(sizeof(struct fmap_slot) == 24, "part of the format");
_Static_assert(sizeof(struct fmap_vm) == 144, "part of the format");
_Static_assert(sizeof(struct fmap_vcpu) == 40, "part of the format");
_Static_assert(sizeof(struct fmap_service) == 72, "part of the format");
_Static_assert(sizeof(struct fmap_context) == 48, "part of the format");
_Static_assert(sizeof(struct fmap_link) == 24, "part of the format");
_Static_assert(sizeof(struct fmap_cap) == 48, "part of the format");
_Static_assert(sizeof(struct fmap_irq) == 8, "part of the format");
_Static_assert(sizeof(struct fmap_memory) == 56, "part of the format");
_Static_assert(sizeof(struct shared_board) == 64, "one cache line");
_Static_assert(sizeof(struct shared_vm) == 64, "one cache line");
_Static_assert(sizeof(struct shared_link) == 128, "two cache lines");

#endif
