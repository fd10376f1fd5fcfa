/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributor's own registers; the banks are in gic_bank.c. IHI 0069, "The Distributor register
 * descriptions", as with GICD_CTLR.DS and ARE both RAO/WI. What is not here is reserved: RAZ/WI, and
 * noted in GICD_STATUSR.
 */
#include "vmm/gic.h"
#include "vmm/gic_bank.h"
#include "vmm/regs.h"
#include <stddef.h>

#define GICD_SPI_INTID 0x3ffu          /* of GICD_SETSPI_NSR and GICD_CLRSPI_NSR */
#define GICD_IROUTER_OFFSET 0x6000u    /* of INTID 0; 8 bytes each */
#define GICD_IROUTER_END 0x8000u

uint32_t gicd_head(const struct gic *g, uint32_t offset)
{
	gicd_ctlr_t ctlr = { __atomic_load_n(&g->group_enables, __ATOMIC_RELAXED) };

	if (offset == 4)
		return g->typer;
	if (offset == 8)
		return GIC_IIDR_VALUE;
	ctlr = gicd_ctlr_set_ARE(ctlr, 1);
	return (uint32_t)gicd_ctlr_set_DS(ctlr, 1).bits;
}

static uint32_t head_read(struct gic *g, uint32_t offset)
{
	return gicd_head(g, offset);
}

static void ctlr_write(struct gic *g, struct access a, struct reply *r)
{
	gicd_ctlr_t ctlr = { a.value };
	uint32_t enables = (uint32_t)(gicd_ctlr_EnableGrp0(ctlr) | gicd_ctlr_EnableGrp1(ctlr) << 1);

	/* A single word and no other depends on it: no lock. */
	__atomic_store_n(&g->group_enables, enables, __ATOMIC_RELAXED);
	r->op = UPCALL_OP(OP_DIST, 0, (1u << g->conf->vcpu_count) - 1);
	r->op_arg[0] = enables;
}

static void irouter_access(struct gic *g, struct access a, struct reply *r)
{
	uint32_t intid = (a.offset - GICD_IROUTER_OFFSET) / 8;
	uint64_t route;

	if (access_bytes(a) < 4) {
		r->verdict = VERDICT_ABORT;
		return;
	}
	if (intid < 32 || intid >= g->words * GIC_WORD_INTIDS)
		return;
	/* A vCPU that writes one half while another vCPU writes the other would lose one of them; on
	 * real hardware both would count. It takes both halves to name a PE, so a route that two
	 * write at the same time has no meaning there either. */
	route = __atomic_load_n(&g->route[intid], __ATOMIC_RELAXED);
	if (access_stores(a))
		gic_route(g, intid, access_merge(a, route), r);
	else
		r->value = access_part(a, route);
}

static void spi_write(struct gic *g, struct access a, enum upcall_op op, struct reply *r)
{
	uint32_t intid = (uint32_t)a.value & GICD_SPI_INTID;

	/* "If the INTID does not name an SPI that is there, the write has no effect." */
	if (intid >= GIC_WORD_INTIDS && intid < g->words * GIC_WORD_INTIDS)
		gic_bank_operation(g, &g->spi[intid / GIC_WORD_INTIDS], op, 1u << intid % GIC_WORD_INTIDS, r);
}

static uint32_t statusr_read(struct gic *g, uint32_t offset)
{
	(void)offset;
	return __atomic_load_n(&g->status, __ATOMIC_RELAXED);
}

static void statusr_write(struct gic *g, struct access a, struct reply *r)
{
	(void)r;
	__atomic_fetch_and(&g->status, ~(uint32_t)a.value, __ATOMIC_RELAXED);
}

static void setspi_write(struct gic *g, struct access a, struct reply *r)
{
	spi_write(g, a, OP_SET_PENDING, r);
}

static void clrspi_write(struct gic *g, struct access a, struct reply *r)
{
	spi_write(g, a, OP_CLEAR_PENDING, r);
}

/* Offsets below the banks. A register has what it can do; one that can do nothing is reserved. */
static const struct {
	uint8_t sizes;         /* access sizes that exist, or-ed */
	uint32_t (*read)(struct gic *g, uint32_t offset);
	void (*write)(struct gic *g, struct access a, struct reply *r);
} controls[GIC_BANK_BYTES / 4] = {
	[0x00 / 4] = { 4, head_read, ctlr_write },
	[0x04 / 4] = { 4, head_read, NULL },
	[0x08 / 4] = { 4, head_read, NULL },
	[0x10 / 4] = { 4, statusr_read, statusr_write },
	/* Those of Secure state (0x50, 0x58) are reserved when there is one Security state. */
	[0x40 / 4] = { 2 | 4, NULL, setspi_write },    /* GICD_SETSPI_NSR */
	[0x48 / 4] = { 2 | 4, NULL, clrspi_write },    /* GICD_CLRSPI_NSR */
};

static void control_access(struct gic *g, struct access a, struct reply *r)
{
	const __typeof__(controls[0]) *c = &controls[a.offset / 4];
	bool exists = c->read != NULL || c->write != NULL;

	if (((exists ? c->sizes : 4u) & access_bytes(a)) == 0 || a.offset % 4 != 0)
		r->verdict = VERDICT_ABORT;
	else if (access_stores(a) && c->write != NULL)
		c->write(g, a, r);
	else if (!access_stores(a) && c->read != NULL)
		r->value = c->read(g, a.offset);
	else
		gic_status(&g->status, a, exists);
}

/* Word 0, the SGIs and PPIs, is in the redistributors when affinity routing is on. */
void gicd_bank_access(struct gic *g, struct access a, struct reply *r)
{
	gic_bank_access(g, g->spi, 1, g->words, a, r);
}

void gicd_access(struct gic *g, struct access a, struct reply *r)
{
	if (a.offset < GIC_BANK_BYTES)
		control_access(g, a, r);
	else if (a.offset < GIC_BANKS_END)
		gicd_bank_access(g, a, r);
	else if (a.offset >= GICD_IROUTER_OFFSET && a.offset < GICD_IROUTER_END)
		irouter_access(g, a, r);
	else
		gic_id_access(&g->status, a, r);
}
