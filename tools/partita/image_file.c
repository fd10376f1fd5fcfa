/* SPDX-License-Identifier: Apache-2.0 */
/* Putting the image together: contents of objects at their places, headers, hash. */
#include "tools/partita/image_file.h"
#include "lib/blake2b.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Linux, Documentation/arm64/booting.rst: offsets in the header, and its flags: little-endian,
 * 4 KiB pages, at any 2 MiB boundary. */
#define LINUX_TEXT_OFFSET 0x08
#define LINUX_IMAGE_SIZE 0x10
#define LINUX_FLAGS 0x18
#define LINUX_FLAGS_4K_ANYWHERE UINT64_C(0xa)

static void copy_objects(const struct build *b, uint8_t *image)
{
	const struct memory *m = &b->layout.memory;

	for (const struct object *o = m->first; o; o = o->next) {
		if (o->kind == OBJECT_FILE && o->content.bytes)
			memcpy(image + (o->pa - m->load_pa), o->content.data, o->content.bytes);
	}
	for (size_t i = 0; i < b->tables.count; i++)
		memcpy(image + (b->layout.tables->pa - m->load_pa) + i * PAGE_BYTES, b->tables.page[i],
		       PAGE_BYTES);
}

static void write_linux_header(const struct build *b, uint8_t *image)
{
	const struct memory *m = &b->layout.memory;
	const uint64_t text_offset = 0, image_size = m->zero_end - m->load_pa,
		       flags = LINUX_FLAGS_4K_ANYWHERE;

	memcpy(image + LINUX_TEXT_OFFSET, &text_offset, 8);
	memcpy(image + LINUX_IMAGE_SIZE, &image_size, 8);
	memcpy(image + LINUX_FLAGS, &flags, 8);
}

/* The last word of the highest memory that the image or a guest has. */
static uint64_t probe_pa(const struct memory *m)
{
	uint64_t end = m->zero_end;

	for (const struct object *o = m->first; o; o = o->next) {
		if (o->kind == OBJECT_RAM && o->pa + o->bytes > end)
			end = o->pa + o->bytes;
	}
	return end - 8;
}

static void write_header(const struct build *b, uint8_t *image)
{
	const struct memory *m = &b->layout.memory;
	const struct object *tables = b->layout.tables;
	const struct platform *p = &b->platform;
	struct image_header h = {
		.magic = IMAGE_MAGIC,
		.load_pa = m->load_pa,
		.file_bytes = m->file_end - m->load_pa,
		.zero_pa = m->file_end,
		.zero_bytes = m->zero_end - m->file_end,
		.fmap_pa = b->layout.fmap->pa,
		.tcr_el2 = fmap_file_tcr_el2(p),
		.gicd_pa = p->gicd.base,
		.flags = p->el3_entry ? IMAGE_EL3_OK : 0,
		.uart_pa = p->uart.pa,
		.uart_data = p->uart.data,
		.uart_status = p->uart.status,
		.uart_mask = p->uart.mask,
		.uart_ready = p->uart.ready,
		.cpu_count = p->cpu_count,
		.probe_pa = probe_pa(m),
		.sum_bytes = tables->pa + tables->bytes - m->load_pa,
	};

	for (uint32_t c = 0; c < p->cpu_count; c++) {
		h.cpu[c].mpidr = p->mpidr[c];
		h.cpu[c].ttbr0_el2 = b->layout.cpu[c].space.root_pa;
	}
	memcpy(image + IMAGE_HEADER_OFFSET, &h, sizeof(h));
}

static uint64_t sum_words(uint64_t sum, const uint8_t *from, const uint8_t *end)
{
	uint64_t word;

	for (; from < end; from += sizeof(word)) {
		memcpy(&word, from, sizeof(word));
		sum = word ^ (sum >> IMAGE_SUM_ROR | sum << (64 - IMAGE_SUM_ROR));
		sum *= IMAGE_SUM_FACTOR;
	}
	return sum;
}

static void write_sum(uint8_t *image)
{
	uint8_t *header = image + IMAGE_HEADER_OFFSET;
	uint64_t bytes, sum;

	memcpy(&bytes, header + IH_SUM_BYTES, sizeof(bytes));
	sum = sum_words(0, image, header + IH_SUM);
	sum = sum_words(sum, header + IH_BYTES, image + bytes);
	memcpy(header + IH_SUM, &sum, sizeof(sum));
}

static void write_hash(uint8_t *image, size_t bytes)
{
	struct blake2b hash;

	blake2b_init(&hash, BLAKE2B_256_BYTES);
	blake2b_update(&hash, image, bytes); /* with the hash itself zero */
	blake2b_final(&hash, image + IMAGE_HEADER_OFFSET + offsetof(struct image_header, hash));
}

struct blob image_file_make(struct build *b)
{
	const struct memory *m = &b->layout.memory;
	size_t bytes = m->file_end - m->load_pa;
	uint8_t *image = arena_alloc(&b->arena, bytes);

	copy_objects(b, image);
	write_linux_header(b, image);
	write_header(b, image);
	write_sum(image);
	write_hash(image, bytes);
	return (struct blob){ image, bytes };
}

/* ---- Files ---- */

static bool write_file(struct build *b, const char *path, struct blob head, struct blob body)
{
	const char *fresh = arena_printf(&b->arena, "%s.new", path);
	FILE *file = fopen(fresh, "wb");
	bool ok = file && fwrite(head.data, 1, head.bytes, file) == head.bytes &&
		  fwrite(body.data, 1, body.bytes, file) == body.bytes;

	if (file)
		ok = fclose(file) == 0 && ok;
	ok = ok && rename(fresh, path) == 0;
	if (!ok) {
		diag_report(&b->diag, DIAG_FILE_UNWRITABLE, NO_POS, "cannot write %s: %m", path);
		unlink(fresh);
	}
	return ok;
}

bool image_file_write(struct build *b, const char *path, struct blob image)
{
	return write_file(b, path, (struct blob){ image.data, 0 }, image);
}

/* One segment, entered at its start: the head takes it from there as from a plain Image. */
bool image_file_write_elf(struct build *b, const char *path, struct blob image)
{
	const struct memory *m = &b->layout.memory;
	uint8_t *head = arena_alloc(&b->arena, PAGE_BYTES);
	Elf64_Ehdr eh = {
		.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT },
		.e_type = ET_EXEC,
		.e_machine = EM_AARCH64,
		.e_version = EV_CURRENT,
		.e_entry = m->load_pa,
		.e_phoff = sizeof(eh),
		.e_ehsize = sizeof(eh),
		.e_phentsize = sizeof(Elf64_Phdr),
		.e_phnum = 1,
	};
	Elf64_Phdr ph = {
		.p_type = PT_LOAD,
		.p_flags = PF_R | PF_W | PF_X,
		.p_offset = PAGE_BYTES,
		.p_vaddr = m->load_pa,
		.p_paddr = m->load_pa,
		.p_filesz = image.bytes,
		.p_memsz = m->zero_end - m->load_pa,
		.p_align = PAGE_BYTES,
	};

	memcpy(head, &eh, sizeof(eh));
	memcpy(head + sizeof(eh), &ph, sizeof(ph));
	return write_file(b, path, (struct blob){ head, PAGE_BYTES }, image);
}
