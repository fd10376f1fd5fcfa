/* SPDX-License-Identifier: Apache-2.0 */
/* What the kernel does with a guest's trap, by its syndrome: registers, accesses, hints. */
#include "tests/unit/kernel/around.h"
#include "kernel/sysreg.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "lib/esr.h"
#include "lib/pstate.h"

static struct cpu cpu;
static struct vcpu vcpu;
static struct fmap_vm vm;      /* of which nothing ends */
static struct fmap_idregs idregs;
static uint64_t sent;
static uint32_t deactivated;

#define DISPATCHES ((enum guest_exit)99)

struct shared_vm *shared_vm(uint32_t id)
{
	static struct shared_vm life;

	(void)id;
	return &life;
}
void sgi_send(struct vcpu *v, icc_sgi1r_t r)
{
	(void)v;
	sent = r.bits;
}
void vgic_deactivate(struct vgic *g, uint32_t intid)
{
	(void)g;
	deactivated = intid;
}
bool vgic_op_valid(const struct vgic *g, uint64_t op)
{
	(void)g, (void)op;
	return true;
}
uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3, uint64_t x4)
{
	(void)g, (void)f, (void)op, (void)x3, (void)x4;
	return 0;
}
void vgic_sample_lines(struct vgic *g, uint32_t word)
{
	(void)g, (void)word;
}

static int setup(void **state)
{
	(void)state;
	memset(&seen, 0, sizeof(seen));
	cpu = (struct cpu){ .resident = &vcpu };
	vcpu = (struct vcpu){ .self = 1u << 1, .siblings = 1u << 0 | 1u << 2, .idregs = &idregs };
	vcpu.vm = &vm;
	sent = deactivated = 0;
	seen.ipa = 0x9000000;
	return 0;
}

static uint64_t syndrome(enum esr_class ec, uint64_t iss)
{
	return (uint64_t)ec << 26 | REG_MASK(25, 1) | iss;
}

static enum guest_exit traps(enum esr_class ec, uint64_t iss)
{
	enum guest_exit exit = GUEST_RESUMES;

	seen.advanced = false;
	if (LEAVES(exit = trap_guest(&cpu, &vcpu, syndrome(ec, iss))))
		return DISPATCHES;
	return exit;
}

/* ---- System registers ---- */

#define KEY_CNTPCT_EL0 KEY(3, 3, 14, 0, 1)

static enum guest_exit reads(uint32_t key, uint32_t rt)
{
	return traps(EC_SYSREG, key | KEY_READ | (uint64_t)rt << 5);
}

static enum guest_exit writes(uint32_t key, uint64_t value)
{
	vcpu.arch.guest.x[2] = value;
	return traps(EC_SYSREG, key | 2u << 5);
}

static void value_goes_to_its_register_and_31_takes_none(void **state)
{
	(void)state;
	seen.now = 77;
	assert_int_equal(reads(KEY_CNTPCT_EL0, 5), GUEST_RESUMES);
	assert_int_equal(vcpu.arch.guest.x[5], arch_guest_now());
	assert_true(seen.advanced);
	assert_int_equal(reads(KEY_CNTPCT_EL0, 20), GUEST_RESUMES_PARKED);
	assert_int_equal(vcpu.arch.guest.x[20], arch_guest_now());
	assert_int_equal(reads(KEY_CNTPCT_EL0, 31), GUEST_RESUMES);
	assert_int_equal(vcpu.arch.guest.x[31], 0);
}

static void write_of_what_is_only_read_is_undefined(void **state)
{
	(void)state;
	assert_int_equal(writes(KEY_CNTPCT_EL0, 1), GUEST_RESUMES_PARKED);
	assert_int_equal(esr_el2_EC((esr_el2_t){ seen.trap.esr }), EC_UNKNOWN);
	assert_int_equal(reads(KEY_ICC_SGI1R_EL1, 1), GUEST_RESUMES_PARKED);
	assert_int_equal(reads(KEY(3, 5, 1, 0, 0), 1), GUEST_RESUMES_PARKED);
	assert_int_equal(seen.logged, 3);
}

static void sgi_is_sent_as_written(void **state)
{
	(void)state;
	assert_int_equal(writes(KEY_ICC_SGI1R_EL1, 0xff00ff), GUEST_RESUMES);
	assert_int_equal(sent, 0xff00ff);
}

static void deactivation_takes_24_bits(void **state)
{
	(void)state;
	assert_int_equal(writes(KEY(3, 0, 12, 11, 1), 0xff000021), GUEST_RESUMES);
	assert_int_equal(deactivated, 0x21);
}

static void timer_of_el1_is_the_monitors(void **state)
{
	(void)state;
	assert_int_equal(reads(KEY(3, 3, 14, 2, 1), 3), GUEST_UPCALL);
	assert_int_equal(vcpu.arch.args[2], 0);
	assert_int_equal(writes(KEY(3, 3, 14, 2, 1), 7), GUEST_UPCALL);
	assert_int_equal(vcpu.arch.args[2], 7);
}

/* ---- Accesses ---- */

#define TRANSLATION 0x7u
#define ISV REG_MASK(24, 1)
#define S1PTW REG_MASK(7, 1)
#define CM REG_MASK(8, 1)
#define WNR REG_MASK(6, 1)

static void access_that_is_described_goes_to_the_monitor(void **state)
{
	(void)state;
	assert_int_equal(traps(EC_DABT_LOWER, ISV | TRANSLATION), GUEST_UPCALL);
	assert_int_equal(vcpu.arch.args[2], 0x9000000);
	assert_int_equal(traps(EC_DABT_LOWER, ISV | WNR | TRANSLATION), GUEST_UPCALL);
}

