/* SPDX-License-Identifier: Apache-2.0 */
/* A configuration that the models could not rely on stops the VM before it has run. */
#include "machine.h"

/* `change` makes the sound configuration unsound. */
#define assert_refused(change) do { \
	struct reply r_; \
	machine_build(); \
	change; \
	r_ = machine_reset(); \
	assert_int_equal(r_.verdict, VERDICT_EVENT); \
	assert_int_equal(r_.value, HEALTH_MONITOR); \
} while (0)

static void a_foreign_page_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.magic ^= 1);
}

static void counts_out_of_range_are_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.vcpu_count = 0);
	assert_refused(m.conf.vcpu_count = MAX_VCPUS_PER_VM + 1);
	assert_refused(m.conf.intids = 0);
	assert_refused(m.conf.intids = 33);
	assert_refused(m.conf.intids = 1024);
	assert_refused(m.conf.ram_count = VMCONF_MAX_RAM + 1);
	assert_refused(m.conf.load_count = VMCONF_MAX_LOADS + 1);
}

static void an_mpidr_with_other_bits_than_affinity_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.mpidr[1] = 0x80000001);
}

static void ram_out_of_the_guests_reach_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.ram[1].ipa = HIGH_RAM + 1);
	assert_refused(m.conf.ram[1].bytes = 1);
	assert_refused(m.conf.ram[1].ipa = GUEST_IPA_END);
	assert_refused(m.conf.ram[1].bytes = ~0xfffull);
}

static void images_that_do_not_fit_are_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.load[0].bytes = 0);
	assert_refused(m.conf.load[1].bytes = DTB_BYTES + 1);
	assert_refused(m.conf.load[0].dst = LOW_RAM - 1);
	assert_refused(m.conf.load[1].dst = KERNEL_IPA + KERNEL_BYTES - 1);
	assert_refused(m.conf.load[0].src = COMP_DATA);
	assert_refused(m.conf.load[0].bytes = ~0ull);
}

static void a_uart_that_is_tied_to_nothing_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.uart_intid = 31);
	assert_refused(m.conf.uart_intid = 96);
	assert_refused(m.conf.console_doorbell = 64);
	assert_refused(m.conf.console_channel = 64);
}

static void a_clock_that_is_tied_to_nothing_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.rtc_intid = 31);
	assert_refused(m.conf.rtc_intid = 96);
	assert_refused(m.conf.rtc_intid = UART_SPI);
}

static void a_watchdog_that_is_tied_to_nothing_is_refused(void **state)
{
	(void)state;
	assert_refused(m.conf.watchdog_intid = 31);
	assert_refused(m.conf.watchdog_intid = 96);
	assert_refused(m.conf.watchdog_intid = UART_SPI);
	assert_refused(m.conf.watchdog_intid = RTC_SPI);
	assert_refused(m.conf.watchdog_hz = 0);
	assert_refused(m.conf.watchdog_hz = 999);
}

static void a_vm_without_uart_has_nothing_there(void **state)
{
	(void)state;
	machine_build();
	m.conf.uart_base = 0;
	m.conf.uart_intid = 0;
	assert_int_equal(machine_reset().verdict, VERDICT_START);
	assert_int_equal(load(UART, 4).verdict, VERDICT_ABORT);
	assert_int_equal(load(0, 4).verdict, VERDICT_ABORT);
	assert_int_equal(upcall(0, UPCALL_NOTIFY, 1, 0, 0, 0, 0).verdict, VERDICT_DONE);
}

static void accesses_to_nothing_abort_and_are_counted(void **state)
{
	static const uint64_t nothing[] = { 0, GICD - 8, GICD + 0x10000, UART - 8, UART + 0x1000,
					    LOW_RAM, ~7ull };
	const size_t count = sizeof(nothing) / sizeof(nothing[0]);

	(void)state;
	machine_start(NULL);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(load(nothing[i], 4).verdict, VERDICT_ABORT);
		assert_int_equal(store(nothing[i], 8, 1).verdict, VERDICT_ABORT);
	}
	assert_int_equal(m.vmm.aborts, 2 * count);
}

static void an_event_that_does_not_exist_is_nothing(void **state)
{
	(void)state;
	machine_start(NULL);
	assert_int_equal(upcall(0, UPCALL_NONE, 1, 2, 3, 4, 5).verdict, VERDICT_DONE);
	assert_int_equal(upcall(0, UPCALL_CONTINUE + 1, 1, 2, 3, 4, 5).verdict, VERDICT_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_foreign_page_is_refused),
		cmocka_unit_test(counts_out_of_range_are_refused),
		cmocka_unit_test(an_mpidr_with_other_bits_than_affinity_is_refused),
		cmocka_unit_test(ram_out_of_the_guests_reach_is_refused),
		cmocka_unit_test(images_that_do_not_fit_are_refused),
		cmocka_unit_test(a_uart_that_is_tied_to_nothing_is_refused),
		cmocka_unit_test(a_clock_that_is_tied_to_nothing_is_refused),
		cmocka_unit_test(a_watchdog_that_is_tied_to_nothing_is_refused),
		cmocka_unit_test(a_vm_without_uart_has_nothing_there),
		cmocka_unit_test(accesses_to_nothing_abort_and_are_counted),
		cmocka_unit_test(an_event_that_does_not_exist_is_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
