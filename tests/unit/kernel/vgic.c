/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Delivery against a model of the hardware that stands behind it: four list registers, from which
 * a guest acknowledges the most urgent pending one and which it ends, and physical interrupts
 * that become pending again when their level is still high at deactivation.
 */
#include "kernel/vgic.h"
#include "abi/upcall.h"
#include "kernel/virq.h"
#include "tests/host/lrs.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define INTIDS 64
#define TIMER 27
#define HARD_LEVEL 40
#define HARD_EDGE 41

/* ---- The hardware ---- */

static struct lrs lrs;
static uint32_t lr_writes;
static bool want_pending, timer_line;
static bool active[INTIDS], pending[INTIDS], enabled[INTIDS];
static uint32_t routed[INTIDS]; /* to which CPU */

uint32_t arch_lr_count(void)
{
	return LRS;
}
uint64_t arch_lr_read(uint32_t n)
{
	assert_true(n < LRS);
	return lrs.lr[n];
}
void arch_lr_write(uint32_t n, uint64_t value)
{
	assert_true(n < LRS);
	lrs_write(&lrs, n, value);
	lr_writes++;
}
void arch_lr_write_timer(uint64_t value)
{
	arch_lr_write(LR_TIMER, value);
}
uint32_t arch_lr_empty(void)
{
	return lrs_empty(&lrs);
}
uint32_t arch_lr_eoi(void)
{
	return lrs.eoi;
}
void arch_vgic_want_pending(bool on)
{
	want_pending = on;
}
uint32_t arch_vgic_take_eoicount(uint32_t most)
{
	uint32_t n = lrs.eoicount < most ? lrs.eoicount : most;

	lrs.eoicount -= n;
	return n;
}
void arch_vgic_reset(void)
{
	memset(&lrs, 0, sizeof(lrs));
}
bool arch_virtual_timer_line(void)
{
	return timer_line;
}
void arch_irq_deactivate(uint32_t intid)
{
	assert_true(active[intid]); /* never one that is not: that would be somebody else's */
	active[intid] = false;
}
void arch_irq_set_active(uint32_t intid)
{
	active[intid] = true;
}
void arch_irq_set_pending(uint32_t intid, bool on)
{
	pending[intid] = on;
}
bool arch_irq_is_pending(uint32_t intid)
{
	return pending[intid];
}
void arch_irq_enable(uint32_t intid, bool on)
{
	enabled[intid] = on;
}
void arch_irq_route(const struct fmap *f, uint32_t intid, uint32_t cpu)
{
	(void)f;
	routed[intid] = cpu;
}

/* ---- The guest ---- */

/* Acknowledges: the most urgent pending list register becomes active. */
static uint32_t guest_acknowledge(void)
{
	uint32_t n = lrs_pending(&lrs);

	return n == LRS_NONE ? INTID_NONE : lrs_acknowledge(&lrs, n);
}

static void guest_end(uint32_t intid)
{
	uint32_t physical;

	if (lrs_end(&lrs, intid, &physical) && physical)
		active[physical] = false;
}

/* ---- The vCPU ---- */

static struct {
	struct fmap f;
	struct fmap_irq irqs[INTIDS];
} map;
static struct fmap_vm vm = { .intids = INTIDS };
static struct vcpu vcpu;
static uint64_t memory[VCPU_IRQ_BYTES(INTIDS) / 8];
static uint32_t lines[LINES_PRIVATE + MAX_VCPUS_PER_VM];
static struct vgic *const g = &vcpu.vgic;

static void op(enum upcall_op operation, uint32_t intid, uint64_t x3, uint64_t x4)
{
	uint64_t code = UPCALL_OP(operation, intid, 1);

	assert_true(vgic_op_valid(g, code));
	(void)vgic_operation(g, &map.f, code, x3, x4);
}

static uint64_t ask(enum upcall_op operation, uint32_t intid)
{
	return vgic_operation(g, &map.f, UPCALL_OP(operation, intid, 1), 0, 0);
}

static uint32_t bit(uint32_t intid)
{
	return 1u << intid % 32;
}

static void enable(uint32_t intid, uint8_t priority)
{
	op(OP_GROUP, intid & ~31u, bit(intid), bit(intid));
	op(OP_PRIORITY, intid & ~3u, 1u << intid % 4, (uint64_t)priority << intid % 4 * 8);
	op(OP_ENABLE, intid & ~31u, bit(intid), 0);
}

static void physical(uint32_t intid)
{
	assert_false(active[intid]);
	active[intid] = true;
	vgic_physical(g, intid);
}

static void maintenance(void)
{
	vgic_maintenance(g);
}

