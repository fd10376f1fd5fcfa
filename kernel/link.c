/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/link.h"

struct shared_vm *shared_vm(uint32_t vm)
{
	return (struct shared_vm *)(SHARED_VA + sizeof(struct shared_board)) + vm;
}

struct shared_link *shared_link(const struct fmap *f, uint32_t link)
{
	return (struct shared_link *)(shared_vm(f->vms.count)) + link;
}

uint32_t link_of_sibling(const struct fmap *f, uint32_t dst, uint32_t number)
{
	return fmap_vcpu(f, dst)->link_first + number;
}

/*
 * Store buffering: what a signal is about was written before; then comes the barrier, then the
 * look at signal_taken. The receiver (link_take) writes signal_taken, then the barrier, then
 * looks at what the signal is about. So if the sender still sees the old signal as pending and
 * sends nothing, the receiver has yet to look, and sees the news.
 */
static inline __attribute__((always_inline)) bool signal_is_news(struct shared_link *l, uint32_t bits)
{
	arch_barrier(); /* partner: link_take */
	uint32_t taken = __atomic_load_n(&l->signal_taken, __ATOMIC_ACQUIRE);
	uint32_t news = bits & ~(l->signal_sent ^ taken);

	if (!news)
		return false;
	__atomic_store_n(&l->signal_sent, l->signal_sent ^ news, __ATOMIC_RELEASE);
	return true;
}

void link_signal(struct cpu *c, uint32_t link, uint32_t bits)
{
	uint32_t dst_cpu = fmap_link(c->fmap, link)->dst_cpu;

	if (!signal_is_news(shared_link(c->fmap, link), bits))
		return;
	if (dst_cpu == c->id)
		c->work = c->rung = true;
	else
		arch_kick(arch_kick_of(dst_cpu, INTID_DOORBELL));
}

void link_signal_sibling(const struct vcpu *v, uint32_t number, uint32_t bits)
{
	if (signal_is_news(v->out[number], bits))
		arch_kick(v->kick[number]);
}

uint32_t link_take(struct shared_link *l)
{
	uint32_t sent = __atomic_load_n(&l->signal_sent, __ATOMIC_ACQUIRE);
	uint32_t bits = sent ^ l->signal_taken;

	if (!bits)
		return 0;
	__atomic_store_n(&l->signal_taken, sent, __ATOMIC_RELEASE);
	arch_barrier(); /* partner: link_signal */
	return bits;
}

/* Message passing: the operation, then the number (release); number (acquire), then operation. */
void link_call(const struct fmap *f, uint32_t link, uint32_t generation, uint64_t op, uint64_t x3,
	       uint64_t x4)
{
	struct shared_link *l = shared_link(f, link);

	l->call[0] = op;
	l->call[1] = x3;
	l->call[2] = x4;
	l->call[3] = generation;
	__atomic_store_n(&l->call_sent, l->call_sent + 1, __ATOMIC_RELEASE);
	arch_kick(arch_kick_of(fmap_link(f, link)->dst_cpu, INTID_KICK));
}

bool link_call_pending(const struct shared_link *l)
{
	return __atomic_load_n(&l->call_sent, __ATOMIC_ACQUIRE) != l->call_done;
}

void link_call_answer(struct shared_link *l, const struct fmap_link *f, uint64_t result)
{
	l->result = result;
	__atomic_store_n(&l->call_done, l->call_done + 1, __ATOMIC_RELEASE);
	arch_kick(arch_kick_of(f->src_cpu, INTID_KICK));
}

bool link_call_answered(const struct shared_link *l)
{
	return __atomic_load_n(&l->call_done, __ATOMIC_ACQUIRE) == l->call_sent;
}
