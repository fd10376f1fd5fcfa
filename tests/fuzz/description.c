/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The compiler of descriptions under libFuzzer, from where dtc ends. The input is
 *
 *     two 32-bit lengths, a DTB of a system, a DTB of a board, a guest's kernel
 *
 * The tool is whole but for the programs and files that it would use: they come from the input.
 * Whatever the input is, it ends with a status in bounded time and memory. And what the tool takes,
 * its checker proves: any image that comes out is held against it.
 */
#include "abi/layout.h"
#include "tools/partita/build.h"
#include "tools/partita/dtb.h"
#include "tools/partita/file.h"
#include "tools/partita/image_file.h"
#include "tools/partita/machine.h"
#include "tools/partita/map.h"
#include "tools/verify/verify.h"
#include <libfdt.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define SYSTEM "system.dts"
#define TREE_MAX 16384

static struct blob system_dtb, board_dtb, kernel_file;
static const struct blob *source; /* what dtc is to compile */

/* ---- The world around the tool: tests/fuzz is linked with --wrap for these ---- */

FILE *__real_fopen(const char *path, const char *mode);
FILE *__wrap_fopen(const char *path, const char *mode);
FILE *__wrap_tmpfile(void);
int __wrap_access(const char *path, int mode);
int __wrap_file_run(const char *const argv[], FILE *in, FILE *out, FILE *err);
bool __wrap_file_read(struct arena *a, const char *path, struct blob *blob);

/* libFuzzer has files of its own. */
FILE *__wrap_fopen(const char *path, const char *mode)
{
	const char *dot = strrchr(path, '.');

	return __real_fopen(dot && strcmp(dot, ".dts") == 0 ? "/dev/null" : path, mode);
}

FILE *__wrap_tmpfile(void)
{
	return fdopen(memfd_create("fuzz", 0), "w+b");
}

int __wrap_access(const char *path, int mode)
{
	(void)path, (void)mode;
	return 0;
}

static bool is_text(const char *value, int bytes)
{
	if (bytes < 2 || value[0] == 0 || value[bytes - 1] != 0)
		return false;
	for (int i = 0; i < bytes; i++) {
		if (value[i] ? value[i] < 0x20 || value[i] > 0x7e : i && !value[i - 1])
			return false;
	}
	return true;
}

/* How dtc would have told the value's form: the tool looks no further than its first sign. */
static const char *form(const char *value, int bytes)
{
	if (bytes == 0)
		return "";
	if (is_text(value, bytes))
		return " = \"\"";
	return bytes % 4 == 0 ? " = <>" : " = []";
}

/* `dtc -O dts -T -T`: one line for each node and property. */
static void print_annotated(const void *fdt, FILE *out)
{
	int next = 0, line = 1;

	for (int offset = 0;; offset = next) {
		uint32_t tag = fdt_next_tag(fdt, offset, &next);
		const char *value;
		int bytes;

		if (tag == FDT_END || next < 0)
			return;
		if (tag == FDT_BEGIN_NODE)
			fprintf(out, "n { /* f:%d:1-2 */\n", line++);
		if (tag != FDT_PROP)
			continue;
		value = fdt_getprop_by_offset(fdt, offset, NULL, &bytes);
		fprintf(out, "p%s; /* f:%d:1-2 */\n", value ? form(value, bytes) : "", line++);
	}
}

int __wrap_file_run(const char *const argv[], FILE *in, FILE *out, FILE *err)
{
	const char *last = NULL;
	bool annotated = false;

	(void)in, (void)err;
	for (const char *const *word = argv; *word; word++) {
		annotated |= strcmp(*word, "-T") == 0;
		last = *word;
	}
	if (strcmp(argv[0], "dtc") != 0)
		source = strcmp(last, SYSTEM) == 0 ? &system_dtb : &board_dtb;
	else if (!annotated)
		fwrite(source->data, 1, source->bytes, out);
	else if (dtb_is_sound(source->data, source->bytes))
		print_annotated(source->data, out);
	return 0;
}

static struct blob copy(struct arena *a, struct blob content)
{
	return (struct blob){ (uint8_t *)arena_copy(a, (const char *)content.data, content.bytes),
			      content.bytes };
}

/* Partita's own binaries: only what they say of themselves matters here. */
static struct blob kernel_binary(struct arena *a)
{
	struct blob blob = { arena_alloc(a, 2 * PAGE_BYTES + 1), 2 * PAGE_BYTES };
	uint8_t *data = (uint8_t *)(uintptr_t)blob.data;
	struct image_header h = { .file_bytes = blob.bytes, .zero_bytes = PAGE_BYTES };

