/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A plugin of QEMU's: what of the kernel was executed, which way its branches went, and how long each
 * stay at EL2 was.
 *
 *	-plugin el2.so,out=FILE,text=KERNEL.BIN,window=FIRST:END,head=FIRST:END,limit=N,
 *		entry=NUMBER:ADDRESS,...,sync=NUMBER:ADDRESS,...[,counters=FIRST:END][,counted=on]
 *
 * A *stay* begins where a CPU comes to EL2, at one of the entries (`sync`: of those the exception's class
 * is told too), and ends with the ERET that leaves it or with a WFI: then the CPU is idle, and whatever
 * wakes it begins another stay. The head runs where the loader put it; its page is known by its bytes,
 * which are the kernel's from FIRST to END.
 *
 * FILE is mapped, not written: however QEMU ends, all is in it, as `struct report` below says. Its
 * reader is measure.py. `counters` are the addresses of the counters that a compiler put into the
 * kernel: whatever is stored there is kept.
 *
 * Usually each CPU is a thread, and QEMU names it. With `counted` (-icount) one thread runs all of
 * them, and a callback may be told another CPU's number: then TTBR0_EL2, each CPU's own, says which
 * one it is. To read it takes long, so it is read only where a block is not what had to follow.
 */
#include "tests/bench/plugin.h"
#include <fcntl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int qemu_plugin_version = PLUGIN_VERSION;

#define WORDS_MAX 0x10000u              /* 256 KiB of text */
#define COUNTERS_MAX 0x20000u           /* bytes */
#define CPUS_MAX 16
#define ENTRIES_MAX 32
#define CLASSES 64                      /* of exceptions: ESR_EL2.EC */
#define KINDS_MAX (ENTRIES_MAX * CLASSES)
#define LONG_MAX 64
#define STAY_MAX (1u << 20)             /* instructions of a stay that are told by address */
#define PAGE 4096u

#define ENTRY_BOOT 0
#define ENTRY_IDLE 1

#define WORD_ERET 0xd69f03e0u
#define WORD_WFI 0xd503207fu
#define WORD_RET 0xd65f03c0u
#define CALLS_MAX 64

/* All stays that began in one way. */
struct kind {
	uint64_t count, instructions, longest;
};

/* Those above the limit that have their kind and their most frequent instruction in common. */
struct long_stay {
	uint64_t kind, busiest, count, longest, told;
	uint32_t histogram[WORDS_MAX];  /* of the longest */
};

struct report {
	uint64_t words, strangers;      /* in the window, neither the kernel's nor a debugger's */
	uint64_t long_lost;             /* long stays for which there was no room */
	struct kind kinds[KINDS_MAX];
	uint8_t executed[WORDS_MAX], taken[WORDS_MAX], passed[WORDS_MAX];
	_Alignas(8) uint8_t counters[COUNTERS_MAX];     /* of all lives of the board */
	struct long_stay longs[LONG_MAX];
};

/* What a CPU does at EL2 now. */
struct stay {
	bool open;
	unsigned kind;                  /* of this, or, when none is open, of one without an entry */
	uint64_t count;
	uint32_t last;                  /* the instruction before, or WORDS_MAX */
	uint64_t ttbr0;                 /* counted: whose it is */
	uint32_t returns[CALLS_MAX];    /* where its calls return to */
	unsigned calls;
	struct byte_array *value;
	struct qemu_plugin_register *esr, *ttbr;
	uint16_t at[STAY_MAX];
};

static struct {
	struct report *report;
	uint32_t text[WORDS_MAX];
	uint32_t words;
	uint64_t limit;
	struct range window, head, counters;    /* the head: offsets */
	struct entry {
		uint64_t address;
		unsigned number;
		bool sync;
	} entries[ENTRIES_MAX];
	unsigned entry_count;
	bool counted;
	unsigned running;               /* counted: the CPU whose turn it is */
	unsigned cpus;                  /* counted: how many have been seen */
	struct stay stays[CPUS_MAX];
	uint64_t highest[COUNTERS_MAX / 8];     /* of each counter, since the board was last reset */
	pthread_mutex_t lock;
} el2;

/* ---- Stays ---- */

static uint32_t busiest(const struct stay *s, uint32_t *histogram)
{
	uint64_t told = s->count < STAY_MAX ? s->count : STAY_MAX;
	uint32_t best = 0;

	memset(histogram, 0, WORDS_MAX * sizeof(*histogram));
	for (uint64_t i = 0; i < told; i++)
		if (++histogram[s->at[i]] > histogram[best])
			best = s->at[i];
	return best;
}

