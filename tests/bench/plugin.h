/* SPDX-License-Identifier: Apache-2.0 */
/*
 * QEMU's plugin interface, version 3 (QEMU 9 and later), as far as it is used here: Debian's packages
 * have no header for it. What came later says so.
 */
#ifndef PARTITA_BENCH_PLUGIN_H
#define PARTITA_BENCH_PLUGIN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define EXPORT __attribute__((visibility("default")))
#define PLUGIN_VERSION 3
#define CALLBACK_NO_REGS 0
#define CALLBACK_READS_REGS 1
#define MEM_WRITE 2
#define MEM_READ_WRITE 3

typedef uint64_t plugin_id;
struct plugin_info;
struct qemu_plugin_tb;
struct qemu_plugin_insn;
struct qemu_plugin_hwaddr;
struct qemu_plugin_register;

/* GLib's arrays, as far as their users see them. */
struct byte_array {
	uint8_t *data;
	unsigned bytes;
};

struct array {
	char *data;
	unsigned count;
};

struct register_descriptor {
	struct qemu_plugin_register *handle;
	const char *name;
	const char *feature;
};

/* What was read or written; of a store, what is in memory now. */
struct mem_value {
	int type;                /* 0 to 4: 1, 2, 4, 8, 16 bytes */
	union {
		uint8_t bytes[16];
		uint64_t u64[2];
	} data;
};

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
void qemu_plugin_register_vcpu_tb_exec_cb(struct qemu_plugin_tb *tb, exec_callback callback, int flags,
					  void *data);
void qemu_plugin_register_atexit_cb(plugin_id id, void (*)(plugin_id id, void *data), void *data);

/* Registers of the CPU that runs: only in a callback that says that it reads them. */
struct array *qemu_plugin_get_registers(void);
int qemu_plugin_read_register(struct qemu_plugin_register *handle, struct byte_array *to);
struct byte_array *g_byte_array_new(void);
struct byte_array *g_byte_array_set_size(struct byte_array *array, unsigned bytes);
/* Version 4, QEMU 9.2 and later. */
struct mem_value qemu_plugin_mem_get_value(uint32_t info);
bool qemu_plugin_read_memory_vaddr(uint64_t address, struct byte_array *to, size_t bytes);

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
