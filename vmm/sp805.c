/* SPDX-License-Identifier: Apache-2.0 */
/* A counter that is never written: its value follows from when it was loaded. */
#include "vmm/sp805.h"

#define WDOGLOAD 0x000u
#define WDOGVALUE 0x004u
#define WDOGCONTROL 0x008u
#define WDOGINTCLR 0x00cu
#define WDOGRIS 0x010u
#define WDOGMIS 0x014u
#define WDOGLOCK 0xc00u
#define WDOGITCR 0xf00u
#define WDOGITOP 0xf04u

/* WDOGCONTROL */
#define INTEN 1u
#define RESEN 2u

/* WDOGITOP: what drives the two outputs while WDOGITCR says so. */
#define ITOP_WDOGRES 1u
#define ITOP_WDOGINT 2u

#define UNLOCK 0x1acce551u

/* WDOGPERIPHID0 to 3 and WDOGPCELLID0 to 3. */
#define SP805_ID_OFFSET 0xfe0u
static const uint8_t id[8] = { 0x05, 0x18, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

/* ---- The counter ---- */

static bool counts(const struct sp805 *w)
{
	return (w->control & INTEN) != 0 && !w->res;
}

/* Periods of WDOGCLK since it was loaded. Exact, and without a product of more than 64 bits. A vCPU
 * that waited for the lock may come from before that. */
static uint64_t periods(const struct sp805 *w, uint64_t now)
{
	uint64_t ticks = now > w->since ? now - w->since : 0;

	return ticks / w->hz * w->clock_hz + ticks % w->hz * w->clock_hz / w->hz;
}

/* The tick at which so many periods are over. */
static uint64_t tick_of(const struct sp805 *w, uint64_t n)
{
	uint64_t part = (n % w->clock_hz * w->hz + w->clock_hz - 1) / w->clock_hz;

	return w->since + n / w->clock_hz * w->hz + part;
}

/* It gets to zero after `count` periods, is loaded at the one after, and gets there again. */
static uint64_t first_zero(const struct sp805 *w)
{
	return w->count;
}

static uint64_t last_zero(const struct sp805 *w)
{
	return w->carried ? w->count : 2 * (uint64_t)w->count + 1;
}

static uint32_t value(const struct sp805 *w, uint64_t now)
{
	if (!counts(w))
		return w->count;
	return w->count - (uint32_t)(periods(w, now) % ((uint64_t)w->count + 1));
}

/* 1 is the least that the register is meant for. */
static void load(struct sp805 *w, uint32_t vcpu, uint64_t now)
{
	w->count = w->load != 0 ? w->load : 1;
	w->since = now;
	w->keeper = (uint8_t)vcpu;
	w->carried = w->ris;
	w->res = false;
}

/* ---- The outputs ---- */

static bool wdogint(const struct sp805 *w)
{
	if (w->itcr != 0)
		return (w->itop & ITOP_WDOGINT) != 0;
	return w->ris && (w->control & INTEN) != 0;
}

static bool wdogres(const struct sp805 *w)
{
	if (w->itcr != 0)
		return (w->itop & ITOP_WDOGRES) != 0;
	return w->res && (w->control & RESEN) != 0;
}

static void reset_output_look(struct sp805 *w)
{
	bool up = wdogres(w);

	w->silent |= up && !w->was_up;
	w->was_up = up;
}

/* What has come by now. */
static void look(struct sp805 *w, uint64_t now)
{
	uint64_t n;

	if (counts(w)) {
		n = periods(w, now);
		w->ris |= n >= first_zero(w);
		w->res = n >= last_zero(w);
		if (w->res)
			w->count = 0;
	}
	reset_output_look(w);
}

/* ---- Registers ---- */

static uint32_t register_read(const struct sp805 *w, uint32_t offset, uint64_t now)
{
	switch (offset) {
	case WDOGLOAD:
		return w->load;
	case WDOGVALUE:
		return value(w, now);
	case WDOGCONTROL:
		return w->control;
	case WDOGRIS:
		return w->ris;
	case WDOGMIS:
		return w->ris && (w->control & INTEN) != 0;
	case WDOGLOCK:
		return w->locked;
	case WDOGITCR:
		return w->itcr;
	default:
		return offset >= SP805_ID_OFFSET ? id[(offset - SP805_ID_OFFSET) / 4 % 8] : 0;
	}
}

static void control_write(struct sp805 *w, uint32_t control, uint32_t vcpu, uint64_t now)
{
	bool counted = (w->control & INTEN) != 0;

	if (counted && (control & INTEN) == 0)
		w->count = value(w, now);
	w->control = control & (INTEN | RESEN);
	if (!counted && (control & INTEN) != 0)
		load(w, vcpu, now);
}

static void register_write(struct sp805 *w, uint32_t offset, uint32_t written, uint32_t vcpu, uint64_t now)
{
	if (offset == WDOGLOCK)
		w->locked = written != UNLOCK;
	if (w->locked)
		return;
	switch (offset) {
	case WDOGLOAD:
		w->load = written;
		load(w, vcpu, now);
		break;
	case WDOGCONTROL:
		control_write(w, written, vcpu, now);
		break;
	case WDOGINTCLR:
		w->ris = false;
		load(w, vcpu, now);
		break;
	case WDOGITCR:
		w->itcr = written & 1;
		break;
	case WDOGITOP:
		w->itop = written & (ITOP_WDOGRES | ITOP_WDOGINT);
		break;
	}
}

/* ---- All ---- */

uint64_t sp805_access(struct sp805 *w, struct access a, uint32_t vcpu, uint64_t now)
{
	uint64_t got = 0;

	spin_lock(&w->lock);
	look(w, now);
	if (!access_stores(a))
		got = access_lane(a, register_read(w, a.offset & ~3u, now));
	else if (a.offset % 4 == 0)
		register_write(w, a.offset, (uint32_t)a.value, vcpu, now);
	reset_output_look(w);
	spin_unlock(&w->lock);
	return got;
}

bool sp805_sample(struct sp805 *w, uint64_t now)
{
	bool moved;

	spin_lock(&w->lock);
	look(w, now);
	moved = line_set(&w->line, wdogint(w));
	spin_unlock(&w->lock);
	return moved;
}

uint64_t sp805_due(struct sp805 *w, uint32_t vcpu)
{
	uint64_t due = SP805_NEVER;

	spin_lock(&w->lock);
	if (counts(w) && w->keeper == vcpu)
		due = tick_of(w, w->ris ? last_zero(w) : first_zero(w));
	spin_unlock(&w->lock);
	return due;
}

bool sp805_take_silence(struct sp805 *w)
{
	bool silent;

	spin_lock(&w->lock);
	silent = w->silent;
	w->silent = false;
	spin_unlock(&w->lock);
	return silent;
}

void sp805_start(struct sp805 *w, uint32_t count, uint32_t vcpu, uint64_t now)
{
	spin_lock(&w->lock);
	if (!counts(w)) {
		w->load = count;
		w->control = INTEN | RESEN;
		w->locked = true;
		load(w, vcpu, now);
	}
	spin_unlock(&w->lock);
}

void sp805_reset(struct sp805 *w, uint32_t *lines, uint32_t intid, uint32_t hz, uint32_t clock_hz)
{
	line_reset(&w->line, lines, intid % 32);
	w->hz = hz;
	w->clock_hz = clock_hz;
	w->load = UINT32_MAX;
	w->count = UINT32_MAX;
}
