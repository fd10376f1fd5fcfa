/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The redistributors: for each vCPU a frame RD_base, here, and a frame SGI_base, whose banks are in
 * gic_bank.c. Any vCPU may access any frame. IHI 0069, "The Redistributor register descriptions".
 * There are no LPIs: GICR_CTLR, GICR_PROPBASER and GICR_PENDBASER are RAZ/WI. What is not here is
 * reserved: RAZ/WI too, and noted in GICR_STATUSR.
 */
#include "vmm/gic.h"
#include "vmm/gic_bank.h"
#include "vmm/regs.h"

#define GICR_SGI_BASE 0x10000u         /* the second frame of each */

#define GICR_CTLR_OFFSET 0x0000u
#define GICR_IIDR_OFFSET 0x0004u
#define GICR_TYPER_OFFSET 0x0008u      /* 64 bits */
#define GICR_WAKER_OFFSET 0x0014u
#define GICR_PROPBASER_OFFSET 0x0070u
#define GICR_LPIS_END 0x0080u          /* after GICR_PENDBASER */

static uint64_t typer_read(const struct vmconf *conf, uint32_t vcpu)
{
	uint64_t mpidr = conf->mpidr[vcpu];    /* Aff3 is bits 39:32, and Affinity_Value has no gap */
	gicr_typer_t t = { 0 };

	t = gicr_typer_set_Affinity_Value(t, (mpidr & 0xffffff) | (mpidr >> 32 & 0xff) << 24);
	t = gicr_typer_set_Processor_Number(t, vcpu);
	return gicr_typer_set_Last(t, vcpu == conf->vcpu_count - 1).bits;
}

/* The interface wakes and falls asleep at once: ChildrenAsleep says what ProcessorSleep says. */
static uint64_t waker_read(struct gic *g, uint32_t vcpu)
{
	uint32_t asleep = __atomic_load_n(&g->asleep, __ATOMIC_RELAXED) >> vcpu & 1;
	gicr_waker_t w = { 0 };

	w = gicr_waker_set_ProcessorSleep(w, asleep);
	return gicr_waker_set_ChildrenAsleep(w, asleep).bits;
}

static void waker_write(struct gic *g, uint32_t vcpu, uint64_t value)
{
	gicr_waker_t w = { value };

	if (gicr_waker_ProcessorSleep(w) != 0)
		__atomic_fetch_or(&g->asleep, 1u << vcpu, __ATOMIC_RELAXED);
	else
		__atomic_fetch_and(&g->asleep, ~(1u << vcpu), __ATOMIC_RELAXED);
}

/* GICR_CTLR, GICR_PROPBASER, GICR_PENDBASER: there are no LPIs. */
static bool is_of_lpis(uint32_t offset)
{
	return offset == GICR_CTLR_OFFSET || (offset >= GICR_PROPBASER_OFFSET && offset < GICR_LPIS_END);
}

static void rd_write(struct gic *g, uint32_t vcpu, struct access a, struct reply *r)
{
	switch (a.offset) {
	case GIC_STATUSR:
		__atomic_fetch_and(&g->own_status[vcpu], ~(uint32_t)a.value, __ATOMIC_RELAXED);
		break;
	case GICR_WAKER_OFFSET:
		waker_write(g, vcpu, a.value);
		break;
	case GICR_IIDR_OFFSET:
	case GICR_TYPER_OFFSET:
	case GICR_TYPER_OFFSET + 4:
		gic_status(&g->own_status[vcpu], a, true);
		break;
	default:
		if (!is_of_lpis(a.offset))
			gic_id_access(&g->own_status[vcpu], a, r);
	}
}

static void rd_read(struct gic *g, uint32_t vcpu, struct access a, struct reply *r)
{
	switch (a.offset) {
	case GICR_IIDR_OFFSET:
		r->value = GIC_IIDR_VALUE;
		break;
	case GICR_TYPER_OFFSET:
	case GICR_TYPER_OFFSET + 4:
		r->value = access_part(a, typer_read(g->conf, vcpu));
		break;
	case GIC_STATUSR:
		r->value = __atomic_load_n(&g->own_status[vcpu], __ATOMIC_RELAXED);
		break;
	case GICR_WAKER_OFFSET:
		r->value = waker_read(g, vcpu);
		break;
	default:
		if (!is_of_lpis(a.offset))
			gic_id_access(&g->own_status[vcpu], a, r);
	}
}

/* Of the registers that read as something, only GICR_TYPER is 64 bits wide; the base registers of
 * LPI tables are too. */
static bool rd_size_exists(struct access a)
{
	uint32_t reg = a.offset & ~7u;

	return access_bytes(a) == 4 || (access_bytes(a) == 8 && reg != 0x00 && reg != 0x10);
}

static void rd_access(struct gic *g, uint32_t vcpu, struct access a, struct reply *r)
{
	if (!rd_size_exists(a))
		r->verdict = VERDICT_ABORT;
	else if (access_stores(a))
		rd_write(g, vcpu, a, r);
	else
		rd_read(g, vcpu, a, r);
}

void gicr_access(struct gic *g, struct access a, struct reply *r)
{
	uint32_t vcpu = a.offset / GICR_STRIDE % MAX_VCPUS_PER_VM;
	uint32_t offset = a.offset % GICR_STRIDE;

	if (offset < GICR_SGI_BASE) {
		a.offset = offset;
		rd_access(g, vcpu, a, r);
		return;
	}
	a.offset = offset - GICR_SGI_BASE;
	if (a.offset >= GIC_BANK_BYTES && a.offset < GIC_BANKS_END)
		gic_bank_access(g, &g->own[vcpu], 0, 1, a, r);
}
