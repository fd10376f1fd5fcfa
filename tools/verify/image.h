/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A finished image as the checker sees it: bytes at physical addresses, and the f-map in them.
 * The file is hostile until image_open and index_check said yes; after that every array lies
 * inside the file and every index inside its array.
 */
#ifndef PARTITA_VERIFY_IMAGE_H
#define PARTITA_VERIFY_IMAGE_H

#include "abi/fmap.h"
#include "abi/image.h"
#include "tools/verify/report.h"

struct image {
	const uint8_t *data;   /* 16-byte aligned */
	uint64_t bytes;
	const struct image_header *header;
	const struct fmap *fmap;
	const struct fmap_cpu *cpu;
	const struct fmap_slot *slot;
	const struct fmap_vm *vm;
	const struct fmap_vcpu *vcpu;
	const struct fmap_service *service;
	const struct fmap_context *context;
	const struct fmap_idregs *idregs;
	const struct fmap_link *link;
	const struct fmap_cap *cap;
	const struct fmap_irq *irq;
	const struct fmap_memory *memory;
};

/* Header, hash, f-map and its arrays. False: nothing more can be said. */
bool image_open(struct image *image, const void *data, uint64_t bytes, struct report *r);

/* The bytes at a physical address, or NULL when not all of them are in the file. */
const void *image_at(const struct image *image, uint64_t pa, uint64_t bytes);

/* The end of all memory that the image takes: file and zeroed range. */
uint64_t image_end(const struct image *image);

#endif
