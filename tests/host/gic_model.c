/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/host/gic_model.h"
#include <string.h>

#define ALL_32 0xffffffffu
#define IIDR 0x5000043bu
#define PIDR2_GICV3 0x3bu

/* ---- One interrupt: IHI 0069, "Interrupt handling state machine" ---- */

bool gic_model_pending(const struct gic_irq *q)
{
	return q->latch || (q->line && !q->edge);
}

/* An edge, or a register: a level that stands behind no input may be taken for one that fell. */
static void set_pending(struct gic_irq *q)
{
	bool level = q->forwarded && !q->edge;

	if (q->forwarded && (gic_model_pending(q) || q->maybe || level) && !(q->active && q->acknowledged))
		q->again = true;
	if (level)
		q->maybe = q->written = true;
	else
		q->latch = true;
}

void gic_model_line(struct gic_irq *q, bool up)
{
	if (up && !q->line && q->edge)
		set_pending(q);
	if (q->forwarded && !q->edge && q->line && !up && !(q->active && q->acknowledged))
		q->maybe = true;
	q->line = up;
}

struct gic_irq *gic_model_irq(struct gic_model *m, uint32_t pe, uint32_t intid)
{
	return intid < 32 ? &m->own[pe][intid] : &m->spi[intid];
}

bool gic_model_is_for(struct gic_model *m, uint32_t pe, uint32_t intid, bool surely)
{
	const struct gic_irq *q = gic_model_irq(m, pe, intid);

	if (intid >= 32 && m->pe[intid] != pe)
		return false;
	if (!(m->group_enables & 2) || !q->enabled || !q->group1 || q->active)
		return false;
	return gic_model_pending(q) || (q->maybe && !surely);
}

void gic_model_acknowledge(struct gic_irq *q)
{
	q->maybe = q->written = q->again;
	q->latch = q->again = false;
	q->active = q->acknowledged = true;
}

void gic_model_deactivate(struct gic_irq *q)
{
	q->active = q->acknowledged = false;
}

/* ---- Banks: each register has some bits for each of some interrupts ---- */

/* The input of a level stays what it is. */
static void clear_pending(struct gic_irq *q)
{
	q->latch = q->maybe = q->again = q->written = false;
}

static void configure(struct gic_irq *q, bool edge)
{
	if (q->edge_fixed || q->edge == edge)
		return;
	/* GICD_ICFGR<n>: "will leave the interrupt in an UNKNOWN pending state". */
	q->maybe = q->maybe || gic_model_pending(q);
	q->latch = false;
	q->edge = edge;
}

static void activate(struct gic_irq *q)
{
	if (!q->active)
		q->acknowledged = false;
	q->active = true;
}

enum bank {
	GROUP = 0x080 / 0x80,
	SET_ENABLE,
	CLEAR_ENABLE,
	SET_PENDING,
	CLEAR_PENDING,
	SET_ACTIVE,
	CLEAR_ACTIVE,
	PRIORITY = 0x400 / 0x80,
	PRIORITY_END = 0x800 / 0x80,
	CONFIG = 0xc00 / 0x80,
	CONFIG_END = 0xd00 / 0x80,
};

static bool bit_read(const struct gic_irq *q, enum bank bank, bool *maybe)
{
	if (bank == GROUP)
		return q->group1;
	if (bank == SET_ENABLE || bank == CLEAR_ENABLE)
		return q->enabled;
	if (bank == SET_ACTIVE || bank == CLEAR_ACTIVE)
		return q->active;
	*maybe = q->maybe && !gic_model_pending(q);
	return gic_model_pending(q);
}

static void bit_write(struct gic_irq *q, enum bank bank, bool bit)
{
	if (bank == GROUP)
		q->group1 = bit;
	else if (!bit)
		return;
	else if (bank == SET_ENABLE || bank == CLEAR_ENABLE)
		q->enabled = bank == SET_ENABLE;
	else if (bank == SET_PENDING)
		set_pending(q);
	else if (bank == CLEAR_PENDING)
		clear_pending(q);
	else if (bank == SET_ACTIVE)
		activate(q);
	else
		gic_model_deactivate(q);
}

