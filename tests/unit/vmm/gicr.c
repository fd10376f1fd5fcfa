/* SPDX-License-Identifier: Apache-2.0 */
/* The redistributors, register by register. */
#include "machine.h"

#define VCPU1 2u

static void typer_names_affinity_and_number_of_each_and_the_last(void **state)
{
	(void)state;
	assert_int_equal(load(GICR(0) + 8, 8).value, 0x0);
	assert_int_equal(load(GICR(1) + 8, 8).value, 0x0000000100000100);
	assert_int_equal(load(GICR(2) + 8, 8).value, 0x0001000100000210);
}

static void typer_can_be_read_by_halves(void **state)
{
	(void)state;
	assert_int_equal(load32(GICR(2) + 8), 0x210);
	assert_int_equal(load32(GICR(2) + 12), 0x10001);
}

static void typer_has_affinity_3_next_to_affinity_2(void **state)
{
	(void)state;
	m.conf.mpidr[1] = 0x1200030201;
	machine_reset();
	assert_int_equal(load32(GICR(1) + 12), 0x12030201);
}

static void waker_children_follow_the_processor(void **state)
{
	(void)state;
	assert_int_equal(load32(GICR(1) + 0x14), 6);
	store32(GICR(1) + 0x14, 0);
	assert_int_equal(load32(GICR(1) + 0x14), 0);
	assert_int_equal(load32(GICR(2) + 0x14), 6);
	store32(GICR(1) + 0x14, 2);
	assert_int_equal(load32(GICR(1) + 0x14), 6);
}

static void ctlr_and_lpi_tables_are_zero_and_ignore_writes(void **state)
{
	(void)state;
	store32(GICR(0), UINT32_MAX);
	assert_reads_as_zero(GICR(0), 4);
	for (uint32_t offset = 0x70; offset <= 0x78; offset += 8) {
		assert_int_equal(store(GICR(0) + offset, 8, ~0ull).op, 0);
		assert_reads_as_zero(GICR(0) + offset, 8);
		assert_reads_as_zero(GICR(0) + offset + 4, 4);
	}
}

static void iidr_and_pidr2_name_a_gicv3(void **state)
{
	(void)state;
	assert_int_equal(load32(GICR(2) + 4) & 0xfff, 0x43b);
	assert_int_equal(load32(GICR(2) + 0xffe8) >> 4 & 0xf, 3);
}

static void enables_are_each_vcpus_own(void **state)
{
	struct reply r = store_by(0, SGI(1) + 0x100, 4, 1u << 27);

	(void)state;
	assert_operation(r, OP_ENABLE, 0, VCPU1);
	assert_int_equal(r.op_arg[0], 1u << 27);
	assert_int_equal(load32(SGI(1) + 0x100), 1u << 27);
	assert_int_equal(load32(SGI(0) + 0x100), 0);
	assert_operation(store(SGI(1) + 0x180, 4, 1u << 27), OP_DISABLE, 0, VCPU1);
	assert_int_equal(load32(SGI(1) + 0x100), 0);
}

static void any_vcpu_reaches_any_frame(void **state)
{
	(void)state;
	assert_operation(store_by(2, SGI(1) + 0x200, 4, 1), OP_SET_PENDING, 0, VCPU1);
	assert_operation(store_by(2, SGI(1) + 0x280, 4, 1), OP_CLEAR_PENDING, 0, VCPU1);
	assert_operation(store_by(2, SGI(1) + 0x300, 4, 1), OP_SET_ACTIVE, 0, VCPU1);
	assert_operation(store_by(2, SGI(1) + 0x380, 4, 1), OP_CLEAR_ACTIVE, 0, VCPU1);
	assert_operation(load_by(2, SGI(1) + 0x200, 4), OP_READ_PENDING, 0, VCPU1);
	assert_operation(load_by(2, SGI(1) + 0x280, 4), OP_READ_PENDING, 0, VCPU1);
	assert_operation(load_by(2, SGI(1) + 0x300, 4), OP_READ_ACTIVE, 0, VCPU1);
	assert_operation(load_by(2, SGI(1) + 0x380, 4), OP_READ_ACTIVE, 0, VCPU1);
}

