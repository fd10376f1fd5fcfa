/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The finished machine as people talk of it: who is there, what each guest sees, what is shared,
 * who can influence whom. Nothing here is declared anywhere: all of it is derived from what the
 * board gets, the mappings that became translation tables, the f-map and the configuration
 * pages. What the map prints and draws comes from here.
 */
#ifndef PARTITA_TOOL_MACHINE_H
#define PARTITA_TOOL_MACHINE_H

#include "tools/partita/build.h"

/* Who can own, write or influence. A VM and its monitor are one party. In this order: VMs by
 * their index, services, the kernel. */
#define MAX_PARTIES (MAX_VMS + 2)
enum party_kind { PARTY_VM, PARTY_SERVICE, PARTY_KERNEL };
struct party {
	enum party_kind kind;
	const char *name;
};
typedef uint64_t party_set; /* bit n: party n */
_Static_assert(MAX_PARTIES <= 64, "a set has a bit for each");

/* A stretch of a guest's address space. */
enum window_kind { WINDOW_RAM, WINDOW_DEVICE, WINDOW_CHANNEL, WINDOW_EMULATED };
struct window {
	enum window_kind kind;
	uint32_t vm;
	uint64_t ipa, bytes;
	const char *what;
	enum access access;
	const struct object *object; /* NULL: emulated by the monitor */
	uint64_t offset; /* in the object */
	uint32_t intid; /* of an emulated device; 0: none */
};

/* An object, and who has it mapped. */
struct piece {
	const struct object *object;
	party_set writers, readers; /* who writes is not among the readers as well */
	uint32_t owner; /* the only party, or the first that writes, or the kernel */
};

enum flow_kind { FLOW_MEMORY, FLOW_DOORBELL, FLOW_TIME };
/* One party can have an effect on another, in a way that was decided before boot. */
struct flow {
	enum flow_kind kind;
	uint32_t from, to; /* parties */
	const struct object *object; /* FLOW_MEMORY */
	const char *what;
};

/* How many kinds of flow there are. */
#define FLOW_KINDS 3

/* A device with an owner, or the one interrupt of it that this row is about. */
struct route {
	uint32_t party;
	const char *device;
	uint32_t intid; /* 0: a device without interrupts */
	bool edge;
	uint32_t vintid; /* what the VM's GIC calls it */
	uint32_t cpu; /* where it is first routed */
};

struct machine {
	const struct build *build;
	struct arena *arena;
	const uint8_t *hash; /* of the image, BLAKE2b-256 */
	uint64_t image_bytes;

	const struct fmap *fmap; /* with its arrays */
	const struct fmap_cpu *cpu;
	const struct fmap_vm *vm;
	const struct fmap_slot *slot;
	const struct fmap_vcpu *vcpu;
	const struct fmap_service *service;
	const struct fmap_irq *irq;

	struct party party[MAX_PARTIES];
	uint32_t party_count;

	struct piece *piece; /* by physical address */
	struct window *window; /* by VM, then by address */
	struct flow *flow; /* by party from, party to, kind, address */
	struct route *route; /* by party */
	uint32_t piece_count, window_count, flow_count, route_count;
};

/* Of a build without mistakes. `image` is what image_file_make made of it. */
void machine_make(struct machine *m, struct build *b, struct blob image);

uint32_t machine_kernel(const struct machine *m);
/* "VM linux", "console", "kernel" */
const char *machine_party_name(const struct machine *m, uint32_t party);
/* "VM linux, console" */
const char *machine_set_name(const struct machine *m, party_set set);
const struct piece *machine_piece(const struct machine *m, const struct object *o);
/* More than one party has it mapped, and at least one of them writes it. */
bool machine_is_shared(const struct piece *p);
/* One VM writes it and another one can tell. */
bool machine_is_between_vms(const struct machine *m, const struct piece *p);
const struct vmconf *machine_vmconf(const struct machine *m, uint32_t vm);
/* The share of its CPU's time that a service may take: "at most 2 ms in any 10 ms (20.0 %)" */
const char *machine_service_bound(const struct machine *m, const struct fmap_service *s);

#endif
