/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The short way of an answer with an operation (kernel/fast.c): it does what the general way would, or
 * leaves it to that. The CPU's state is a variable of this test.
 */
#include "abi/layout.h"
#undef CPU_VA
#define CPU_VA ((uintptr_t)&the_cpu)
#include "kernel/state.h"
static struct cpu the_cpu;
#include "kernel/fast.c"

#include "tests/unit/kernel/around.h"

#define INTIDS 64
#define WNR REG_MASK(6, 1)

static struct vcpu vcpu;
static struct virq irqs[INTIDS];
static uint32_t kept;
static uint64_t syndrome;

/* ---- The general ways ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
_Noreturn void service_answer(struct cpu *c, struct service *s, uint64_t verdict, uint64_t alarm,
			      uint64_t interrupts, uint64_t doorbells)
{
	longjmp(around, 1);
}
void upcall_watch(struct cpu *c, struct vcpu *v)
{
}
enum trap_verdict trap_hvc(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	return TRAP_RETURN;
}
enum guest_exit trap_guest(struct cpu *c, struct vcpu *v, uint64_t esr)
{
	return GUEST_RESUMES;
}
void signals_to_vcpu(struct vcpu *v, uint32_t bits)
{
}
void inbox_serve(struct cpu *c)
{
}
bool interrupt_serve(struct cpu *c, uint32_t intid)
{
	return true;
}
uint32_t link_take(struct shared_link *l)
{
	return 0;
}
bool link_call_pending(const struct shared_link *l)
{
	return false;
}
void vgic_raise(struct vgic *g, uint32_t intid)
{
	kept = intid;
}
void vgic_physical(struct vgic *g, uint32_t intid)
{
}
void vgic_sample_timer(struct vgic *g)
{
}
uint32_t arch_irq_acknowledge(void)
{
	return INTID_SPURIOUS;
}
void arch_irq_drop(uint32_t intid)
{
}
void arch_irq_deactivate(uint32_t intid)
{
}
uint64_t arch_lr_read(uint32_t n)
{
	return 0;
}
void arch_lr_write(uint32_t n, uint64_t lr)
{
}
void arch_lr_write_timer(uint64_t lr)
{
}
uint32_t arch_lr_empty(void)
{
	return 0;
}
void virq_set_flags(struct vgic *g, uint32_t intid, uint8_t set, uint8_t clear)
{
}
void virq_set_lr(struct vgic *g, uint32_t intid, uint8_t lr)
{
}
#pragma GCC diagnostic pop

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	memset(irqs, 0, sizeof(irqs));
	vcpu = (struct vcpu){ .self = 1, .vgic = { .irq = irqs, .intids = INTIDS, .timer = &irqs[27] } };
	for (uint32_t i = 0; i < INTIDS; i++)
		irqs[i] = (struct virq){ .flags = VIRQ_OWNED, .lr = LR_NONE };
	the_cpu = (struct cpu){ .resident = &vcpu };
	syndrome = 1; /* svc #1 */
	kept = 0;
	return 0;
}

/* The monitor answers a store of the guest's. True: the short way did it. */
static bool shortly(uint64_t op, uint64_t mask, uint64_t values)
{
	vcpu.arch.event = UPCALL_ABORT;
	vcpu.arch.args[1] = WNR;
	return !el0_answer(VERDICT_DONE, 0, op, mask, values, 0, 0, syndrome);
}

static void one_idle_interrupt_has_the_short_way(void **state)
{
	(void)state;
	assert_true(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1u << 5, 0));
	assert_true(irqs[37].flags & VIRQ_ENABLED);
	assert_true(shortly(UPCALL_OP(OP_DISABLE, 32, 1), 1u << 5, 0));
	assert_false(irqs[37].flags & VIRQ_ENABLED);
	assert_true(shortly(UPCALL_OP(OP_PRIORITY, 36, 1), 1u << 1, 0xa7ff));
	assert_int_equal(irqs[37].priority, 0xa0);
	assert_true(shortly(UPCALL_OP(OP_SET_PENDING, 32, 1), 1u << 5, 0));
	assert_int_equal(kept, 37);
}

