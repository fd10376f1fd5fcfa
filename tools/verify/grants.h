/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Grants: what crosses the border of a domain, each as one writer and one reader, by their
 * addresses. Whatever two domains have in common must be in here; nothing else is an exception.
 */
#ifndef PARTITA_VERIFY_GRANTS_H
#define PARTITA_VERIFY_GRANTS_H

#include "tools/verify/comp.h"

enum grant_kind {
	GRANT_LINES, /* a monitor writes, the kernel reads */
	GRANT_LOG, /* the kernel writes, a service reads */
	GRANT_CONSOLE, /* a monitor and a service, a page each way */
	GRANT_CHANNEL, /* VMs, as the f-map's rows say */
	GRANT_CONTROL, /* of such a channel: the writer's monitor and the readers' */
	GRANT_UART, /* a service's device; the kernel writes its last words there too */
	GRANT_BINARY, /* the monitors' text and constants: nobody writes */
	GRANT_KINDS,
};

struct grant {
	enum grant_kind kind;
	uint16_t writer, reader;  /* views */
	uint64_t writer_va, reader_va, bytes;
	const char *name;      /* a channel's */
};

struct grants {
	struct grant *grant;
	uint32_t count, capacity;
};

const char *grant_kind_text(enum grant_kind kind);

/* False: out of memory, reported. */
bool grants_make(struct grants *g, const struct image *image, const struct comps *comps, struct report *r);
void grants_free(struct grants *g);

/* The grant by which `reader` has at reader_va what `writer` has at writer_va, or NULL. */
const struct grant *grants_find(const struct grants *g, uint32_t writer, uint64_t writer_va, uint32_t reader,
				uint64_t reader_va);
/* The grant by which two views have, at these addresses, what one third writes; or NULL. */
const struct grant *grants_of_readers(const struct grants *g, uint32_t a, uint64_t a_va, uint32_t b,
				      uint64_t b_va);

#endif
