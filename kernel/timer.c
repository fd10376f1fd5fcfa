/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/timer.h"
#include "abi/upcall.h"
#include "kernel/upcall.h"

uint64_t timer_ticks(uint64_t frequency, uint64_t ns)
{
	return ns / 1000000000 * frequency + ns % 1000000000 * frequency / 1000000000;
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* CNTPCT_EL0 at which the budget of the monitor is used up. Its upcall says when it began. */
static uint64_t upcall_end(const struct vcpu *v)
{
	uint64_t budget = v->arch.event == UPCALL_RESET ? v->start_budget : v->budget;

	return v->arch.args[6] + v->arch.cntvoff_el2 + budget - upcall_spent(v);
}

void timer_update(struct cpu *c)
{
	uint64_t d = c->slot_end;

	for (uint32_t i = 0; i < c->f->vcpu_count; i++) {
		d = earlier(d, c->vcpu[i].alarm);
		d = earlier(d, c->vcpu[i].deaf_until);
	}
	for (uint32_t i = 0; i < c->f->service_count; i++) {
		d = earlier(d, c->service[i].alarm);
		d = earlier(d, c->service[i].refill);
	}
	if (c->serving)
		d = earlier(d, c->serving->started + c->serving->left);
	else if (c->resident && c->resident->watched)
		d = earlier(d, upcall_end(c->resident));
	arch_timer_set(d);
}

/* A moment that has come is over, and leaves work for dispatch. */
static bool due(struct cpu *c, uint64_t *moment, uint64_t now)
{
	if (*moment > now)
		return false;
	*moment = NEVER;
	c->work = true;
	return true;
}

static void vcpu_due(struct cpu *c, struct vcpu *v, uint64_t now)
{
	if (due(c, &v->alarm, now))
		v->notifications |= 1u << NOTIFY_ALARM;
	if (due(c, &v->deaf_until, now))
		c->rung = true;
}

static void service_due(struct cpu *c, struct service *s, uint64_t now)
{
	if (due(c, &s->alarm, now))
		s->notifications |= 1u << SERVICE_ALARM;
	if (due(c, &s->refill, now))
		s->left = s->budget;
}

void timer_interrupt(struct cpu *c)
{
	uint64_t now = arch_now();

	for (uint32_t i = 0; i < c->f->vcpu_count; i++)
		vcpu_due(c, &c->vcpu[i], now);
	for (uint32_t i = 0; i < c->f->service_count; i++)
		service_due(c, &c->service[i], now);
	/* A service that used its budget up goes through dispatch, which takes the CPU from it. */
	if (c->serving && c->serving->started + c->serving->left <= now)
		c->work = true;
	struct vcpu *v = c->resident;

	if (v && !c->serving) {
		v->watched = v->arch.event != UPCALL_NONE;
		if (v->watched && upcall_end(v) <= now)
			upcall_overrun(c, v);
	}
	timer_update(c);
}
