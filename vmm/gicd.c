/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The distributor's own registers; the banks are in gic_bank.c. IHI 0069, "The Distributor register
 * descriptions", as with GICD_CTLR.DS and ARE both RAO/WI. What is not here is RAZ/WI.
 */
#include "vmm/gic.h"
#include "vmm/gic_bank.h"
#include "vmm/regs.h"

#define GICD_CTLR_OFFSET 0x0000u
#define GICD_TYPER_OFFSET 0x0004u
#define GICD_IIDR_OFFSET 0x0008u
#define GICD_IROUTER_OFFSET 0x6000u    /* of INTID 0; 8 bytes each */
#define GICD_IROUTER_END 0x8000u

static uint64_t ctlr_read(struct gic *g)
{
	gicd_ctlr_t ctlr = { __atomic_load_n(&g->group_enables, __ATOMIC_RELAXED) };

	ctlr = gicd_ctlr_set_ARE(ctlr, 1);
	return gicd_ctlr_set_DS(ctlr, 1).bits;
}

static void ctlr_write(struct gic *g, uint64_t value, struct reply *r)
{
	gicd_ctlr_t ctlr = { value };
	uint32_t enables = (uint32_t)(gicd_ctlr_EnableGrp0(ctlr) | gicd_ctlr_EnableGrp1(ctlr) << 1);

	/* A single word and no other depends on it: no lock. */
	__atomic_store_n(&g->group_enables, enables, __ATOMIC_RELAXED);
	r->op = UPCALL_OP(OP_DIST, 0, (1u << g->conf->vcpu_count) - 1);
	r->op_arg[0] = enables;
}

static void irouter_access(struct gic *g, struct access a, struct reply *r)
{
	uint32_t intid = (a.offset - GICD_IROUTER_OFFSET) / 8, reg = a.offset & ~7u;
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
		gic_route(g, intid, access_merge(a, reg, route), r);
	else
		r->value = access_part(a, reg, route);
}

static void control_access(struct gic *g, struct access a, struct reply *r)
{
	if (access_bytes(a) != 4) {
		r->verdict = VERDICT_ABORT;
		return;
	}
	if (access_stores(a)) {
		if (a.offset == GICD_CTLR_OFFSET)
			ctlr_write(g, a.value, r);
		return;
	}
	switch (a.offset) {
	case GICD_CTLR_OFFSET:
		r->value = ctlr_read(g);
		break;
	case GICD_TYPER_OFFSET:
		r->value = g->typer;
		break;
	case GICD_IIDR_OFFSET:
		r->value = GIC_IIDR_VALUE;
		break;
	}
}

/* Word 0, the SGIs and PPIs, is in the redistributors when affinity routing is on. */
static void bank_access(struct gic *g, struct access a, struct reply *r)
{
	gic_bank_access(g, g->spi, 1, g->words, a, r);
}

void gicd_access(struct gic *g, struct access a, struct reply *r)
{
	if (a.offset < GIC_BANK_BYTES)
		control_access(g, a, r);
	else if (a.offset < GIC_BANKS_END)
		bank_access(g, a, r);
	else if (a.offset >= GICD_IROUTER_OFFSET && a.offset < GICD_IROUTER_END)
		irouter_access(g, a, r);
	else if (a.offset == GIC_PIDR2 && !access_stores(a))
		r->value = GIC_PIDR2_VALUE;
}
