/* SPDX-License-Identifier: Apache-2.0 */
/* The distributor, register by register. */
#include "machine.h"

#define WORD1(base) (GICD + (base) + 4)        /* the register for INTIDs 32 to 63 */
#define WORD2(base) (GICD + (base) + 8)
#define IROUTER(intid) (GICD + 0x6000 + 8 * (intid))

#define VCPU0 1u
#define VCPU1 2u
#define VCPU2 4u

/* What the kernel does with a change of route; vCPU 0 asks. */
static void route(uint32_t intid, uint64_t mpidr)
{
	struct reply r = store(IROUTER(intid), 8, mpidr);

	r = carry_on(0, r, 0x77);
	r = carry_on(0, r, 0);
	assert_int_equal(r.verdict, VERDICT_DONE);
}

static void ctlr_has_affinity_routing_and_one_security_state_fixed(void **state)
{
	(void)state;
	assert_int_equal(load32(GICD), 0x50);
	store(GICD, 4, 0);
	assert_int_equal(load32(GICD), 0x50);
}

static void ctlr_keeps_the_group_enables_and_tells_every_vcpu(void **state)
{
	struct reply r = store(GICD, 4, 0xffffffff);

	(void)state;
	assert_operation(r, OP_DIST, 0, VCPU0 | VCPU1 | VCPU2);
	assert_int_equal(r.op_arg[0], 3);
	assert_int_equal(load32(GICD), 0x53);
	r = store(GICD, 4, 2);
	assert_int_equal(r.op_arg[0], 2);
	assert_int_equal(load32(GICD), 0x52);
}

static void typer_tells_the_number_of_spis(void **state)
{
	(void)state;
	assert_int_equal(load32(GICD + 4) & 0x1f, 96 / 32 - 1);
}

static void typer_tells_ten_bits_of_intid_messages_no_lpis_and_no_1_of_n(void **state)
{
	(void)state;
	assert_int_equal(load32(GICD + 4) & ~0x1fu, 9u << 19 | 1u << 25 | 1u << 16);
}

static void typer_tells_of_affinity_3_when_a_vcpu_has_one(void **state)
{
	(void)state;
	m.conf.mpidr[2] = 0x100000001;
	machine_reset();
	assert_int_equal(load32(GICD + 4) >> 24 & 1, 1);
}

static void typer_can_not_be_written(void **state)
{
	uint32_t before = load32(GICD + 4);

	(void)state;
	store32(GICD + 4, 0);
	assert_int_equal(load32(GICD + 4), before);
}

static void iidr_and_pidr2_name_a_gicv3(void **state)
{
	(void)state;
	assert_int_equal(load32(GICD + 8) & 0xfff, 0x43b);
	assert_int_equal(load32(GICD + 0xffe8) >> 4 & 0xf, 3);
}

static void what_is_not_there_is_zero_and_ignores_writes(void **state)
{
	static const uint32_t offsets[] = { 0x0c, 0x14, 0x40, 0x48, 0x50, 0x58, 0x7c, 0x804,
					    0xd04, 0xe04, 0xf00,
					    0xf10, 0xf20, 0x1000, 0x5ffc, 0x6000, 0x60f8, 0x8000, 0xffd0,
					    0xfffc };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(GICD + offsets[i], UINT32_MAX);
		assert_reads_as_zero(GICD + offsets[i], 4);
	}
}

static void registers_of_sgis_and_ppis_are_in_the_redistributors(void **state)
{
	static const uint32_t offsets[] = { 0x80, 0x100, 0x180, 0x200, 0x280, 0x300, 0x380,
					    0x400, 0x41c, 0xc00, 0xc04 };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(GICD + offsets[i], UINT32_MAX);
		assert_reads_as_zero(GICD + offsets[i], 4);
	}
	assert_reads_as_zero(SGI(0) + 0x100, 4);
}

static void registers_of_spis_beyond_the_last_are_nothing(void **state)
{
	static const uint32_t offsets[] = { 0x8c, 0xfc, 0x10c, 0x17c, 0x20c, 0x460, 0x7fc,
					    0xc18, 0xcfc, 0x6300, 0x7ff8 };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++) {
		store32(GICD + offsets[i], UINT32_MAX);
		assert_reads_as_zero(GICD + offsets[i], 4);
	}
}

static void igroupr_is_kept_and_told(void **state)
{
	struct reply r = store(WORD1(0x80), 4, 0xffff0000);

	(void)state;
	assert_operation(r, OP_GROUP, 32, VCPU0);
	assert_int_equal(r.op_arg[0], UINT32_MAX);
	assert_int_equal(r.op_arg[1], 0xffff0000);
	assert_int_equal(load32(WORD1(0x80)), 0xffff0000);
	assert_int_equal(load32(WORD2(0x80)), 0);
}