/* first: what the words and bytes of this frame begin with; count: how many are there. */
static struct gic_answer bank_access(struct gic_irq *irq, uint32_t first, uint32_t count, uint32_t offset,
				     uint32_t bytes, bool store, uint64_t value)
{
	struct gic_answer a = { 0 };
	enum bank bank = (enum bank)(offset / 0x80);
	bool bits = bank >= GROUP && bank <= CLEAR_ACTIVE, config = bank >= CONFIG && bank < CONFIG_END;
	bool priority = bank >= PRIORITY && bank < PRIORITY_END;
	uint32_t each = bits ? 1 : config ? 2 : 8;
	uint32_t start = bits ? offset % 0x80 * 8 : config ? (offset - 0xc00) * 4 : offset - 0x400;

	if (!bits && !config && !priority)
		return a;
	a.aborts = bytes != 4 && !(priority && bytes == 1);
	if (a.aborts)
		return a;
	for (uint32_t i = 0; i < bytes * 8 / each; i++) {
		uint32_t n = start + i, field = (uint32_t)(value >> i * each) & ((1u << each) - 1);
		bool maybe = false;

		if (n < first || n >= first + count)
			continue;
		if (!store) {
			field = bits   ? bit_read(&irq[n], bank, &maybe)
				: config ? irq[n].edge * 2u
					 : irq[n].priority;
			a.value |= (uint64_t)field << i * each;
			a.maybe |= (uint64_t)maybe << i * each;
		} else if (bits) {
			bit_write(&irq[n], bank, field);
		} else if (config) {
			configure(&irq[n], field >> 1);
		} else {
			irq[n].priority = field & 0xf8;
		}
	}
	return a;
}

/* ---- GICD_STATUSR and GICR_STATUSR ---- */

static void note(uint32_t *status, bool store, bool exists)
{
	*status |= exists ? (store ? 8u : 4u) : (store ? 2u : 1u);
}

/* 0xffd0 to 0xffff is read-only identification; below it nothing is left. */
static struct gic_answer rest(uint32_t *status, uint32_t offset, bool store)
{
	struct gic_answer a = { 0 };

	if (offset == 0xffe8 && !store)
		a.value = PIDR2_GICV3;
	else if (offset < 0xffd0 || store)
		note(status, store, offset >= 0xffd0);
	return a;
}

/* ---- Distributor ---- */

static void message(struct gic_model *m, uint32_t intid, bool set)
{
	if (intid >= 32 && intid < GIC_INTIDS)
		(set ? set_pending : clear_pending)(&m->spi[intid]);
}

static struct gic_answer control(struct gic_model *m, uint32_t offset, uint32_t bytes, bool store,
				 uint64_t value)
{
	struct gic_answer a = { 0 };
	bool write_only = offset == 0x40 || offset == 0x48, read_only = offset == 4 || offset == 8;

	a.aborts = offset % 4 || (bytes != 4 && !(write_only && bytes == 2));
	if (a.aborts)
		return a;
	if (offset == 0 && store)
		m->group_enables = value & 3;
	else if (offset == 0)
		a.value = 0x50u | m->group_enables; /* ARE, DS */
	else if (offset == 0x10 && store)
		m->status &= ~(uint32_t)value;
	else if (offset == 0x10)
		a.value = m->status;
	else if (offset == 4 && !store)
		a.value = 1u << 25 | 9u << 19 | 1u << 16 | (GIC_INTIDS / 32 - 1);
	else if (offset == 8 && !store)
		a.value = IIDR;
	else if (write_only && store)
		message(m, value & 0x3ff, offset == 0x40);
	else
		note(&m->status, store, read_only || write_only);
	return a;
}