static void keep_long(const struct stay *s)
{
	static uint32_t histogram[WORDS_MAX];
	uint32_t best = busiest(s, histogram);

	for (unsigned i = 0; i < LONG_MAX; i++) {
		struct long_stay *l = &el2.report->longs[i];

		if (l->count && (l->kind != s->kind || l->busiest != best))
			continue;
		l->kind = s->kind;
		l->busiest = best;
		l->count++;
		if (s->count > l->longest) {
			l->longest = s->count;
			memcpy(l->histogram, histogram, sizeof(histogram));
		}
		return;
	}
	el2.report->long_lost++;
}

/* Once in a while for each stay, so the lock costs nothing. */
static void stay_end(struct stay *s, bool idle)
{
	struct kind *k = &el2.report->kinds[s->kind];

	s->open = false;
	pthread_mutex_lock(&el2.lock);
	k->count++;
	k->instructions += s->count;
	if (s->count > k->longest)
		k->longest = s->count;
	if (s->count > el2.limit)
		keep_long(s);
	pthread_mutex_unlock(&el2.lock);
	s->kind = idle ? ENTRY_IDLE * CLASSES : s->kind;
}

static void stay_begin(struct stay *s, unsigned kind)
{
	s->open = true;
	s->kind = kind;
	s->count = 0;
	s->last = WORDS_MAX;
	s->calls = 0;
}

/* ---- Registers ---- */

static void registers_find(struct stay *s)
{
	const struct array *found = qemu_plugin_get_registers();
	const struct register_descriptor *r = (const void *)found->data;

	for (unsigned i = 0; i < found->count; i++)
		if (strcmp(r[i].name, "ESR_EL2") == 0)
			s->esr = r[i].handle;
		else if (strcmp(r[i].name, "TTBR0_EL2") == 0)
			s->ttbr = r[i].handle;
	if (!s->esr || !s->ttbr)
		abort();
	s->value = g_byte_array_new();
}

static uint64_t register_value(struct stay *s, struct qemu_plugin_register *r)
{
	uint64_t value = 0;

	g_byte_array_set_size(s->value, 0);
	if (qemu_plugin_read_register(r, s->value) > 0)
		memcpy(&value, s->value->data, s->value->bytes < 8 ? s->value->bytes : 8);
	return value;
}

/* ---- What QEMU calls when the kernel runs ---- */

static struct stay *stay_of(unsigned cpu)
{
	return &el2.stays[el2.counted ? el2.running : cpu % CPUS_MAX];
}

static int32_t field(uint32_t word, unsigned at, unsigned bits)
{
	return (int32_t)(word << (32 - at - bits)) >> (32 - bits);
}

/* Is this instruction what comes after the last one of an open stay? Then no other CPU had its turn
 * meanwhile, as long as two of them do not stop in the same place. */
static bool follows(const struct stay *s, uint32_t at)
{
	uint32_t word, next = s->last + 1;

	if (!s->open || s->last == WORDS_MAX)
		return false;
	word = el2.text[s->last];
	if ((word & 0x7c000000) == 0x14000000)                          /* B, BL */
		return at == s->last + (uint32_t)field(word, 0, 26);
	if ((word & 0xff000010) == 0x54000000 || (word & 0x7e000000) == 0x34000000)    /* B.cond, CBZ */
		return at == next || at == s->last + (uint32_t)field(word, 5, 19);
	if ((word & 0x7e000000) == 0x36000000)                          /* TBZ, TBNZ */
		return at == next || at == s->last + (uint32_t)field(word, 5, 14);
	if (word == WORD_RET)
		return s->calls < CALLS_MAX && at == s->returns[s->calls];
	return at == next && (word & 0xfe000000) != 0xd6000000;         /* not BR, BLR */
}

/* The calls of a stay; RET has taken its place back. */
static void call_note(struct stay *s, uint32_t at)
{
	uint32_t word = el2.text[at];

	if (word == WORD_RET && s->calls > 0)
		s->calls--;
	else if (s->calls < CALLS_MAX &&
		 ((word & 0xfc000000) == 0x94000000 || (word & 0xfffffc1f) == 0xd63f0000)) /* BL, BLR */
		s->returns[s->calls++] = at + 1;
}

