/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The layout: which objects there are and which address space maps them how, after
 * abi/layout.h. This is the whole of the f-map's memory side, before addresses and bits.
 */
#ifndef PARTITA_TOOL_LAYOUT_H
#define PARTITA_TOOL_LAYOUT_H

#include "tools/partita/binaries.h"
#include "tools/partita/space.h"
#include "tools/partita/system.h"

struct layout {
	struct arena *arena;
	struct memory memory;

	struct object *kernel, *fmap, *tables, *vmm_file, *console_file, *shared;
	struct object *gicd, *uart;
	struct {
		struct object *gicr, *klog, *stack, *state;
		struct space space;
	} cpu[MAX_CPUS];
	struct {
		struct object *conf, *lines, *data, *stack[MAX_VCPUS_PER_VM];
		struct object *to_service, *to_vm;   /* channel pages, named by who reads them */
		struct space guest, monitor;
	} vm[MAX_VMS];
	struct {
		struct object *conf, *data, *stack;
		struct space space;
	} console;
	struct space head;     /* the head where it is loaded: hung into each CPU's space */
};

/* How large the f-map and the shared area will be is known before (fmap_file.h). Contents of
 * f-map, tables and configuration pages come later. */
void layout_make(struct layout *l, struct system *s, const struct platform *p, const struct binaries *b,
		 uint64_t fmap_bytes, uint64_t shared_bytes);

/* Bytes of the kernel's state on a CPU, whole pages. */
uint64_t layout_state_bytes(const struct system *s, uint32_t cpu);

/* Each world's own VMID, from 1. */
uint32_t layout_guest_vmid(const struct vm *vm);
uint32_t layout_monitor_vmid(const struct vm *vm);
uint32_t layout_console_vmid(const struct system *s);

#endif
