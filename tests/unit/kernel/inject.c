/* SPDX-License-Identifier: Apache-2.0 */
/* Exceptions to EL1, against DDI 0487, "AArch64.TakeException". */
#include "kernel/inject.h"
#include "lib/esr.h"
#include "lib/pstate.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#define VBAR 0xffff800000010000ull
#define PC 0x40001000ull

static struct el1_trap machine;

void arch_el1_trap_read(const struct arch_vcpu *v, struct el1_trap *t)
{
	(void)v;
	*t = machine;
}

void arch_el1_trap_write(struct arch_vcpu *v, const struct el1_trap *t)
{
	(void)v;
	machine = *t;
}

static int setup(void **state)
{
	(void)state;
	machine = (struct el1_trap){ .vbar = VBAR, .sctlr = SCTLR_SPAN, .pc = PC, .pstate = PSTATE_EL1h };
	return 0;
}

static void from(uint64_t pstate, uint64_t offset)
{
	setup(0);
	machine.pstate = pstate;
	inject_undef(0, 0);
	assert_int_equal(machine.pc, VBAR + offset);
	assert_int_equal(machine.elr, PC);
	assert_int_equal(machine.spsr, pstate);
}

static void the_vector_follows_the_state_it_came_from(void **state)
{
	(void)state;
	from(PSTATE_EL1t, 0x000);
	from(PSTATE_EL1h, 0x200);
	from(PSTATE_EL0t, 0x400);
	from(PSTATE_nRW | 0x10, 0x600);
}

static void it_is_taken_masked_at_el1h(void **state)
{
	(void)state;
	machine.pstate = PSTATE_EL0t | PSTATE_NZCV | PSTATE_SS | PSTATE_BTYPE;
	inject_undef(0, 0);
	assert_int_equal(machine.pstate, PSTATE_EL1h | PSTATE_DAIF | PSTATE_NZCV);
}

static void pan_is_set_where_span_is_clear(void **state)
{
	(void)state;
	machine.sctlr = 0;
	machine.pan = true;
	inject_undef(0, 0);
	assert_true(machine.pstate & PSTATE_PAN);
}

static void pan_is_kept_where_span_is_set(void **state)
{
	(void)state;
	machine.pan = true;
	inject_undef(0, 0);
	assert_false(machine.pstate & PSTATE_PAN);
	setup(0);
	machine.pan = true;
	machine.pstate |= PSTATE_PAN;
	inject_undef(0, 0);
	assert_true(machine.pstate & PSTATE_PAN);
}

static void ssbs_follows_dssbs(void **state)
{
	(void)state;
	machine.ssbs = true;
	machine.pstate |= PSTATE_SSBS;
	inject_undef(0, 0);
	assert_false(machine.pstate & PSTATE_SSBS);
	setup(0);
	machine.ssbs = true;
	machine.sctlr |= SCTLR_DSSBS;
	inject_undef(0, 0);
	assert_true(machine.pstate & PSTATE_SSBS);
}

static void an_abort_tells_class_direction_and_address(void **state)
{
	iss_abort_t iss = iss_abort_set_WnR((iss_abort_t){ 0x07 }, 1);
	esr_el2_t esr = esr_el2_set_EC((esr_el2_t){ iss.bits | 1 << 25 }, EC_DABT_LOWER);

	(void)state;
	inject_abort(0, false, 0xabc, esr.bits);
	assert_int_equal(machine.esr, (uint64_t)EC_DABT_SAME << 26 | 1 << 25 | 1 << 6 | FSC_EXTERNAL);
	assert_true(machine.write_far);
	assert_int_equal(machine.far, 0xabc);
}

static void an_abort_from_el0_is_of_a_lower_level(void **state)
{
	(void)state;
	machine.pstate = PSTATE_EL0t;
	inject_abort(0, true, 0, 0);
	assert_int_equal(machine.esr, (uint64_t)EC_IABT_LOWER << 26 | 1 << 25 | FSC_EXTERNAL);
}

static void an_abort_on_a_walk_keeps_its_level(void **state)
{
	iss_abort_t iss = iss_abort_set_S1PTW((iss_abort_t){ 0x06 }, 1);

	(void)state;
	inject_abort(0, false, 0, iss.bits);
	assert_int_equal(machine.esr & 0x3f, FSC_EXTERNAL_WALK | 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(the_vector_follows_the_state_it_came_from, setup),
		cmocka_unit_test_setup(it_is_taken_masked_at_el1h, setup),
		cmocka_unit_test_setup(pan_is_set_where_span_is_clear, setup),
		cmocka_unit_test_setup(pan_is_kept_where_span_is_set, setup),
		cmocka_unit_test_setup(ssbs_follows_dssbs, setup),
		cmocka_unit_test_setup(an_abort_tells_class_direction_and_address, setup),
		cmocka_unit_test_setup(an_abort_from_el0_is_of_a_lower_level, setup),
		cmocka_unit_test_setup(an_abort_on_a_walk_keeps_its_level, setup),
	};

	return cmocka_run_group_tests_name("inject", tests, 0, 0);
}
