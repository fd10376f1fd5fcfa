/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/health.h"
#include "kernel/link.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"
#include "kernel/vm.h"

enum health_action health_action(const struct vcpu *v, enum health_event event)
{
	enum health_action action = (enum health_action)v->vm->health.action[event];

	return action == ACTION_LOG && !(HEALTH_GOES_ON >> event & 1) ? ACTION_STOP : action;
}

bool health_is_silent(const struct vcpu *v, enum health_event event)
{
	return health_action(v, event) == ACTION_LOG && !(v->vm->health.notify >> event & 1);
}

bool health_event(struct cpu *c, struct vcpu *v, enum health_event event)
{
	const struct fmap_health *h = &v->vm->health;
	enum health_action action = health_action(v, event);

	if (h->notify >> event & 1)
		(void)doorbells_ring(c, h->cap_first, h->cap_count, v->number, (1ull << h->cap_count) - 1);
	if (action == ACTION_LOG)
		return false;
	vm_end(c, v, action, event);
	return true;
}

/* By the CPU that has moved the VM's life from RUNNING, so by one at a time, each after the last. */
bool health_may_restart(const struct cpu *c, const struct vcpu *v, enum health_event event)
{
	const struct fmap_health *h = &v->vm->health;
	struct shared_vm *s = shared_vm(v->vm_id);
	uint64_t now = arch_now();

	if (event == HEALTH_RESET)
		return true;
	if (s->restarts == 0 || now - s->window >= timer_ticks(c->frequency, h->window_ns)) {
		s->window = now;
		s->restarts = 0;
	}
	return s->restarts++ < h->restarts;
}
