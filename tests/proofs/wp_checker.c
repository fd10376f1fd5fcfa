/* SPDX-License-Identifier: Apache-2.0 */
/* The checker's leaves: where the file's bytes are, which view is whose. */
#include "tools/verify/claims.h"
#include "tools/verify/index.h"

/*@ requires \valid_read(image) && \valid_read(image->header) && image->bytes <= 0x1000000000000;
    requires \valid_read(image->data + (0 .. image->bytes - 1));
    assigns \nothing;
    ensures in_the_file: \result != \null ==> image->header->load_pa <= pa &&
	pa + bytes <= image->header->load_pa + image->bytes; */
const void *image_at(const struct image *image, uint64_t pa, uint64_t bytes);

/*@ requires \valid_read(c);
    assigns \nothing; */
static inline uint32_t context_vmid(const struct fmap_context *c);

/*@ requires \valid_read(c);
    assigns \nothing;
    ensures \result <= 0xffffffffffff; */
static inline uint64_t context_root(const struct fmap_context *c);

/*@ predicate counted(struct image *m) = \valid_read(m) && \valid_read(m->fmap) &&
	m->fmap->cpus.count <= 16 && m->fmap->vms.count <= 32 && m->fmap->services.count <= 8; */

/*@ requires counted(image) && cpu < image->fmap->cpus.count;
    assigns \nothing;
    ensures \result < image->fmap->cpus.count; */
uint32_t view_of_cpu(const struct image *image, uint32_t cpu);

/*@ requires counted(image) && vm <= image->fmap->vms.count;
    assigns \nothing;
    ensures image->fmap->cpus.count <= \result < MAX_VIEWS && \result == image->fmap->cpus.count + 2 * vm; */
uint32_t view_of_guest(const struct image *image, uint32_t vm);

/*@ requires counted(image) && vm < image->fmap->vms.count;
    assigns \nothing;
    ensures \result < MAX_VIEWS && \result == image->fmap->cpus.count + 2 * vm + 1; */
uint32_t view_of_monitor(const struct image *image, uint32_t vm);

/*@ requires counted(image) && service < image->fmap->services.count;
    assigns \nothing;
    ensures \result < MAX_VIEWS &&
	\result == image->fmap->cpus.count + 2 * image->fmap->vms.count + service; */
uint32_t view_of_service(const struct image *image, uint32_t service);

/*@ assigns \nothing; */
const char *rights_text(uint32_t rights);

/*@ requires \valid_read(a) && \valid_read(b);
    assigns \nothing;
    ensures one_view: \result ==> a->view == b->view && a->rights == b->rights && a->device == b->device; */
static bool runs_on(const struct claim *a, const struct claim *b);

#include "tools/verify/claims.c"
#include "tools/verify/image.c"
