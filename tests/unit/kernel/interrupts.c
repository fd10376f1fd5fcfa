/* SPDX-License-Identifier: Apache-2.0 */
/* Where physical interrupts and what other CPUs sent go: to a vCPU, a service, or nobody. */
#include "tests/unit/kernel/around.h"
#include "abi/upcall.h"
#include "kernel/schedule.h"
#include "kernel/service.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"

#define INTIDS 64
#define TIMER 27
#define HYP_TIMER 26
#define MAINTENANCE 25

static struct {
	struct fmap head;
	struct fmap_cpu cpu;
	struct fmap_irq irqs[INTIDS];
	struct fmap_link links[2];
} map;
static struct cpu cpu;
static struct vcpu vcpu;
static struct fmap_vm fvm;
static struct fmap_vcpu fvcpu;
static struct service service;
static struct fmap_service fservice;
static struct virq irqs[INTIDS];
static uint64_t deactivated, physical, raised, sampled, operation, served;
static uint32_t dropped, set_pending, disabled, maintained, timers, taken, all_off;
static uint64_t answered;
static bool running, call_pending, vm_ready;

/* ---- Around ---- */

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-parameter"
uint32_t arch_irq_acknowledge(void)
{
	return INTID_SPURIOUS;
}
void arch_irq_drop(uint32_t intid)
{
	dropped++;
}
void arch_irq_deactivate(uint32_t intid)
{
	deactivated |= intid < INTIDS ? 1ull << intid : 0;
}
void arch_irq_set_pending(uint32_t intid, bool pending)
{
	set_pending = intid;
}
void arch_irq_enable(uint32_t intid, bool enable)
{
	disabled = enable ? 0 : intid;
}
void arch_idle(void)
{
}
void arch_vcpu_load(const struct arch_vcpu *v)
{
}
_Noreturn void arch_enter_guest(struct arch_vcpu *v)
{
	longjmp(around, 1);
}
_Noreturn void arch_enter_monitor(struct arch_vcpu *v)
{
	longjmp(around, 1);
}
_Noreturn void arch_resume_monitor(struct arch_vcpu *v)
{
	longjmp(around, 1);
}
void schedule(struct cpu *c)
{
}
struct service *service_next(struct cpu *c)
{
	return 0;
}
_Noreturn void service_run(struct cpu *c, struct service *s)
{
	longjmp(around, 1);
}
void service_pause(struct cpu *c)
{
}
void service_all_off(struct service *s)
{
	all_off++;
}
void timer_interrupt(struct cpu *c)
{
	timers++;
}
void upcall(struct cpu *c, struct vcpu *v, enum upcall_event event, uint64_t x1, uint64_t x2, uint64_t x3,
	    uint64_t x4, uint64_t x5)
{
}
void upcall_continue(struct cpu *c, struct vcpu *v)
{
}
bool upcall_progress(struct cpu *c, struct vcpu *v)
{
	return false;
}
bool vm_is_running(uint32_t vm)
{
	return running;
}
bool vm_serve(struct cpu *c, struct vcpu *v, uint64_t op)
{
	served = op;
	return vm_ready;
}
struct shared_vm *shared_vm(uint32_t vm)
{
	static struct shared_vm s;

	s.generation = 7;
	return &s;
}
uint32_t link_take(struct shared_link *l)
{
	uint32_t bits = taken;

	taken = 0;
	return bits;
}
bool link_call_pending(const struct shared_link *l)
{
	return call_pending;
}
void link_call_answer(struct shared_link *l, const struct fmap_link *f, uint64_t result)
{
	answered = result;
	call_pending = false;
}
void vgic_physical(struct vgic *g, uint32_t intid)
{
	physical |= 1ull << intid;
}
void vgic_maintenance(struct vgic *g)
{
	maintained++;
}
void vgic_raise(struct vgic *g, uint32_t intid)
{
	raised |= 1ull << intid;
}
void vgic_sample_lines(struct vgic *g, uint32_t word)
{
	sampled |= 1u << word;
}
bool vgic_has_pending(const struct vgic *g)
{
	return false;
}
uint64_t vgic_operation(struct vgic *g, const struct fmap *f, uint64_t op, uint64_t x3, uint64_t x4)
{
	operation = op;
	return 5;
}
#pragma GCC diagnostic pop