/* Counted: at the begin of each block, between which CPUs take turns. */
static void block_executed(unsigned cpu, void *data)
{
	uint64_t ttbr0;
	unsigned i = 0;

	(void)cpu;
	if (follows(&el2.stays[el2.running], (uint32_t)(uintptr_t)data))
		return;
	if (!el2.stays[0].value)
		registers_find(&el2.stays[0]);
	ttbr0 = register_value(&el2.stays[0], el2.stays[0].ttbr);
	while (i < el2.cpus && el2.stays[i].ttbr0 != ttbr0)
		i++;
	if (i == CPUS_MAX)
		abort();
	if (i == el2.cpus)
		el2.stays[el2.cpus++].ttbr0 = ttbr0;
	el2.running = i;
}

static void instruction_executed(unsigned cpu, void *data)
{
	uint32_t at = (uint32_t)(uintptr_t)data;
	struct stay *s = stay_of(cpu);

	el2.report->executed[at] = 1;
	if (!s->open)
		stay_begin(s, s->kind);
	if (s->last != WORDS_MAX)
		(s->last + 1 == at ? el2.report->passed : el2.report->taken)[s->last] = 1;
	s->last = at;
	if (s->count < STAY_MAX)
		s->at[s->count] = (uint16_t)at;
	s->count++;
	if (el2.counted)
		call_note(s, at);
	if (el2.text[at] == WORD_ERET || el2.text[at] == WORD_WFI)
		stay_end(s, el2.text[at] == WORD_WFI);
}

/* Before the same instruction is counted. */
static void entry_executed(unsigned cpu, void *data)
{
	const struct entry *e = data;
	struct stay *s = stay_of(cpu);
	unsigned class = 0;

	/* The board was reset. Where it starts at EL3 all CPUs come here, before any counts. */
	if (e->number == ENTRY_BOOT && e->address == el2.window.first && (cpu == 0 || el2.counted))
		memset(el2.highest, 0, sizeof(el2.highest));
	if (e->sync) {
		struct stay *reader = el2.counted ? &el2.stays[0] : s;

		if (!reader->value)
			registers_find(reader);
		class = (unsigned)(register_value(reader, reader->esr) >> 26) % CLASSES;
	}
	stay_begin(s, e->number * CLASSES + class);
}

/* A counter is eight bytes; anything else is bits, which stay. An exclusive store that fails is told
 * like any other, and others may tell theirs in between: the highest value is the counter's. */
static void counter_grows(uint32_t n, uint64_t value)
{
	uint64_t *sum = (uint64_t *)(void *)el2.report->counters + n;
	uint64_t old = __atomic_load_n(&el2.highest[n], __ATOMIC_RELAXED);

	while (value > old)
		if (__atomic_compare_exchange_n(&el2.highest[n], &old, value, false, __ATOMIC_RELAXED,
						__ATOMIC_RELAXED)) {
			__atomic_fetch_add(sum, value - old, __ATOMIC_RELAXED);
			return;
		}
}

static void stored(unsigned cpu, uint32_t info, uint64_t address, void *data)
{
	struct mem_value value;
	uint64_t at;
	unsigned bytes;

	(void)cpu, (void)data;
	if (!within(&el2.counters, address))
		return;
	value = qemu_plugin_mem_get_value(info);
	at = address - el2.counters.first;
	bytes = 1u << qemu_plugin_mem_size_shift(info);
	if (bytes < 8)
		for (unsigned i = 0; i < bytes; i++)
			el2.report->counters[at + i] |= value.data.bytes[i];
	for (unsigned i = 0; i + 8 <= bytes; i += 8)
		counter_grows((uint32_t)(at + i) / 8, value.data.u64[i / 8]);
}

/* ---- What QEMU calls when it translates ---- */

/* Is this in the head? Only there does the kernel run outside its window. Fields before it are the
 * host tool's, but for the first instruction. */
static bool is_head(uint64_t address)
{
	static struct byte_array *page;
	uint64_t bytes = el2.head.end - el2.head.first;
	bool same;

	if (address % PAGE && !within(&el2.head, address % PAGE))
		return false;
	pthread_mutex_lock(&el2.lock);
	if (!page)
		page = g_byte_array_new();
	g_byte_array_set_size(page, 0);
	same = qemu_plugin_read_memory_vaddr(address / PAGE * PAGE, page, PAGE) && page->bytes == PAGE &&
	       memcmp(page->data + el2.head.first, (const char *)el2.text + el2.head.first, bytes) == 0;
	pthread_mutex_unlock(&el2.lock);
	return same;
}

/* tests/attack/gdb.py has a CPU read a register where it stands, into X0. */
static bool is_debuggers(uint32_t word)
{
	return (word & 0xffe0001f) == 0xd5200000;
}

