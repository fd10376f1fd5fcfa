/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/service.h"
#include "kernel/dispatch.h"
#include "kernel/log.h"
#include "kernel/print.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"

#define SPSR_EL0 0x3c0u

/* What is left of a walk over a service's capabilities. */
struct caps {
	const struct fmap_cap *next, *end;
};

static struct caps caps_of(const struct cpu *c, const struct service *s)
{
	const struct fmap_cap *first = fmap_cap(c->fmap, s->f->cap_first);

	return (struct caps){ first, first + s->f->cap_count };
}

void service_init(struct cpu *c, struct service *s, uint32_t id)
{
	s->id = id;
	s->f = fmap_service(c->fmap, id);
	arch_service_init(&s->frame, &s->world, fmap_context(c->fmap, s->f->context));
	s->run = SERVICE_ASLEEP;
	s->alarm = NEVER;
	s->refill = NEVER;
	s->budget = timer_ticks(c->frequency, s->f->budget_ns);
	s->period = timer_ticks(c->frequency, s->f->period_ns);
	s->left = s->budget;
	/* Its first entry is its initialization. */
	s->notifications = 1u << SERVICE_ALARM;
	for (struct caps caps = caps_of(c, s); caps.next < caps.end; caps.next++)
		if (caps.next->kind == CAP_IRQ)
			arch_irq_enable(caps.next->intid, true);
}

struct service *service_next(struct cpu *c)
{
	for (uint32_t i = 0; i < c->f->service_count; i++) {
		struct service *s = &c->service[i];

		if (s->left && (s->run == SERVICE_READY || (s->run == SERVICE_ASLEEP && s->notifications)))
			return s;
	}
	return 0;
}

_Noreturn void service_run(struct cpu *c, struct service *s)
{
	uint64_t now = arch_now();

	if (s->run == SERVICE_ASLEEP) {
		for (uint32_t i = 0; i < 31; i++)
			s->frame.x[i] = 0;
		s->frame.x[0] = s->notifications;
		s->frame.x[6] = now;
		s->frame.x[7] = c->frequency;
		s->frame.elr = s->f->entry;
		s->frame.sp_el0 = s->f->sp;
		s->frame.spsr = SPSR_EL0;
		s->notifications = 0;
		s->run = SERVICE_READY;
	}
	s->started = now;
	c->serving = s;
	timer_update(c);
	arch_enter_service(&s->frame, &s->world, c->resident ? &c->resident->arch : 0);
}

void service_pause(struct cpu *c)
{
	struct service *s = c->serving;
	uint64_t used = arch_now() - s->started + timer_ticks(c->frequency, STAY_COST_NS);

	s->left = used < s->left ? s->left - used : 0;
	s->refill = s->started + s->period;
	c->serving = 0;
	/* A monitor that it interrupted has lost no time of its own. */
	if (c->resident)
		c->resident->arch.args[6] += used;
	timer_update(c);
}

/* Interrupts that it has dealt with may come again. */
static void interrupts_release(struct cpu *c, const struct service *s, uint64_t badges)
{
	for (struct caps caps = caps_of(c, s); caps.next < caps.end; caps.next++)
		if (caps.next->kind == CAP_IRQ && badges >> caps.next->badge & 1)
			arch_irq_deactivate(caps.next->intid);
}

static bool may_power_off(struct cpu *c, const struct service *s)
{
	for (struct caps caps = caps_of(c, s); caps.next < caps.end; caps.next++)
		if (caps.next->kind == CAP_POWER)
			return true;
	return false;
}

_Noreturn void service_answer(struct cpu *c, struct service *s, uint64_t verdict, uint64_t alarm,
			      uint64_t interrupts, uint64_t doorbells)
{
	service_pause(c);
	if (verdict == SERVICE_POWER_OFF && may_power_off(c, s))
		arch_power_off();
	if (verdict != SERVICE_WAIT || !doorbells_ring(c, s->f->cap_first, s->f->cap_count, 0, doorbells)) {
		service_kill(c, s, verdict, doorbells);
		dispatch(c);
	}
	interrupts_release(c, s, interrupts);
	s->run = SERVICE_ASLEEP;
	s->alarm = alarm;
	timer_update(c);
	dispatch(c);
}

void service_all_off(struct service *s)
{
	s->notifications |= 1u << SERVICE_ALL_OFF;
	if (s->run == SERVICE_DEAD)
		arch_power_off();
}

/* It may have had the serial line; now nobody has, and the kernel says so there, as far as the
 * UART takes it. */
void service_kill(struct cpu *c, struct service *s, uint64_t esr, uint64_t far)
{
	bool all_off = s->notifications >> SERVICE_ALL_OFF & 1;

	s->run = SERVICE_DEAD;
	s->alarm = NEVER;
	s->refill = NEVER;
	log_board(c, KLOG_SERVICE_FAULT, s->frame.elr, esr, far);
	print_text(c->fmap, "\nPartita: a service broke its contract and is stopped\n");
	if (all_off)
		service_all_off(s);
}
