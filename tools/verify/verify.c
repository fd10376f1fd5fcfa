/* SPDX-License-Identifier: Apache-2.0 */
/* The order of the proof, and how it is printed. */
#include "tools/verify/verify.h"
#include "tools/verify/fmap_check.h"
#include "tools/verify/owners.h"
#include "tools/verify/walk.h"

#include <inttypes.h>

static uint32_t vmid_of(const struct image *m, const struct view *v)
{
	switch (v->world) {
	case WORLD_GUEST:
		return context_vmid(&m->context[m->vm[v->index].guest_context]);
	case WORLD_MONITOR:
		return context_vmid(&m->context[m->vm[v->index].vmm_context]);
	case WORLD_SERVICE:
		return context_vmid(&m->context[m->service[v->index].context]);
	default:
		return 0;
	}
}

static void print_views(const struct image *m, const struct claims *c, FILE *out)
{
	fprintf(out, "KiB that each world may reach\n  %-28s %4s %12s %10s %10s %10s %10s %10s\n", "", "VMID",
		"root", "r--", "r-x", "rw-", "rwx", "device");
	for (uint32_t i = 0; i < c->view_count; i++) {
		const struct view *v = &c->view[i];

		fprintf(out,
			"  %-28s %4u %#12" PRIx64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64 " %10" PRIu64
			" %10" PRIu64 "\n",
			v->name, vmid_of(m, v), v->root, v->bytes[RIGHT_READ] / 1024,
			v->bytes[RIGHT_READ | RIGHT_EXECUTE] / 1024,
			v->bytes[RIGHT_READ | RIGHT_WRITE] / 1024,
			v->bytes[RIGHT_READ | RIGHT_WRITE | RIGHT_EXECUTE] / 1024, v->device_bytes / 1024);
	}
}

static void print_sharing(const struct sharing *s, FILE *out)
{
	fprintf(out, "KiB with more than one owner, all declared\n");
	fprintf(out, "  %6" PRIu64 "  level lines: a monitor writes, the kernel reads\n", s->lines / 1024);
	fprintf(out, "  %6" PRIu64 "  logs: the kernel writes, a service reads\n", s->logs / 1024);
	fprintf(out, "  %6" PRIu64 "  channels: one side writes, the other reads\n", s->channels / 1024);
	fprintf(out, "  %6" PRIu64 "  the monitors' binary: nobody writes\n", s->binaries / 1024);
	fprintf(out, "  %6" PRIu64 "  UART: a service's, and the kernel's in an emergency\n",
		s->emergency / 1024);
}

/* What no table can prove. */
static void print_trust(const struct image *m, FILE *out)
{
	for (uint32_t i = 0; i < m->fmap->vms.count; i++) {
		if (m->vm[i].flags & FMAP_VM_DMA)
			fprintf(out,
				"TRUSTED, not proven: a device of VM %s does DMA that nothing confines; all "
				"below holds as long as its guest means well\n",
				m->vm[i].name);
	}
}

bool verify_image(const void *data, uint64_t bytes, FILE *out)
{
	struct report r = { .out = out };
	struct claims claims = { .count = 0 };
	struct sharing sharing;
	struct image image;

	if (image_open(&image, data, bytes, &r) && fmap_check(&image, &r)) {
		walk_all(&image, &claims, &r);
		owners_check(&image, &claims, &sharing, &r);
		if (r.failures == 0) {
			print_views(&image, &claims, out);
			print_sharing(&sharing, out);
			print_trust(&image, out);
		}
	}
	claims_free(&claims);
	if (r.failures)
		fprintf(out, "not proven: %u failures\n", r.failures);
	else
		fprintf(out, "proven: hash, one owner for each page, CPU, interrupt and VMID; kernel W^X; "
			     "tables unmapped\n");
	return r.failures == 0;
}