static bool index_of(uint64_t address, uint32_t word, uint32_t *at)
{
	if (within(&el2.window, address)) {
		*at = (uint32_t)((address - el2.window.first) / 4);
		if (*at < el2.words && el2.text[*at] == word)
			return true;
		el2.report->strangers += !is_debuggers(word);
		return false;
	}
	*at = (uint32_t)(address % PAGE / 4);
	return el2.text[*at] == word && is_head(address);
}

/* The index of the kernel's instruction, or WORDS_MAX: it is another's. */
static uint32_t instruction_translated(struct qemu_plugin_insn *insn)
{
	uint32_t word = 0, at;

	qemu_plugin_insn_data(insn, &word, sizeof(word));
	if (!index_of(qemu_plugin_insn_vaddr(insn), word, &at))
		return WORDS_MAX;
	for (unsigned i = 0; i < el2.entry_count; i++)
		if (el2.entries[i].address == el2.window.first + at * 4)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, entry_executed, CALLBACK_READS_REGS,
							       &el2.entries[i]);
	qemu_plugin_register_vcpu_insn_exec_cb(insn, instruction_executed, CALLBACK_NO_REGS,
					       (void *)(uintptr_t)at);
	if (el2.counters.end)
		qemu_plugin_register_vcpu_mem_cb(insn, stored, CALLBACK_NO_REGS, MEM_WRITE, NULL);
	return at;
}

static void block_translated(plugin_id id, struct qemu_plugin_tb *tb)
{
	uint32_t first = WORDS_MAX;

	(void)id;
	for (size_t i = qemu_plugin_tb_n_insns(tb); i-- > 0;)
		first = instruction_translated(qemu_plugin_tb_get_insn(tb, i));
	if (first != WORDS_MAX && el2.counted)
		qemu_plugin_register_vcpu_tb_exec_cb(tb, block_executed, CALLBACK_READS_REGS,
						     (void *)(uintptr_t)first);
}

/* ---- Arguments ---- */

static bool report_open(const char *path)
{
	int file = open(path, O_RDWR | O_CREAT | O_TRUNC, 0644);
	void *map;

	if (file < 0 || ftruncate(file, sizeof(struct report)) != 0)
		return false;
	map = mmap(NULL, sizeof(struct report), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
	close(file);
	el2.report = map;
	return map != MAP_FAILED;
}

static bool text_read(const char *path)
{
	FILE *file = fopen(path, "rb");

	if (!file)
		return false;
	el2.words = (uint32_t)fread(el2.text, 4, WORDS_MAX, file);
	fclose(file);
	return el2.words != 0;
}

static bool argument(const char *text)
{
	char path[4096];
	struct entry *e = &el2.entries[el2.entry_count];

	if (sscanf(text, "out=%4095s", path) == 1)
		return report_open(path);
	if (sscanf(text, "text=%4095s", path) == 1)
		return text_read(path);
	if (strcmp(text, "counted=on") == 0)
		return el2.counted = true;
	e->sync = strncmp(text, "sync=", 5) == 0;
	if ((e->sync || strncmp(text, "entry=", 6) == 0) && el2.entry_count < ENTRIES_MAX &&
	    sscanf(text, "%*[a-z]=%u:%" SCNx64, &e->number, &e->address) == 2)
		return e->number < KINDS_MAX / CLASSES && ++el2.entry_count;
	return sscanf(text, "window=%" SCNx64 ":%" SCNx64, &el2.window.first, &el2.window.end) == 2 ||
	       (sscanf(text, "head=%" SCNx64 ":%" SCNx64, &el2.head.first, &el2.head.end) == 2 &&
		el2.head.end <= PAGE) ||
	       sscanf(text, "counters=%" SCNx64 ":%" SCNx64, &el2.counters.first, &el2.counters.end) == 2 ||
	       sscanf(text, "limit=%" SCNu64, &el2.limit) == 1;
}

int qemu_plugin_install(plugin_id id, const struct plugin_info *info, int argc, char **argv)
{
	(void)info;
	for (int i = 0; i < argc; i++) {
		if (argument(argv[i]))
			continue;
		fprintf(stderr, "el2: cannot use %s\n", argv[i]);
		return -1;
	}
	if (!el2.report || !el2.words || el2.counters.end - el2.counters.first > COUNTERS_MAX) {
		fprintf(stderr, "el2: no out=FILE, no text=FILE, or too many counters\n");
		return -1;
	}
	el2.report->words = el2.words;
	pthread_mutex_init(&el2.lock, NULL);
	qemu_plugin_register_vcpu_tb_trans_cb(id, block_translated);
	return 0;
}