static void isenabler_sets_what_is_written_and_icenabler_clears_it(void **state)
{
	struct reply r = store(WORD1(0x100), 4, 0x0000000f);

	(void)state;
	assert_operation(r, OP_ENABLE, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0xf);
	store(WORD1(0x100), 4, 0x80000000);
	assert_int_equal(load32(WORD1(0x100)), 0x8000000f);
	assert_int_equal(load32(WORD1(0x180)), 0x8000000f);

	r = store(WORD1(0x180), 4, 0x5);
	assert_operation(r, OP_DISABLE, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0x5);
	assert_int_equal(load32(WORD1(0x100)), 0x8000000a);
	assert_int_equal(load32(WORD2(0x100)), 0);
}

static void a_write_of_no_bit_changes_nothing_and_tells_nobody(void **state)
{
	static const uint32_t banks[] = { 0x100, 0x180, 0x200, 0x280, 0x300, 0x380 };

	(void)state;
	for (size_t i = 0; i < sizeof(banks) / sizeof(banks[0]); i++)
		store32(WORD1(banks[i]), 0);
}

static void pending_is_asked_of_the_kernel(void **state)
{
	(void)state;
	assert_operation(load(WORD1(0x200), 4), OP_READ_PENDING, 32, VCPU0);
	assert_operation(load(WORD2(0x280), 4), OP_READ_PENDING, 64, VCPU0);
}

static void pending_is_set_and_cleared_by_the_kernel(void **state)
{
	struct reply r = store(WORD1(0x200), 4, 0x10);

	(void)state;
	assert_operation(r, OP_SET_PENDING, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0x10);
	r = store(WORD1(0x280), 4, 0x20);
	assert_operation(r, OP_CLEAR_PENDING, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0x20);
}

static void active_is_asked_of_the_kernel(void **state)
{
	(void)state;
	assert_operation(load(WORD1(0x300), 4), OP_READ_ACTIVE, 32, VCPU0);
	assert_operation(load(WORD2(0x380), 4), OP_READ_ACTIVE, 64, VCPU0);
}

static void active_is_set_and_cleared_by_the_kernel(void **state)
{
	struct reply r = store(WORD1(0x300), 4, 0x10);

	(void)state;
	assert_operation(r, OP_SET_ACTIVE, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0x10);
	r = store(WORD1(0x380), 4, 0x20);
	assert_operation(r, OP_CLEAR_ACTIVE, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 0x20);
}

static void ipriorityr_has_five_bits_a_byte(void **state)
{
	struct reply r = store(GICD + 0x400 + 44, 4, 0xffa08107);

	(void)state;
	assert_operation(r, OP_PRIORITY, 44, VCPU0);
	assert_int_equal(r.op_arg[0], 0xf);
	assert_int_equal(r.op_arg[1], 0xf8a08000);
	assert_int_equal(load32(GICD + 0x400 + 44), 0xf8a08000);
	assert_int_equal(load32(GICD + 0x400 + 40), 0);
	assert_int_equal(load32(GICD + 0x400 + 48), 0);
}

static void ipriorityr_can_be_written_a_byte_at_a_time(void **state)
{
	struct reply r = store(GICD + 0x400 + 46, 1, 0xa8);

	(void)state;
	assert_operation(r, OP_PRIORITY, 44, VCPU0);
	assert_int_equal(r.op_arg[0], 1u << 2);
	assert_int_equal(r.op_arg[1], 0xa8u << 16);
	assert_int_equal(load32(GICD + 0x400 + 44), 0xa8u << 16);
	assert_int_equal(load(GICD + 0x400 + 46, 1).value, 0xa8);
	assert_int_equal(load(GICD + 0x400 + 47, 1).value, 0);
}

static void ipriorityr_reaches_the_last_interrupt(void **state)
{
	(void)state;
	assert_operation(store(GICD + 0x400 + 95, 1, 0x80), OP_PRIORITY, 92, VCPU0);
	assert_int_equal(load(GICD + 0x400 + 95, 1).value, 0x80);
}

static void icfgr_says_edge_in_the_upper_bit_of_two(void **state)
{
	struct reply r = store(GICD + 0xc00 + 4 * (64 / 16), 4, 0xb);          /* 64: edge; 65: edge */

	(void)state;
	assert_operation(r, OP_EDGE, 64, VCPU0);
	assert_int_equal(r.op_arg[0], 0xffff);
	assert_int_equal(r.op_arg[1] & 0xffff, 0x3);
	assert_int_equal(load32(GICD + 0xc00 + 4 * (64 / 16)), 0xa);
	assert_int_equal(load32(GICD + 0xc00 + 4 * (80 / 16)), 0);
}