	memcpy(data + 0x38, "ARM\x64", 4);
	memcpy(data + IMAGE_HEADER_OFFSET, &h, sizeof(h));
	return blob;
}

static struct blob compartment(struct arena *a)
{
	struct blob blob = { arena_alloc(a, 2 * PAGE_BYTES + 1), 2 * PAGE_BYTES };
	struct comp_header h = { .magic = COMP_MAGIC,
				 .entry = COMP_TEXT + sizeof(h),
				 .text_bytes = PAGE_BYTES,
				 .file_bytes = blob.bytes,
				 .data_bytes = PAGE_BYTES };

	memcpy((uint8_t *)(uintptr_t)blob.data, &h, sizeof(h));
	return blob;
}

bool __wrap_file_read(struct arena *a, const char *path, struct blob *blob)
{
	if (strcmp(path, "/kernel") == 0)
		*blob = kernel_binary(a);
	else if (strcmp(path, "/compartment") == 0)
		*blob = compartment(a);
	else
		*blob = copy(a, kernel_file);
	return true;
}

/* ---- The input ---- */

/* In memory of its own: libfdt asks for alignment. */
static struct blob take(struct arena *a, const uint8_t **data, size_t *bytes, size_t wanted)
{
	struct blob blob = { *data, wanted < *bytes ? wanted : *bytes };

	*data += blob.bytes;
	*bytes -= blob.bytes;
	return copy(a, blob);
}

static void check_image(struct build *b, FILE *out)
{
	struct blob image = image_file_make(b);
	char *text = NULL;
	size_t text_bytes;
	FILE *proof = open_memstream(&text, &text_bytes);
	struct machine machine;

	machine_make(&machine, b, image);
	map_print(&machine, out);
	if (!verify_image("", image.data, image.bytes, VERIFY_TEXT, proof)) {
		fclose(proof);
		fputs(text, stderr);
		abort();
	}
	fclose(proof);
	free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
size_t LLVMFuzzerMutate(uint8_t *data, size_t bytes, size_t max);
size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t max, unsigned int seed);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	const struct options options = { .system = SYSTEM,
					 .platform_dir = ".",
					 .kernel = "/kernel",
					 .vmm = "/compartment",
					 .console = "/compartment" };
	struct arena input = { 0 };
	static struct build b;
	static FILE *out;
	uint32_t length[2];

	if (!out)
		out = __real_fopen("/dev/null", "w");
	if (bytes < sizeof(length) || !out)
		return 0;
	memcpy(length, data, sizeof(length));
	data += sizeof(length);
	bytes -= sizeof(length);
	system_dtb = take(&input, &data, &bytes, length[0]);
	board_dtb = take(&input, &data, &bytes, length[1]);
	kernel_file = (struct blob){ data, bytes };
	build_make(&b, &options);
	if (diag_status(&b.diag) == 0)
		check_image(&b, out);
	diag_print(&b.diag, out);
	build_free(&b);
	arena_free(&input);
	return 0;
}

/* ---- Mutations: of trees, which stay trees ---- */

static unsigned int next(unsigned int *seed)
{
	*seed = *seed * 1103515245u + 12345u;
	return *seed >> 8;
}

/* A property, or a node, at random; -1: none. */
static int pick(const void *fdt, uint32_t wanted, unsigned int *seed)
{
	unsigned int count = 0;
	int found = -1, after = 0;

	for (int offset = 0;; offset = after) {
		uint32_t tag = fdt_next_tag(fdt, offset, &after);

		if (tag == FDT_END || after < 0)
			return found;
		if (tag == wanted && offset && next(seed) % ++count == 0)
			found = offset;
	}
}

static int node_of(const void *fdt, int property)
{
	int after = 0, node = 0;

	for (int offset = 0; offset < property && after >= 0; offset = after) {
		if (fdt_next_tag(fdt, offset, &after) == FDT_BEGIN_NODE)
			node = offset;
	}
	return node;
}

static uint32_t number(unsigned int *seed)
{
	static const uint32_t numbers[] = { 0, 1, 2, 0x1000, 0x40000000, 0x40200000, 0x09000000, 0xffffffff };
	unsigned int choice = next(seed) % 16;

	return choice < 8 ? numbers[choice] : choice < 12 ? next(seed) % 64 : UINT32_C(1) << next(seed) % 32;
}

