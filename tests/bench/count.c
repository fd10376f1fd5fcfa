/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin of QEMU's: how often each instruction of ours was executed up to certain points, how many
 * of all others, and what these had just done whenever one of our vectors was taken.
 *
 *	-plugin count.so,out=FILE,own=FIRST:END,...,sync=ADDRESS,...,irq=ADDRESS,...,mark=NAME:ADDRESS,...
 *
 * `own` are the addresses of ours. A mark is reached when its address is about to be executed, once,
 * and after all marks before it; the end of the run is one more. At each of them:
 *
 *	mark NAME OTHERS		so many instructions of others up to here
 *	own ADDRESS WORD COUNT		for each of ours, which may come several times
 *	sync WORD COUNT			so often this instruction was the last before that vector
 *	irq WORD COUNT
 *
 * With more than one CPU that last instruction may be another CPU's.
 */
#include "tests/bench/plugin.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define OWN_MAX 8
#define MARKS_MAX 8
#define VECTORS_MAX 8
#define EXITS_MAX 65536         /* other words than that: something is wrong */

int qemu_plugin_version = PLUGIN_VERSION;

/* One that was translated; QEMU may translate it again, and never says when it has forgotten one. */
struct instruction {
	struct instruction *next;
	uint64_t address, count;
	uint32_t word;
};

struct mark {
	char name[64];
	uint64_t address;
};

enum vector_kind {
	SYNC,
	IRQ,
	KINDS,
};

static const char *const kinds[KINDS] = { "sync", "irq" };

struct exit {
	uint32_t word;
	uint64_t count[KINDS];
};

static struct {
	FILE *out;
	struct range own[OWN_MAX];
	unsigned own_count;
	uint64_t vectors[KINDS][VECTORS_MAX];
	unsigned vector_count[KINDS];
	struct exit exits[EXITS_MAX];
	unsigned exit_count;
	uint32_t last;           /* word of the others' last instruction */
	struct mark marks[MARKS_MAX];
	unsigned mark_count, reached;
	struct instruction *instructions;
	uint64_t others;
} count;

static bool is_own(uint64_t address)
{
	for (unsigned i = 0; i < count.own_count; i++)
		if (within(&count.own[i], address))
			return true;
	return false;
}

static bool is_vector(enum vector_kind kind, uint64_t address)
{
	for (unsigned i = 0; i < count.vector_count[kind]; i++)
		if (count.vectors[kind][i] == address)
			return true;
	return false;
}

static bool is_mark(uint64_t address)
{
	for (unsigned i = 0; i < count.mark_count; i++)
		if (count.marks[i].address == address)
			return true;
	return false;
}

static void counts_write(const char *name)
{
	fprintf(count.out, "mark %s %" PRIu64 "\n", name, count.others);
	for (const struct instruction *i = count.instructions; i; i = i->next)
		if (i->count)
			fprintf(count.out, "own %" PRIx64 " %" PRIx32 " %" PRIu64 "\n", i->address, i->word,
				i->count);
	for (unsigned i = 0; i < count.exit_count; i++)
		for (unsigned kind = 0; kind < KINDS; kind++)
			if (count.exits[i].count[kind])
				fprintf(count.out, "%s %" PRIx32 " %" PRIu64 "\n", kinds[kind],
					count.exits[i].word, count.exits[i].count[kind]);
	fflush(count.out);
}

/* ---- What QEMU calls ---- */

static void own_executed(unsigned cpu, void *data)
{
	struct instruction *i = data;

	(void)cpu;
	i->count++;
}

static void other_executed(unsigned cpu, void *data)
{
	(void)cpu;
	count.others++;
	count.last = (uint32_t)(uintptr_t)data;
}

/* Few instructions cause nearly all exits, and come first. */
static void vector_taken(unsigned cpu, void *data)
{
	unsigned i = 0;

	(void)cpu;
	while (i < count.exit_count && count.exits[i].word != count.last)
		i++;
	if (i == EXITS_MAX)
		abort();
	if (i == count.exit_count)
		count.exits[count.exit_count++].word = count.last;
	count.exits[i].count[(uintptr_t)data]++;
}

static void mark_executed(unsigned cpu, void *data)
{
	const struct mark *m = &count.marks[count.reached];

	(void)cpu;
	if (count.reached == count.mark_count || m->address != (uint64_t)(uintptr_t)data)
		return;
	counts_write(m->name);
	count.reached++;
}

static void instruction_translated(struct qemu_plugin_insn *insn)
{
	uint64_t address = qemu_plugin_insn_vaddr(insn);
	struct instruction *i;
	uint32_t word = 0;

	qemu_plugin_insn_data(insn, &word, sizeof(word));
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (is_vector(kind, address))
			qemu_plugin_register_vcpu_insn_exec_cb(insn, vector_taken, CALLBACK_NO_REGS,
							       (void *)(uintptr_t)kind);
	if (is_mark(address))
		qemu_plugin_register_vcpu_insn_exec_cb(insn, mark_executed, CALLBACK_NO_REGS,
						       (void *)(uintptr_t)address);
	if (!is_own(address)) {
		qemu_plugin_register_vcpu_insn_exec_cb(insn, other_executed, CALLBACK_NO_REGS,
						       (void *)(uintptr_t)word);
		return;
	}
	i = calloc(1, sizeof(*i));
	if (!i)
		abort();
	i->address = address;
	i->word = word;
	i->next = count.instructions;
	count.instructions = i;
	qemu_plugin_register_vcpu_insn_exec_cb(insn, own_executed, CALLBACK_NO_REGS, i);
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		instruction_translated(qemu_plugin_tb_get_insn(tb, i));
}

static void ended(plugin_id id, void *data)
{
	(void)id, (void)data;
	counts_write("end");
	fclose(count.out);
}

/* ---- Arguments ---- */

static bool vector_argument(enum vector_kind kind, const char *text)
{
	size_t length = strlen(kinds[kind]);
	unsigned *number = &count.vector_count[kind];

	if (*number == VECTORS_MAX || strncmp(text, kinds[kind], length) != 0 ||
	    sscanf(text + length, "=%" SCNx64, &count.vectors[kind][*number]) != 1)
		return false;
	++*number;
	return true;
}

static bool argument(const char *text)
{
	struct range *own = &count.own[count.own_count];
	struct mark *m = &count.marks[count.mark_count];
	char path[4096];

	if (sscanf(text, "out=%4095s", path) == 1)
		return (count.out = fopen(path, "w")) != NULL;
	if (count.own_count < OWN_MAX &&
	    sscanf(text, "own=%" SCNx64 ":%" SCNx64, &own->first, &own->end) == 2)
		return ++count.own_count;
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (vector_argument(kind, text))
			return true;
	if (count.mark_count < MARKS_MAX && sscanf(text, "mark=%63[^:]:%" SCNx64, m->name, &m->address) == 2)
		return ++count.mark_count;
	return false;
}

int qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (argument(argv[i]))
			continue;
		fprintf(stderr, "count: cannot use %s\n", argv[i]);
		return -1;
	}
	if (!count.out) {
		fprintf(stderr, "count: no out=FILE\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	qemu_plugin_register_atexit_cb(id, ended, NULL);
	return 0;
}