static int setup(void **state)
{
	(void)state;
	memset(active, 0, sizeof(active));
	memset(pending, 0, sizeof(pending));
	memset(enabled, 0, sizeof(enabled));
	memset(lines, 0, sizeof(lines));
	memset(&map, 0, sizeof(map));
	memset(&vcpu, 0, sizeof(vcpu));
	arch_vgic_reset();
	timer_line = true;
	map.f.gic_intids = INTIDS;
	map.f.intid_virt_timer = TIMER;
	map.f.irqs = (struct fmap_array){ offsetof(__typeof__(map), irqs), INTIDS };
	map.irqs[HARD_LEVEL] = (struct fmap_irq){ .kind = IRQ_VM, .vintid = HARD_LEVEL };
	map.irqs[HARD_EDGE] = (struct fmap_irq){ .kind = IRQ_VM, .vintid = HARD_EDGE, .edge = 1 };
	vcpu.vm = &vm;
	vgic_init(&vcpu, &map.f, memory);
	g->lines = lines;
	op(OP_DIST, 0, 2, 0);
	return 0;
}

/* ---- What it shows ---- */

static void disabled_interrupt_is_not_listed(void **state)
{
	(void)state;
	op(OP_GROUP, 0, bit(3), bit(3));
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	op(OP_ENABLE, 0, bit(3), 0);
	assert_int_equal(guest_acknowledge(), 3);
}

