/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands around a part of the kernel that is tested alone: the architecture, and files whose state
 * lies at the kernel's own addresses. All of it is weak: a test says otherwise of what it cares for.
 * dispatch() never returns: it leaves a CASE.
 */
#ifndef PARTITA_TESTS_AROUND_H
#define PARTITA_TESTS_AROUND_H

#include "kernel/dispatch.h"
#include "kernel/inject.h"
#include "kernel/link.h"
#include "kernel/log.h"
#include "kernel/timer.h"
#include "kernel/vm.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <string.h>

static jmp_buf around;
static struct {
	uint32_t dispatched, logged, ended, signals, kicked_bits, timers, powered_off;
	uint64_t now, esr, far, ipa;
	bool aarch32, advanced;
	struct shared_link link;
	struct el1_trap trap;
} seen;

/* True: what it names left for dispatch, or switched the board off. */
#define LEAVES(call) (setjmp(around) != 0 || ((call), false))

#define WEAK __attribute__((weak))
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"

WEAK _Noreturn void dispatch(struct cpu *c)
{
	seen.dispatched++;
	longjmp(around, 1);
}
WEAK _Noreturn void guest_dispatch(struct frame *f)
{
	seen.dispatched++;
	longjmp(around, 1);
}
WEAK _Noreturn void arch_power_off(void)
{
	seen.powered_off++;
	longjmp(around, 1);
}
WEAK void log_vcpu(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b)
{
	seen.logged++;
}
WEAK void log_board(struct cpu *c, enum klog_event event, uint64_t pc, uint64_t a, uint64_t b)
{
	seen.logged++;
}
WEAK void vm_end(struct cpu *c, struct vcpu *v, enum health_action ending, enum health_event why)
{
	seen.ended++;
}
WEAK void vm_ended(struct cpu *c, struct vcpu *v)
{
	seen.ended++;
}
WEAK void timer_update(struct cpu *c)
{
	seen.timers++;
}
WEAK uint64_t timer_ticks(uint64_t frequency, uint64_t ns)
{
	return ns;
}
WEAK void link_signal(struct cpu *c, uint32_t link, uint32_t bits)
{
	seen.signals++;
}
WEAK void link_signal_sibling(const struct vcpu *v, uint32_t number, uint32_t bits)
{
	seen.signals |= 1u << number;
	seen.kicked_bits |= bits;
}
WEAK struct shared_link *shared_link(const struct fmap *f, uint32_t link)
{
	return &seen.link;
}
WEAK uint32_t link_of_sibling(const struct fmap *f, uint32_t dst, uint32_t number)
{
	return 0;
}
WEAK bool link_call_answered(const struct shared_link *l)
{
	return true;
}
WEAK void link_call(const struct fmap *f, uint32_t link, uint32_t generation, uint64_t op, uint64_t x3,
		    uint64_t x4)
{
}

WEAK uint64_t arch_now(void)
{
	return seen.now;
}
WEAK uint64_t arch_guest_now(void)
{
	return seen.now;
}
WEAK uint64_t arch_esr(void)
{
	return seen.esr;
}
WEAK uint64_t arch_elr(void)
{
	return 0x1000;
}
WEAK uint64_t arch_spsr(void)
{
	return 0;
}
WEAK uint64_t arch_far(void)
{
	return seen.far;
}
WEAK uint64_t arch_fault_ipa(uint64_t far)
{
	return seen.ipa;
}
WEAK bool arch_from_aarch32(void)
{
	return seen.aarch32;
}
WEAK void arch_pc_advance(void)
{
	seen.advanced = true;
}
WEAK void frame_skip(struct frame *f)
{
	f->elr += 4;
}
WEAK void arch_guest_park(struct arch_vcpu *v)
{
}
WEAK void arch_guest_reset(struct arch_vcpu *v, uint64_t entry, uint64_t x0)
{
}
WEAK void arch_el1_trap_read(const struct arch_vcpu *v, struct el1_trap *t)
{
	*t = seen.trap;
}
WEAK void arch_el1_trap_write(struct arch_vcpu *v, const struct el1_trap *t)
{
	seen.trap = *t;
}
WEAK bool arch_early_putc(const struct fmap *f, char c)
{
	return true;
}
WEAK void arch_service_init(struct frame *f, struct world *w, const struct fmap_context *c)
{
}
WEAK _Noreturn void arch_enter_service(struct frame *f, const struct world *w, struct arch_vcpu *resident)
{
	longjmp(around, 1);
}

#pragma GCC diagnostic pop

#endif
