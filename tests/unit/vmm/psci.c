/* SPDX-License-Identifier: Apache-2.0 */
/* PSCI and SMCCC calls, and the races between vCPUs that start and stop one another. */
#include "machine.h"

#define CPU_SUSPEND 0x84000001u
#define CPU_OFF 0x84000002u
#define CPU_ON 0x84000003u
#define AFFINITY_INFO 0x84000004u
#define SYSTEM_OFF 0x84000008u
#define SYSTEM_RESET 0x84000009u
#define FEATURES 0x8400000au
#define SYSTEM_RESET2 0x84000012u
#define SMC64 0x40000000u

#define ENTRY (LOW_RAM + 0x1000u)
#define MPIDR2 0x10001u        /* vCPU 2 */

static struct reply call(uint64_t vcpu, uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
	return upcall(vcpu, UPCALL_CALL, 0, function, x1, x2, x3);
}

#define assert_result(given, expected) do { \
	struct reply result_ = given; \
	assert_int_equal(result_.verdict, VERDICT_RESULT); \
	assert_int_equal((int64_t)result_.value, expected); \
	assert_int_equal(result_.op, 0); \
} while (0)

static void version_is_1_1(void **state)
{
	(void)state;
	assert_result(call(0, 0x84000000, 0, 0, 0), 0x10001);
}

static void smccc_version_is_1_2(void **state)
{
	(void)state;
	assert_result(call(0, 0x80000000, 0, 0, 0), 0x10002);
}

static void arch_features_knows_itself_and_no_workaround(void **state)
{
	(void)state;
	assert_result(call(0, 0x80000001, 0x80000000, 0, 0), 0);
	assert_result(call(0, 0x80000001, 0x80000001, 0, 0), 0);
	assert_result(call(0, 0x80000001, 0x80000002, 0, 0), -1);      /* SMCCC_ARCH_SOC_ID */
	assert_result(call(0, 0x80000001, 0x80008000, 0, 0), -1);      /* SMCCC_ARCH_WORKAROUND_1 */
	assert_result(call(0, 0x80000001, 0x80007fff, 0, 0), -1);      /* _2 */
	assert_result(call(0, 0x80000001, 0x80003fff, 0, 0), -1);      /* _3 */
	assert_result(call(0, 0x80000001, CPU_ON, 0, 0), -1);
}

static void migrate_info_type_says_there_is_nothing_to_migrate(void **state)
{
	(void)state;
	assert_result(call(0, 0x84000006, 0, 0, 0), 2);
}

