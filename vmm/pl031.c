/* SPDX-License-Identifier: Apache-2.0 */
/* Eight registers, of which the lowest bit is all there is in the last five. */
#include "vmm/pl031.h"

#define RTCDR 0x000u
#define RTCMR 0x004u
#define RTCLR 0x008u
#define RTCCR 0x00cu
#define RTCIMSC 0x010u
#define RTCRIS 0x014u
#define RTCMIS 0x018u
#define RTCICR 0x01cu

/* RTCPeriphID0 to 3 and RTCPCellID0 to 3. */
#define PL031_ID_OFFSET 0xfe0u
static const uint8_t id[8] = { 0x31, 0x10, 0x04, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t seconds(const struct pl031 *r, uint64_t now)
{
	return (uint32_t)(now / r->hz) + r->offset;
}

/* The interrupt is raised when the counter gets to the match value, and stays until it is cleared.
 * The next time would be 136 years later. */
static void match_look(struct pl031 *r, uint64_t now)
{
	if (now < r->match)
		return;
	r->ris = true;
	r->match = PL031_NEVER;
}

/* Seconds begin with a tick that is a multiple of `hz`, whatever the counter is loaded with. */
static void match_set(struct pl031 *r, uint32_t vcpu, uint64_t now)
{
	uint64_t ahead = r->mr - seconds(r, now);

	r->keeper = (uint8_t)vcpu;
	if (__builtin_mul_overflow(now / r->hz + ahead, r->hz, &r->match))
		r->match = PL031_NEVER;
	match_look(r, now);
}

static uint32_t register_read(const struct pl031 *r, uint32_t offset, uint64_t now)
{
	switch (offset) {
	case RTCDR:
		return seconds(r, now);
	case RTCMR:
		return r->mr;
	case RTCLR:
		return r->lr;
	case RTCCR:
		return 1;
	case RTCIMSC:
		return r->imsc;
	case RTCRIS:
		return r->ris;
	case RTCMIS:
		return r->ris && r->imsc;
	default:
		return offset >= PL031_ID_OFFSET ? id[(offset - PL031_ID_OFFSET) / 4 % 8] : 0;
	}
}

static void register_write(struct pl031 *r, uint32_t offset, uint32_t value, uint32_t vcpu, uint64_t now)
{
	switch (offset) {
	case RTCMR:
		r->mr = value;
		match_set(r, vcpu, now);
		break;
	case RTCLR:
		r->lr = value;
		r->offset += value - seconds(r, now);
		match_set(r, vcpu, now);
		break;
	case RTCIMSC:
		r->imsc = value & 1;
		break;
	case RTCICR:
		r->ris = r->ris && (value & 1) == 0;
		break;
	}
}

uint64_t pl031_access(struct pl031 *r, struct access a, uint32_t vcpu, uint64_t now)
{
	uint64_t value = 0;

	spin_lock(&r->lock);
	match_look(r, now);
	if (!access_stores(a))
		value = access_lane(a, register_read(r, a.offset & ~3u, now));
	else if (a.offset % 4 == 0)
		register_write(r, a.offset, (uint32_t)a.value, vcpu, now);
	spin_unlock(&r->lock);
	return value;
}

bool pl031_sample(struct pl031 *r, uint64_t now)
{
	bool moved;

	spin_lock(&r->lock);
	match_look(r, now);
	moved = line_set(&r->line, r->ris && r->imsc);
	spin_unlock(&r->lock);
	return moved;
}

uint64_t pl031_due(struct pl031 *r, uint32_t vcpu)
{
	uint64_t due;

	spin_lock(&r->lock);
	due = r->keeper == vcpu ? r->match : PL031_NEVER;
	spin_unlock(&r->lock);
	return due;
}

void pl031_reset(struct pl031 *r, uint32_t *lines, uint32_t intid, uint32_t hz, uint32_t start)
{
	line_reset(&r->line, lines, intid % 32);
	r->hz = hz;
	r->lr = start;
	r->offset = start;
	r->match = PL031_NEVER;
}
