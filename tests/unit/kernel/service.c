/* SPDX-License-Identifier: Apache-2.0 */
/* When a service runs, and what it may ask for. */
#include "tests/unit/kernel/around.h"
#include "kernel/print.h"
#include "kernel/service.h"
#include "kernel/schedule.h"
#include "kernel/upcall.h"

static struct {
	struct fmap head;
	struct fmap_cpu cpu;
	struct fmap_slot slots[2];
	struct fmap_service services[2];
	struct fmap_cap caps[2];
} map;
static struct cpu cpu;
static struct service services[2];
static struct vcpu vcpus[2];
static uint32_t deactivated, loads;
static bool rings;

void arch_irq_enable(uint32_t intid, bool enable)
{
	(void)intid, (void)enable;
}
void arch_irq_deactivate(uint32_t intid)
{
	deactivated = intid;
}
void arch_vcpu_load(const struct arch_vcpu *v)
{
	(void)v;
	loads++;
}
bool doorbells_ring(struct cpu *c, uint32_t cap_first, uint32_t cap_count, uint32_t number,
		    uint64_t doorbells)
{
	(void)c, (void)cap_first, (void)cap_count, (void)number, (void)doorbells;
	return rings;
}
void print_text(const struct fmap *f, const char *s)
{
	(void)f, (void)s;
}

static int setup(void **state)
{
	(void)state;
	memset(&map, 0, sizeof(map));
	memset(&seen, 0, sizeof(seen));
	memset(services, 0, sizeof(services));
	memset(vcpus, 0, sizeof(vcpus));
	map.head.services = (struct fmap_array){ offsetof(__typeof__(map), services), 2 };
	map.head.caps = (struct fmap_array){ offsetof(__typeof__(map), caps), 2 };
	map.head.slots = (struct fmap_array){ offsetof(__typeof__(map), slots), 2 };
	map.services[0] = (struct fmap_service){ .cap_count = 1, .budget_ns = 9, .period_ns = 99 };
	map.services[1] = (struct fmap_service){ .cap_count = 2, .budget_ns = 9, .period_ns = 99 };
	map.caps[0] = (struct fmap_cap){ .kind = CAP_IRQ, .intid = 33, .badge = 2 };
	map.caps[1] = (struct fmap_cap){ .kind = CAP_POWER };
	map.cpu.service_count = 2;
	cpu = (struct cpu){ .fmap = &map.head, .f = &map.cpu, .service = services, .vcpu = vcpus,
			    .frequency = 1000000000 };
	for (uint32_t i = 0; i < 2; i++)
		service_init(&cpu, &services[i], i);
	rings = true;
	deactivated = loads = 0;
	return 0;
}

/* It runs, and answers. */
static bool answers(uint32_t service, uint64_t verdict, uint64_t interrupts)
{
	assert_int_equal(LEAVES(service_run(&cpu, &services[service])), true);
	return LEAVES(service_answer(&cpu, &services[service], verdict, NEVER, interrupts, 0));
}

static void one_without_budget_or_work_does_not_run(void **state)
{
	(void)state;
	assert_ptr_equal(service_next(&cpu), &services[0]);
	services[0].left = 0;
	assert_ptr_equal(service_next(&cpu), &services[1]);
	services[0].left = 1;
	services[0].notifications = 0;
	assert_ptr_equal(service_next(&cpu), &services[1]);
	services[0].run = SERVICE_READY;
	assert_ptr_equal(service_next(&cpu), &services[0]);
	services[0].run = SERVICE_DEAD;
	assert_ptr_equal(service_next(&cpu), &services[1]);
}

static void time_of_a_service_is_not_the_monitors(void **state)
{
	(void)state;
	cpu.resident = &vcpus[0];
	assert_true(answers(0, SERVICE_WAIT, 0));
	assert_true(vcpus[0].arch.args[6] > 0);
	assert_int_equal(services[0].run, SERVICE_ASLEEP);
	assert_int_equal(services[0].left, 0);
}

