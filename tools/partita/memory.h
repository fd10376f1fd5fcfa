/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Physical memory. An object is a contiguous piece of it with one owner; everything that is
 * mapped anywhere is an object. Placement gives each its address:
 *
 *     load address   objects of the file, in the order they were added
 *                    memory that is zero at boot, likewise
 *     fixed          guests' RAM that the description pins; devices
 *     elsewhere      other RAM of guests: the lowest place in the board's RAM where it fits
 */
#ifndef PARTITA_TOOL_MEMORY_H
#define PARTITA_TOOL_MEMORY_H

#include "tools/partita/file.h"
#include "tools/partita/platform.h"

#define BLOCK_BYTES 0x200000u

enum object_kind { OBJECT_FILE, OBJECT_ZERO, OBJECT_RAM, OBJECT_DEVICE };

struct object {
	struct object *next;
	enum object_kind kind;
	const char *owner;     /* "kernel", "VM linux", .. */
	const char *what;      /* "text and data", "stack of CPU 0", .. */
	uint64_t bytes;        /* whole pages */
	uint64_t pa;
	uint64_t congruent;    /* RAM: an address that is to look the same below 2 MiB, for blocks */
	struct pos pos;        /* RAM: where it was asked for */
	bool pinned; /* RAM: pa is given, not chosen */
	bool placed; /* RAM: has its pa */
	struct blob content;   /* files; shorter than `bytes`: zeros follow */
};

struct memory {
	struct arena *arena;
	struct object *first, *last;
	uint64_t load_pa, file_end, zero_end;  /* set by memory_place */
};

struct object *memory_add(struct memory *m, enum object_kind kind, const char *owner, const char *what,
			  uint64_t bytes);
/* False when something does not fit and `d` was told why. */
bool memory_place(struct memory *m, const struct platform *p, struct diag *d);

#endif
