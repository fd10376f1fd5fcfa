/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells between two CPUs: ringers on CPU 0, a vCPU that may be disturbed once in an interval on
 * CPU 1. Time is a variable, and a kick is counted. The shared area is an array of this test: links
 * are the kernel's own code, compiled with another address.
 */
#include "abi/layout.h"
#undef SHARED_VA
#define SHARED_VA ((uintptr_t)shared)
#include <stdint.h>
static uint8_t shared[4096] __attribute__((aligned(64)));
#include "kernel/link.c"

#include "abi/upcall.h"
#include "kernel/dispatch.h"
#include "kernel/log.h"
#include "kernel/schedule.h"
#include "kernel/service.h"
#include "kernel/timer.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "kernel/vm.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- What the kernel finds around it ---- */

static uint64_t now, timer;
static uint32_t kicks, served, timer_interrupts;

uint64_t arch_now(void)
{
	return now;
}

void arch_timer_set(uint64_t ticks)
{
	timer = ticks;
}

uint64_t arch_kick_of(uint32_t cpu, uint32_t intid)
{
	assert_int_equal(cpu, 1);
	assert_int_equal(intid, INTID_DOORBELL);
	return cpu;
}

void arch_kick(uint64_t kick)
{
	assert_int_equal(kick, 1);
	kicks++;
}

void arch_barrier(void)
{
}

/* None of these is reached by a doorbell. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define NEVER_REACHED(declaration) \
	declaration                \
	{                          \
		abort();           \
	}
NEVER_REACHED(bool vm_is_running(uint32_t vm))
NEVER_REACHED(bool vm_serve(struct cpu *c, struct vcpu *v, uint64_t op))
NEVER_REACHED(void vgic_sample_lines(struct vgic *g, uint32_t word))
NEVER_REACHED(void vgic_raise(struct vgic *g, uint32_t intid))
NEVER_REACHED(void vgic_physical(struct vgic *g, uint32_t intid))
NEVER_REACHED(void vgic_maintenance(struct vgic *g))
NEVER_REACHED(bool vgic_has_pending(const struct vgic *g))
NEVER_REACHED(uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3,
				      uint64_t x4))
NEVER_REACHED(void log_vcpu(struct cpu *c, struct vcpu *v, enum klog_event event, uint64_t pc,
			    uint64_t a, uint64_t b))
NEVER_REACHED(void log_board(struct cpu *c, enum klog_event event, uint64_t pc, uint64_t a,
			     uint64_t b))
NEVER_REACHED(void schedule(struct cpu *c))
NEVER_REACHED(struct service *service_next(struct cpu *c))
NEVER_REACHED(_Noreturn void service_run(struct cpu *c, struct service *s))
NEVER_REACHED(void service_pause(struct cpu *c))
NEVER_REACHED(void service_all_off(struct service *s))
NEVER_REACHED(void upcall(struct cpu *c, struct vcpu *v, enum upcall_event event, uint64_t x1, uint64_t x2,
			  uint64_t x3, uint64_t x4, uint64_t x5))
NEVER_REACHED(void upcall_continue(struct cpu *c, struct vcpu *v))
NEVER_REACHED(bool upcall_progress(struct cpu *c, struct vcpu *v))
NEVER_REACHED(void upcall_overrun(struct cpu *c, struct vcpu *v))
NEVER_REACHED(void arch_vcpu_load(const struct arch_vcpu *v))
NEVER_REACHED(void arch_guest_reset(struct arch_vcpu *v, uint64_t entry, uint64_t x0))
NEVER_REACHED(_Noreturn void arch_enter_guest(struct arch_vcpu *v))
NEVER_REACHED(_Noreturn void arch_enter_monitor(struct arch_vcpu *v))
NEVER_REACHED(_Noreturn void arch_resume_monitor(struct arch_vcpu *v))
NEVER_REACHED(uint32_t arch_irq_acknowledge(void))
NEVER_REACHED(void arch_irq_drop(uint32_t intid))
NEVER_REACHED(void arch_irq_deactivate(uint32_t intid))
NEVER_REACHED(void arch_irq_enable(uint32_t intid, bool enable))
NEVER_REACHED(void arch_irq_set_pending(uint32_t intid, bool pending))
NEVER_REACHED(void arch_idle(void))
#pragma GCC diagnostic pop

/* ---- The f-map: two ringers' links to one vCPU ---- */

#define RINGERS 2
#define INTERVAL 100           /* ticks, of a nanosecond */

static struct {
	struct fmap head;
	struct fmap_cpu cpu[2];
	struct fmap_vcpu vcpu;
	struct fmap_link link[RINGERS];
} map;
static const struct fmap_vm no_siblings;
static struct cpu ringer, receiver;
static struct vcpu vcpu;