static void igroupr0_is_kept_and_told(void **state)
{
	struct reply r = store(SGI(1) + 0x80, 4, 0xffffffff);

	(void)state;
	assert_operation(r, OP_GROUP, 0, VCPU1);
	assert_int_equal(r.op_arg[1], 0xffffffff);
	assert_int_equal(load32(SGI(1) + 0x80), 0xffffffff);
	assert_int_equal(load32(SGI(0) + 0x80), 0);
}

static void ipriorityr_covers_sgis_and_ppis(void **state)
{
	struct reply r = store(SGI(1) + 0x400 + 27, 1, 0xa0);

	(void)state;
	assert_operation(r, OP_PRIORITY, 24, VCPU1);
	assert_int_equal(r.op_arg[0], 1u << 3);
	assert_int_equal(r.op_arg[1], 0xa0000000);
	assert_int_equal(load32(SGI(1) + 0x400 + 24), 0xa0000000);
	assert_int_equal(load32(SGI(0) + 0x400 + 24), 0);
	store32(SGI(1) + 0x420, UINT32_MAX);
	assert_reads_as_zero(SGI(1) + 0x420, 4);
}

static void icfgr_is_fixed_sgis_edge_ppis_level(void **state)
{
	(void)state;
	store32(SGI(0) + 0xc00, 0);
	store32(SGI(0) + 0xc04, UINT32_MAX);
	assert_int_equal(load32(SGI(0) + 0xc00), 0xaaaaaaaa);
	assert_int_equal(load32(SGI(0) + 0xc04), 0);
}

static void what_is_not_there_is_zero_and_ignores_writes(void **state)
{
	static const uint32_t offsets[] = { 0x18, 0x20, 0xa0, 0x10000, 0x10084, 0x10104, 0x10c08, 0x10d00,
					    0x10e00, 0x11000, 0x1ffe8 };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(GICR(1) + offsets[i], UINT32_MAX);
		assert_reads_as_zero(GICR(1) + offsets[i], 4);
	}
}

static void statusr_is_each_frames_own(void **state)
{
	(void)state;
	load32(GICR(1) + 0x18);
	store32(GICR(1) + 0x08, 0);
	assert_int_equal(load32(GICR(1) + 0x10), 9);
	assert_int_equal(load32(GICR(0) + 0x10), 0);
	store32(GICR(1) + 0x10, 8);
	assert_int_equal(load32(GICR(1) + 0x10), 1);
	store32(GICR(2), 0);
	load32(GICR(2) + 0x70);
	load32(GICR(2) + 0x14);
	assert_int_equal(load32(GICR(2) + 0x10), 0);
}

static void there_is_no_frame_after_the_last_vcpu(void **state)
{
	(void)state;
	assert_int_equal(load(SGI(2) + 0xfffc, 4).verdict, VERDICT_DONE);
	assert_int_equal(load(GICR(3), 4).verdict, VERDICT_ABORT);
}

static void sizes_that_a_register_does_not_have_abort(void **state)
{
	(void)state;
	assert_int_equal(load(GICR(0), 8).verdict, VERDICT_ABORT);
	assert_int_equal(load(GICR(0) + 8, 2).verdict, VERDICT_ABORT);
	assert_int_equal(store(GICR(0) + 0x14, 1, 0).verdict, VERDICT_ABORT);
	assert_int_equal(load32(GICR(0) + 0x14), 6);
	assert_int_equal(store(SGI(0) + 0x100, 1, 1).verdict, VERDICT_ABORT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(typer_names_affinity_and_number_of_each_and_the_last),
		TEST(typer_can_be_read_by_halves),
		TEST(typer_has_affinity_3_next_to_affinity_2),
		TEST(waker_children_follow_the_processor),
		TEST(ctlr_and_lpi_tables_are_zero_and_ignore_writes),
		TEST(iidr_and_pidr2_name_a_gicv3),
		TEST(enables_are_each_vcpus_own),
		TEST(any_vcpu_reaches_any_frame),
		TEST(igroupr0_is_kept_and_told),
		TEST(ipriorityr_covers_sgis_and_ppis),
		TEST(icfgr_is_fixed_sgis_edge_ppis_level),
		TEST(what_is_not_there_is_zero_and_ignores_writes),
		TEST(statusr_is_each_frames_own),
		TEST(there_is_no_frame_after_the_last_vcpu),
		TEST(sizes_that_a_register_does_not_have_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
