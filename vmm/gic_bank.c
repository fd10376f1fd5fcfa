/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of banks and what a register in each of them does. Every handler runs with the lock of
 * the face held and names at most one operation; the interrupts it concerns are a mask in the word.
 */
#include "vmm/gic_bank.h"

#define PRIORITY_MASK 0xf8f8f8f8u      /* five bits are implemented, the upper ones */

struct gic_bank {
	uint16_t start;        /* offset of the register for INTID 0 */
	uint8_t shift;         /* 1 << shift bytes of the bank describe one word */
	uint8_t sizes;         /* access sizes that exist, or-ed; 0: no bank */
	void (*read)(struct gic_word *w, struct access a, struct reply *r);
	void (*write)(struct gic_word *w, struct access a, struct reply *r);
};

/* The vCPUs that own the interrupts in `mask`. */
static uint32_t word_owners(const struct gic_word *w, uint32_t mask)
{
	uint32_t owners = 0;

	for (; mask != 0; mask &= mask - 1)
		owners |= 1u << w->owner[__builtin_ctz(mask)];
	return owners;
}

static void word_operation(const struct gic_word *w, enum upcall_op op, uint32_t mask, struct reply *r)
{
	if (mask == 0)
		return;
	r->op = UPCALL_OP(op, w->intid, word_owners(w, mask));
	r->op_arg[0] = mask;
}

void gic_bank_operation(struct gic *g, const struct gic_word *w, enum upcall_op op, uint32_t mask,
			struct reply *r)
{
	spin_lock(&g->lock);
	if (w->moving != 0)
		r->verdict = VERDICT_RETRY;
	else
		word_operation(w, op, mask, r);
	spin_unlock(&g->lock);
}

/* IGROUPR<n>: Group 0 or Group 1. */
static void group_read(struct gic_word *w, struct access a, struct reply *r)
{
	(void)a;
	r->value = w->group;
}

static void group_write(struct gic_word *w, struct access a, struct reply *r)
{
	w->group = (uint32_t)a.value;
	word_operation(w, OP_GROUP, UINT32_MAX, r);
	r->op_arg[1] = w->group;
}

/* ISENABLER<n>, ICENABLER<n>: both read the enables. */
static void enable_read(struct gic_word *w, struct access a, struct reply *r)
{
	(void)a;
	r->value = w->enabled;
}

static void enable_set(struct gic_word *w, struct access a, struct reply *r)
{
	w->enabled |= (uint32_t)a.value;
	word_operation(w, OP_ENABLE, (uint32_t)a.value, r);
}

static void enable_clear(struct gic_word *w, struct access a, struct reply *r)
{
	w->enabled &= ~(uint32_t)a.value;
	word_operation(w, OP_DISABLE, (uint32_t)a.value, r);
}

/* ISPENDR<n>, ICPENDR<n>, ISACTIVER<n>, ICACTIVER<n>: the state is the kernel's. */
static void pending_read(struct gic_word *w, struct access a, struct reply *r)
{
	(void)a;
	word_operation(w, OP_READ_PENDING, UINT32_MAX, r);
}

static void pending_set(struct gic_word *w, struct access a, struct reply *r)
{
	word_operation(w, OP_SET_PENDING, (uint32_t)a.value, r);
}

static void pending_clear(struct gic_word *w, struct access a, struct reply *r)
{
	word_operation(w, OP_CLEAR_PENDING, (uint32_t)a.value, r);
}

static void active_read(struct gic_word *w, struct access a, struct reply *r)
{
	(void)a;
	word_operation(w, OP_READ_ACTIVE, UINT32_MAX, r);
}

static void active_set(struct gic_word *w, struct access a, struct reply *r)
{
	word_operation(w, OP_SET_ACTIVE, (uint32_t)a.value, r);
}

static void active_clear(struct gic_word *w, struct access a, struct reply *r)
{
	word_operation(w, OP_CLEAR_ACTIVE, (uint32_t)a.value, r);
}

/* IPRIORITYR<n>: a byte for each interrupt, also accessible as one. */
static void priority_read(struct gic_word *w, struct access a, struct reply *r)
{
	uint32_t first = a.offset % GIC_WORD_INTIDS;

	for (uint32_t i = 0; i < access_bytes(a); i++)
		r->value |= (uint64_t)w->priority[first + i] << 8 * i;
}

