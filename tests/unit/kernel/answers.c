/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel makes of a monitor's answer: what is wrong ends the VM, what is right takes effect. */
#include "tests/unit/kernel/around.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"

#define NOBODY (1u << 5)               /* the VM has vCPUs 0 and 1 */

static struct {
	struct fmap head;
	struct fmap_vm vm;
	struct fmap_vcpu vcpus[2];
	struct fmap_cap caps[2];
} map;
static struct cpu cpu;
static struct vcpu vcpu;
static uint64_t operation;

/* ---- The virtual GIC is another test's ---- */

bool vgic_op_valid(const struct vgic *g, uint64_t op)
{
	(void)g;
	return (op & 0xffff) < OP_COUNT && (op >> 16 & 0xffff) < 64;
}
uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3, uint64_t x4)
{
	(void)g, (void)f, (void)x3, (void)x4;
	operation = op;
	return 0x77;
}
void vgic_sample_lines(struct vgic *g, uint32_t word)
{
	(void)g;
	operation = word + 1;
}

/* ---- So is the abort ---- */

struct shared_vm *shared_vm(uint32_t id)
{
	static struct shared_vm life;

	(void)id;
	return &life;
}
bool trap_abort(struct cpu *c, struct vcpu *v, uint64_t pc, uint64_t spsr, uint64_t address, uint64_t esr)
{
	(void)c, (void)v, (void)pc, (void)spsr, (void)address, (void)esr;
	seen.logged++;
	return false;
}

static int setup(void **state)
{
	(void)state;
	memset(&map, 0, sizeof(map));
	memset(&seen, 0, sizeof(seen));
	map.head.vcpus = (struct fmap_array){ offsetof(__typeof__(map), vcpus), 2 };
	map.head.caps = (struct fmap_array){ offsetof(__typeof__(map), caps), 2 };
	map.vm = (struct fmap_vm){ .vcpu_count = 2, .vcpu = { 0, 1 }, .cap_count = 2 };
	map.caps[0] = (struct fmap_cap){ .kind = CAP_DOORBELL };
	map.caps[1] = (struct fmap_cap){ .kind = CAP_POWER };
	cpu = (struct cpu){ .fmap = &map.head, .resident = &vcpu };
	vcpu = (struct vcpu){ .vm = &map.vm, .self = 1, .siblings = 2, .run = VCPU_ON };
	operation = 0;
	return 0;
}

/* The monitor works on this event of the guest's. */
static void works_on(enum upcall_event event, uint64_t x1)
{
	upcall(&cpu, &vcpu, event, x1, 0, 0, 0, 0);
}

static bool leaves(uint64_t verdict, uint64_t op, uint64_t x3, uint64_t doorbells)
{
	return LEAVES(upcall_answer(&cpu, &vcpu, verdict, 0x1234, op, x3, 0, doorbells));
}

static bool accepted(uint64_t verdict, uint64_t op, uint64_t x3, uint64_t doorbells)
{
	uint32_t ended = seen.ended;

	works_on(UPCALL_ABORT, ISS_BITS & ~(1u << 6));
	(void)leaves(verdict, op, x3, doorbells);
	return seen.ended == ended;
}

/* ---- Wrong ---- */

static void verdict_that_is_none_ends_the_vm(void **state)
{
	(void)state;
	assert_false(accepted(99, 0, 0, 0));
	assert_false(accepted(1ull << 40 | VERDICT_DONE, 0, 0, 0));
	assert_true(accepted(VERDICT_DONE, 0, 0, 0));
}

static void verdict_of_another_event_ends_the_vm(void **state)
{
	(void)state;
	assert_false(accepted(VERDICT_START, 0, 0, 0));
	assert_false(accepted(VERDICT_OFF, 0, 0, 0));
}

static void targets_that_are_not_in_the_vm_end_it(void **state)
{
	(void)state;
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_ENABLE, 0, NOBODY), 0, 0));
}