static void features_names_what_is_there(void **state)
{
	static const uint32_t there[] = {
		0x80000000, 0x84000000, 0x84000001, 0xc4000001, 0x84000002, 0x84000003, 0xc4000003,
		0x84000004, 0xc4000004, 0x84000006, 0x84000008, 0x84000009, 0x8400000a, 0x84000012,
		0xc4000012,
	};
	static const uint32_t missing[] = {
		0, 0x80000001, 0x84000005, 0xc4000002, 0x84000007, 0x8400000b, 0x8400000e, 0x84000013,
		0xc4000000, 0xffffffff,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_result(call(0, FEATURES, there[i], 0, 0), 0);
	for (size_t i = 0; i < sizeof(missing) / sizeof(missing[0]); i++)
		assert_result(call(0, FEATURES, missing[i], 0, 0), -1);
}

static void unknown_functions_are_not_supported(void **state)
{
	static const uint32_t unknown[] = { 0, 0x80000002, 0x84000005, 0xc4000002, 0x8400000e,
					    0x840000ff, 0xffffffff };

	(void)state;
	for (size_t i = 0; i < sizeof(unknown) / sizeof(unknown[0]); i++)
		assert_result(call(0, unknown[i], 1, 2, 3), -1);
}

static void only_the_lower_half_of_x0_names_the_function(void **state)
{
	(void)state;
	assert_result(call(0, 0xdead000084000000, 0, 0, 0), 0x10001);
}

static void vcpu_0_is_on_at_first_and_the_others_off(void **state)
{
	(void)state;
	assert_result(call(0, AFFINITY_INFO, 0, 0, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
	assert_result(call(0, AFFINITY_INFO | SMC64, MPIDR2, 0, 0), 1);
}

static void affinity_info_knows_existing_vcpus_only(void **state)
{
	(void)state;
	assert_result(call(0, AFFINITY_INFO, 2, 0, 0), -2);
	assert_result(call(0, AFFINITY_INFO | SMC64, 0x80000000, 0, 0), -2);
	assert_result(call(0, AFFINITY_INFO | SMC64, 0xffffffff00000001, 0, 0), -2);
}

/* vCPUs 0.0, 0.1 and, in another node of level 2, 1.0.1. */
static void affinity_info_of_a_node_is_on_if_anything_in_it_is(void **state)
{
	(void)state;
	assert_result(call(0, AFFINITY_INFO, 0xff, 1, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 0xffff, 2, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 0xffffff, 3, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 0x10000, 1, 0), 1);
	assert_result(call(0, AFFINITY_INFO, 0x10000, 2, 0), 1);
	call(0, CPU_ON, MPIDR2, ENTRY, 0);
	assert_result(call(1, AFFINITY_INFO, 0x10000, 1, 0), 2);
	assert_result(call(1, AFFINITY_INFO, 0x10000, 2, 0), 2);
}

static void affinity_info_knows_existing_nodes_and_levels_only(void **state)
{
	(void)state;
	assert_result(call(0, AFFINITY_INFO, 0x100, 1, 0), -2);
	assert_result(call(0, AFFINITY_INFO, 0x20000, 2, 0), -2);
	assert_result(call(0, AFFINITY_INFO | SMC64, 0x100000000, 3, 0), -2);
	assert_result(call(0, AFFINITY_INFO, 0, 4, 0), -2);
	assert_result(call(0, AFFINITY_INFO, 0, UINT32_MAX, 0), -2);
}

static void affinity_info_has_a_level_of_32_bits(void **state)
{
	(void)state;
	assert_result(call(0, SMC64 | AFFINITY_INFO, 0, 0xffffffff00000000u, 0), PSCI_ON);
	assert_result(call(0, SMC64 | AFFINITY_INFO, 0, 0x00000001ffffffffu, 0), PSCI_INVALID_PARAMETERS);
	assert_result(call(0, SMC64 | AFFINITY_INFO, 0x100000000u, 0, 0), PSCI_INVALID_PARAMETERS);
}

static void cpu_on_starts_a_vcpu_that_is_off(void **state)
{
	struct reply r = call(0, CPU_ON | SMC64, MPIDR2, ENTRY, 0x123456789abcdef0);

	(void)state;
	assert_int_equal(r.op, UPCALL_OP(OP_CPU_START, 0, 1u << 2));
	assert_int_equal(r.op_arg[0], ENTRY);
	assert_int_equal(r.op_arg[1], 0x123456789abcdef0);
	assert_result(call(1, AFFINITY_INFO, MPIDR2, 0, 0), 2);
	assert_result(carry_on(0, r, 0), 0);
	assert_result(call(1, AFFINITY_INFO, MPIDR2, 0, 0), 0);
}

static void cpu_on_of_32_bits_ignores_upper_halves(void **state)
{
	struct reply r = call(0, CPU_ON, 0xffffffff00000001, 0xffffffff00000000 | ENTRY, 0xffffffff00000007);

	(void)state;
	assert_int_equal(r.op, UPCALL_OP(OP_CPU_START, 0, 1u << 1));
	assert_int_equal(r.op_arg[0], ENTRY);
	assert_int_equal(r.op_arg[1], 7);
}

static void cpu_on_wants_the_exact_mpidr(void **state)
{
	(void)state;
	assert_result(call(0, CPU_ON | SMC64, 2, ENTRY, 0), -2);
	assert_result(call(0, CPU_ON | SMC64, 0x80000001, ENTRY, 0), -2);
	assert_result(call(0, CPU_ON | SMC64, 0xffffffff00000001, ENTRY, 0), -2);
	assert_result(call(0, CPU_ON | SMC64, 0x100000001, ENTRY, 0), -2);
}

static void cpu_on_wants_an_aligned_entry_in_ram(void **state)
{
	static const uint64_t bad[] = { ENTRY + 2, ENTRY + 1, 0, UART, LOW_RAM - 4, LOW_RAM + LOW_BYTES,
					~3ull };

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		assert_result(call(0, CPU_ON | SMC64, 1, bad[i], 0), -9);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
	assert_int_equal(call(0, CPU_ON | SMC64, 1, HIGH_RAM + HIGH_BYTES - 4, 0).verdict, VERDICT_CONTINUE);
}

static void cpu_on_of_a_running_vcpu_is_already_on(void **state)
{
	(void)state;
	assert_result(call(0, CPU_ON, 0, ENTRY, 0), -4);
}

static void the_second_of_two_cpu_on_is_told_that_it_is_pending(void **state)
{
	struct reply first = call(0, CPU_ON, MPIDR2, ENTRY, 0);

	(void)state;
	assert_result(call(1, CPU_ON, MPIDR2, ENTRY, 0), -5);
	assert_result(carry_on(0, first, 0), 0);
	assert_result(call(1, CPU_ON, MPIDR2, ENTRY, 0), -4);
}

static void cpu_off_turns_the_caller_off(void **state)
{
	struct reply r = carry_on(0, call(0, CPU_ON, 1, ENTRY, 0), 0);

	(void)state;
	r = call(1, CPU_OFF, 0, 0, 0);
	assert_int_equal(r.verdict, VERDICT_OFF);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
	assert_int_equal(call(0, CPU_ON, 1, ENTRY, 0).verdict, VERDICT_CONTINUE);
}

/* vCPU 1 has said CPU_OFF, but the kernel has not yet got it off when vCPU 0 starts it again. */
static void cpu_on_right_after_cpu_off_tries_again_until_it_is_off(void **state)
{
	struct reply r;

	(void)state;
	carry_on(0, call(0, CPU_ON, 1, ENTRY, 0), 0);
	call(1, CPU_OFF, 0, 0, 0);
	r = carry_on(0, call(0, CPU_ON, 1, ENTRY, 0), UPCALL_BUSY);
	assert_int_equal(r.verdict, VERDICT_RETRY);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
	assert_result(carry_on(0, call(0, CPU_ON, 1, ENTRY, 0), 0), 0);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 0);
}

/* vCPU 1 has run and is off again before vCPU 0 hears that it was started. */
static void a_late_answer_does_not_turn_a_vcpu_on_that_is_off_again(void **state)
{
	struct reply first = call(0, CPU_ON, 1, ENTRY, 0);

	(void)state;
	call(1, CPU_OFF, 0, 0, 0);
	assert_result(carry_on(0, first, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
}

static void a_late_answer_does_not_end_somebody_elses_start(void **state)
{
	struct reply first = call(0, CPU_ON, 1, ENTRY, 0), second;

	(void)state;
	call(1, CPU_OFF, 0, 0, 0);
	second = call(2, CPU_ON, 1, ENTRY, 0);
	assert_result(carry_on(0, first, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 2);
	assert_result(carry_on(2, second, 0), 0);
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 0);
}

static void cpu_suspend_waits_for_an_interrupt(void **state)
{
	struct reply r = call(0, CPU_SUSPEND, 0, 0, 0);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_WAIT);
	assert_int_equal(r.value, 0);
}

static void cpu_suspend_to_power_down_wants_a_valid_entry(void **state)
{
	(void)state;
	assert_result(call(0, CPU_SUSPEND | SMC64, 1u << 16, UART, 0), -9);
	assert_int_equal(call(0, CPU_SUSPEND | SMC64, 1u << 16, ENTRY, 0).verdict, VERDICT_WAIT);
}

static void cpu_suspend_refuses_reserved_bits_and_levels(void **state)
{
	(void)state;
	assert_result(call(0, CPU_SUSPEND, 1u << 17, 0, 0), -2);
	assert_result(call(0, CPU_SUSPEND, 1u << 31, 0, 0), -2);
	assert_result(call(0, CPU_SUSPEND, 1u << 24, 0, 0), -2);
}

static void system_off_stops_the_vm_by_its_own_wish(void **state)
{
	struct reply r = call(0, SYSTEM_OFF, 1, 2, 3);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_EVENT);
	assert_int_equal(r.value, HEALTH_OFF);
}

static void assert_reset(struct reply r)
{
	assert_int_equal(r.verdict, VERDICT_EVENT);
	assert_int_equal(r.value, HEALTH_RESET);
}

static void system_reset_resets_the_vm(void **state)
{
	(void)state;
	assert_reset(call(1, SYSTEM_RESET, 0, 0, 0));
}

static void system_reset2_knows_the_architectural_warm_reset_only(void **state)
{
	(void)state;
	assert_reset(call(0, SYSTEM_RESET2 | SMC64, 0, 0, 0));
	assert_result(call(0, SYSTEM_RESET2, 1, 0, 0), -2);
	assert_result(call(0, SYSTEM_RESET2, 0x80000000, 0, 0), -2);
}

static void after_a_reset_the_others_are_off_again(void **state)
{
	(void)state;
	carry_on(0, call(0, CPU_ON, 1, ENTRY, 0), 0);
	machine_reset();
	assert_result(call(0, AFFINITY_INFO, 1, 0, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(version_is_1_1),
		TEST(smccc_version_is_1_2),
		TEST(arch_features_knows_itself_and_no_workaround),
		TEST(migrate_info_type_says_there_is_nothing_to_migrate),
		TEST(features_names_what_is_there),
		TEST(unknown_functions_are_not_supported),
		TEST(only_the_lower_half_of_x0_names_the_function),
		TEST(vcpu_0_is_on_at_first_and_the_others_off),
		TEST(affinity_info_knows_existing_vcpus_only),
		TEST(affinity_info_of_a_node_is_on_if_anything_in_it_is),
		TEST(affinity_info_knows_existing_nodes_and_levels_only),
		TEST(affinity_info_has_a_level_of_32_bits),
		TEST(cpu_on_starts_a_vcpu_that_is_off),
		TEST(cpu_on_of_32_bits_ignores_upper_halves),
		TEST(cpu_on_wants_the_exact_mpidr),
		TEST(cpu_on_wants_an_aligned_entry_in_ram),
		TEST(cpu_on_of_a_running_vcpu_is_already_on),
		TEST(the_second_of_two_cpu_on_is_told_that_it_is_pending),
		TEST(cpu_off_turns_the_caller_off),
		TEST(cpu_on_right_after_cpu_off_tries_again_until_it_is_off),
		TEST(a_late_answer_does_not_turn_a_vcpu_on_that_is_off_again),
		TEST(a_late_answer_does_not_end_somebody_elses_start),
		TEST(cpu_suspend_waits_for_an_interrupt),
		TEST(cpu_suspend_to_power_down_wants_a_valid_entry),
		TEST(cpu_suspend_refuses_reserved_bits_and_levels),
		TEST(system_off_stops_the_vm_by_its_own_wish),
		TEST(system_reset_resets_the_vm),
		TEST(system_reset2_knows_the_architectural_warm_reset_only),
		TEST(after_a_reset_the_others_are_off_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
