/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Claims: who can do what to which physical memory, as the walk of every table found it. A view is
 * one set of tables; a domain is who stands behind it: the kernel, a VM together with its monitor,
 * a service.
 */
#ifndef PARTITA_VERIFY_CLAIMS_H
#define PARTITA_VERIFY_CLAIMS_H

#include "tools/verify/image.h"

enum right { RIGHT_READ = MEMORY_READ,
	     RIGHT_WRITE = MEMORY_WRITE,
	     RIGHT_EXECUTE = MEMORY_EXECUTE };

/* "r-x" */
const char *rights_text(uint32_t rights);

enum world { WORLD_KERNEL,
	     WORLD_GUEST,
	     WORLD_MONITOR,
	     WORLD_SERVICE };

struct view {
	enum world world;
	uint32_t index;        /* CPU, VM or service */
	uint64_t root;
	char name[40];
	size_t first, count;   /* its claims, by address in its space, until claims_sort */
	uint64_t bytes[8];     /* mapped, by rights */
	uint64_t device_bytes;
};

struct claim {
	uint64_t pa, bytes, va;
	uint16_t view;         /* index of its struct view */
	uint8_t rights;        /* 0: a page of tables */
	bool device;
};

#define MAX_SERVICES 8
#define MAX_VIEWS (MAX_CPUS + 2 * MAX_VMS + MAX_SERVICES)

struct claims {
	struct view view[MAX_VIEWS];
	uint32_t view_count;
	struct claim *claim;
	size_t count, capacity;
	size_t last_leaf, last_table;  /* that something may run on with */
};

/* What runs on together with the last claim becomes one with it. False: too many, reported. */
bool claims_add(struct claims *c, struct claim claim, struct report *r);
void claims_sort(struct claims *c);   /* by physical address */
void claims_free(struct claims *c);

/* Views are in a fixed order: CPUs, then guest and monitor of each VM, then services. */
uint32_t view_of_cpu(const struct image *image, uint32_t cpu);
uint32_t view_of_guest(const struct image *image, uint32_t vm);
uint32_t view_of_monitor(const struct image *image, uint32_t vm);
uint32_t view_of_service(const struct image *image, uint32_t service);

/* The bytes of the file that a view has at an address, or NULL; before claims_sort. */
const void *claims_data(const struct claims *c, const struct image *image, uint32_t view, uint64_t va,
			uint64_t bytes);

#endif