static void words_that_name_no_interrupt_do_not(void **state)
{
	(void)state;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 0, 0));
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 3, 0));
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 33, 1), 1, 0));
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1ull << 40, 0));
	assert_false(shortly(UPCALL_OP(OP_ENABLE, INTIDS, 1), 1, 0));
	assert_false(shortly(UPCALL_OP(OP_PRIORITY, 33, 1), 1, 0));
	assert_false(shortly(UPCALL_OP(OP_PRIORITY, 32, 1), 1u << 4, 0));
	assert_false(shortly(UPCALL_OP(OP_GROUP, 32, 1), 1, 1));
	irqs[32].flags = 0;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1, 0));
}

static void interrupt_under_way_does_not(void **state)
{
	(void)state;
	irqs[32].lr = 2;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1, 0));
	irqs[32].lr = LR_NONE;
	irqs[32].queued = 1;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1, 0));
	irqs[32].queued = 0;
	irqs[32].flags |= VIRQ_HELD;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 1), 1, 0));
	irqs[32].flags = VIRQ_OWNED;
	irqs[32].kind = VIRQ_HARD;
	assert_false(shortly(UPCALL_OP(OP_SET_PENDING, 32, 1), 1, 0));
}

static void answer_that_is_not_plain_does_not(void **state)
{
	const uint64_t op = UPCALL_OP(OP_ENABLE, 32, 1);
	struct service service = { 0 };

	(void)state;
	assert_false(shortly(UPCALL_OP(OP_ENABLE, 32, 3), 1, 0));
	the_cpu.work = true;
	assert_false(shortly(op, 1, 0));
	the_cpu.work = false;
	syndrome = 0; /* svc #0 */
	assert_false(shortly(op, 1, 0));
	syndrome = 1;
	vcpu.arch.event = UPCALL_ABORT;
	assert_true(el0_answer(VERDICT_RETRY, 0, op, 1, 0, 0, 0, syndrome));
	assert_true(el0_answer(VERDICT_DONE, 0, op, 1, 0, 0, 1, syndrome));
	vcpu.arch.args[1] = 0; /* a load */
	assert_true(el0_answer(VERDICT_DONE, 0, op, 1, 0, 0, 0, syndrome));
	vcpu.arch.args[1] = WNR;
	vcpu.arch.event = UPCALL_SYSREG;
	assert_true(el0_answer(VERDICT_DONE, 0, op, 1, 0, 0, 0, syndrome));
	the_cpu.serving = &service;
	assert_int_equal(true, LEAVES(el0_answer(VERDICT_DONE, 0, op, 1, 0, 0, 0, syndrome)));
}

static void sgi_reaches_whom_it_names(void **state)
{
	(void)state;
	vcpu.self = 1u << 1;
	vcpu.siblings = 1u << 0 | 1u << 2;
	const icc_sgi1r_t sgi = icc_sgi1r_set_TargetList(icc_sgi1r_set_INTID((icc_sgi1r_t){ 0 }, 4), 0x6);
	const icc_sgi1r_t elsewhere[] = {
		icc_sgi1r_set_Aff3(sgi, 1),
		icc_sgi1r_set_Aff2(sgi, 1),
		icc_sgi1r_set_Aff1(sgi, 1),
		icc_sgi1r_set_RS(sgi, 1),
	};

	for (unsigned i = 0; i < sizeof(elsewhere) / sizeof(elsewhere[0]); i++)
		sgi_send(&vcpu, elsewhere[i]);
	assert_int_equal(kept, 0);
	assert_int_equal(seen.signals, 0);
	sgi_send(&vcpu, sgi);
	assert_int_equal(kept, 4);
	assert_int_equal(seen.signals, 1u << 2);
	kept = seen.signals = 0;
	sgi_send(&vcpu, icc_sgi1r_set_IRM(sgi, 1));
	assert_int_equal(kept, 0);
	assert_int_equal(seen.signals, 1u << 0 | 1u << 2);
	assert_int_equal(seen.kicked_bits, 1u << 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_idle_interrupt_has_the_short_way, setup),
		cmocka_unit_test_setup(words_that_name_no_interrupt_do_not, setup),
		cmocka_unit_test_setup(interrupt_under_way_does_not, setup),
		cmocka_unit_test_setup(answer_that_is_not_plain_does_not, setup),
		cmocka_unit_test_setup(sgi_reaches_whom_it_names, setup),
	};

	return cmocka_run_group_tests(tests, 0, 0);
}