static void priority_write(struct gic_word *w, struct access a, struct reply *r)
{
	uint32_t first = a.offset % GIC_WORD_INTIDS, quad = first & ~3u;
	uint32_t value = (uint32_t)a.value & PRIORITY_MASK, mask = (1u << access_bytes(a)) - 1;
	uint32_t owners = 0;

	for (uint32_t i = first; i < first + access_bytes(a); i++) {
		w->priority[i] = (uint8_t)(value >> 8 * (i - first));
		owners |= 1u << w->owner[i];
	}
	r->op = UPCALL_OP(OP_PRIORITY, w->intid + quad, owners);
	r->op_arg[0] = mask << (first - quad);
	r->op_arg[1] = (uint64_t)value << 8 * (first - quad);
}

/* ICFGR<n>: two bits for each interrupt, of which the upper one says edge. */
static void config_read(struct gic_word *w, struct access a, struct reply *r)
{
	uint32_t edge = w->edge >> (a.offset % 8 * 4);

	for (uint32_t i = 0; i < 16; i++)
		r->value |= (uint64_t)(edge >> i & 1) << (2 * i + 1);
}

static void config_write(struct gic_word *w, struct access a, struct reply *r)
{
	uint32_t first = a.offset % 8 * 4, edge = 0, mask;

	for (uint32_t i = 0; i < 16; i++)
		edge |= (uint32_t)(a.value >> (2 * i + 1) & 1) << i;
	mask = 0xffffu << first & ~w->edge_fixed;
	w->edge = (w->edge & ~mask) | (edge << first & mask);
	word_operation(w, OP_EDGE, mask, r);
	r->op_arg[1] = w->edge;
}

#define BIT_BANK(at, r, w) [(at) / GIC_BANK_BYTES] = \
	{ .start = at, .shift = 2, .sizes = 4, .read = r, .write = w }
#define PRIORITY_BANK(at) [(at) / GIC_BANK_BYTES] = \
	{ .start = 0x400, .shift = 5, .sizes = 1 | 4, .read = priority_read, .write = priority_write }
#define CONFIG_BANK(at) [(at) / GIC_BANK_BYTES] = \
	{ .start = 0xc00, .shift = 3, .sizes = 4, .read = config_read, .write = config_write }

/*
 * IHI 0069, "The Distributor register descriptions" and "The Redistributor register descriptions".
 * Not here, and so RAZ/WI: ITARGETSR, SGIR and its pending registers (affinity routing is on),
 * IGRPMODR and NSACR (one Security state).
 */
static const struct gic_bank banks[GIC_BANKS_END / GIC_BANK_BYTES] = {
	BIT_BANK(0x080, group_read, group_write),       /* IGROUPR<n> */
	BIT_BANK(0x100, enable_read, enable_set),       /* ISENABLER<n> */
	BIT_BANK(0x180, enable_read, enable_clear),     /* ICENABLER<n> */
	BIT_BANK(0x200, pending_read, pending_set),     /* ISPENDR<n> */
	BIT_BANK(0x280, pending_read, pending_clear),   /* ICPENDR<n> */
	BIT_BANK(0x300, active_read, active_set),       /* ISACTIVER<n> */
	BIT_BANK(0x380, active_read, active_clear),     /* ICACTIVER<n> */
	PRIORITY_BANK(0x400), PRIORITY_BANK(0x480), PRIORITY_BANK(0x500), PRIORITY_BANK(0x580),
	PRIORITY_BANK(0x600), PRIORITY_BANK(0x680), PRIORITY_BANK(0x700), PRIORITY_BANK(0x780),
	CONFIG_BANK(0xc00), CONFIG_BANK(0xc80),         /* ICFGR<n> */
};

void gic_bank_access(struct gic *g, struct gic_word *word0, uint32_t first, uint32_t end, struct access a,
		     struct reply *r)
{
	const struct gic_bank *bank = &banks[a.offset / GIC_BANK_BYTES];
	uint32_t number = (a.offset - bank->start) >> bank->shift;
	struct gic_word *w;

	if (bank->sizes == 0)
		return;
	/* IHI 0069, "GIC memory-mapped register access": a size that a register does not support
	 * may be answered by an external abort. */
	if ((bank->sizes & access_bytes(a)) == 0) {
		r->verdict = VERDICT_ABORT;
		return;
	}
	if (number < first || number >= end)
		return;
	w = &word0[number];
	spin_lock(&g->lock);
	if (w->moving != 0)
		r->verdict = VERDICT_RETRY;
	else if (access_stores(a))
		bank->write(w, a, r);
	else
		bank->read(w, a, r);
	spin_unlock(&g->lock);
}
