/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin of QEMU's: what all CPUs execute while the bench measures.
 *
 *	-plugin trace.so,out=FILE,guest=FIRST:END,skip=N,windows=N,event=NAME:FIRST:END:READS,...
 *
 * The guest's own reads of its counter are the marks. A window opens with one in an event's function
 * (FIRST to END), and closes with the READS-th after it; if only the guest ran meanwhile it was not
 * the measurement, and the closing read may open the next one. After `skip` windows of an event,
 * `windows` of them are written:
 *
 *	window NAME
 *	i ADDRESS WORD			an instruction
 *	r ADDRESS PHYSICAL BYTES	a load of the instruction before it; w: a store
 *
 * Loads and stores of the guest are left out. Under -icount one thread runs all CPUs in turn, so
 * callbacks never overlap; but blocks are shared, and the CPU that QEMU names to a callback is the
 * one that translated the block, so nothing here asks for it.
 */
#include "tests/bench/plugin.h"
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int qemu_plugin_version = PLUGIN_VERSION;

#define EVENTS_MAX 64
#define RECORDS_MAX (1u << 20)
#define MRS_CNTVCT 0xd53be040u   /* MRS X0, CNTVCT_EL0; the lowest five bits are the register */
#define REGISTER_BITS 0x1fu

struct event {
	char name[64];
	struct range function;
	unsigned reads;
	unsigned windows;
};

/* One that was translated; QEMU may translate it again, and never says when it has forgotten one. */
struct instruction {
	uint64_t address;
	uint32_t word;
};

struct record {
	const struct instruction *instruction;   /* or NULL: an access */
	bool store;
	unsigned bytes;
	uint64_t address, physical;
};

static struct {
	FILE *out;
	struct range guest;
	unsigned skip, windows;
	struct event events[EVENTS_MAX];
	unsigned event_count;
	struct event *open;
	unsigned reads;          /* since it was opened */
	bool left_guest;
	struct record records[RECORDS_MAX];
	unsigned count;
} trace;

/* ---- Windows ---- */

static void record(struct record record)
{
	if (trace.count < RECORDS_MAX)
		trace.records[trace.count++] = record;
}

static void window_write(const struct event *e)
{
	fprintf(trace.out, "window %s\n", e->name);
	for (unsigned i = 0; i < trace.count; i++) {
		const struct record *r = &trace.records[i];

		if (r->instruction)
			fprintf(trace.out, "i %" PRIx64 " %" PRIx32 "\n", r->instruction->address,
				r->instruction->word);
		else
			fprintf(trace.out, "%c %" PRIx64 " %" PRIx64 " %u\n", r->store ? 'w' : 'r',
				r->address, r->physical, r->bytes);
	}
	fflush(trace.out);      /* nobody waits until QEMU has ended in good order */
}

static void window_close(void)
{
	struct event *e = trace.open;

	trace.open = NULL;
	if (!trace.left_guest)
		return;
	if (e->windows >= trace.skip && e->windows < trace.skip + trace.windows)
		window_write(e);
	e->windows++;
}

static void window_open(uint64_t address)
{
	for (unsigned i = 0; i < trace.event_count; i++)
		if (within(&trace.events[i].function, address))
			trace.open = &trace.events[i];
	trace.reads = 0;
	trace.count = 0;
	trace.left_guest = false;
}

/* ---- What QEMU calls ---- */

static void counter_read(unsigned cpu, void *data)
{
	const struct instruction *i = data;

	(void)cpu;
	if (trace.open) {
		if (++trace.reads < trace.open->reads)
			return;
		window_close();
		if (trace.left_guest)
			return;
	}
	window_open(i->address);
}

static void executed(unsigned cpu, void *data)
{
	const struct instruction *i = data;

	(void)cpu;
	if (!trace.open)
		return;
	if (!within(&trace.guest, i->address))
		trace.left_guest = true;
	record((struct record){ .instruction = i });
}

static void accessed(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
	struct qemu_plugin_hwaddr *place;

	(void)cpu, (void)data;
	if (!trace.open)
		return;
	place = qemu_plugin_get_hwaddr(info, address);
	record((struct record){
		.store = qemu_plugin_mem_is_store(info),
		.bytes = 1u << qemu_plugin_mem_size_shift(info),
		.address = address,
		.physical = place ? qemu_plugin_hwaddr_phys_addr(place) : 0,
	});
}

static void instruction_translated(struct qemu_plugin_insn *insn)
{
	struct instruction *i = calloc(1, sizeof(*i));
	bool mark;

	if (!i)
		abort();
	i->address = qemu_plugin_insn_vaddr(insn);
	qemu_plugin_insn_data(insn, &i->word, sizeof(i->word));
	mark = within(&trace.guest, i->address) && (i->word & ~REGISTER_BITS) == MRS_CNTVCT;
	qemu_plugin_register_vcpu_insn_exec_cb(insn, mark ? counter_read : executed, CALLBACK_NO_REGS, i);
	if (!within(&trace.guest, i->address))
		qemu_plugin_register_vcpu_mem_cb(insn, accessed, CALLBACK_NO_REGS, MEM_READ_WRITE, NULL);
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	(void)id;
	for (size_t i = 0; i < qemu_plugin_tb_n_insns(tb); i++)
		instruction_translated(qemu_plugin_tb_get_insn(tb, i));
}

/* ---- Arguments ---- */

static bool argument(const char *text)
{
	char path[4096];
	struct event *e = &trace.events[trace.event_count];

	if (sscanf(text, "out=%4095s", path) == 1)
		return (trace.out = fopen(path, "w")) != NULL;
	if (sscanf(text, "guest=%" SCNx64 ":%" SCNx64, &trace.guest.first, &trace.guest.end) == 2 ||
	    sscanf(text, "skip=%u", &trace.skip) == 1 || sscanf(text, "windows=%u", &trace.windows) == 1)
		return true;
	if (trace.event_count == EVENTS_MAX ||
	    sscanf(text, "event=%63[^:]:%" SCNx64 ":%" SCNx64 ":%u", e->name, &e->function.first,
		   &e->function.end, &e->reads) != 4)
		return false;
	trace.event_count++;
	return true;
}

int qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (argument(argv[i]))
			continue;
		fprintf(stderr, "trace: cannot use %s\n", argv[i]);
		return -1;
	}
	if (!trace.out) {
		fprintf(stderr, "trace: no out=FILE\n");
		return -1;
	}
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