/* One cell is another number. */
static void change_cell(void *fdt, int property, unsigned int *seed)
{
	int bytes;
	const void *value = fdt_getprop_by_offset(fdt, property, NULL, &bytes);
	fdt32_t *cell = (fdt32_t *)(uintptr_t)value;
	uint32_t old, new;

	if (!value || bytes < 4)
		return;
	cell += next(seed) % ((unsigned int)bytes / 4);
	old = fdt32_ld(cell);
	new = next(seed) % 2 ? number(seed) : next(seed) % 2 ? old + number(seed) : old - number(seed);
	fdt32_st(cell, new);
}

/* The property of a node, with the value of one of anywhere or with one that libFuzzer makes. */
static void set_property(void *fdt, int property, unsigned int *seed)
{
	int source = pick(fdt, FDT_PROP, seed), name = next(seed) % 4 ? property : pick(fdt, FDT_PROP, seed);
	uint8_t value[512];
	const char *text;
	const void *from;
	char named[64];
	int bytes;

	fdt_getprop_by_offset(fdt, name, &text, NULL);
	snprintf(named, sizeof(named), "%s", text);
	from = fdt_getprop_by_offset(fdt, next(seed) % 2 ? source : property, NULL, &bytes);
	bytes = bytes < 256 ? bytes : 256;
	memcpy(value, from, (size_t)bytes);
	if (next(seed) % 2)
		bytes = (int)LLVMFuzzerMutate(value, (size_t)bytes, sizeof(value));
	fdt_setprop(fdt, node_of(fdt, property), named, value, bytes);
}

static void change_tree(void *fdt, unsigned int *seed)
{
	int property = pick(fdt, FDT_PROP, seed), node = pick(fdt, FDT_BEGIN_NODE, seed);
	const char *name = NULL;

	if (property < 0)
		return;
	switch (next(seed) % 8) {
	case 0:
		fdt_getprop_by_offset(fdt, property, &name, NULL);
		fdt_delprop(fdt, node_of(fdt, property), name);
		break;
	case 1:
		if (node > 0)
			fdt_del_node(fdt, node);
		break;
	case 2:
		if (node > 0)
			fdt_add_subnode(fdt, node, next(seed) % 2 ? "x" : "console");
		break;
	case 3:
	case 4:
		set_property(fdt, property, seed);
		break;
	default:
		change_cell(fdt, property, seed);
	}
}

/* The tree with some changes, or as it was. */
static size_t mutate_tree(const uint8_t *tree, size_t bytes, uint8_t *out, unsigned int *seed)
{
	static _Alignas(8) uint8_t in[TREE_MAX], work[TREE_MAX];

	if (bytes > TREE_MAX)
		return 0;
	memcpy(in, tree, bytes);
	memcpy(out, tree, bytes);
	if (!dtb_is_sound(in, bytes) || fdt_open_into(in, work, TREE_MAX) != 0)
		return bytes;
	for (unsigned int i = next(seed) % 3 + 1; i; i--)
		change_tree(work, seed);
	if (fdt_pack(work) != 0)
		return bytes;
	memcpy(out, work, fdt_totalsize(work));
	return fdt_totalsize(work);
}

size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t bytes, size_t max, unsigned int seed)
{
	static uint8_t out[2][TREE_MAX];
	uint32_t length[2];
	size_t rest, total;
	unsigned int which;

	if (bytes > sizeof(length))
		memcpy(length, data, sizeof(length));
	if (bytes <= sizeof(length) || next(&seed) % 16 == 0 || length[0] > bytes - 8 ||
	    length[1] > bytes - 8 - length[0] || length[0] > TREE_MAX || length[1] > TREE_MAX)
		return LLVMFuzzerMutate(data, bytes, max);
	rest = bytes - 8 - length[0] - length[1];
	memcpy(out[0], data + 8, length[0]);
	memcpy(out[1], data + 8 + length[0], length[1]);
	which = next(&seed) % 3 == 0; /* the system's more often than the board's */
	length[which] = (uint32_t)mutate_tree(which ? data + 8 + length[0] : data + 8, length[which],
					      out[which], &seed);
	total = 8 + (size_t)length[0] + length[1] + rest;
	if (total > max)
		return LLVMFuzzerMutate(data, bytes, max);
	memmove(data + total - rest, data + bytes - rest, rest);
	memcpy(data + 8, out[0], length[0]);
	memcpy(data + 8 + length[0], out[1], length[1]);
	memcpy(data, length, sizeof(length));
	return total;
}