static void group_0_is_never_listed(void **state)
{
	(void)state;
	op(OP_ENABLE, 0, bit(3), 0);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void distributor_off_withdraws_what_is_pending(void **state)
{
	(void)state;
	enable(3, 0x80);
	vgic_raise(g, 3);
	op(OP_DIST, 0, 0, 0);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	assert_int_equal(ask(OP_READ_PENDING, 0), bit(3));
	op(OP_DIST, 0, 2, 0);
	assert_int_equal(guest_acknowledge(), 3);
}

static void edge_while_active_comes_again(void **state)
{
	(void)state;
	enable(3, 0x80);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	vgic_raise(g, 3);
	assert_int_equal(ask(OP_READ_PENDING, 0), bit(3));
	guest_end(3);
	maintenance();
	assert_int_equal(guest_acknowledge(), 3);
	guest_end(3);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

/* A list register has one priority, and the active one keeps it. */
static void pending_on_top_of_active_has_its_own_priority(void **state)
{
	(void)state;
	enable(3, 0x40);
	enable(4, 0x80);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	vgic_raise(g, 3);
	op(OP_PRIORITY, 0, bit(3), (uint64_t)0xc0 << 24);
	vgic_raise(g, 4);
	guest_end(3);
	maintenance();
	assert_int_equal(guest_acknowledge(), 4);
}

/* NPIE asks for those that wait when nothing is pending: what is, must not be less urgent. */
static void less_urgent_one_keeps_no_urgent_one_waiting(void **state)
{
	(void)state;
	enable(TIMER, 0xc0);
	physical(TIMER);
	for (uint32_t i = 0; i < LRS; i++) {
		enable(i, 0x80);
		vgic_raise(g, i);
	}
	for (uint32_t i = 0; i < LRS; i++) {
		uint32_t got = guest_acknowledge();

		if (got == INTID_NONE) {
			assert_true(want_pending);
			maintenance();
			got = guest_acknowledge();
		}
		assert_int_equal(got, i);
		guest_end(got);
	}
	maintenance();
	assert_int_equal(guest_acknowledge(), TIMER);
}

static void two_edges_before_acknowledge_are_one(void **state)
{
	(void)state;
	enable(3, 0x80);
	vgic_raise(g, 3);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	guest_end(3);
	maintenance();
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void overflow_delivers_all_by_priority(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 16; i++) {
		enable(i, (uint8_t)(0xf0 - 8 * i));
		vgic_raise(g, i);
	}
	assert_true(want_pending);
	for (uint32_t i = 16; i-- > 0;) {
		uint32_t intid = guest_acknowledge();

		if (intid == INTID_NONE) {
			maintenance();
			intid = guest_acknowledge();
		}
		assert_int_equal(intid, i);
		guest_end(intid);
	}
	maintenance();
	assert_false(want_pending);
}

/* The running priority is the one that it was acknowledged with (IHI 0069, "Changing the priority of
 * enabled PPIs and SPIs"). */
static void priority_of_an_active_one_changes_for_the_next_time(void **state)
{
	uint8_t n;

	(void)state;
	enable(3, 0x80);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	n = g->irq[3].lr;
	op(OP_PRIORITY, 0, bit(3), (uint64_t)0x20 << 24);
	assert_int_equal(g->irq[3].lr, n);
	assert_int_equal(ich_lr_Priority(lrs_at(&lrs, n)), 0x80);
	guest_end(3);
	vgic_raise(g, 3);
	assert_int_equal(ich_lr_Priority(lrs_at(&lrs, g->irq[3].lr)), 0x20);
}

static void urgent_one_takes_the_place_of_a_less_urgent(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 4; i++) {
		enable(i, 0x80);
		vgic_raise(g, i);
	}
	enable(9, 0x10);
	vgic_raise(g, 9);
	assert_int_equal(guest_acknowledge(), 9);
	assert_int_equal(ask(OP_READ_PENDING, 0), 0xf);
}

static void less_or_equally_urgent_one_waits(void **state)
{
	(void)state;
	for (uint32_t i = 1; i < LRS; i++) {
		enable(i, 0x80);
		vgic_raise(g, i);
	}
	enable(8, 0x80);
	enable(9, 0x90);
	lr_writes = 0;
	vgic_raise(g, 8);
	vgic_raise(g, 9);
	assert_int_equal(lr_writes, 0);
	for (uint32_t i = 1; i < LRS; i++)
		assert_int_equal(ich_lr_vINTID(lrs_at(&lrs, i)), i);
}

static void timer_has_a_list_register_of_its_own(void **state)
{
	(void)state;
	enable(TIMER, 0x40);
	for (uint32_t i = 0; i < 2 * LRS; i++) {
		enable(i, 0x40);
		vgic_raise(g, i);
	}
	assert_int_equal(ich_lr_State(lrs_at(&lrs, LR_TIMER)), LR_INVALID);
	physical(TIMER);
	assert_int_equal(ich_lr_vINTID(lrs_at(&lrs, LR_TIMER)), TIMER);
	assert_int_equal(guest_acknowledge(), TIMER);
	guest_end(TIMER);
	assert_false(active[TIMER]);
}

static void nesting_beyond_the_list_registers_ends_in_order(void **state)
{
	(void)state;
	for (uint32_t i = 0; i < 8; i++) {
		enable(i, (uint8_t)(0x80 - 8 * i));
		vgic_raise(g, i);
		assert_int_equal(guest_acknowledge(), i);
	}
	assert_int_equal(ask(OP_READ_ACTIVE, 0), 0xff);
	for (uint32_t i = 8; i-- > 0;) {
		guest_end(i);
		maintenance();
		assert_int_equal(ask(OP_READ_ACTIVE, 0), (1u << i) - 1);
	}
}

static void hardware_interrupt_is_held_while_disabled(void **state)
{
	(void)state;
	op(OP_GROUP, 32, bit(HARD_EDGE), bit(HARD_EDGE));
	physical(HARD_EDGE);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	assert_true(active[HARD_EDGE]);
	op(OP_ENABLE, 32, bit(HARD_EDGE), 0);
	assert_int_equal(guest_acknowledge(), HARD_EDGE);
	guest_end(HARD_EDGE);
	assert_false(active[HARD_EDGE]);
}

/* Each makes deliverable again what one operation has held back. */
static const struct {
	enum upcall_op back, again;
	uint32_t bits_back, bits_again;
} gates[] = {
	{ OP_DISABLE, OP_ENABLE, 0, 0 },
	{ OP_GROUP, OP_GROUP, 0, 0xffffffff },
	{ OP_DIST, OP_DIST, 0, 0 },
};
#define GATES (sizeof(gates) / sizeof(gates[0]))

static void gate(uint32_t intid, size_t n, bool open)
{
	if (gates[n].back == OP_DIST)
		op(OP_DIST, 0, open ? 2 : 0, 0);
	else
		op(open ? gates[n].again : gates[n].back, intid & ~31u, bit(intid),
		   open ? gates[n].bits_again : gates[n].bits_back);
}

static void held_level_that_fell_is_not_delivered(void **state)
{
	(void)state;
	for (size_t n = 0; n < GATES; n++) {
		enable(HARD_LEVEL, 0x80);
		gate(HARD_LEVEL, n, false);
		pending[HARD_LEVEL] = true;
		physical(HARD_LEVEL);
		pending[HARD_LEVEL] = false;
		gate(HARD_LEVEL, n, true);
		assert_false(active[HARD_LEVEL]);
		assert_int_equal(guest_acknowledge(), INTID_NONE);
		physical(HARD_LEVEL);
		assert_int_equal(guest_acknowledge(), HARD_LEVEL);
		guest_end(HARD_LEVEL);
	}
}

static void held_level_that_stands_is_delivered(void **state)
{
	(void)state;
	for (size_t n = 0; n < GATES; n++) {
		enable(HARD_LEVEL, 0x80);
		gate(HARD_LEVEL, n, false);
		pending[HARD_LEVEL] = true;
		physical(HARD_LEVEL);
		gate(HARD_LEVEL, n, true);
		assert_int_equal(guest_acknowledge(), HARD_LEVEL);
		guest_end(HARD_LEVEL);
	}
}

static void held_level_that_fell_is_not_read_as_pending(void **state)
{
	(void)state;
	enable(HARD_LEVEL, 0x80);
	op(OP_DISABLE, 32, bit(HARD_LEVEL), 0);
	pending[HARD_LEVEL] = true;
	physical(HARD_LEVEL);
	assert_int_equal(ask(OP_READ_PENDING, 32), bit(HARD_LEVEL));
	pending[HARD_LEVEL] = false;
	assert_int_equal(ask(OP_READ_PENDING, 32), 0);
}

/* No line stands behind what software latched. */
static void latched_level_of_hardware_is_delivered_when_enabled(void **state)
{
	(void)state;
	op(OP_GROUP, 32, bit(HARD_LEVEL), bit(HARD_LEVEL));
	op(OP_SET_PENDING, 32, bit(HARD_LEVEL), 0);
	assert_true(pending[HARD_LEVEL]);
	pending[HARD_LEVEL] = false;
	physical(HARD_LEVEL);
	op(OP_ENABLE, 32, bit(HARD_LEVEL), 0);
	assert_int_equal(guest_acknowledge(), HARD_LEVEL);
}

/* It comes again after its end, but not while something holds it back. */
static void pending_on_top_of_active_is_held_back(void **state)
{
	(void)state;
	for (size_t n = 0; n < GATES; n++)
		for (int late = 0; late < 2; late++) {
			enable(42, 0x80);
			op(OP_EDGE, 32, bit(42), bit(42));
			vgic_raise(g, 42);
			assert_int_equal(guest_acknowledge(), 42);
			if (late)
				op(OP_SET_PENDING, 32, bit(42), 0);
			gate(42, n, false);
			if (!late)
				op(OP_SET_PENDING, 32, bit(42), 0);
			guest_end(42);
			maintenance();
			assert_int_equal(guest_acknowledge(), INTID_NONE);
			assert_int_equal(ask(OP_READ_PENDING, 32), bit(42));
			gate(42, n, true);
			assert_int_equal(guest_acknowledge(), 42);
			guest_end(42);
		}
}

static void pending_on_top_of_active_comes_once_let_through(void **state)
{
	(void)state;
	for (size_t n = 0; n < GATES; n++) {
		enable(42, 0x80);
		op(OP_EDGE, 32, bit(42), bit(42));
		vgic_raise(g, 42);
		assert_int_equal(guest_acknowledge(), 42);
		gate(42, n, false);
		op(OP_SET_PENDING, 32, bit(42), 0);
		gate(42, n, true);
		guest_end(42);
		maintenance();
		assert_int_equal(guest_acknowledge(), 42);
		guest_end(42);
		assert_int_equal(guest_acknowledge(), INTID_NONE);
	}
}

static void hardware_pending_outlives_a_disable(void **state)
{
	(void)state;
	enable(HARD_EDGE, 0x80);
	physical(HARD_EDGE);
	op(OP_DISABLE, 32, bit(HARD_EDGE), 0);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	assert_true(active[HARD_EDGE]);
	op(OP_ENABLE, 32, bit(HARD_EDGE), 0);
	assert_int_equal(guest_acknowledge(), HARD_EDGE);
}

static void clear_pending_lets_go_of_hardware_that_is_held(void **state)
{
	(void)state;
	enable(HARD_EDGE, 0x80);
	op(OP_DISABLE, 32, bit(HARD_EDGE), 0);
	physical(HARD_EDGE);
	assert_int_equal(ask(OP_READ_PENDING, 32), bit(HARD_EDGE));
	op(OP_CLEAR_PENDING, 32, bit(HARD_EDGE), 0);
	assert_false(active[HARD_EDGE]);
	assert_int_equal(ask(OP_READ_PENDING, 32), 0);
	op(OP_ENABLE, 32, bit(HARD_EDGE), 0);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void clear_active_deactivates_hardware(void **state)
{
	(void)state;
	enable(HARD_EDGE, 0x80);
	physical(HARD_EDGE);
	assert_int_equal(guest_acknowledge(), HARD_EDGE);
	assert_int_equal(ask(OP_READ_ACTIVE, 32), bit(HARD_EDGE));
	op(OP_CLEAR_ACTIVE, 32, bit(HARD_EDGE), 0);
	assert_false(active[HARD_EDGE]);
	assert_int_equal(ask(OP_READ_ACTIVE, 32), 0);
	physical(HARD_EDGE);
	assert_int_equal(guest_acknowledge(), HARD_EDGE);
}

static void hardware_active_is_ended_though_evicted(void **state)
{
	(void)state;
	enable(HARD_LEVEL, 0x80);
	physical(HARD_LEVEL);
	assert_int_equal(guest_acknowledge(), HARD_LEVEL);
	for (uint32_t i = 0; i < 4; i++) {
		enable(i, (uint8_t)(0x40 - 8 * i));
		vgic_raise(g, i);
		assert_int_equal(guest_acknowledge(), i);
	}
	for (uint32_t i = 4; i-- > 0;) {
		guest_end(i);
		maintenance();
	}
	assert_true(active[HARD_LEVEL]);
	guest_end(HARD_LEVEL);
	maintenance();
	assert_false(active[HARD_LEVEL]);
}

static void latched_level_outlives_its_line(void **state)
{
	(void)state;
	enable(33, 0x80);
	op(OP_SET_PENDING, 32, bit(33), 0);
	lines[1] = bit(33);
	vgic_sample_lines(g, 1);
	lines[1] = 0;
	vgic_sample_lines(g, 1);
	assert_int_equal(guest_acknowledge(), 33);
	guest_end(33);
	maintenance();
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void line_that_falls_is_withdrawn(void **state)
{
	(void)state;
	enable(33, 0x80);
	lines[1] = bit(33);
	vgic_sample_lines(g, 1);
	lines[1] = 0;
	vgic_sample_lines(g, 1);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void line_that_stays_comes_again_after_the_end(void **state)
{
	(void)state;
	enable(33, 0x80);
	lines[1] = bit(33);
	vgic_sample_lines(g, 1);
	assert_int_equal(guest_acknowledge(), 33);
	guest_end(33);
	maintenance();
	assert_int_equal(guest_acknowledge(), 33);
	lines[1] = 0;
	vgic_sample_lines(g, 1);
	guest_end(33);
	maintenance();
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void private_line_is_the_vcpus_own(void **state)
{
	(void)state;
	enable(30, 0x80);
	lines[0] = lines[LINES_PRIVATE + 1] = bit(30);
	vgic_sample_lines(g, 0);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	lines[LINES_PRIVATE] = bit(30);
	vgic_sample_lines(g, 0);
	assert_int_equal(guest_acknowledge(), 30);
}

/* Software has made active what was held: hardware's end is that of the active one. */
static void held_timer_that_falls_while_active_is_ended_once(void **state)
{
	(void)state;
	op(OP_GROUP, 0, bit(TIMER), 0);
	physical(TIMER);
	op(OP_SET_ACTIVE, 0, bit(TIMER), 0);
	timer_line = false;
	assert_int_equal(ask(OP_READ_PENDING, 0), 0);
	assert_true(active[TIMER]);
	op(OP_CLEAR_ACTIVE, 0, bit(TIMER), 0);
	assert_false(active[TIMER]);
}

static void timer_taken_back_is_withdrawn(void **state)
{
	(void)state;
	enable(TIMER, 0x80);
	physical(TIMER);
	timer_line = false;
	vgic_sample_timer(g);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	assert_false(active[TIMER]);
	timer_line = true;
	physical(TIMER);
	assert_int_equal(guest_acknowledge(), TIMER);
}

/* It was held back when its line fell, in no list register where it would have been seen. */
static void held_timer_that_fell_is_not_delivered(void **state)
{
	(void)state;
	for (size_t n = 0; n < GATES; n++) {
		enable(TIMER, 0x80);
		gate(TIMER, n, false);
		physical(TIMER);
		timer_line = false;
		gate(TIMER, n, true);
		assert_false(active[TIMER]);
		assert_int_equal(guest_acknowledge(), INTID_NONE);
		timer_line = true;
		physical(TIMER);
		assert_int_equal(guest_acknowledge(), TIMER);
		guest_end(TIMER);
	}
}

static void deactivate_register_ends_what_is_unlisted(void **state)
{
	(void)state;
	enable(3, 0x80);
	op(OP_SET_ACTIVE, 0, bit(3), 0);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	vgic_deactivate(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	vgic_deactivate(g, 0xffffff);
}

static void deactivate_register_ends_what_is_listed(void **state)
{
	(void)state;
	enable(HARD_LEVEL, 0x80);
	physical(HARD_LEVEL);
	assert_int_equal(guest_acknowledge(), HARD_LEVEL);
	vgic_deactivate(g, HARD_LEVEL);
	assert_false(active[HARD_LEVEL]);
	assert_false(vgic_has_pending(g));
	enable(3, 0x80);
	vgic_raise(g, 3);
	vgic_deactivate(g, 3); /* pending: there is nothing to end */
	assert_int_equal(guest_acknowledge(), 3);
	vgic_raise(g, 3);
	vgic_deactivate(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
}

static void disabled_while_active_and_pending_it_comes_when_enabled(void **state)
{
	(void)state;
	enable(3, 0x80);
	vgic_raise(g, 3);
	assert_int_equal(guest_acknowledge(), 3);
	vgic_raise(g, 3);
	op(OP_DISABLE, 0, bit(3), 0);
	guest_end(3);
	maintenance();
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	op(OP_ENABLE, 0, bit(3), 0);
	assert_int_equal(guest_acknowledge(), 3);
}

static void trigger_that_the_board_decides_stays(void **state)
{
	(void)state;
	op(OP_EDGE, 32, bit(HARD_LEVEL) | bit(33), bit(HARD_LEVEL) | bit(33));
	assert_false(g->irq[HARD_LEVEL].edge);
	assert_true(g->irq[33].edge);
	op(OP_EDGE, 0, bit(3), 0);
	assert_true(g->irq[3].edge);
}

static void pending_state_of_a_physical_interrupt_is_the_boards(void **state)
{
	(void)state;
	assert_int_equal(ask(OP_READ_PENDING, 32), 0);
	pending[HARD_LEVEL] = true;
	pending[33] = true; /* the board's number 33 is nothing to this VM */
	assert_int_equal(ask(OP_READ_PENDING, 32), bit(HARD_LEVEL));
}

static void interrupt_of_another_vcpu_is_left_alone(void **state)
{
	(void)state;
	enable(33, 0x80);
	(void)ask(OP_RELEASE, 33);
	op(OP_PRIORITY, 32, 1u << 1, 0x4000);
	assert_int_equal(g->irq[33].priority, 0x80);
	lines[1] = bit(33);
	vgic_sample_lines(g, 1);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
}

static void edge_held_on_its_way_comes_at_the_new_owner(void **state)
{
	uint64_t moving;

	(void)state;
	physical(HARD_EDGE); /* not enabled: held */
	moving = ask(OP_RELEASE, HARD_EDGE);
	assert_false(active[HARD_EDGE]);
	assert_false(pending[HARD_EDGE]);
	(void)vgic_operation(g, &map.f, UPCALL_OP(OP_ADOPT, HARD_EDGE, 1), moving, 0);
	assert_true(pending[HARD_EDGE]);
	moving = ask(OP_RELEASE, 34);
	pending[34] = false;
	(void)vgic_operation(g, &map.f, UPCALL_OP(OP_ADOPT, 34, 1), moving, 0);
	assert_false(pending[34]);
}

static void nothing_is_listed_while_the_group_is_off(void **state)
{
	(void)state;
	enable(3, 0x80);
	op(OP_DIST, 0, 0, 0);
	vgic_raise(g, 3);
	maintenance();
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	op(OP_DIST, 0, 2, 0);
	assert_int_equal(guest_acknowledge(), 3);
}

static void operation_names_what_there_is(void **state)
{
	static const struct {
		enum upcall_op op;
		uint32_t intid;
		bool valid;
	} ops[] = {
		{ OP_ENABLE, 32, true },
		{ OP_ENABLE, 33, false },
		{ OP_ENABLE, INTIDS, false },
		{ OP_LINES, 0, true },
		{ OP_LINES, 4, false },
		{ OP_LINES, INTIDS, false },
		{ OP_PRIORITY, 4, true },
		{ OP_PRIORITY, 33, false },
		{ OP_PRIORITY, INTIDS, false },
		{ OP_RELEASE, 32, true },
		{ OP_RELEASE, 31, false },
		{ OP_RELEASE, INTIDS, false },
		{ OP_ADOPT, 33, true },
		{ OP_ADOPT, 16, false },
		{ OP_ADOPT, INTIDS, false },
		{ OP_DIST, 0, true },
		{ OP_CPU_START, 0, false },
		{ OP_COUNT, 0, false },
	};

	(void)state;
	for (unsigned i = 0; i < sizeof(ops) / sizeof(ops[0]); i++)
		assert_int_equal(vgic_op_valid(g, UPCALL_OP(ops[i].op, ops[i].intid, 1)), ops[i].valid);
}

static void moved_interrupt_keeps_its_state(void **state)
{
	uint64_t moving;

	(void)state;
	enable(33, 0x48);
	op(OP_EDGE, 32, bit(33), bit(33));
	op(OP_SET_PENDING, 32, bit(33), 0);
	moving = vgic_operation(g, &map.f, UPCALL_OP(OP_RELEASE, 33, 1), 0, 0);
	assert_true(moving);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	assert_int_equal(ask(OP_RELEASE, 33), 0);
	op(OP_ENABLE, 32, ~0u, 0);
	assert_int_equal(guest_acknowledge(), INTID_NONE);
	(void)vgic_operation(g, &map.f, UPCALL_OP(OP_ADOPT, 33, 1), moving, 0);
	assert_int_equal(guest_acknowledge(), 33);
	assert_int_equal(g->irq[33].priority, 0x48);
}

static void physical_interrupt_on_its_way_between_owners_is_off(void **state)
{
	uint64_t moving;

	(void)state;
	enabled[HARD_LEVEL] = true;
	enable(HARD_LEVEL, 0x80);
	physical(HARD_LEVEL);
	moving = ask(OP_RELEASE, HARD_LEVEL);
	assert_false(enabled[HARD_LEVEL]);
	assert_false(active[HARD_LEVEL]);
	routed[HARD_LEVEL] = 7; /* as its monitor had it released */
	(void)vgic_operation(g, &map.f, UPCALL_OP(OP_ADOPT, HARD_LEVEL, 1), moving, 2);
	assert_true(enabled[HARD_LEVEL]);
	assert_int_equal(routed[HARD_LEVEL], 2);
}

static void quiet_means_that_nothing_is_physically_active(void **state)
{
	(void)state;
	enable(HARD_LEVEL, 0x80);
	enable(TIMER, 0x88);
	physical(HARD_LEVEL);
	physical(HARD_EDGE);
	physical(TIMER);
	assert_int_equal(guest_acknowledge(), HARD_LEVEL);
	enabled[HARD_LEVEL] = enabled[HARD_EDGE] = true;
	vgic_quiesce(g);
	for (uint32_t i = 0; i < INTIDS; i++)
		assert_false(active[i] || enabled[i]);
	for (uint32_t n = 0; n < LRS; n++)
		assert_int_equal(lrs.lr[n], 0);
}

static void numbers_out_of_range_are_refused(void **state)
{
	(void)state;
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_ENABLE, INTIDS, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_ENABLE, 1, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_PRIORITY, INTIDS, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_RELEASE, 31, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_ADOPT, INTIDS, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_COUNT, 0, 1)));
	assert_false(vgic_op_valid(g, UPCALL_OP(OP_CPU_START, 0, 1)));
}

/* Whatever the guest and its monitor do, in any order: no list register holds two, none holds
 * what another holds, and at rest all that is deliverable is listed or asked for. */
static void any_sequence_keeps_the_promise(void **state)
{
	(void)state;
	srand(7);
	for (uint32_t i = 0; i < INTIDS; i++)
		enable(i, (uint8_t)(rand() & 0xf8));
	for (int step = 0; step < 200000; step++) {
		uint32_t intid = (uint32_t)rand() % INTIDS, n = (uint32_t)rand() % LRS;
		uint32_t listed = 0;

		switch (rand() % 9) {
		case 0:
			if (g->irq[intid].kind == VIRQ_HARD && !active[intid])
				physical(intid);
			else if (g->irq[intid].kind == VIRQ_SOFT)
				vgic_raise(g, intid);
			break;
		case 1: {
			uint32_t got = guest_acknowledge();

			if (got != INTID_NONE)
				assert_true(g->group1 && g->irq[got].flags & VIRQ_ENABLED &&
					    g->irq[got].flags & VIRQ_GROUP1);
			break;
		}
		case 2:
			if (ich_lr_State(lrs_at(&lrs, n)) & LR_ACTIVE)
				guest_end((uint32_t)ich_lr_vINTID(lrs_at(&lrs, n)));
			break;
		case 3:
			if (g->active.levels)
				lrs.eoicount++;
			break;
		case 4:
			op((enum upcall_op)(OP_ENABLE + rand() % 6), intid & ~31u, bit(intid), 0);
			break;
		case 5:
			op(OP_PRIORITY, intid & ~3u, 15, (uint64_t)rand());
			break;
		case 6:
			lines[1] ^= bit(intid);
			vgic_sample_lines(g, 1);
			break;
		case 7:
			gate(intid, (size_t)rand() % GATES, rand() & 1);
			break;
		default:
			break;
		}
		if (lrs.eoi || lrs.eoicount || want_pending)
			maintenance();
		for (uint32_t i = 0; i < LRS; i++)
			for (uint32_t j = 0; j < i; j++)
				assert_false(ich_lr_State(lrs_at(&lrs, i)) &&
					     ich_lr_State(lrs_at(&lrs, j)) &&
					     ich_lr_vINTID(lrs_at(&lrs, i)) ==
						     ich_lr_vINTID(lrs_at(&lrs, j)));
		for (uint32_t i = 0; i < LRS; i++)
			listed += ich_lr_State(lrs_at(&lrs, i)) != LR_INVALID;
		if (g->group1 && queue_first(&g->deliverable) != INTID_NONE)
			assert_true(want_pending && (listed == LRS || g->lr_used == 15));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(disabled_interrupt_is_not_listed, setup),
		cmocka_unit_test_setup(group_0_is_never_listed, setup),
		cmocka_unit_test_setup(distributor_off_withdraws_what_is_pending, setup),
		cmocka_unit_test_setup(edge_while_active_comes_again, setup),
		cmocka_unit_test_setup(pending_on_top_of_active_has_its_own_priority, setup),
		cmocka_unit_test_setup(less_urgent_one_keeps_no_urgent_one_waiting, setup),
		cmocka_unit_test_setup(two_edges_before_acknowledge_are_one, setup),
		cmocka_unit_test_setup(overflow_delivers_all_by_priority, setup),
		cmocka_unit_test_setup(priority_of_an_active_one_changes_for_the_next_time, setup),
		cmocka_unit_test_setup(urgent_one_takes_the_place_of_a_less_urgent, setup),
		cmocka_unit_test_setup(less_or_equally_urgent_one_waits, setup),
		cmocka_unit_test_setup(timer_has_a_list_register_of_its_own, setup),
		cmocka_unit_test_setup(nesting_beyond_the_list_registers_ends_in_order, setup),
		cmocka_unit_test_setup(hardware_interrupt_is_held_while_disabled, setup),
		cmocka_unit_test_setup(held_level_that_fell_is_not_delivered, setup),
		cmocka_unit_test_setup(held_level_that_stands_is_delivered, setup),
		cmocka_unit_test_setup(held_level_that_fell_is_not_read_as_pending, setup),
		cmocka_unit_test_setup(latched_level_of_hardware_is_delivered_when_enabled, setup),
		cmocka_unit_test_setup(pending_on_top_of_active_is_held_back, setup),
		cmocka_unit_test_setup(pending_on_top_of_active_comes_once_let_through, setup),
		cmocka_unit_test_setup(hardware_pending_outlives_a_disable, setup),
		cmocka_unit_test_setup(clear_pending_lets_go_of_hardware_that_is_held, setup),
		cmocka_unit_test_setup(clear_active_deactivates_hardware, setup),
		cmocka_unit_test_setup(hardware_active_is_ended_though_evicted, setup),
		cmocka_unit_test_setup(latched_level_outlives_its_line, setup),
		cmocka_unit_test_setup(line_that_falls_is_withdrawn, setup),
		cmocka_unit_test_setup(line_that_stays_comes_again_after_the_end, setup),
		cmocka_unit_test_setup(private_line_is_the_vcpus_own, setup),
		cmocka_unit_test_setup(held_timer_that_falls_while_active_is_ended_once, setup),
		cmocka_unit_test_setup(timer_taken_back_is_withdrawn, setup),
		cmocka_unit_test_setup(held_timer_that_fell_is_not_delivered, setup),
		cmocka_unit_test_setup(deactivate_register_ends_what_is_unlisted, setup),
		cmocka_unit_test_setup(deactivate_register_ends_what_is_listed, setup),
		cmocka_unit_test_setup(disabled_while_active_and_pending_it_comes_when_enabled, setup),
		cmocka_unit_test_setup(trigger_that_the_board_decides_stays, setup),
		cmocka_unit_test_setup(pending_state_of_a_physical_interrupt_is_the_boards, setup),
		cmocka_unit_test_setup(interrupt_of_another_vcpu_is_left_alone, setup),
		cmocka_unit_test_setup(edge_held_on_its_way_comes_at_the_new_owner, setup),
		cmocka_unit_test_setup(nothing_is_listed_while_the_group_is_off, setup),
		cmocka_unit_test_setup(operation_names_what_there_is, setup),
		cmocka_unit_test_setup(moved_interrupt_keeps_its_state, setup),
		cmocka_unit_test_setup(physical_interrupt_on_its_way_between_owners_is_off, setup),
		cmocka_unit_test_setup(quiet_means_that_nothing_is_physically_active, setup),
		cmocka_unit_test_setup(numbers_out_of_range_are_refused, setup),
		cmocka_unit_test_setup(any_sequence_keeps_the_promise, setup),
	};

	return cmocka_run_group_tests_name("vgic", tests, 0, 0);
}
