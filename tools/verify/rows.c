/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/verify/rows.h"
#include "tools/verify/claims.h"

#include <string.h>

bool row_is_of_vm(const struct fmap_memory *row, uint32_t vm)
{
	return (row->owner_kind == OWNER_VM || row->owner_kind == OWNER_MONITOR) && row->owner == vm;
}

bool rows_are_one_channel(const struct fmap_memory *a, const struct fmap_memory *b)
{
	return a->kind == MEMORY_CHANNEL && b->kind == MEMORY_CHANNEL && a->pa == b->pa &&
	       a->bytes == b->bytes && memcmp(a->name, b->name, FMAP_NAME_BYTES) == 0;
}

static bool overlap(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a < b + b_bytes && b < a + a_bytes;
}

static bool within(uint64_t a, uint64_t a_bytes, uint64_t b, uint64_t b_bytes)
{
	return a >= b && a_bytes <= b_bytes && a - b <= b_bytes - a_bytes;
}

/* ---- Each row alone ---- */

#define R MEMORY_READ
#define W MEMORY_WRITE
#define X MEMORY_EXECUTE

/* Who may have what, where, with at least and at most which rights. Fixed places have one size. */
static const struct shape {
	enum fmap_memory_kind kind;
	enum fmap_owner owner_kind;
	uint32_t least, most;
	uint64_t at, end;
	uint64_t bytes;        /* 0: any */
} shapes[] = {
	{ MEMORY_RAM, OWNER_BOARD, 0, 0, 0, UINT64_C(1) << 48, 0 },
	{ MEMORY_RAM, OWNER_VM, R, R | W | X, 0, GUEST_IPA_END, 0 },
	{ MEMORY_CHANNEL, OWNER_VM, R, R | W, 0, GUEST_IPA_END, 0 },
	{ MEMORY_CHANNEL, OWNER_MONITOR, R, R | W, 0, GUEST_IPA_END, 0 },
	{ MEMORY_DEVICE, OWNER_VM, R, R | W, 0, GUEST_IPA_END, 0 },
	{ MEMORY_DEVICE, OWNER_SERVICE, R, R | W, COMP_DEVICES, COMP_IMAGES, 0 },
	{ MEMORY_DEVICE, OWNER_KERNEL, R | W, R | W, GICD_VA, GICR_VA, GICR_VA - GICD_VA },
	{ MEMORY_DEVICE, OWNER_KERNEL, R | W, R | W, EARLY_UART_VA, EARLY_UART_VA + PAGE_BYTES, PAGE_BYTES },
	{ MEMORY_DEVICE, OWNER_CPU, R | W, R | W, GICR_VA, GICH_VA, 0x20000 },
};

#undef R
#undef W
#undef X

static uint32_t owners(const struct fmap *f, uint32_t owner_kind)
{
	switch ((enum fmap_owner)owner_kind) {
	case OWNER_BOARD:
	case OWNER_KERNEL:
		return 1;
	case OWNER_CPU:
		return f->cpus.count;
	case OWNER_VM:
	case OWNER_MONITOR:
		return f->vms.count;
	case OWNER_SERVICE:
		return f->services.count;
	}
	return 0;
}

static bool has_shape(const struct fmap_memory *row, const struct shape *s)
{
	return row->kind == s->kind && row->owner_kind == s->owner_kind && row->at >= s->at &&
	       row->at < s->end && row->bytes <= s->end - row->at && (!s->bytes || row->bytes == s->bytes) &&
	       (row->rights & s->least) == s->least && (row->rights & ~s->most) == 0;
}

/* False: the row cannot be compared with others. */
static bool check_row(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_memory *row = &m->memory[i];
	uint64_t limit = UINT64_C(1) << m->fmap->pa_bits;
	bool shaped = false;

	if (!report_expect(r,
			   (row->pa | row->bytes | row->at) % PAGE_BYTES == 0 && row->bytes > 0 &&
				   row->pa < limit && row->bytes <= limit - row->pa,
			   "memory %u: %#jx bytes at %#jx are not whole pages below 2^%u", i,
			   (uintmax_t)row->bytes, (uintmax_t)row->pa, m->fmap->pa_bits))
		return false;
	for (uint32_t k = 0; k < sizeof(shapes) / sizeof(shapes[0]); k++)
		shaped |= has_shape(row, &shapes[k]);
	report_expect(r, shaped && row->owner < owners(m->fmap, row->owner_kind),
		      "memory %u: nobody has %#jx bytes of kind %u as owner %u.%u with rights %s at %#jx", i,
		      (uintmax_t)row->bytes, row->kind, row->owner_kind, row->owner, rights_text(row->rights),
		      (uintmax_t)row->at);
	report_expect(r, row->owner_kind != OWNER_BOARD || row->at == row->pa,
		      "memory %u: the board's memory at another address", i);
	return report_expect(r, memchr(row->name, 0, FMAP_NAME_BYTES), "memory %u: a name without an end", i);
}

/* ---- Pairs ---- */

static bool is_emergency_uart(const struct image *m, const struct fmap_memory *a, const struct fmap_memory *b)
{
	return a->kind == MEMORY_DEVICE && b->kind == MEMORY_DEVICE && a->owner_kind == OWNER_KERNEL &&
	       b->owner_kind == OWNER_SERVICE && a->pa == m->fmap->uart.pa && b->pa == a->pa &&
	       b->bytes == a->bytes;
}

