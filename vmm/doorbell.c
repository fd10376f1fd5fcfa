/* SPDX-License-Identifier: Apache-2.0 */
/* Eight registers of 32 bits. */
#include "vmm/doorbell.h"

#define ID 0x00u
#define ROLE 0x04u
#define PEERS 0x08u
#define LIFE 0x0cu
#define RING 0x10u
#define PENDING 0x14u
#define ACK 0x18u
#define ENABLE 0x1cu

#define ID_VALUE 0x31484350u   /* "PCH1" */

/* PENDING, ACK, ENABLE */
#define RUNG 1u
#define RESTARTED 2u
#define FAILED 4u

/* ---- The writer's lives. Partners: life_begin and life_ready with life_read ---- */

/* The fence: who sees a zero of the new life sees that it is odd. */
static void life_begin(struct channel_control *control)
{
	__atomic_store_n(&control->life, control->life | 1, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE);
}

/* Release: who sees that it is even finds the memory zeroed, or what the guest wrote later. */
static void life_ready(struct channel_control *control)
{
	__atomic_store_n(&control->life, control->life + 1, __ATOMIC_RELEASE);
}

/* The guest's loads before are done before (fence), those after come after (acquire). */
static uint32_t life_read(const struct channel_control *control)
{
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&control->life, __ATOMIC_ACQUIRE);
}

/* ---- Registers ---- */

/* Bit n: the n-th of the others. */
static uint64_t caps(const struct doorbell *d, uint32_t others)
{
	return (others & ((1ull << d->conf->cap_count) - 1)) << d->conf->cap_first;
}

static uint32_t register_read(const struct doorbell *d, uint32_t offset)
{
	switch (offset) {
	case ID:
		return ID_VALUE;
	case ROLE:
		return d->conf->writes;
	case PEERS:
		return d->conf->cap_count;
	case LIFE:
		return life_read(d->control);
	case PENDING:
		return d->pending;
	case ENABLE:
		return d->enable;
	default:
		return 0;
	}
}

static void register_write(struct doorbell *d, uint32_t offset, uint32_t value, struct doorbell_effect *e)
{
	switch (offset) {
	case RING:
		e->ring = caps(d, value);
		break;
	case ACK:
		d->pending &= ~value;
		break;
	case ENABLE:
		d->enable = value & (RUNG | RESTARTED | FAILED);
		break;
	}
}

static bool line_update(struct doorbell *d)
{
	return line_set(&d->line, (d->pending & d->enable) != 0);
}

struct doorbell_effect doorbell_access(struct doorbell *d, struct access a)
{
	struct doorbell_effect e = { 0 };

	spin_lock(&d->lock);
	if (!access_stores(a))
		e.value = access_lane(a, register_read(d, a.offset & ~3u));
	else if (a.offset % 4 == 0)
		register_write(d, a.offset, (uint32_t)a.value, &e);
	e.line_changed = line_update(d);
	spin_unlock(&d->lock);
	return e;
}

/* The writer knows its own lives. */
bool doorbell_rung(struct doorbell *d)
{
	uint32_t life;
	bool changed;

	spin_lock(&d->lock);
	life = life_read(d->control);
	d->pending |= life == d->life || d->conf->writes != 0 ? RUNG : RUNG | RESTARTED;
	d->life = life;
	changed = line_update(d);
	spin_unlock(&d->lock);
	return changed;
}

bool doorbell_peer_failed(struct doorbell *d)
{
	bool changed;

	spin_lock(&d->lock);
	d->pending |= FAILED;
	changed = line_update(d);
	spin_unlock(&d->lock);
	return changed;
}

uint64_t doorbell_start(struct doorbell *d)
{
	if (d->conf->writes != 0)
		life_ready(d->control);
	return caps(d, UINT32_MAX);
}

void doorbell_reset(struct doorbell *d, const struct vmconf_channel *conf, struct channel_control *control,
		    uint32_t *lines)
{
	d->conf = conf;
	d->control = control;
	line_reset(&d->line, lines, conf->intid % 32);
	if (conf->writes != 0)
		life_begin(control);
	d->life = life_read(control);
}
