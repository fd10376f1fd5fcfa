/* SPDX-License-Identifier: Apache-2.0 */
/* The face of the GIC: its state after reset, and the routes of SPIs. */
#include "vmm/gic.h"
#include "vmm/conf.h"
#include "vmm/regs.h"

#define SGIS_AND_PPIS UINT32_MAX
#define SGIS 0xffffu

/* SGIs are edge-triggered. PPIs are the timer's, whose kind the machine fixes: level-sensitive. */
static void own_word_reset(struct gic_word *w, uint8_t vcpu)
{
	w->edge = SGIS;
	w->edge_fixed = SGIS_AND_PPIS;
	for (uint32_t i = 0; i < GIC_WORD_INTIDS; i++)
		w->owner[i] = vcpu;
}

static uint32_t typer_value(const struct vmconf *conf)
{
	gicd_typer_t t = { 0 };
	uint64_t aff3 = 0;

	for (uint32_t i = 0; i < conf->vcpu_count; i++)
		aff3 |= conf->mpidr[i] >> 32;
	t = gicd_typer_set_ITLinesNumber(t, conf->intids / 32 - 1);
	t = gicd_typer_set_IDbits(t, 9);       /* minus one: INTIDs have 10 bits */
	t = gicd_typer_set_A3V(t, aff3 != 0);
	t = gicd_typer_set_No1N(t, 1);
	t = gicd_typer_set_MBIS(t, 1);
	return (uint32_t)t.bits;
}

void gic_reset(struct gic *g, const struct vmconf *conf)
{
	g->conf = conf;
	g->words = conf->intids / GIC_WORD_INTIDS;
	g->typer = typer_value(conf);
	g->asleep = (1u << conf->vcpu_count) - 1;
	for (uint32_t i = 0; i < conf->vcpu_count; i++)
		own_word_reset(&g->own[i], (uint8_t)i);
	/* SPIs: owned by vCPU 0, as the kernel has it after a reset. */
	for (uint32_t i = 0; i < g->words; i++) {
		g->spi[i].intid = (uint16_t)(i * GIC_WORD_INTIDS);
		g->spi[i].edge = conf->hw_edge[i] & conf->hw_irq[i];
		g->spi[i].edge_fixed = conf->hw_irq[i];
	}
	for (uint32_t i = 0; i < conf->intids; i++)
		g->route[i] = conf->mpidr[0];
}

#define GIC_IDS 0xffd0u
#define GIC_PIDR2 0xffe8u
#define GIC_PIDR2_VALUE 0x3bu  /* ArchRev 3: GICv3; designer: Arm */

void gic_status(uint32_t *status, struct access a, bool exists)
{
	gic_statusr_t s = { 0 };

	if (access_stores(a))
		s = exists ? gic_statusr_set_WROD(s, 1) : gic_statusr_set_WRD(s, 1);
	else
		s = exists ? gic_statusr_set_RWOD(s, 1) : gic_statusr_set_RRD(s, 1);
	__atomic_fetch_or(status, (uint32_t)s.bits, __ATOMIC_RELAXED);
}

void gic_id_access(uint32_t *status, struct access a, struct reply *r)
{
	if (a.offset == GIC_PIDR2 && !access_stores(a))
		r->value = GIC_PIDR2_VALUE;
	else if (a.offset < GIC_IDS || access_stores(a))
		gic_status(status, a, a.offset >= GIC_IDS);
}

static struct gic_word *spi_word(struct gic *g, uint32_t intid)
{
	return &g->spi[intid / GIC_WORD_INTIDS % GIC_WORDS];
}

void gic_line_changed(struct gic *g, uint32_t intid, struct reply *r)
{
	const struct gic_word *w = spi_word(g, intid);
	uint32_t n = intid % GIC_WORD_INTIDS;

	/* A moving SPI: the new owner samples the line when it adopts it, and again if this comes
	 * later. */
	spin_lock(&g->lock);
	r->op = UPCALL_OP(OP_LINES, w->intid, 1u << w->owner[n]);
	spin_unlock(&g->lock);
	r->op_arg[0] = 1u << n;
}

void gic_route(struct gic *g, uint32_t intid, uint64_t route, struct reply *r)
{
	struct gic_word *w = spi_word(g, intid);
	uint32_t n = intid % GIC_WORD_INTIDS, target;

	spin_lock(&g->lock);
	if ((w->moving >> n & 1) != 0) {
		r->verdict = VERDICT_RETRY;
		goto out;
	}
	g->route[intid] = route & MPIDR_AFFINITY;      /* Interrupt_Routing_Mode: WI, TYPER.No1N */
	target = conf_vcpu_by_mpidr(g->conf, g->route[intid]);
	/* An affinity that no PE has: "treated as an UNKNOWN implemented PE, direct reads return the
	 * written value" (IHI 0069, GICD_IROUTER<n>); here the one that it was routed to before. */
	if (target == VCPU_NONE || target == w->owner[n])
		goto out;
	r->op = UPCALL_OP(OP_RELEASE, intid, 1u << w->owner[n]);
	r->op_arg[0] = target;
	reply_continue(r, CONTINUE_RELEASED, intid);
	w->moving |= 1u << n;
	w->owner[n] = (uint8_t)target;
out:
	spin_unlock(&g->lock);
}

void gic_released(struct gic *g, uint32_t intid, uint64_t state, struct reply *r)
{
	struct gic_word *w = spi_word(g, intid);

	/* `moving` is ours until gic_adopted: nobody else changes the owner. */
	r->op = UPCALL_OP(OP_ADOPT, intid, 1u << w->owner[intid % GIC_WORD_INTIDS]);
	r->op_arg[0] = state;
	reply_continue(r, CONTINUE_ADOPTED, intid);
}

/*
 * The end of a move. An operation that another vCPU sent off just before the move began may have
 * come to the old owner after it let go; the enable, which must not get lost, is told once more.
 */
void gic_adopted(struct gic *g, uint32_t intid, struct reply *r)
{
	struct gic_word *w = spi_word(g, intid);
	uint32_t n = intid % GIC_WORD_INTIDS;
	enum upcall_op op;

	spin_lock(&g->lock);
	w->moving &= ~(1u << n);
	op = (w->enabled >> n & 1) != 0 ? OP_ENABLE : OP_DISABLE;
	r->op = UPCALL_OP(op, w->intid, 1u << w->owner[n]);
	spin_unlock(&g->lock);
	r->op_arg[0] = 1u << n;
}
