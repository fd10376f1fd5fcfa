/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The limit of what a vCPU can have written into the log, and the short way of a call that nobody serves,
 * which only counts once the limit is reached. Time is a variable; the CPU's state and its log are this
 * test's.
 */
#include "abi/layout.h"
#undef CPU_VA
#undef LOG_VA
#define CPU_VA ((uintptr_t)&the_cpu)
#define LOG_VA ((uintptr_t)&the_log)
#include "kernel/state.h"
static struct cpu the_cpu;
static struct klog the_log;
static uint64_t now, syndrome;

#include "kernel/call.c"
#include "kernel/log.c"
#include "kernel/fast.c"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

/* ---- What the kernel finds around it ---- */

#define UNKNOWN 0x86000042
#define SECOND 1000u
#define PC 0x40001000

uint64_t arch_now(void)
{
	return now;
}

uint64_t arch_esr(void)
{
	return syndrome;
}

uint64_t arch_elr(void)
{
	return PC;
}

static uint32_t events;

enum health_action health_action(const struct vcpu *v, enum health_event event)
{
	(void)v;
	assert_int_equal(event, HEALTH_CALL);
	return ACTION_LOG;
}

bool health_event(struct cpu *c, struct vcpu *v, enum health_event event)
{
	(void)c, (void)v;
	assert_int_equal(event, HEALTH_CALL);
	events++;
	return false;
}

/* None of these is reached by a call that is refused. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
#define NEVER_REACHED(declaration) \
	declaration                \
	{                          \
		abort();           \
	}
NEVER_REACHED(void link_signal(struct cpu *c, uint32_t link, uint32_t bits))
NEVER_REACHED(void link_signal_sibling(const struct vcpu *v, uint32_t number, uint32_t bits))
NEVER_REACHED(uint32_t link_take(struct shared_link *l))
NEVER_REACHED(bool link_call_pending(const struct shared_link *l))
NEVER_REACHED(void signals_to_vcpu(struct vcpu *v, uint32_t bits))
NEVER_REACHED(void inbox_serve(struct cpu *c))
NEVER_REACHED(bool interrupt_serve(struct cpu *c, uint32_t intid))
NEVER_REACHED(void service_answer(struct cpu *c, struct service *s, uint64_t verdict, uint64_t alarm,
				  uint64_t op, uint64_t doorbells))
NEVER_REACHED(void upcall(struct cpu *c, struct vcpu *v, enum upcall_event event, uint64_t x1, uint64_t x2,
			  uint64_t x3, uint64_t x4, uint64_t x5))
NEVER_REACHED(void upcall_watch(struct cpu *c, struct vcpu *v))
NEVER_REACHED(void vgic_raise(struct vgic *g, uint32_t intid))
NEVER_REACHED(void vgic_sample_timer(struct vgic *g))
NEVER_REACHED(bool arch_from_aarch32(void))
NEVER_REACHED(enum guest_exit trap_guest(struct cpu *c, struct vcpu *v, uint64_t esr))
NEVER_REACHED(void vgic_physical(struct vgic *g, uint32_t intid))
NEVER_REACHED(_Noreturn void dispatch(struct cpu *c))
NEVER_REACHED(uint64_t arch_far(void))
NEVER_REACHED(uint64_t arch_fault_ipa(uint64_t far))
NEVER_REACHED(uint64_t arch_guest_now(void))
NEVER_REACHED(uint32_t arch_irq_acknowledge(void))
NEVER_REACHED(void arch_irq_drop(uint32_t intid))
NEVER_REACHED(void arch_irq_deactivate(uint32_t intid))
NEVER_REACHED(void arch_pc_advance(void))
NEVER_REACHED(uint32_t arch_lr_empty(void))
NEVER_REACHED(void arch_lr_write(uint32_t n, uint64_t lr))
NEVER_REACHED(void arch_lr_write_timer(uint64_t lr))
#pragma GCC diagnostic pop

/* ---- The machine ---- */

static const struct fmap_cpu no_reader = { .log_link = FMAP_NONE };
static struct virq timer;
static struct vcpu vcpu;

static int setup(void **state)
{
	(void)state;
	memset(&the_log, 0, sizeof(the_log));
	memset(&vcpu, 0, sizeof(vcpu));
	the_cpu = (struct cpu){ .f = &no_reader, .log = &the_log, .frequency = SECOND };
	timer.lr = LR_NONE;
	vcpu.vgic.timer = &timer;
	vcpu.plain_refusals = true;
	events = 0;
	now = 5;
	syndrome = HVC_0;
	return 0;
}

/* As the vectors do it: the short way, then the general one if it says so. */
static void call_unknown(uint32_t function)
{
	uint64_t *x = vcpu.arch.guest.x;

	x[0] = function;
	x[1] = x[2] = x[3] = 7;
	x[4] = 9;
	if (guest_synchronous(&vcpu.arch.guest) == GUEST_GENERAL)
		assert_int_equal(trap_hvc(&the_cpu, &vcpu, syndrome), TRAP_RETURN);
	assert_int_equal(x[0], SMCCC_NOT_SUPPORTED);
	assert_int_equal(x[1] | x[2] | x[3], 0);
	assert_int_equal(x[4], 9);
}