static void access_that_is_not_described_whole_is_aborted(void **state)
{
	(void)state;
	assert_int_equal(traps(EC_DABT_LOWER, TRANSLATION), GUEST_RESUMES_PARKED);
	assert_int_equal(traps(EC_DABT_LOWER, ISV | S1PTW | TRANSLATION), GUEST_RESUMES_PARKED);
	assert_int_equal(traps(EC_DABT_LOWER, ISV | FSC_EXTERNAL), GUEST_RESUMES_PARKED);
	seen.aarch32 = true;
	assert_int_equal(traps(EC_DABT_LOWER, ISV | TRANSLATION), GUEST_RESUMES_PARKED);
	assert_int_equal(seen.logged, 4);
}

static void cache_maintenance_of_nothing_does_nothing(void **state)
{
	(void)state;
	assert_int_equal(traps(EC_DABT_LOWER, CM | WNR | TRANSLATION), GUEST_RESUMES);
	assert_true(seen.advanced);
	assert_int_equal(traps(EC_DABT_LOWER, CM | S1PTW | TRANSLATION), GUEST_RESUMES_PARKED);
	assert_int_equal(iss_abort_CM((iss_abort_t){ seen.trap.esr & ISS_BITS }), 1);
}

static void abort_says_where_it_came_from(void **state)
{
	(void)state;
	static const struct {
		uint64_t pstate;
		enum esr_class data, fetch;
	} from[] = {
		{ PSTATE_EL0t, EC_DABT_LOWER, EC_IABT_LOWER },
		{ PSTATE_EL1h, EC_DABT_SAME, EC_IABT_SAME },
		{ PSTATE_nRW, EC_DABT_LOWER, EC_IABT_LOWER },
		{ PSTATE_nRW | PSTATE_EL1h, EC_DABT_LOWER, EC_IABT_LOWER },
	};

	for (unsigned i = 0; i < sizeof(from) / sizeof(from[0]); i++) {
		seen.trap.pstate = from[i].pstate;
		seen.far = 0x1234;
		assert_int_equal(traps(EC_DABT_LOWER, TRANSLATION), GUEST_RESUMES_PARKED);
		assert_int_equal(esr_el2_EC((esr_el2_t){ seen.trap.esr }), from[i].data);
		assert_int_equal(seen.trap.far, 0x1234);
		seen.trap.pstate = from[i].pstate;
		assert_int_equal(traps(EC_IABT_LOWER, TRANSLATION), GUEST_RESUMES_PARKED);
		assert_int_equal(esr_el2_EC((esr_el2_t){ seen.trap.esr }), from[i].fetch);
	}
	seen.trap.pstate = PSTATE_EL1h;
	assert_int_equal(traps(EC_IABT_LOWER, FSC_EXTERNAL), GUEST_RESUMES_PARKED);
	assert_int_equal(traps(EC_DABT_LOWER, REG_MASK(10, 1) | FSC_EXTERNAL), GUEST_RESUMES_PARKED);
	assert_int_equal(seen.trap.far, 0);    /* FnV: there is none */
}

/* ---- Others ---- */

static void hint_is_skipped_and_work_goes_to_dispatch(void **state)
{
	(void)state;
	assert_int_equal(traps(EC_WFX, 0), GUEST_RESUMES);
	assert_true(seen.advanced);
	cpu.work = true;
	assert_int_equal(traps(EC_WFX, 0), DISPATCHES);
	assert_int_equal(seen.dispatched, 1);
}

static void work_of_an_exception_goes_to_dispatch(void **state)
{
	(void)state;
	cpu.work = true; /* its record is for a service here */
	assert_int_equal(traps(EC_UNKNOWN, 0), DISPATCHES);
	assert_int_equal(traps(EC_DABT_LOWER, ISV | FSC_EXTERNAL), DISPATCHES);
}

static void call_with_an_immediate_is_nobodys(void **state)
{
	(void)state;
	static const uint32_t functions[] = { 0x84000000, 0x80000000, 0x84000001, 0x80000001, 0xc4000003 };

	for (unsigned i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		vcpu.arch.guest.x[0] = functions[i];
		assert_int_equal(traps(EC_HVC64, 5), GUEST_RESUMES);
		assert_int_equal(vcpu.arch.guest.x[0], ~0ull);
		vcpu.arch.guest.x[0] = functions[i];
		assert_int_equal(traps(EC_SMC64, 0), i < 2 ? GUEST_RESUMES : GUEST_UPCALL);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(value_goes_to_its_register_and_31_takes_none, setup),
		cmocka_unit_test_setup(write_of_what_is_only_read_is_undefined, setup),
		cmocka_unit_test_setup(sgi_is_sent_as_written, setup),
		cmocka_unit_test_setup(deactivation_takes_24_bits, setup),
		cmocka_unit_test_setup(timer_of_el1_is_the_monitors, setup),
		cmocka_unit_test_setup(access_that_is_described_goes_to_the_monitor, setup),
		cmocka_unit_test_setup(access_that_is_not_described_whole_is_aborted, setup),
		cmocka_unit_test_setup(cache_maintenance_of_nothing_does_nothing, setup),
		cmocka_unit_test_setup(abort_says_where_it_came_from, setup),
		cmocka_unit_test_setup(hint_is_skipped_and_work_goes_to_dispatch, setup),
		cmocka_unit_test_setup(work_of_an_exception_goes_to_dispatch, setup),
		cmocka_unit_test_setup(call_with_an_immediate_is_nobodys, setup),
	};

	return cmocka_run_group_tests(tests, 0, 0);
}