static struct gic_answer router(struct gic_model *m, uint32_t offset, uint32_t bytes, bool store,
				uint64_t value)
{
	struct gic_answer a = { .aborts = bytes < 4 };
	uint32_t intid = (offset - 0x6000) / 8, shift = offset % 8 * 8;
	uint64_t covered = bytes == 8 ? ~0ull : (uint64_t)ALL_32 << shift;

	if (a.aborts || intid < 32 || intid >= GIC_INTIDS)
		return a;
	if (!store) {
		a.value = (m->route[intid] & covered) >> shift;
		return a;
	}
	m->route[intid] = (m->route[intid] & ~covered) | (value << shift & covered);
	m->route[intid] &= 0xff00ffffffull;
	if (m->route[intid] < GIC_PES)
		m->pe[intid] = (uint8_t)m->route[intid];
	return a;
}

struct gic_answer gic_model_distributor(struct gic_model *m, uint32_t offset, uint32_t bytes, bool store,
					uint64_t value)
{
	if (offset < 0x80)
		return control(m, offset, bytes, store, value);
	if (offset < 0x1000)
		return bank_access(m->spi, 32, GIC_INTIDS - 32, offset, bytes, store, value);
	if (offset >= 0x6000 && offset < 0x8000)
		return router(m, offset, bytes, store, value);
	return rest(&m->status, offset, store);
}

/* ---- Redistributor ---- */

static struct gic_answer redistributor(struct gic_model *m, uint32_t pe, uint32_t offset, uint32_t bytes,
				       bool store, uint64_t value)
{
	uint64_t typer = (uint64_t)pe << 32 | pe << 8 | (pe == GIC_PES - 1 ? 0x10u : 0);
	struct gic_answer a = { 0 };

	/* Registers of 64 bits can be accessed as such. */
	a.aborts = bytes != 4 && !(bytes == 8 && offset / 8 != 0 && offset / 8 != 2);
	if (a.aborts)
		return a;
	if (offset == 0 || (offset >= 0x70 && offset < 0x80)) /* of LPIs: there are none */
		return a;
	if (offset == 4 || offset == 8 || offset == 12) {
		if (store)
			note(&m->own_status[pe], true, true);
		else if (offset == 4)
			a.value = IIDR;
		else
			a.value = bytes == 8 ? typer : typer >> (offset - 8) * 8 & ALL_32;
	} else if (offset == 0x10 && store) {
		m->own_status[pe] &= ~(uint32_t)value;
	} else if (offset == 0x10) {
		a.value = m->own_status[pe];
	} else if (offset == 0x14 && store) {
		m->asleep = (uint8_t)((m->asleep & ~(1u << pe)) | (value >> 1 & 1) << pe);
	} else if (offset == 0x14) {
		a.value = m->asleep >> pe & 1 ? 6 : 0;
	} else {
		return rest(&m->own_status[pe], offset, store);
	}
	return a;
}

struct gic_answer gic_model_redistributor(struct gic_model *m, uint32_t pe, uint32_t offset, uint32_t bytes,
					  bool store, uint64_t value)
{
	if (offset < 0x10000)
		return redistributor(m, pe, offset, bytes, store, value);
	offset -= 0x10000;
	if (offset >= 0x80 && offset < 0x1000)
		return bank_access(m->own[pe], 0, 32, offset, bytes, store, value);
	return (struct gic_answer){ 0 };
}

void gic_model_reset(struct gic_model *m, const uint32_t *hard, const uint32_t *edge, uint32_t timer)
{
	memset(m, 0, sizeof(*m));
	m->asleep = (1u << GIC_PES) - 1;
	for (uint32_t pe = 0; pe < GIC_PES; pe++)
		for (uint32_t i = 0; i < 32; i++) {
			m->own[pe][i].edge = i < 16;
			m->own[pe][i].edge_fixed = true;
			m->own[pe][i].forwarded = i == timer;
		}
	for (uint32_t i = 32; i < GIC_INTIDS; i++) {
		m->spi[i].edge_fixed = m->spi[i].forwarded = hard[i / 32] >> i % 32 & 1;
		m->spi[i].edge = edge[i / 32] >> i % 32 & 1;
	}
}