static void icfgr_of_the_upper_half_of_a_word(void **state)
{
	struct reply r = store(GICD + 0xc00 + 4 * (80 / 16), 4, 0x80000000);

	(void)state;
	assert_operation(r, OP_EDGE, 64, VCPU0);
	assert_int_equal(r.op_arg[0], 0xffff0000);
	assert_int_equal(r.op_arg[1], 0x80000000);
	assert_int_equal(load32(GICD + 0xc00 + 4 * (80 / 16)), 0x80000000);
	assert_int_equal(load32(GICD + 0xc00 + 4 * (64 / 16)), 0);
}

static void icfgr_of_a_hardware_interrupt_is_fixed(void **state)
{
	const uint32_t reg = GICD + 0xc00 + 4 * (HW_SPI / 16), bit = 2u << 2 * (HW_SPI % 16);
	struct reply r = store(reg, 4, 0);

	(void)state;
	assert_int_equal(r.op_arg[0] & 1u << HW_SPI % 32, 0);
	assert_int_equal(load32(reg), bit);
}

static void every_spi_is_routed_to_vcpu_0_after_reset(void **state)
{
	(void)state;
	m.conf.mpidr[0] = 0x300;
	machine_reset();
	assert_int_equal(load(IROUTER(32), 8).value, 0x300);
	assert_int_equal(load(IROUTER(95), 8).value, 0x300);
}

static void irouter_moves_an_interrupt_in_three_steps(void **state)
{
	struct reply r = store_by(1, IROUTER(35), 8, 0x10001);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_CONTINUE);
	assert_int_equal(r.op, UPCALL_OP(OP_RELEASE, 35, VCPU0));
	assert_int_equal(r.op_arg[0], 2);
	r = carry_on(1, r, 0xabc);
	assert_int_equal(r.verdict, VERDICT_CONTINUE);
	assert_int_equal(r.op, UPCALL_OP(OP_ADOPT, 35, VCPU2));
	assert_int_equal(r.op_arg[0], 0xabc);
	r = carry_on(1, r, 0);
	assert_operation(r, OP_DISABLE, 32, VCPU2);
	assert_int_equal(r.op_arg[0], 1u << 3);
	assert_int_equal(load(IROUTER(35), 8).value, 0x10001);
}

static void an_interrupt_enabled_before_its_move_is_enabled_after_it(void **state)
{
	struct reply r;

	(void)state;
	store(WORD1(0x100), 4, 1u << 3);
	r = carry_on(0, carry_on(0, store(IROUTER(35), 8, 1), 0xabc), 0);
	assert_operation(r, OP_ENABLE, 32, VCPU1);
}

static void operations_go_to_the_owners_of_the_interrupts_concerned(void **state)
{
	(void)state;
	route(35, 0x1);
	route(36, 0x10001);
	assert_operation(store(WORD1(0x100), 4, 1u << 3), OP_ENABLE, 32, VCPU1);
	assert_operation(store(WORD1(0x100), 4, 1u << 3 | 1u << 4), OP_ENABLE, 32, VCPU1 | VCPU2);
	assert_operation(load(WORD1(0x200), 4), OP_READ_PENDING, 32, VCPU0 | VCPU1 | VCPU2);
	assert_operation(store(GICD + 0x400 + 36, 1, 0), OP_PRIORITY, 36, VCPU2);
}

static void accesses_to_a_moving_interrupt_are_tried_again(void **state)
{
	struct reply r = store(IROUTER(35), 8, 1), other;

	(void)state;
	for (int step = 0; step < 2; step++) {
		other = store_by(1, WORD1(0x100), 4, 1u << 3);
		assert_int_equal(other.verdict, VERDICT_RETRY);
		assert_int_equal(other.op, 0);
		assert_int_equal(load_by(1, WORD1(0x200), 4).verdict, VERDICT_RETRY);
		assert_int_equal(store_by(1, IROUTER(35), 8, 0).verdict, VERDICT_RETRY);
		assert_int_equal(store_by(1, WORD2(0x100), 4, 1).verdict, VERDICT_DONE);
		r = carry_on(0, r, 1);
	}
	assert_operation(store_by(1, WORD1(0x100), 4, 1u << 3), OP_ENABLE, 32, VCPU1);
}