static int setup(void **state)
{
	(void)state;
	memset(&map, 0, sizeof(map));
	memset(shared, 0, sizeof(shared));
	memset(&vcpu, 0, sizeof(vcpu));
	map.head.links = (struct fmap_array){ offsetof(__typeof__(map), link), RINGERS };
	map.cpu[1].vcpu_count = 1;
	map.vcpu = (struct fmap_vcpu){ .cpu = 1, .link_count = RINGERS, .doorbell_interval_ns = INTERVAL };
	for (uint32_t i = 0; i < RINGERS; i++)
		map.link[i] = (struct fmap_link){ .kind = LINK_DOORBELL, .dst_cpu = 1, .badge = 1 + i };
	vcpu.f = &map.vcpu;
	vcpu.vm = &no_siblings;
	vcpu.in = shared_link(&map.head, 0);
	vcpu.alarm = vcpu.deaf_until = NEVER;
	ringer = (struct cpu){ .fmap = &map.head, .f = &map.cpu[0], .id = 0 };
	receiver = (struct cpu){ .fmap = &map.head, .f = &map.cpu[1], .id = 1, .vcpu = &vcpu,
				 .frequency = 1000000000, .slot_end = NEVER };
	now = 1000;
	timer = NEVER;
	kicks = served = timer_interrupts = 0;
	return 0;
}

static void ring(uint32_t link)
{
	link_signal(&ringer, link, SIGNAL_DOORBELL);
}

/* The notifications that the monitor would get: interrupts are served, then dispatch. */
static uint32_t notified(void)
{
	uint32_t bits;

	if (timer <= now) {
		timer_interrupts++;
		timer_interrupt(&receiver);
	}
	/* The interrupt comes once for all kicks that came before it. */
	if (served != kicks)
		receiver.rung = true;
	served = kicks;
	inbox_serve(&receiver);
	bits = vcpu.notifications;
	vcpu.notifications = 0;
	return bits;
}

/* ---- Tests ---- */

static void a_doorbell_is_taken_at_once(void **state)
{
	(void)state;
	ring(1);
	assert_int_equal(kicks, 1);
	assert_int_equal(notified(), 1u << 2);
	assert_true(receiver.work);
	assert_int_equal(notified(), 0);
}

static void until_the_interval_is_over_a_flag_stays_up_and_brings_one_kick(void **state)
{
	(void)state;
	ring(0);
	(void)notified();
	for (uint32_t i = 0; i < INTERVAL; i++, now++) {
		ring(0);
		assert_int_equal(notified(), 0);
	}
	assert_int_equal(kicks, 2);
	assert_int_equal(timer_interrupts, 0);
}

static void what_rang_meanwhile_is_taken_when_the_interval_is_over(void **state)
{
	(void)state;
	ring(0);
	(void)notified();
	ring(0);
	ring(1);
	receiver.work = false;
	assert_int_equal(timer, now + INTERVAL);
	now += INTERVAL;
	assert_int_equal(notified(), 1u << 1 | 1u << 2);
	assert_true(receiver.work);
}

static void nothing_keeps_the_timer_going_when_nobody_rings(void **state)
{
	(void)state;
	ring(0);
	(void)notified();
	now += INTERVAL;
	assert_int_equal(notified(), 0);
	assert_true(timer == NEVER);
	now += 1000 * INTERVAL;
	ring(0);
	assert_int_equal(notified(), 1u << 1);
	assert_int_equal(timer_interrupts, 1);
}

/* The bound, whoever rings and however often: in each interval one notification, one interrupt of the
 * timer, and one kick from each link. */
static void a_flood_costs_what_the_interval_allows(void **state)
{
	const uint32_t intervals = 1000;
	uint32_t taken = 0;

	(void)state;
	for (uint32_t i = 0; i < intervals * INTERVAL; i++, now++) {
		ring(0);
		taken += notified() != 0;
		ring(1);
		taken += notified() != 0;
	}
	assert_in_range(taken, intervals, intervals + 1);
	assert_in_range(timer_interrupts, intervals - 1, intervals);
	assert_in_range(kicks, RINGERS * (intervals - 1), RINGERS * (intervals + 1));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_doorbell_is_taken_at_once, setup),
		cmocka_unit_test_setup(until_the_interval_is_over_a_flag_stays_up_and_brings_one_kick, setup),
		cmocka_unit_test_setup(what_rang_meanwhile_is_taken_when_the_interval_is_over, setup),
		cmocka_unit_test_setup(nothing_keeps_the_timer_going_when_nobody_rings, setup),
		cmocka_unit_test_setup(a_flood_costs_what_the_interval_allows, setup),
	};

	return cmocka_run_group_tests_name("doorbell", tests, 0, 0);
}