static int setup(void **state)
{
	(void)state;
	memset(&map, 0, sizeof(map));
	memset(&seen, 0, sizeof(seen));
	memset(irqs, 0, sizeof(irqs));
	map.head.gic_intids = INTIDS;
	map.head.intid_virt_timer = TIMER;
	map.head.intid_hyp_timer = HYP_TIMER;
	map.head.intid_maintenance = MAINTENANCE;
	map.head.irqs = (struct fmap_array){ offsetof(__typeof__(map), irqs), INTIDS };
	map.head.links = (struct fmap_array){ offsetof(__typeof__(map), links), 2 };
	map.irqs[40] = (struct fmap_irq){ .kind = IRQ_VM, .owner = 3, .vintid = 40 };
	map.irqs[41] = (struct fmap_irq){ .kind = IRQ_VM, .owner = 3, .vintid = 41, .edge = 1 };
	map.irqs[42] = (struct fmap_irq){ .kind = IRQ_VM, .owner = 9, .vintid = 42 };
	map.irqs[50] = (struct fmap_irq){ .kind = IRQ_SERVICE, .owner = 1, .badge = 4 };
	map.irqs[51] = (struct fmap_irq){ .kind = IRQ_SERVICE, .owner = 2, .badge = 4 };
	map.links[0] = map.links[1] = (struct fmap_link){ .kind = LINK_SIBLING };
	irqs[40].flags = VIRQ_OWNED;
	fvcpu = (struct fmap_vcpu){ .link_count = 1 };
	vcpu = (struct vcpu){ .f = &fvcpu, .vm_id = 3, .in = &seen.link, .deaf_until = NEVER };
	fvm = (struct fmap_vm){ .vcpu_count = 1 };
	vcpu.vm = &fvm;
	vcpu.vgic = (struct vgic){ .irq = irqs, .intids = INTIDS };
	fservice = (struct fmap_service){ .link_count = 1 };
	service = (struct service){ .id = 1, .f = &fservice, .left = 9 };
	map.cpu = (struct fmap_cpu){ .vcpu_count = 1, .service_count = 1 };
	cpu = (struct cpu){ .fmap = &map.head, .f = &map.cpu, .vcpu = &vcpu, .service = &service };
	deactivated = physical = raised = sampled = operation = served = answered = 0;
	dropped = set_pending = disabled = maintained = timers = taken = all_off = 0;
	call_pending = false;
	running = vm_ready = true;
	return 0;
}

/* ---- Shared interrupts ---- */

static void interrupt_of_a_vm_goes_to_its_vcpu_and_stays_active(void **state)
{
	(void)state;
	assert_true(interrupt_serve(&cpu, 40));
	assert_int_equal(physical, 1ull << 40);
	assert_int_equal(deactivated, 0);
}

static void one_that_moved_away_is_handed_on(void **state)
{
	(void)state;
	assert_true(interrupt_serve(&cpu, 41));
	assert_int_equal(set_pending, 41);
	assert_int_equal(deactivated, 1ull << 41);
	irqs[40].flags = 0;
	set_pending = 0;
	assert_true(interrupt_serve(&cpu, 40));
	assert_int_equal(set_pending, 0); /* a level comes by itself */
	assert_true(interrupt_serve(&cpu, 42)); /* no vCPU of that VM is here */
	assert_int_equal(physical, 0);
	assert_int_equal(deactivated, 1ull << 40 | 1ull << 41 | 1ull << 42);
}

static void interrupt_of_a_service_notifies_it(void **state)
{
	(void)state;
	assert_true(interrupt_serve(&cpu, 50));
	assert_int_equal(service.notifications, 1u << 4);
	assert_true(cpu.work);
	assert_int_equal(deactivated, 0);
	assert_true(interrupt_serve(&cpu, 51)); /* that service is elsewhere */
	assert_int_equal(seen.logged, 1);
}

static void interrupt_of_nobody_is_switched_off(void **state)
{
	(void)state;
	assert_true(interrupt_serve(&cpu, 33));
	assert_int_equal(disabled, 33);
	assert_int_equal(deactivated, 1ull << 33);
	assert_int_equal(seen.logged, 1);
	assert_true(interrupt_serve(&cpu, INTIDS + 8)); /* none that the map describes */
	assert_int_equal(seen.logged, 1);
}

/* ---- Those of the CPU itself ---- */

static void interrupts_of_the_core_go_to_who_is_resident(void **state)
{
	(void)state;
	assert_false(interrupt_serve(&cpu, INTID_SPURIOUS));
	assert_int_equal(dropped, 0);
	assert_true(interrupt_serve(&cpu, TIMER));
	assert_true(interrupt_serve(&cpu, MAINTENANCE));
	assert_int_equal(physical | maintained, 0);
	cpu.resident = &vcpu;
	assert_true(interrupt_serve(&cpu, TIMER));
	assert_true(interrupt_serve(&cpu, MAINTENANCE));
	assert_int_equal(physical, 1ull << TIMER);
	assert_int_equal(maintained, 1);
	assert_true(interrupt_serve(&cpu, HYP_TIMER));
	assert_int_equal(timers, 1);
}

/* ---- From other CPUs ---- */

static void signals_reach_a_vcpu_of_a_vm_that_runs(void **state)
{
	(void)state;
	taken = SIGNAL_LINES | 1u << 3;
	assert_true(interrupt_serve(&cpu, INTID_KICK));
	assert_int_equal(raised, 1u << 3);
	assert_int_equal(sampled, 3); /* each word */
	raised = sampled = 0;
	taken = SIGNAL_LINES | 1u << 3;
	running = false;
	assert_true(interrupt_serve(&cpu, INTID_DOORBELL));
	assert_int_equal(raised | sampled, 0);
}