static void operation_without_targets_must_name_nothing(void **state)
{
	(void)state;
	assert_true(accepted(VERDICT_DONE, OP_ALARM, 5, 0));
	assert_int_equal(vcpu.alarm, 5);
	assert_true(accepted(VERDICT_DONE, OP_ALARM, NEVER, 0));
	assert_true(vcpu.alarm == NEVER);
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_ALARM, 3, 0), 5, 0));
}

static void start_names_one_sibling(void **state)
{
	(void)state;
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_CPU_START, 0, 0), 0, 0));
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_CPU_START, 0, 3), 0, 0));
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_CPU_START, 0, 1), 0, 0));
	assert_true(accepted(VERDICT_DONE, UPCALL_OP(OP_CPU_START, 0, 2), 0, 0));
}

static void release_names_an_interrupt_and_a_vcpu(void **state)
{
	(void)state;
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_RELEASE, 4000, 1), 1, 0));
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_RELEASE, 33, 1), 2, 0));
	assert_true(accepted(VERDICT_DONE, UPCALL_OP(OP_RELEASE, 33, 1), 1, 0));
}

static void adopt_names_an_interrupt_and_one_vcpu(void **state)
{
	(void)state;
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_ADOPT, 4000, 1), 0, 0));
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_ADOPT, 33, 0), 0, 0));
	assert_false(accepted(VERDICT_DONE, UPCALL_OP(OP_ADOPT, 33, 3), 0, 0));
	assert_true(accepted(VERDICT_DONE, UPCALL_OP(OP_ADOPT, 33, 1), 0, 0));
}

static void doorbell_that_is_none_ends_the_vm(void **state)
{
	(void)state;
	assert_true(accepted(VERDICT_DONE, 0, 0, 1));
	assert_int_equal(seen.signals, 1);
	assert_false(accepted(VERDICT_DONE, 0, 0, 2));
	assert_false(accepted(VERDICT_DONE, 0, 0, 4));
	map.vm.cap_count = 64;         /* as many as there are bits: each names one */
	assert_true(accepted(VERDICT_DONE, 0, 0, 1));
}

/* ---- Right ---- */

static void load_gets_its_value_and_register_31_takes_none(void **state)
{
	(void)state;
	iss_abort_t iss = { 0 };

	iss = iss_abort_set_SAS(iss, 1);
	iss = iss_abort_set_SRT(iss, 3);
	works_on(UPCALL_ABORT, iss.bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[3], 0x1234);
	assert_int_equal(vcpu.arch.guest.elr, 4);
	iss = iss_abort_set_SRT(iss, 31);
	works_on(UPCALL_ABORT, iss.bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[31], 0);
	iss = iss_abort_set_WnR(iss_abort_set_SRT(iss, 4), 1);
	works_on(UPCALL_ABORT, iss.bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[4], 0);
}

static void read_of_a_state_gets_the_operations_result(void **state)
{
	(void)state;
	iss_abort_t iss = iss_abort_set_SF(iss_abort_set_SAS((iss_abort_t){ 0 }, 2), 1);

	for (enum upcall_op op = OP_READ_PENDING; op <= OP_READ_ACTIVE; op++) {
		works_on(UPCALL_ABORT, iss.bits);
		assert_false(leaves(VERDICT_DONE, UPCALL_OP(op, 32, 1), 0, 0));
		assert_int_equal(vcpu.arch.guest.x[0], 0x77);
	}
}