static bool may_overlap(const struct image *m, const struct fmap_memory *a, const struct fmap_memory *b)
{
	if ((a->owner_kind == OWNER_BOARD) != (b->owner_kind == OWNER_BOARD)) {
		const struct fmap_memory *board = a->owner_kind == OWNER_BOARD ? a : b,
					 *o = a == board ? b : a;

		return o->kind != MEMORY_DEVICE && within(o->pa, o->bytes, board->pa, board->bytes);
	}
	return is_emergency_uart(m, a, b) || is_emergency_uart(m, b, a) ||
	       (rows_are_one_channel(a, b) && (a->owner_kind != b->owner_kind || a->owner != b->owner));
}

static void check_pairs(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_memory *row = &m->memory[i];

	for (uint32_t k = 0; k < i && !report_full(r); k++) {
		const struct fmap_memory *o = &m->memory[k];

		report_expect(r, !overlap(row->pa, row->bytes, o->pa, o->bytes) || may_overlap(m, row, o),
			      "memory %u and %u overlap at %#jx: it is given twice", k, i,
			      (uintmax_t)(row->pa > o->pa ? row->pa : o->pa));
	}
}

static bool on_board(const struct image *m, uint64_t pa, uint64_t bytes)
{
	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		if (row->owner_kind == OWNER_BOARD && within(pa, bytes, row->pa, row->bytes))
			return true;
	}
	return false;
}

/* Zero before any guest sees it. */
static bool is_zeroed(const struct image *m, const struct fmap_memory *row)
{
	return within(row->pa, row->bytes, m->header->zero_pa, m->header->zero_bytes);
}

/* RAM is there, and the image's own is nobody's, but for what it zeroes for channels; devices are where
 * there is no RAM. */
static void check_place(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_memory *row = &m->memory[i];
	uint64_t load = m->header->load_pa, image = image_end(m) - load;

	report_expect(r, row->kind == MEMORY_DEVICE || on_board(m, row->pa, row->bytes),
		      "memory %u: the board has no RAM at %#jx", i, (uintmax_t)row->pa);
	report_expect(r,
		      row->owner_kind == OWNER_BOARD || !overlap(row->pa, row->bytes, load, image) ||
			      (row->kind == MEMORY_CHANNEL && is_zeroed(m, row)),
		      "memory %u: %#jx is the image's own", i, (uintmax_t)row->pa);
}

/* ---- Channels, and what there must be ---- */

/* One VM writes; nobody else may, and its monitor only what it may itself. */
static void check_channel(const struct image *m, uint32_t i, struct report *r)
{
	const struct fmap_memory *row = &m->memory[i], *own = NULL;
	uint32_t writers = 0, readers = 0;

	for (uint32_t k = 0; k < m->fmap->memory.count; k++) {
		const struct fmap_memory *o = &m->memory[k];

		if (!rows_are_one_channel(row, o))
			continue;
		if (o->owner_kind == OWNER_VM && (o->rights & MEMORY_WRITE))
			writers++;
		else if (o->owner_kind == OWNER_VM)
			readers++;
		if (o->owner_kind == OWNER_VM && o->owner == row->owner)
			own = o;
	}
	report_expect(r, writers == 1 && readers >= 1, "channel '%s' has %u writers and %u readers",
		      row->name, writers, readers);
	report_expect(r, own && (row->rights & ~own->rights) == 0,
		      "channel '%s': the monitor of VM %u has rights that its VM has not", row->name,
		      row->owner);
}

static uint32_t count(const struct image *m, enum fmap_memory_kind kind, enum fmap_owner owner_kind,
		      uint32_t owner, uint64_t at, uint64_t pa)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < m->fmap->memory.count; i++) {
		const struct fmap_memory *row = &m->memory[i];

		n += row->kind == kind && row->owner_kind == owner_kind && row->owner == owner &&
		     (!at || row->at == at) && (!pa || row->pa == pa);
	}
	return n;
}

static void check_board(const struct image *m, struct report *r)
{
	const struct fmap *f = m->fmap;

	report_expect(r, on_board(m, m->header->load_pa, image_end(m) - m->header->load_pa),
		      "the board has no RAM where the image lies");
	report_expect(r, m->header->probe_pa % 8 == 0 && on_board(m, m->header->probe_pa, 8),
		      "the head would look for memory where the board has none");
	report_expect(r,
		      m->header->gicd_pa &&
			      count(m, MEMORY_DEVICE, OWNER_KERNEL, 0, GICD_VA, m->header->gicd_pa) == 1,
		      "the kernel's distributor is not that of the header");
	report_expect(r,
		      count(m, MEMORY_DEVICE, OWNER_KERNEL, 0, EARLY_UART_VA, f->uart.pa) ==
			      (f->uart.pa ? 1 : 0),
		      "the kernel's UART is not that of the f-map");
	for (uint32_t c = 0; c < f->cpus.count; c++)
		report_expect(r, count(m, MEMORY_DEVICE, OWNER_CPU, c, 0, 0) == 1,
			      "CPU %u has not one redistributor", c);
	for (uint32_t v = 0; v < f->vms.count; v++)
		report_expect(r, count(m, MEMORY_RAM, OWNER_VM, v, 0, 0) >= 1, "VM %u has no memory", v);
}

void rows_check(const struct image *m, struct report *r)
{
	bool sound = true;

	for (uint32_t i = 0; i < m->fmap->memory.count && !report_full(r); i++)
		sound &= check_row(m, i, r);
	if (!sound)
		return;
	for (uint32_t i = 0; i < m->fmap->memory.count && !report_full(r); i++) {
		check_pairs(m, i, r);
		check_place(m, i, r);
		if (m->memory[i].kind == MEMORY_CHANNEL)
			check_channel(m, i, r);
	}
	check_board(m, r);
}
