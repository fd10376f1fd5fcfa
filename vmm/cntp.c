/* SPDX-License-Identifier: Apache-2.0 */
/* One comparison, and the three registers that lead to it. */
#include "vmm/cntp.h"

#define CTL_ENABLE 1u
#define CTL_IMASK 2u
#define CTL_ISTATUS 4u

static bool condition_is_met(const struct cntp *t, uint64_t now)
{
	return (t->ctl & CTL_ENABLE) != 0 && now >= t->cval;
}

uint64_t cntp_read(const struct cntp *t, uint32_t reg, uint64_t now)
{
	switch (reg) {
	case CNTP_TVAL:
		return (uint32_t)(t->cval - now);
	case CNTP_CTL:
		return t->ctl | (condition_is_met(t, now) ? CTL_ISTATUS : 0);
	case CNTP_CVAL:
		return t->cval;
	default:
		return 0;
	}
}

void cntp_write(struct cntp *t, uint32_t reg, uint64_t value, uint64_t now)
{
	switch (reg) {
	case CNTP_TVAL:
		t->cval = now + (uint64_t)(int32_t)(uint32_t)value;    /* signed, 32 bits */
		break;
	case CNTP_CTL:
		t->ctl = (uint32_t)value & (CTL_ENABLE | CTL_IMASK);
		break;
	case CNTP_CVAL:
		t->cval = value;
		break;
	}
}

void cntp_off(struct cntp *t)
{
	t->ctl = 0;
	t->cval = 0;
}

bool cntp_sample(struct cntp *t, uint64_t now)
{
	return line_set(&t->line, condition_is_met(t, now) && (t->ctl & CTL_IMASK) == 0);
}

/*
 * More than half the counter's range ahead is never: it takes centuries, and the kernel, which adds
 * an offset of its own, would take a sum that wraps for the past.
 */
uint64_t cntp_due(const struct cntp *t, uint64_t now)
{
	if (t->line.up || (t->ctl & (CTL_ENABLE | CTL_IMASK)) != CTL_ENABLE || t->cval - now > INT64_MAX)
		return CNTP_NEVER;
	return t->cval;
}

void cntp_reset(struct cntp *t, uint32_t *lines)
{
	line_reset(&t->line, lines, CNTP_INTID);
	cntp_off(t);
}
