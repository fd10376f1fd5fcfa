/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's plugin interface, version 3 (QEMU 9 and later), as far as it is used here: Debian's packages
 * have no header for it.
 */
#ifndef PARTITA_BENCH_PLUGIN_H
#define PARTITA_BENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define PLUGIN_VERSION 3
#define CALLBACK_NO_REGS 0
#define MEM_READ_WRITE 3

typedef uint64_t plugin_id;
struct plugin_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;

/* Blocks are shared by all CPUs when one thread runs them in turn: then `cpu` is the one that
 * translated the block, whichever executes it. */
typedef void (*exec_callback)(unsigned cpu, void *data);
typedef void (*mem_callback)(unsigned cpu, uint32_t info, uint64_t address, void *data);

size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *tb);
struct qemu_plugin_insn *qemu_plugin_tb_get_insn(const struct qemu_plugin_tb *tb, size_t index);
size_t qemu_plugin_insn_data(const struct qemu_plugin_insn *insn, void *to, size_t bytes);
uint64_t qemu_plugin_insn_vaddr(const struct qemu_plugin_insn *insn);
unsigned qemu_plugin_mem_size_shift(uint32_t info);
bool qemu_plugin_mem_is_store(uint32_t info);
struct qemu_plugin_hwaddr *qemu_plugin_get_hwaddr(uint32_t info, uint64_t address);
uint64_t qemu_plugin_hwaddr_phys_addr(const struct qemu_plugin_hwaddr *address);
void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id id, void (*)(plugin_id id, struct qemu_plugin_tb *tb));
void qemu_plugin_register_vcpu_insn_exec_cb(struct qemu_plugin_insn *insn, exec_callback callback, int flags,
					    void *data);
void qemu_plugin_register_vcpu_mem_cb(struct qemu_plugin_insn *insn, mem_callback callback, int flags,
				      int access, void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*)(plugin_id id, void *data), void *data);

/* What a plugin has. */
EXPORT extern int qemu_plugin_version;
EXPORT int qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc, char **argv);

/* Addresses, from `first` to before `end`. */
struct range {
	uint64_t first, end;
};

static inline bool within(const struct range *range, uint64_t address)
{
	return address >= range->first && address < range->end;
}

#endif