static void two_interrupts_can_move_at_the_same_time(void **state)
{
	struct reply a = store_by(0, IROUTER(35), 8, 1), b = store_by(1, IROUTER(36), 8, 0x10001);

	(void)state;
	b = carry_on(1, b, 6);
	a = carry_on(0, a, 5);
	assert_int_equal(a.op, UPCALL_OP(OP_ADOPT, 35, VCPU1));
	assert_int_equal(a.op_arg[0], 5);
	assert_int_equal(b.op, UPCALL_OP(OP_ADOPT, 36, VCPU2));
	assert_int_equal(b.op_arg[0], 6);
	carry_on(0, a, 0);
	assert_int_equal(load(WORD1(0x100), 4).verdict, VERDICT_RETRY);
	carry_on(1, b, 0);
	assert_int_equal(load(WORD1(0x100), 4).verdict, VERDICT_DONE);
}

static void irouter_to_where_it_is_already_moves_nothing(void **state)
{
	struct reply r = store(IROUTER(35), 8, 0);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
}

static void irouter_keeps_an_affinity_that_nobody_has_but_moves_nothing(void **state)
{
	struct reply r = store(IROUTER(35), 8, 0x55);

	(void)state;
	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
	assert_int_equal(load(IROUTER(35), 8).value, 0x55);
	assert_operation(store(WORD1(0x100), 4, 1u << 3), OP_ENABLE, 32, VCPU0);
}

static void irouter_has_no_routing_mode_and_no_reserved_bits(void **state)
{
	(void)state;
	assert_int_equal(store(IROUTER(35), 8, 0xffffff0080000000).verdict, VERDICT_DONE);
	assert_int_equal(load(IROUTER(35), 8).value, 0);
}

static void irouter_can_be_accessed_by_halves(void **state)
{
	struct reply r;

	(void)state;
	store(IROUTER(35) + 4, 4, 0x12);
	assert_int_equal(load(IROUTER(35), 8).value, 0x1200000000);
	assert_int_equal(load(IROUTER(35) + 4, 4).value, 0x12);
	store(IROUTER(35), 4, 0x1);
	assert_int_equal(load(IROUTER(35), 8).value, 0x1200000001);
	assert_int_equal(load(IROUTER(35), 4).value, 0x1);
	r = store(IROUTER(35) + 4, 4, 0);
	assert_int_equal(r.op, UPCALL_OP(OP_RELEASE, 35, VCPU0));
	assert_int_equal(r.op_arg[0], 1);
}

static void statusr_notes_reserved_locations_and_the_wrong_way_round(void **state)
{
	(void)state;
	assert_int_equal(load32(GICD + 0x10), 0);
	load32(GICD + 0x0c);
	assert_int_equal(load32(GICD + 0x10), 1);
	store32(GICD + 0x8000, 1);
	assert_int_equal(load32(GICD + 0x10), 3);
	load32(GICD + 0x40);
	assert_int_equal(load32(GICD + 0x10), 7);
	store32(GICD + 0x04, 1);
	assert_int_equal(load32(GICD + 0x10), 15);
	store32(GICD + 0x10, 5);
	assert_int_equal(load32(GICD + 0x10), 10);
	store32(GICD + 0x10, UINT32_MAX);
	store32(GICD + 0xffe8, 0);
	assert_int_equal(load32(GICD + 0x10), 8);
}

static void statusr_notes_nothing_of_what_is_allowed(void **state)
{
	static const uint32_t offsets[] = { 0x00, 0x04, 0x08, 0x10, 0x80, 0x100, 0x180, 0x200, 0x280, 0x300,
					    0x380, 0x400, 0xc00, 0x6100, 0xffd0, 0xffe8, 0xfffc };

	(void)state;
	for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
		assert_int_equal(load(GICD + offsets[i], 4).verdict, VERDICT_DONE);
	store(GICD, 4, 3);
	store(GICD + 0x40, 4, 35);
	assert_int_equal(load32(GICD + 0x10), 0);
}

static void setspi_and_clrspi_name_an_spi(void **state)
{
	struct reply r = store(GICD + 0x40, 4, 35);

	(void)state;
	assert_operation(r, OP_SET_PENDING, 32, VCPU0);
	assert_int_equal(r.op_arg[0], 1u << 3);
	r = store(GICD + 0x48, 2, 64 + 31);
	assert_operation(r, OP_CLEAR_PENDING, 64, VCPU0);
	assert_int_equal(r.op_arg[0], 1u << 31);
	route(35, m.conf.mpidr[2]);
	r = store(GICD + 0x40, 2, 35);
	assert_operation(r, OP_SET_PENDING, 32, VCPU2);
}