static void calls(uint32_t number)
{
	while (number--)
		call_unknown(UNKNOWN);
}

/* ---- Tests ---- */

static void a_refused_call_is_told_until_the_limit_and_counted_then(void **state)
{
	(void)state;
	calls(1000);
	assert_int_equal(the_log.head, LOG_NOISE_PER_SECOND);
	assert_int_equal(the_log.suppressed, 1000 - LOG_NOISE_PER_SECOND);
	for (uint32_t i = 0; i < LOG_NOISE_PER_SECOND; i++) {
		assert_int_equal(the_log.record[i].event, KLOG_GUEST_CALL);
		assert_int_equal(the_log.record[i].a, UNKNOWN);
		assert_int_equal(the_log.record[i].pc, PC);
	}
}

static void the_last_instant_of_the_second_still_counts(void **state)
{
	(void)state;
	calls(LOG_NOISE_PER_SECOND);
	now += SECOND - 1;
	calls(1);
	assert_int_equal(the_log.head, LOG_NOISE_PER_SECOND);
	assert_int_equal(the_log.suppressed, 1);
}

static void the_next_second_has_a_limit_of_its_own(void **state)
{
	(void)state;
	calls(100);
	now += SECOND;
	calls(100);
	assert_int_equal(the_log.head, 2 * LOG_NOISE_PER_SECOND);
	assert_int_equal(the_log.suppressed, 200 - 2 * LOG_NOISE_PER_SECOND);
}

/* Of a VM that is noisy and then ends, the end is told. */
static void what_is_no_noise_has_room_of_its_own(void **state)
{
	(void)state;
	calls(1000);
	for (uint32_t i = 0; i < LOG_PER_SECOND; i++)
		log_vcpu(&the_cpu, &vcpu, KLOG_VM_OFF, 0, i, 0);
	assert_int_equal(the_log.head, LOG_PER_SECOND);
	assert_int_equal(the_log.record[LOG_NOISE_PER_SECOND].event, KLOG_VM_OFF);
	calls(1);
	assert_int_equal(the_log.head, LOG_PER_SECOND);
}

/* Less often than the limit: nothing is ever lost, however long it goes on. */
static void a_slow_caller_is_told_always(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 90; i++) {
		calls(1);
		now += SECOND / (LOG_NOISE_PER_SECOND - 1);
	}
	assert_int_equal(the_log.head, 90);
	assert_int_equal(the_log.suppressed, 0);
}

static void other_events_share_the_limit(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		log_vcpu(&the_cpu, &vcpu, KLOG_GUEST_UNDEF, 0, 0, 0);
		calls(1);
	}
	assert_int_equal(the_log.head, LOG_NOISE_PER_SECOND);
	assert_int_equal(the_log.suppressed, 80 - LOG_NOISE_PER_SECOND);
}

/* Whoever is to be told of them is told of each. */
static void a_refused_call_is_an_event_however_full_the_log(void **state)
{
	(void)state;
	vcpu.plain_refusals = false;
	calls(1000);
	assert_int_equal(events, 1000);
	assert_int_equal(the_log.head, LOG_NOISE_PER_SECOND);
}

/* Also when the limit is reached. */
static void calls_that_somebody_serves_are_not_refused(void **state)
{
	static const uint32_t served[] = {
		0x84000000, 0xc4000003, 0x8400005f, 0xc400005f, SMCCC_VERSION, SMCCC_ARCH_FEATURES
	};

	(void)state;
	calls(LOG_NOISE_PER_SECOND + 1);
	for (uint32_t i = 0; i < sizeof(served) / sizeof(served[0]); i++) {
		vcpu.arch.guest.x[0] = served[i];
		enum guest_exit exit = guest_synchronous(&vcpu.arch.guest);

		assert_int_equal(exit, served[i] == PSCI_VERSION ? GUEST_RESUMES : GUEST_GENERAL);
	}
	assert_int_equal(the_log.suppressed, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(a_refused_call_is_told_until_the_limit_and_counted_then, setup),
		cmocka_unit_test_setup(the_last_instant_of_the_second_still_counts, setup),
		cmocka_unit_test_setup(the_next_second_has_a_limit_of_its_own, setup),
		cmocka_unit_test_setup(what_is_no_noise_has_room_of_its_own, setup),
		cmocka_unit_test_setup(a_slow_caller_is_told_always, setup),
		cmocka_unit_test_setup(other_events_share_the_limit, setup),
		cmocka_unit_test_setup(a_refused_call_is_an_event_however_full_the_log, setup),
		cmocka_unit_test_setup(calls_that_somebody_serves_are_not_refused, setup),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
