/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who may ring whom: vCPUs in the f-map's order, the links between CPUs, and the capabilities
 * that name them. Depends on nothing but the system and its board.
 */
#ifndef PARTITA_TOOL_ROUTES_H
#define PARTITA_TOOL_ROUTES_H

#include "tools/partita/channel.h"

/* vCPUs have a CPU each, so there are at most MAX_CPUS of them. */
#define MAX_LINKS (MAX_CPUS * MAX_VCPUS_PER_VM + MAX_CPUS + MAX_VMS + MAX_CPUS + MAX_CHANNEL_LINKS)
#define MAX_CAPS (2 * MAX_VMS + 2 + MAX_CHANNEL_LINKS)

struct span {
	uint32_t first, count;
};

struct routes {
	struct {
		uint32_t vm, number, cpu;
		struct span links;   /* incoming */
	} vcpu[MAX_CPUS];              /* sorted by CPU */
	uint32_t vcpu_count;
	uint32_t vcpu_index[MAX_VMS][MAX_VCPUS_PER_VM];

	struct fmap_link link[MAX_LINKS];
	uint32_t link_count;
	struct span console_links;     /* incoming */
	uint32_t log_link[MAX_CPUS];   /* FMAP_NONE without a console service */

	struct fmap_cap cap[MAX_CAPS];
	uint32_t cap_count;
	struct span vm_caps[MAX_VMS], health_caps[MAX_VMS], console_caps;
};

void routes_make(struct routes *r, const struct system *s, const struct platform *p);

#endif