static void register_read_gets_its_value_and_register_31_takes_none(void **state)
{
	(void)state;
	iss_sysreg_t iss = iss_sysreg_set_Rt(iss_sysreg_set_Read((iss_sysreg_t){ 0 }, 1), 7);

	works_on(UPCALL_SYSREG, iss.bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[7], 0x1234);
	works_on(UPCALL_SYSREG, iss_sysreg_set_Rt(iss, 31).bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[31], 0);
	works_on(UPCALL_SYSREG, iss_sysreg_set_Rt(iss_sysreg_set_Read(iss, 0), 8).bits);
	assert_false(leaves(VERDICT_DONE, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.x[8], 0);
}

/* ELR of an HVC is behind it, that of a trapped SMC is at it. */
static void call_again_goes_back_to_the_instruction(void **state)
{
	(void)state;
	vcpu.arch.guest.elr = 0x100;
	works_on(UPCALL_CALL, 0);
	assert_false(leaves(VERDICT_RETRY, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.elr, 0xfc);
	works_on(UPCALL_CALL, 1);
	assert_false(leaves(VERDICT_RETRY, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.elr, 0xfc);
	works_on(UPCALL_ABORT, 0);
	assert_false(leaves(VERDICT_RETRY, 0, 0, 0));
	assert_int_equal(vcpu.arch.guest.elr, 0xfc);
}

static void call_of_results_gets_four_registers(void **state)
{
	(void)state;
	works_on(UPCALL_CALL, 1);
	vcpu.answer.x5 = 55;
	assert_false(leaves(VERDICT_RESULT, OP_RESULTS, 33, 0));
	assert_int_equal(vcpu.arch.guest.x[1], 33);
	assert_int_equal(vcpu.arch.guest.x[3], 55);
	assert_int_equal(vcpu.arch.guest.elr, 4);
}

static void lines_are_told_to_each_target(void **state)
{
	(void)state;
	works_on(UPCALL_ABORT, 0);
	assert_false(leaves(VERDICT_DONE, UPCALL_OP(OP_LINES, 32, 3), 0, 0));
	assert_int_equal(operation, 2);        /* word 1, sampled here */
	assert_int_equal(seen.signals, 1u << 1);
	assert_int_equal(seen.kicked_bits, SIGNAL_LINES);
	operation = 0;
	works_on(UPCALL_ABORT, 0);
	assert_false(leaves(VERDICT_DONE, UPCALL_OP(OP_LINES, 32, 2), 0, 0));
	assert_int_equal(operation, 0);
}

static void off_and_work_go_to_dispatch(void **state)
{
	(void)state;
	works_on(UPCALL_CALL, 0);
	cpu.work = true;
	assert_true(leaves(VERDICT_RESULT, 0, 0, 0));
	cpu.work = false;
	vcpu.run = VCPU_OFF;
	works_on(UPCALL_CALL, 0);
	assert_true(leaves(VERDICT_RESULT, 0, 0, 0));
}

static void one_that_waits_goes_on_waiting_after_a_notification(void **state)
{
	(void)state;
	vcpu.waiting = true;
	works_on(UPCALL_NOTIFY, 1);
	assert_true(leaves(VERDICT_DONE, 0, 0, 0));
	assert_true(vcpu.waiting);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(verdict_that_is_none_ends_the_vm, setup),
		cmocka_unit_test_setup(verdict_of_another_event_ends_the_vm, setup),
		cmocka_unit_test_setup(targets_that_are_not_in_the_vm_end_it, setup),
		cmocka_unit_test_setup(operation_without_targets_must_name_nothing, setup),
		cmocka_unit_test_setup(start_names_one_sibling, setup),
		cmocka_unit_test_setup(release_names_an_interrupt_and_a_vcpu, setup),
		cmocka_unit_test_setup(adopt_names_an_interrupt_and_one_vcpu, setup),
		cmocka_unit_test_setup(doorbell_that_is_none_ends_the_vm, setup),
		cmocka_unit_test_setup(load_gets_its_value_and_register_31_takes_none, setup),
		cmocka_unit_test_setup(read_of_a_state_gets_the_operations_result, setup),
		cmocka_unit_test_setup(register_read_gets_its_value_and_register_31_takes_none, setup),
		cmocka_unit_test_setup(call_again_goes_back_to_the_instruction, setup),
		cmocka_unit_test_setup(call_of_results_gets_four_registers, setup),
		cmocka_unit_test_setup(lines_are_told_to_each_target, setup),
		cmocka_unit_test_setup(off_and_work_go_to_dispatch, setup),
		cmocka_unit_test_setup(one_that_waits_goes_on_waiting_after_a_notification, setup),
	};

	return cmocka_run_group_tests(tests, 0, 0);
}
