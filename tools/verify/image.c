/* SPDX-License-Identifier: Apache-2.0 */
/* The image's frame: header, hash, where the f-map's arrays lie. */
#include "tools/verify/image.h"
#include "lib/blake2b.h"

#include <stddef.h>
#include <string.h>

#define COUNT_MAX 4096u /* far above every limit; keeps products small */

const void *image_at(const struct image *image, uint64_t pa, uint64_t bytes)
{
	uint64_t base = image->header->load_pa;

	if (pa < base || bytes > image->bytes || pa - base > image->bytes - bytes)
		return NULL;
	return image->data + (pa - base);
}

uint64_t image_end(const struct image *image)
{
	return image->header->zero_pa + image->header->zero_bytes;
}

static bool header_check(const struct image *image, struct report *r)
{
	const struct image_header *h = image->header;
	bool ok = true;

	if (!report_expect(r, h->magic == IMAGE_MAGIC, "this is no Partita image: wrong magic"))
		return false;
	ok &= report_expect(r, h->file_bytes == image->bytes && h->file_bytes % PAGE_BYTES == 0,
			    "the header says %#jx bytes, the file has %#jx", (uintmax_t)h->file_bytes,
			    (uintmax_t)image->bytes);
	ok &= report_expect(r, h->load_pa % 0x200000 == 0 && h->load_pa < UINT64_C(1) << 48,
			    "load address %#jx is not on a 2 MiB boundary", (uintmax_t)h->load_pa);
	ok &= report_expect(r, h->zero_bytes % PAGE_BYTES == 0 && h->zero_bytes < UINT64_C(1) << 40,
			    "the zeroed range is not whole pages");
	ok &= report_expect(r, h->zero_pa == h->load_pa + h->file_bytes,
			    "the zeroed range does not follow the file");
	ok &= report_expect(r, h->cpu_count >= 1 && h->cpu_count <= MAX_CPUS, "the header has %ju CPUs",
			    (uintmax_t)h->cpu_count);
	/* The sum itself is the head's to check: where it is wrong the board says so and does not start. */
	ok &= report_expect(r,
			    h->sum_bytes % PAGE_BYTES == 0 && h->sum_bytes > 0 &&
				    h->sum_bytes <= h->file_bytes,
			    "the head's sum is of %#jx bytes", (uintmax_t)h->sum_bytes);
	ok &= report_expect(r, (h->flags & ~(uint64_t)IMAGE_EL3_OK) == 0, "the header has flags %#jx",
			    (uintmax_t)h->flags);
	for (uint64_t c = h->cpu_count; c < MAX_CPUS; c++)
		ok &= report_expect(r, h->cpu[c].mpidr == 0 && h->cpu[c].ttbr0_el2 == 0,
				    "the header says something of CPU %ju, which there is not", (uintmax_t)c);
	return ok;
}

static void hash_check(const struct image *image, struct report *r)
{
	static const uint8_t zero[BLAKE2B_256_BYTES];
	size_t at = IMAGE_HEADER_OFFSET + offsetof(struct image_header, hash);
	uint8_t found[BLAKE2B_256_BYTES];
	struct blake2b hash;

	blake2b_init(&hash, sizeof(found));
	blake2b_update(&hash, image->data, at);
	blake2b_update(&hash, zero, sizeof(zero));
	blake2b_update(&hash, image->data + at + sizeof(zero), image->bytes - at - sizeof(zero));
	blake2b_final(&hash, found);
	report_expect(r, memcmp(found, image->header->hash, sizeof(found)) == 0,
		      "the image's hash differs from the one in its header");
}

/* Arrays follow one another, each from a multiple of 16 bytes: no two have a byte in common. */
static const void *array(const struct fmap *f, struct fmap_array a, size_t element, const char *name,
			 uint64_t *end, struct report *r)
{
	uint64_t bytes = a.count <= COUNT_MAX ? a.count * (uint64_t)element : UINT32_MAX;

	if (!report_expect(r, a.offset == *end && bytes <= f->bytes && a.offset <= f->bytes - bytes,
			   "the f-map's array of %s does not lie in it, in its place", name))
		return NULL;
	*end = a.offset + (bytes + 15) / 16 * 16;
	return (const uint8_t *)f + a.offset;
}

static bool fmap_open(struct image *image, struct report *r)
{
	uint64_t pa = image->header->fmap_pa;
	const struct fmap *f = image_at(image, pa, sizeof(*f));
	uint64_t end;

	if (!report_expect(r, f && pa % PAGE_BYTES == 0, "the f-map at %#jx is not in the image",
			   (uintmax_t)pa))
		return false;
	if (!report_expect(r, f->magic == FMAP_MAGIC && f->version == FMAP_VERSION,
			   "no f-map of version %d at %#jx", FMAP_VERSION, (uintmax_t)pa) ||
	    !report_expect(
		    r, f->bytes <= FMAP_BYTES_MAX && f->bytes >= sizeof(*f) && image_at(image, pa, f->bytes),
		    "the f-map's %#x bytes are not all in the image", f->bytes))
		return false;
	image->fmap = f;
	end = sizeof(*f);
	image->cpu = array(f, f->cpus, sizeof(*image->cpu), "CPUs", &end, r);
	image->slot = array(f, f->slots, sizeof(*image->slot), "slots", &end, r);
	image->vm = array(f, f->vms, sizeof(*image->vm), "VMs", &end, r);
	image->vcpu = array(f, f->vcpus, sizeof(*image->vcpu), "vCPUs", &end, r);
	image->service = array(f, f->services, sizeof(*image->service), "services", &end, r);
	image->context = array(f, f->contexts, sizeof(*image->context), "contexts", &end, r);
	image->idregs = array(f, f->idregs, sizeof(*image->idregs), "ID registers", &end, r);
	image->link = array(f, f->links, sizeof(*image->link), "links", &end, r);
	image->cap = array(f, f->caps, sizeof(*image->cap), "capabilities", &end, r);
	image->irq = array(f, f->irqs, sizeof(*image->irq), "interrupts", &end, r);
	image->memory = array(f, f->memory, sizeof(*image->memory), "memory", &end, r);
	report_expect(r, end == f->bytes, "the f-map has %#x bytes, its arrays end at %#jx", f->bytes,
		      (uintmax_t)end);
	return image->cpu && image->slot && image->vm && image->vcpu && image->service && image->context &&
	       image->idregs && image->link && image->cap && image->irq && image->memory;
}

bool image_open(struct image *image, const void *data, uint64_t bytes, struct report *r)
{
	memset(image, 0, sizeof(*image));
	if (!report_expect(r, bytes >= IMAGE_HEADER_OFFSET + sizeof(*image->header), "the file is too short"))
		return false;
	image->data = data;
	image->bytes = bytes;
	image->header = (const struct image_header *)(image->data + IMAGE_HEADER_OFFSET);
	if (!header_check(image, r))
		return false;
	hash_check(image, r);
	return fmap_open(image, r);
}
