/* SPDX-License-Identifier: Apache-2.0 */
/* What a guest finds in its memory when it starts, and what keeps it from starting. */
#include "machine.h"
#include "vmm/loader.h"

static int machine_unstarted(void **state)
{
	(void)state;
	machine_build();
	return 0;
}

#define TEST_LOAD(name) cmocka_unit_test_setup(name, machine_unstarted)

static bool all(const uint8_t *p, size_t bytes, uint8_t value)
{
	for (size_t i = 0; i < bytes; i++) {
		if (p[i] != value)
			return false;
	}
	return true;
}

static void the_guest_starts_where_the_configuration_says(void **state)
{
	struct reply r = machine_reset();

	(void)state;
	assert_int_equal(r.verdict, VERDICT_START);
	assert_int_equal(r.value, KERNEL_IPA);
	assert_int_equal(r.op, 0);
	assert_int_equal(r.op_arg[0], DTB_IPA);
}

static void images_lie_where_they_belong(void **state)
{
	(void)state;
	machine_reset();
	assert_memory_equal(&m.low[KERNEL_IPA - LOW_RAM], m.images, KERNEL_BYTES);
	assert_memory_equal(&m.low[DTB_IPA - LOW_RAM], &m.images[KERNEL_BYTES], DTB_BYTES);
}

static void all_other_memory_is_zero(void **state)
{
	const size_t kernel = KERNEL_IPA - LOW_RAM, after = kernel + KERNEL_BYTES;

	(void)state;
	machine_reset();
	assert_true(all(m.low, kernel, 0));
	assert_true(all(&m.low[after], DTB_IPA - LOW_RAM - after, 0));
	assert_true(all(m.high, HIGH_BYTES, 0));
}

static void all_memory_is_at_the_point_of_coherency(void **state)
{
	(void)state;
	machine_reset();
	assert_true(all(m.low_clean, LOW_BYTES, 1));
	assert_true(all(m.high_clean, HIGH_BYTES, 1));
}

/* Interrupts and services have to wait for no more than this. */
static void one_step_does_at_most_one_piece(void **state)
{
	const size_t kernel = KERNEL_IPA - LOW_RAM;
	struct reply r = upcall(0, UPCALL_RESET, RESET_BOOT, 0, 0, 0, 0);

	(void)state;
	assert_true(all(m.low_clean, kernel, 1));
	assert_true(all(&m.low_clean[kernel], LOW_BYTES - kernel, 0));
	carry_on(0, r, 0);
	assert_true(all(&m.low_clean[kernel], LOADER_COPY_BYTES, 1));
	assert_true(all(&m.low_clean[kernel + LOADER_COPY_BYTES], LOW_BYTES - kernel - LOADER_COPY_BYTES, 0));
}

static void a_large_gap_is_zeroed_in_pieces(void **state)
{
	struct reply r;

	(void)state;
	m.conf.load_count = 0;
	r = upcall(0, UPCALL_RESET, RESET_BOOT, 0, 0, 0, 0);
	assert_int_equal(r.verdict, VERDICT_CONTINUE);
	assert_true(all(m.low_clean, LOADER_ZERO_BYTES, 1));
	assert_true(all(&m.low_clean[LOADER_ZERO_BYTES], LOW_BYTES - LOADER_ZERO_BYTES, 0));
}

static void an_image_that_was_changed_is_never_started(void **state)
{
	static const uint32_t places[] = { 0, LOADER_COPY_BYTES, KERNEL_BYTES - 1, KERNEL_BYTES,
					   KERNEL_BYTES + DTB_BYTES - 1 };

	(void)state;
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		struct reply r;

		machine_build();
		m.images[places[i]] ^= 1;
		r = machine_reset();
		assert_int_equal(r.verdict, VERDICT_EVENT);
		assert_int_equal(r.value, HEALTH_IMAGE);
	}
}

static void a_second_start_finds_the_same_memory(void **state)
{
	(void)state;
	machine_reset();
	memset(m.low, 0xee, sizeof(m.low));
	memset(m.high, 0xee, sizeof(m.high));
	assert_int_equal(machine_reset().verdict, VERDICT_START);
	images_lie_where_they_belong(NULL);
	all_other_memory_is_zero(NULL);
}

static void images_may_touch_one_another_and_the_ends_of_ram(void **state)
{
	(void)state;
	image(&m.conf.load[0], 0, LOW_RAM, 0x10001);
	image(&m.conf.load[1], 0x10001, LOW_RAM + 0x10001, 0xffff);
	m.conf.load_count = 3;
	image(&m.conf.load[2], 0x20000, HIGH_RAM + HIGH_BYTES - 5, 5);
	assert_int_equal(machine_reset().verdict, VERDICT_START);
	assert_memory_equal(m.low, m.images, 0x20000);
	assert_memory_equal(&m.high[HIGH_BYTES - 5], &m.images[0x20000], 5);
	assert_true(all(m.high, HIGH_BYTES - 5, 0));
}

static void regions_may_come_in_any_order(void **state)
{
	(void)state;
	m.conf.ram[0] = (struct vmconf_ram){ HIGH_RAM, HIGH_BYTES };
	m.conf.ram[1] = (struct vmconf_ram){ LOW_RAM, LOW_BYTES };
	assert_int_equal(machine_reset().verdict, VERDICT_START);
	images_lie_where_they_belong(NULL);
	all_other_memory_is_zero(NULL);
}

static void a_vm_without_memory_or_images_starts_at_once(void **state)
{
	(void)state;
	m.conf.ram_count = 0;
	m.conf.load_count = 0;
	assert_int_equal(machine_reset().verdict, VERDICT_START);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST_LOAD(the_guest_starts_where_the_configuration_says),
		TEST_LOAD(images_lie_where_they_belong),
		TEST_LOAD(all_other_memory_is_zero),
		TEST_LOAD(all_memory_is_at_the_point_of_coherency),
		TEST_LOAD(one_step_does_at_most_one_piece),
		TEST_LOAD(a_large_gap_is_zeroed_in_pieces),
		TEST_LOAD(an_image_that_was_changed_is_never_started),
		TEST_LOAD(a_second_start_finds_the_same_memory),
		TEST_LOAD(images_may_touch_one_another_and_the_ends_of_ram),
		TEST_LOAD(regions_may_come_in_any_order),
		TEST_LOAD(a_vm_without_memory_or_images_starts_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
