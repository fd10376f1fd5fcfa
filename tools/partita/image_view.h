/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished image read back: what its f-map and its translation tables say. For comparing
 * images, not for proving them: that is the checker's, which shares nothing with this. The file
 * may be damaged or hostile; whatever it says, reading it ends, and stays inside of it.
 */
#ifndef PARTITA_TOOL_IMAGE_VIEW_H
#define PARTITA_TOOL_IMAGE_VIEW_H

#include "tools/partita/file.h"
#include "tools/partita/space.h"
#include "abi/image.h"
#include "abi/vmconf.h"

/* A stretch of an address space, as long as addresses and attributes go on. */
struct run {
	uint64_t va, pa, bytes;
	enum access access;
	bool device;
};

struct runs {
	struct run *run;
	uint32_t count;
};

struct image_view {
	struct arena *arena;
	struct blob file;
	const struct image_header *header;
	const struct fmap *fmap;
	const struct fmap_cpu *cpu;
	const struct fmap_slot *slot;
	const struct fmap_vm *vm;
	const struct fmap_vcpu *vcpu;
	const struct fmap_service *service;
	const struct fmap_context *context;
	const struct fmap_idregs *idreg;
	const struct fmap_link *link;
	const struct fmap_cap *cap;
	const struct fmap_irq *irq;
	uint32_t steps; /* table entries that may still be looked at */
	bool sound; /* false: something in it does not make sense */
};

/* Whether a file claims to be an image at all. */
bool image_view_is_image(struct blob file);
/* False: it is cut off, or its f-map does not lie in it. */
bool image_view_open(struct image_view *v, struct blob file, struct arena *a);

/* Bytes at a physical address, or NULL when not all of them are in the file. */
const void *image_view_at(const struct image_view *v, uint64_t pa, uint64_t bytes);
/* Element i of the array `name`; zeros, and no longer sound, where there is none. */
#define IMAGE_VIEW_ELEMENT(v, name, i) \
	((__typeof__((v)->name))image_view_element((v), (v)->name, (v)->fmap->name##s.count, \
						   sizeof(*(v)->name), (i)))
const void *image_view_element(struct image_view *v, const void *array, uint32_t count, size_t bytes,
			       uint32_t i);

struct runs image_view_stage1(struct image_view *v, uint64_t root);
struct runs image_view_stage2(struct image_view *v, const struct fmap_context *c);
/* What lies at an address of a space, or NULL. */
const void *image_view_seen(const struct image_view *v, struct runs space, uint64_t va, uint64_t bytes);

#endif