static void interrupt_that_it_has_served_may_come_again(void **state)
{
	(void)state;
	assert_true(answers(0, SERVICE_WAIT, 1));
	assert_int_equal(deactivated, 0);
	assert_true(answers(0, SERVICE_WAIT, 1u << 2));
	assert_int_equal(deactivated, 33);
}

static void one_with_the_right_switches_the_board_off(void **state)
{
	(void)state;
	assert_true(answers(1, SERVICE_POWER_OFF, 0));
	assert_int_equal(seen.powered_off, 1);
	assert_int_equal(services[1].run, SERVICE_READY);
}

static void one_without_the_right_is_stopped(void **state)
{
	(void)state;
	assert_true(answers(0, SERVICE_POWER_OFF, 0));
	assert_int_equal(seen.powered_off, 0);
	assert_int_equal(services[0].run, SERVICE_DEAD);
	assert_int_equal(seen.logged, 1);
}

static void one_that_rings_what_is_not_its_own_is_stopped(void **state)
{
	(void)state;
	rings = false;
	assert_true(answers(1, SERVICE_WAIT, 0));
	assert_int_equal(services[1].run, SERVICE_DEAD);
}

static void board_goes_off_without_one_that_is_dead(void **state)
{
	(void)state;
	assert_int_equal(LEAVES(service_all_off(&services[0])), false);
	assert_int_equal(LEAVES(service_kill(&cpu, &services[0], 0, 0)), true);
	assert_int_equal(seen.powered_off, 1);
	assert_int_equal(LEAVES(service_kill(&cpu, &services[1], 0, 0)), false);
	assert_int_equal(LEAVES(service_all_off(&services[1])), true);
	assert_int_equal(seen.powered_off, 2);
}

/* ---- Slots: today's checker allows one that lasts for ever; the kernel knows more ---- */

static void slot_for_ever_is_chosen_once(void **state)
{
	(void)state;
	map.cpu.slot_count = 1;
	schedule(&cpu);
	assert_ptr_equal(cpu.resident, &vcpus[0]);
	assert_int_equal(loads, 1);
	cpu.slot_end = 0;              /* looked at anew, it is the same */
	schedule(&cpu);
	assert_int_equal(loads, 1);
	assert_true(cpu.slot_end == NEVER);
	schedule(&cpu);
}

static void slots_of_a_frame_take_turns(void **state)
{
	(void)state;
	map.cpu.slot_count = 2;
	map.cpu.frame_ns = 1000;
	map.slots[0] = (struct fmap_slot){ .vcpu = 0, .start_ns = 0, .length_ns = 400 };
	map.slots[1] = (struct fmap_slot){ .vcpu = 1, .start_ns = 600, .length_ns = 400 };
	seen.now = 5100;
	schedule(&cpu);
	assert_ptr_equal(cpu.resident, &vcpus[0]);
	assert_int_equal(cpu.slot_end, 5400);
	seen.now = 5400;
	schedule(&cpu);
	assert_null(cpu.resident);
	assert_int_equal(cpu.slot_end, 5600);
	seen.now = 5700;
	schedule(&cpu);
	assert_ptr_equal(cpu.resident, &vcpus[1]);
	assert_int_equal(cpu.slot_end, 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(one_without_budget_or_work_does_not_run, setup),
		cmocka_unit_test_setup(time_of_a_service_is_not_the_monitors, setup),
		cmocka_unit_test_setup(interrupt_that_it_has_served_may_come_again, setup),
		cmocka_unit_test_setup(one_with_the_right_switches_the_board_off, setup),
		cmocka_unit_test_setup(one_without_the_right_is_stopped, setup),
		cmocka_unit_test_setup(one_that_rings_what_is_not_its_own_is_stopped, setup),
		cmocka_unit_test_setup(board_goes_off_without_one_that_is_dead, setup),
		cmocka_unit_test_setup(slot_for_ever_is_chosen_once, setup),
		cmocka_unit_test_setup(slots_of_a_frame_take_turns, setup),
	};

	return cmocka_run_group_tests(tests, 0, 0);
}