static void what_is_for_a_vcpu_waits_for_the_end_of_a_service(void **state)
{
	(void)state;
	cpu.serving = &service;
	service.run = SERVICE_READY;
	cpu.rung = true;
	taken = SIGNAL_LINES | 1u << 3;
	seen.link.call[0] = OP_ENABLE;
	seen.link.call[3] = 7;
	call_pending = true;
	assert_true(interrupt_serve(&cpu, INTID_KICK));
	assert_true(taken && call_pending && cpu.rung);
	assert_int_equal(raised | sampled | operation, 0);
	cpu.serving = 0;
	inbox_serve(&cpu);
	assert_int_equal(raised, 1u << 3);
	assert_int_equal(operation, OP_ENABLE);
	assert_false(taken || call_pending || cpu.rung);
}

static void call_of_an_earlier_life_is_answered_and_not_done(void **state)
{
	(void)state;
	seen.link.call[0] = OP_ENABLE;
	seen.link.call[3] = 6;
	call_pending = true;
	inbox_serve(&cpu);
	assert_false(call_pending);
	assert_int_equal(operation, 0);
	seen.link.call[3] = 7;
	call_pending = true;
	inbox_serve(&cpu);
	assert_int_equal(operation, OP_ENABLE);
	assert_int_equal(answered, 5);
	running = false;
	operation = 0;
	call_pending = true;
	inbox_serve(&cpu);
	assert_int_equal(operation, 0);
}

static void call_that_has_to_wait_stays(void **state)
{
	(void)state;
	seen.link.call[0] = OP_CPU_START;
	seen.link.call[1] = 0x40000000;
	seen.link.call[3] = 7;
	vcpu.arch.event = UPCALL_CALL;
	call_pending = true;
	inbox_serve(&cpu);
	assert_true(call_pending && cpu.work);
	vcpu.arch.event = UPCALL_NONE;
	inbox_serve(&cpu);
	assert_false(call_pending);
	assert_int_equal(vcpu.run, VCPU_ON);
	assert_int_equal(answered, 0);
	call_pending = true;
	inbox_serve(&cpu);
	assert_int_equal(answered, UPCALL_BUSY);
	seen.link.call[0] = OP_VM_STOP;
	vm_ready = false;
	call_pending = true;
	inbox_serve(&cpu);
	assert_true(call_pending);
	assert_int_equal(served, OP_VM_STOP);
}

static void service_hears_only_while_it_may_run(void **state)
{
	(void)state;
	fvm.vcpu_count = fvcpu.link_count = 0;
	taken = SIGNAL_DOORBELL | SIGNAL_ALL_OFF;
	service.left = 0;
	inbox_serve(&cpu);
	service.left = 9;
	service.run = SERVICE_READY;
	inbox_serve(&cpu);
	assert_int_equal(service.notifications | all_off, 0);
	service.run = SERVICE_ASLEEP;
	inbox_serve(&cpu);
	assert_int_equal(service.notifications, 1u << 0);
	assert_int_equal(all_off, 1);
	service.run = SERVICE_DEAD; /* it is told of the end all the same */
	service.left = 0;
	taken = SIGNAL_ALL_OFF;
	inbox_serve(&cpu);
	assert_int_equal(all_off, 2);
}

static void notification_of_a_vm_that_ended_is_not_delivered(void **state)
{
	(void)state;
	fvcpu.link_count = 0;
	fservice.link_count = 0;
	cpu.resident = &vcpu;
	vcpu.run = VCPU_ON;
	vcpu.notifications = 1;
	assert_int_equal(LEAVES(dispatch(&cpu)), true);
	assert_int_equal(vcpu.notifications, 0);
	vcpu.notifications = 1;
	running = false;
	assert_int_equal(LEAVES(dispatch(&cpu)), true);
	assert_int_equal(vcpu.notifications, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(interrupt_of_a_vm_goes_to_its_vcpu_and_stays_active, setup),
		cmocka_unit_test_setup(one_that_moved_away_is_handed_on, setup),
		cmocka_unit_test_setup(interrupt_of_a_service_notifies_it, setup),
		cmocka_unit_test_setup(interrupt_of_nobody_is_switched_off, setup),
		cmocka_unit_test_setup(interrupts_of_the_core_go_to_who_is_resident, setup),
		cmocka_unit_test_setup(signals_reach_a_vcpu_of_a_vm_that_runs, setup),
		cmocka_unit_test_setup(what_is_for_a_vcpu_waits_for_the_end_of_a_service, setup),
		cmocka_unit_test_setup(call_of_an_earlier_life_is_answered_and_not_done, setup),
		cmocka_unit_test_setup(call_that_has_to_wait_stays, setup),
		cmocka_unit_test_setup(service_hears_only_while_it_may_run, setup),
		cmocka_unit_test_setup(notification_of_a_vm_that_ended_is_not_delivered, setup),
	};

	return cmocka_run_group_tests(tests, 0, 0);
}
