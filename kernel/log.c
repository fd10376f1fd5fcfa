/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/log.h"
#include "kernel/link.h"

static void log_write(struct cpu *c, const struct klog_record *r)
{
	uint32_t seq = c->log->head + 1;
	struct klog_record *slot = &c->log->record[(seq - 1) % KLOG_RECORDS];

	/* A reader that copies this slot meanwhile sees 0, or another number than it expects. */
	__atomic_store_n(&slot->seq, 0, __ATOMIC_RELAXED);
	__atomic_thread_fence(__ATOMIC_RELEASE); /* partner: the reader's fence between copy and check */
	slot->event = r->event;
	slot->cpu = (uint8_t)c->id;
	slot->vm = r->vm;
	slot->vcpu = r->vcpu;
	slot->time = arch_now();
	slot->pc = r->pc;
	slot->a = r->a;
	slot->b = r->b;
	__atomic_store_n(&slot->seq, seq, __ATOMIC_RELEASE);
	__atomic_store_n(&c->log->head, seq, __ATOMIC_RELEASE);
	if (c->f->log_link != FMAP_NONE)
		link_signal(c, c->f->log_link, SIGNAL_DOORBELL);
}

void log_vcpu(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b)
{
	bool noise = event >= KLOG_GUEST_ABORT && event <= KLOG_GUEST_CALL;

	if (log_is_full(v, noise ? LOG_NOISE_PER_SECOND : LOG_PER_SECOND)) {
		c->log->suppressed++;
		return;
	}
	uint64_t now = arch_now();

	if (now >= v->log_until) {
		v->log_until = now + c->frequency;
		v->log_count = 0;
	}
	v->log_count++;
	struct klog_record r = { .event = (uint8_t)event, .pc = pc, .a = a, .b = b };

	r.vm = (uint8_t)v->vm_id;
	r.vcpu = (uint8_t)v->number;
	log_write(c, &r);
}

void log_board(struct cpu *c, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b)
{
	struct klog_record r = { .event = (uint8_t)event, .pc = pc, .a = a, .b = b };

	r.vm = r.vcpu = 0xff;
	log_write(c, &r);
}