static void setspi_of_what_is_no_spi_does_nothing(void **state)
{
	static const uint32_t values[] = { 0, 15, 31, 96, 1019, 1023 };

	(void)state;
	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
		assert_int_equal(store(GICD + 0x40, 4, values[i]).op, 0);
		assert_int_equal(store(GICD + 0x48, 4, values[i]).op, 0);
	}
}

static void setspi_of_a_moving_interrupt_is_tried_again(void **state)
{
	(void)state;
	store(IROUTER(35), 8, m.conf.mpidr[1]);
	assert_int_equal(store(GICD + 0x40, 4, 36).verdict, VERDICT_RETRY);
}

static void sizes_that_a_register_does_not_have_abort(void **state)
{
	static const struct {
		uint32_t offset, bytes;
	} wrong[] = { { 0x0, 8 }, { 0x4, 2 }, { 0x40, 1 }, { 0x40, 8 }, { 0x42, 2 },
		      { 0x104, 1 }, { 0x108, 8 }, { 0x424, 2 }, { 0x428, 8 },
		      { 0xc08, 2 }, { 0x6108, 1 }, { 0x6108, 2 } };

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(load(GICD + wrong[i].offset, wrong[i].bytes).verdict, VERDICT_ABORT);
		assert_int_equal(store(GICD + wrong[i].offset, wrong[i].bytes, ~0ull).verdict, VERDICT_ABORT);
	}
	assert_int_equal(load32(WORD1(0x100)), 0);
}

static void unaligned_accesses_abort(void **state)
{
	(void)state;
	assert_int_equal(load(GICD + 2, 4).verdict, VERDICT_ABORT);
	assert_int_equal(store(IROUTER(35) + 4, 8, 1).verdict, VERDICT_ABORT);
	assert_int_equal(load(IROUTER(35), 8).value, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(ctlr_has_affinity_routing_and_one_security_state_fixed),
		TEST(ctlr_keeps_the_group_enables_and_tells_every_vcpu),
		TEST(typer_tells_the_number_of_spis),
		TEST(typer_tells_ten_bits_of_intid_messages_no_lpis_and_no_1_of_n),
		TEST(typer_tells_of_affinity_3_when_a_vcpu_has_one),
		TEST(typer_can_not_be_written),
		TEST(iidr_and_pidr2_name_a_gicv3),
		TEST(what_is_not_there_is_zero_and_ignores_writes),
		TEST(registers_of_sgis_and_ppis_are_in_the_redistributors),
		TEST(registers_of_spis_beyond_the_last_are_nothing),
		TEST(igroupr_is_kept_and_told),
		TEST(isenabler_sets_what_is_written_and_icenabler_clears_it),
		TEST(a_write_of_no_bit_changes_nothing_and_tells_nobody),
		TEST(pending_is_asked_of_the_kernel),
		TEST(pending_is_set_and_cleared_by_the_kernel),
		TEST(active_is_asked_of_the_kernel),
		TEST(active_is_set_and_cleared_by_the_kernel),
		TEST(ipriorityr_has_five_bits_a_byte),
		TEST(ipriorityr_can_be_written_a_byte_at_a_time),
		TEST(ipriorityr_reaches_the_last_interrupt),
		TEST(icfgr_says_edge_in_the_upper_bit_of_two),
		TEST(icfgr_of_the_upper_half_of_a_word),
		TEST(icfgr_of_a_hardware_interrupt_is_fixed),
		TEST(every_spi_is_routed_to_vcpu_0_after_reset),
		TEST(irouter_moves_an_interrupt_in_three_steps),
		TEST(an_interrupt_enabled_before_its_move_is_enabled_after_it),
		TEST(operations_go_to_the_owners_of_the_interrupts_concerned),
		TEST(accesses_to_a_moving_interrupt_are_tried_again),
		TEST(two_interrupts_can_move_at_the_same_time),
		TEST(irouter_to_where_it_is_already_moves_nothing),
		TEST(irouter_keeps_an_affinity_that_nobody_has_but_moves_nothing),
		TEST(irouter_has_no_routing_mode_and_no_reserved_bits),
		TEST(irouter_can_be_accessed_by_halves),
		TEST(statusr_notes_reserved_locations_and_the_wrong_way_round),
		TEST(statusr_notes_nothing_of_what_is_allowed),
		TEST(setspi_and_clrspi_name_an_spi),
		TEST(setspi_of_what_is_no_spi_does_nothing),
		TEST(setspi_of_a_moving_interrupt_is_tried_again),
		TEST(sizes_that_a_register_does_not_have_abort),
		TEST(unaligned_accesses_abort),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
