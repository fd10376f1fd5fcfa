/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/host/board.h"
#include "kernel/dispatch.h"
#include "kernel/entry.h"
#include "kernel/link.h"
#include "kernel/print.h"
#include "kernel/sysreg.h"
#include "lib/esr.h"
#include "vmm/vmm.h"
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#define MAINTENANCE_PPI 25u
#define HYP_TIMER_PPI 26u
#define LEVEL_PPIS (1u << TIMER_PPI | 1u << MAINTENANCE_PPI)

struct core cores[CPUS];
struct spi spis[INTIDS];
uint32_t board_chance, board_lives;
uintptr_t window_fmap, window_shared, window_lines, window_cpu, window_log;

static struct core *on;        /* the CPU that runs the kernel */
static struct vmm vmm;
static uint32_t lines[1024];
static struct channel_page console[2];
static uint8_t ram[RAM_BYTES];
static uint64_t shared[1024];
static struct vmconf conf;
static struct {
	struct fmap head;
	struct fmap_cpu cpu[CPUS];
	struct fmap_slot slot[CPUS];
	struct fmap_vm vm;
	struct fmap_vcpu vcpu[CPUS];
	struct fmap_context context[2];
	struct fmap_idregs idregs;
	struct fmap_link link[CPUS * CPUS];
	struct fmap_irq irq[INTIDS];
} map;

static void expect(bool kept)
{
	if (!kept)
		abort();
}

static struct vcpu *vcpu_of(const struct core *h)
{
	return (struct vcpu *)((uintptr_t)h->memory + CPU_STATE_BYTES);
}

static uint32_t number_of(const struct core *h)
{
	return (uint32_t)(h - cores);
}

/* ---- Entering the kernel, and leaving it ---- */

static void enter(struct core *h, void (*entry)(struct core *h))
{
	on = h;
	window_cpu = (uintptr_t)h->memory;
	window_log = (uintptr_t)h->log;
	if (_setjmp(h->leave) == 0)
		entry(h);
}

static _Noreturn void leave(enum where where)
{
	on->where = where;
	_longjmp(on->leave, 1);
}

void arch_enter_guest(struct arch_vcpu *v)
{
	on->elr = v->guest.elr;
	leave(IN_GUEST);
}

void arch_enter_monitor(struct arch_vcpu *v)
{
	(void)v;
	on->answered = false;
	leave(IN_MONITOR);
}

void arch_resume_monitor(struct arch_vcpu *v)
{
	(void)v;
	leave(IN_MONITOR);
}

void arch_idle(void)
{
	leave(IDLE);
}

void arch_guest_park(struct arch_vcpu *v)
{
	v->guest.elr = on->elr;
}

void arch_guest_reset(struct arch_vcpu *v, uint64_t entry, uint64_t x0)
{
	memset(v->guest.x, 0, sizeof(v->guest.x));
	v->guest.x[0] = x0;
	v->guest.elr = entry;
	on->timer_line = on->aborted = false;
	on->interface = (struct interface){ .bpr = 3 };
}

/* Nobody serves here, and nothing of the board's is to go wrong. */
_Noreturn void arch_enter_service(struct frame *f, const struct world *w, struct arch_vcpu *resident)
{
	(void)f, (void)w, (void)resident;
	abort();
}
_Noreturn void arch_power_off(void)
{
	abort();
}
_Noreturn void arch_halt(void)
{
	abort();
}

/* ---- Boot ---- */

const char *arch_cpu_init(const struct fmap *f, uint32_t cpu, bool boot)
{
	(void)f, (void)cpu, (void)boot;
	return 0;
}
void arch_vcpu_init(struct arch_vcpu *v, const struct fmap_context *guest, const struct fmap_context *monitor,
		    uint64_t vmpidr)
{
	(void)v, (void)guest, (void)monitor, (void)vmpidr;
}
void arch_service_init(struct frame *f, struct world *w, const struct fmap_context *c)
{
	(void)f, (void)w, (void)c;
}
int arch_idregs_exceed(const struct fmap_idregs *r)
{
	(void)r;
	return -1;
}
bool arch_cpu_start(const struct fmap *f, uint32_t cpu)
{
	(void)f, (void)cpu;
	return true;
}
void arch_wait_for(const uint64_t *word)
{
	(void)word;
}
void arch_vcpu_load(const struct arch_vcpu *v)
{
	(void)v;
}
bool arch_early_putc(const struct fmap *f, char c)
{
	(void)f, (void)c;
	return true;
}

static void boot(struct core *h)
{
	kernel_main(number_of(h), 2);
}

static void array(struct fmap_array *a, const void *first, uint32_t count)
{
	a->offset = (uint32_t)((const char *)first - (const char *)&map);
	a->count = count;
}

static void map_build(void)
{
	struct fmap *f = &map.head;

	f->magic = FMAP_MAGIC;
	f->version = FMAP_VERSION;
	f->gic_version = 3;
	f->gic_intids = INTIDS;
	f->intid_maintenance = MAINTENANCE_PPI;
	f->intid_hyp_timer = HYP_TIMER_PPI;
	f->intid_virt_timer = TIMER_PPI;
	array(&f->cpus, map.cpu, CPUS);
	array(&f->slots, map.slot, CPUS);
	array(&f->vms, &map.vm, 1);
	array(&f->vcpus, map.vcpu, CPUS);
	array(&f->contexts, map.context, 2);
	array(&f->idregs, &map.idregs, 1);
	array(&f->links, map.link, CPUS * CPUS);
	array(&f->irqs, map.irq, INTIDS);
	map.vm = (struct fmap_vm){ .vcpu_count = CPUS, .intids = INTIDS, .vmm_context = 1,
				   .irq_count = HARDWARE, .flags = FMAP_VM_START,
				   .upcall_budget_ns = 1000000000, .start_budget_ns = 1000000000 };
	map.vm.health.action[HEALTH_RESET] = ACTION_RESTART;
	for (uint32_t i = 0; i < CPUS; i++) {
		map.vm.vcpu[i] = i;
		map.cpu[i] = (struct fmap_cpu){ .slot_first = i, .slot_count = 1, .vcpu_first = i,
						.vcpu_count = 1, .log_link = FMAP_NONE };
		map.slot[i].vcpu = i;
		map.vcpu[i] = (struct fmap_vcpu){ .number = i, .cpu = i, .link_first = i * CPUS,
						  .link_count = CPUS,
						  .doorbell_interval_ns = DOORBELL_INTERVAL_NS_MIN };
		for (uint32_t src = 0; src < CPUS; src++)
			map.link[i * CPUS + src] = (struct fmap_link){ .kind = LINK_SIBLING, .src_cpu = src,
								       .dst_cpu = i, .dst = i, .src = src };
	}
	for (uint32_t i = 0; i < HARDWARE; i++)
		map.irq[hardware[i].intid] = (struct fmap_irq){ .kind = IRQ_VM, .edge = hardware[i].edge,
								.vintid = hardware[i].intid };
}

static void conf_build(void)
{
	conf = (struct vmconf){
		.magic = VMCONF_MAGIC, .vcpu_count = CPUS, .intids = INTIDS, .mpidr = { 0, 1, 2 },
		.entry = RAM, .ram_count = 1, .ram = { { RAM, RAM_BYTES } },
		.gicd_base = GICD, .gicr_base = GICR(0), .uart_base = UART, .uart_intid = UART_SPI,
		.console_doorbell = FMAP_NONE,
	};
	for (uint32_t i = 0; i < HARDWARE; i++) {
		uint32_t intid = hardware[i].intid;

		conf.hw_irq[intid / 32] |= 1u << intid % 32;
		conf.hw_edge[intid / 32] |= (uint32_t)hardware[i].edge << intid % 32;
	}
}

void board_boot(void)
{
	if (map.head.magic != FMAP_MAGIC) {
		map_build();
		conf_build();
	}
	memset(spis, 0, sizeof(spis));
	memset(lines, 0, sizeof(lines));
	memset(shared, 0, sizeof(shared));
	memset(console, 0, sizeof(console));
	for (uint32_t i = 0; i < HARDWARE; i++)
		spis[hardware[i].intid].edge = hardware[i].edge;
	window_fmap = (uintptr_t)&map;
	window_shared = (uintptr_t)shared;
	window_lines = (uintptr_t)lines;
	for (uint32_t n = CPUS; n-- > 0;) {
		struct core *h = &cores[n];

		memset(h, 0, sizeof(*h));
		h->interface.bpr = 3;
		enter(h, boot);
	}
}

/* ---- What is around a monitor ---- */

void port_world(struct vmm_world *world)
{
	*world = (struct vmm_world){ &conf, lines, { &console[0], &console[1] }, { 0 } };
}
bool port_random(uint64_t *value)
{
	(void)value;
	return false;
}
void *port_memory(uint64_t address)
{
	expect(address - RAM < RAM_BYTES);
	return &ram[address - RAM];
}
void port_zero(void *p, size_t bytes)
{
	expect((uint8_t *)p >= ram && (uint8_t *)p + bytes <= ram + RAM_BYTES);
}
void port_clean(const void *p, size_t bytes)
{
	(void)p, (void)bytes;
}

/* ---- Time does not pass: nothing is due, and no budget is used up ---- */

uint64_t arch_now(void)
{
	return 1000;
}
uint64_t arch_guest_now(void)
{
	return 1000;
}
uint64_t arch_frequency(void)
{
	return 1000000000;
}
void arch_timer_set(uint64_t ticks)
{
	expect(ticks > arch_now());
}
bool arch_virtual_timer_line(void)
{
	return on->timer_line;
}

/* ---- The physical GIC ---- */

static bool spi_pending(const struct spi *s)
{
	return s->latch || (s->line && !s->edge);
}

bool core_has_maintenance(const struct core *h)
{
	return h->lrs.eoi || h->lrs.eoicount || (h->want_pending && lrs_pending(&h->lrs) == LRS_NONE);
}

/* SGIs and PPIs that would be acknowledged. */
static uint32_t private_signalled(const struct core *h)
{
	uint32_t set = h->pending;

	if (h->timer_line)
		set |= 1u << TIMER_PPI;
	if (core_has_maintenance(h))
		set |= 1u << MAINTENANCE_PPI;
	return set & ~h->active;
}

static bool spi_signalled(const struct core *h, const struct spi *s)
{
	return s->enabled && s->cpu == number_of(h) && !s->active && spi_pending(s);
}

bool core_is_interrupted(const struct core *h)
{
	if (private_signalled(h))
		return true;
	for (uint32_t i = 0; i < HARDWARE; i++)
		if (spi_signalled(h, &spis[hardware[i].intid]))
			return true;
	return false;
}

/* Of several of one priority the GIC chooses. */
uint32_t arch_irq_acknowledge(void)
{
	uint32_t set = private_signalled(on), found[32 + HARDWARE], count = 0, intid;

	for (; set; set &= set - 1)
		found[count++] = (uint32_t)__builtin_ctz(set);
	for (uint32_t i = 0; i < HARDWARE; i++)
		if (spi_signalled(on, &spis[hardware[i].intid]))
			found[count++] = hardware[i].intid;
	if (count == 0)
		return INTID_SPURIOUS;
	intid = found[board_chance % count];
	if (intid < 32) {
		on->active |= 1u << intid;
		on->pending &= ~(1u << intid);
	} else {
		spis[intid].active = true;
		spis[intid].latch = false;
	}
	return intid;
}

void arch_irq_drop(uint32_t intid)
{
	(void)intid;
}

void arch_irq_deactivate(uint32_t intid)
{
	if (intid >= 32) {
		spis[intid].active = false;
		return;
	}
	expect(on->active >> intid & 1);
	on->active &= ~(1u << intid);
}

void arch_irq_set_active(uint32_t intid)
{
	if (intid < 32)
		on->active |= 1u << intid;
	else
		spis[intid].active = true;
}

void arch_irq_set_pending(uint32_t intid, bool pending)
{
	if (intid >= 32)
		spis[intid].latch = pending;
	else if (pending)
		on->pending |= 1u << intid;
	else
		on->pending &= ~(1u << intid);
}

bool arch_irq_is_pending(uint32_t intid)
{
	if (intid >= 32)
		return spi_pending(&spis[intid]);
	return (on->pending >> intid & 1) || (intid == TIMER_PPI && on->timer_line);
}

void arch_irq_enable(uint32_t intid, bool enable)
{
	spis[intid].enabled = enable;
}

void arch_irq_route(const struct fmap *f, uint32_t intid, uint32_t cpu)
{
	(void)f;
	spis[intid].cpu = (uint8_t)cpu;
}

uint64_t arch_kick_of(uint32_t cpu, uint32_t intid)
{
	return (uint64_t)cpu << 8 | intid;
}

void arch_kick(uint64_t kick)
{
	cores[kick >> 8].pending |= 1u << (kick & 0xff);
}

void arch_barrier(void)
{
}

void board_line(uint32_t intid, bool up)
{
	struct spi *s = &spis[intid];

	if (up && !s->line && s->edge)
		s->latch = true;
	s->line = up;
}

bool core_has_signal(uint32_t cpu, uint32_t bits)
{
	for (uint32_t src = 0; src < CPUS; src++) {
		const struct shared_link *l = shared_link(&map.head, link_of_sibling(&map.head, cpu, src));

		if ((l->signal_sent ^ l->signal_taken) & bits)
			return true;
	}
	return false;
}

/* ---- The virtual CPU interface ---- */

uint32_t arch_lr_count(void)
{
	return LRS;
}
uint64_t arch_lr_read(uint32_t n)
{
	expect(n < LRS);
	return on->lrs.lr[n];
}
/* IHI 0069: "a hypervisor must only use the pending and active state for software originated
 * interrupts"; one INTID in two list registers is UNPREDICTABLE. */
void arch_lr_write(uint32_t n, uint64_t value)
{
	ich_lr_t lr = { value };

	expect(n < LRS);
	lrs_write(&on->lrs, n, value);
	if (ich_lr_State(lr) == LR_INVALID)
		return;
	expect(!ich_lr_HW(lr) || ich_lr_State(lr) != LR_PENDING_ACTIVE);
	for (uint32_t i = 0; i < LRS; i++)
		expect(i == n || ich_lr_State(lrs_at(&on->lrs, i)) == LR_INVALID ||
		       ich_lr_vINTID(lrs_at(&on->lrs, i)) != ich_lr_vINTID(lr));
}
void arch_lr_write_timer(uint64_t lr)
{
	arch_lr_write(0, lr);
}
uint32_t arch_lr_empty(void)
{
	return lrs_empty(&on->lrs);
}
uint32_t arch_lr_eoi(void)
{
	return on->lrs.eoi;
}
void arch_vgic_want_pending(bool want)
{
	on->want_pending = want;
}
uint32_t arch_vgic_take_eoicount(uint32_t most)
{
	uint32_t n = on->lrs.eoicount < most ? on->lrs.eoicount : most;

	on->lrs.eoicount -= n;
	return n;
}
void arch_vgic_reset(void)
{
	memset(&on->lrs, 0, sizeof(on->lrs));
	on->interface.active_priorities = 0;
	on->want_pending = false;
}

/* IHI 0069, "Preemption": group priority against running priority. */
bool interface_signals(const struct interface *i, uint8_t priority)
{
	uint32_t group = priority & (0xffu << i->bpr);
	uint32_t running = i->active_priorities ? 8u * (uint32_t)__builtin_ctz(i->active_priorities) : 0x100;

	return i->enabled && priority < i->pmr && group < running;
}

uint32_t guest_acknowledge(struct core *h)
{
	uint32_t n = lrs_pending(&h->lrs);
	uint8_t priority;

	if (n == LRS_NONE)
		return 1023;
	priority = (uint8_t)ich_lr_Priority(lrs_at(&h->lrs, n));
	if (!interface_signals(&h->interface, priority))
		return 1023;
	h->interface.active_priorities |= 1u << (priority & (0xffu << h->interface.bpr) & 0xff) / 8;
	return lrs_acknowledge(&h->lrs, n);
}

void guest_drop(struct core *h)
{
	h->interface.active_priorities &= h->interface.active_priorities - 1;
}

void guest_end(struct core *h, uint32_t intid)
{
	uint32_t physical;

	if (!lrs_end(&h->lrs, intid, &physical) || physical == 0)
		return;
	if (physical < 32)
		h->active &= ~(1u << physical);
	else
		spis[physical].active = false;
}

/* ---- Exceptions ---- */

uint64_t arch_esr(void)
{
	return on->esr;
}
uint64_t arch_far(void)
{
	return on->ipa;
}
uint64_t arch_fault_ipa(uint64_t far)
{
	return far;
}
uint64_t arch_elr(void)
{
	return on->elr;
}
uint64_t arch_spsr(void)
{
	return 0;
}
bool arch_from_aarch32(void)
{
	return false;
}
void arch_pc_advance(void)
{
	on->elr += 4;
}
void frame_skip(struct frame *f)
{
	f->elr += 4;
}
uint64_t arch_ctr(void)
{
	return 0;
}
void arch_el1_trap_read(const struct arch_vcpu *v, struct el1_trap *t)
{
	*t = (struct el1_trap){ .pc = v->guest.elr };
}
void arch_el1_trap_write(struct arch_vcpu *v, const struct el1_trap *t)
{
	(void)v, (void)t;
	on->aborted = true;
}

static void guest_exit(struct core *h)
{
	struct arch_vcpu *v = &vcpu_of(h)->arch;

	enum guest_exit next = guest_synchronous(&v->guest);

	if (next == GUEST_GENERAL)
		next = guest_synchronous_general(&v->guest);
	expect(next != GUEST_GENERAL);
	switch (next) {
	case GUEST_GENERAL:
	case GUEST_RESUMES:
		break;
	case GUEST_RESUMES_PARKED:
		h->elr = v->guest.elr;
		break;
	case GUEST_UPCALL:
		arch_guest_park(v);
		h->answered = false;
		h->where = IN_MONITOR;
		break;
	}
}

static void trap(struct core *h, uint64_t esr)
{
	expect(h->where == IN_GUEST);
	h->esr = esr;
	enter(h, guest_exit);
}

void guest_access(struct core *h, uint64_t ipa, uint32_t bytes, bool store, uint64_t value)
{
	iss_abort_t iss = { 0 };

	iss = iss_abort_set_DFSC(iss, FSC_TYPE_TRANSLATION << 2 | 3);
	iss = iss_abort_set_ISV(iss_abort_set_SAS(iss, (uint64_t)__builtin_ctz(bytes)), 1);
	iss = iss_abort_set_SF(iss_abort_set_WnR(iss, store), bytes == 8);
	h->ipa = ipa;
	if (store)
		vcpu_of(h)->arch.guest.x[0] = value;
	trap(h, (uint64_t)EC_DABT_LOWER << 26 | 1u << 25 | iss.bits);
}

void guest_call(struct core *h, uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3)
{
	uint64_t *x = vcpu_of(h)->arch.guest.x;

	x[0] = function;
	x[1] = x1;
	x[2] = x2;
	x[3] = x3;
	h->elr += 4;           /* HVC: the exception returns behind it */
	trap(h, (uint64_t)EC_HVC64 << 26 | 1u << 25);
}

void guest_write_sysreg(struct core *h, uint32_t key, uint64_t value)
{
	vcpu_of(h)->arch.guest.x[0] = value;
	trap(h, (uint64_t)EC_SYSREG << 26 | 1u << 25 | key);
}

uint64_t guest_x(const struct core *h, uint32_t n)
{
	return vcpu_of(h)->arch.guest.x[n];
}

/* ---- The monitor ---- */

static void monitor_run(struct core *h)
{
	const uint64_t *x = vcpu_of(h)->arch.args;
	struct upcall u = { .event = x[0], .arg = { x[1], x[2], x[3], x[4], x[5] }, .now = x[6],
			    .vcpu = x[7] };
	struct reply r;

	if (u.event == UPCALL_RESET) {
		memset(&vmm, 0, sizeof(vmm));
		board_lives++;
	}
	if (u.event == UPCALL_ABORT) {
		struct vmm_answer a = vmm_access(&vmm, x[1], x[2], x[3], &r, 0, x[6], x[7]);

		if (a.is_short)
			r = (struct reply){ .verdict = 0, .value = a.value };
	} else {
		vmm_upcall(&vmm, &u, &r);
	}
	h->reply[0] = r.verdict;
	h->reply[1] = r.value;
	h->reply[2] = r.op;
	memcpy(&h->reply[3], r.op_arg, sizeof(r.op_arg));
	h->reply[6] = r.doorbells;
	h->answered = true;
}

static void answer_take(struct core *h)
{
	const uint64_t *x = h->reply;
	struct arch_vcpu *v = &vcpu_of(h)->arch;

	/* As short_answer in arch/arm64/vectors.S. */
	if (x[0] == 0 && v->monitor.result) {
		*v->monitor.result = x[1];
		v->event = UPCALL_NONE;
		frame_skip(&v->guest);
	} else {
		h->esr = (uint64_t)EC_SVC64 << 26 | 1u << 25 | (x[0] != 0);
		memcpy(v->monitor.x, x, sizeof(h->reply));
		if (el0_answer(x[0], x[1], x[2], x[3], x[4], x[5], x[6], h->esr)) {
			el0_answer_general(&v->guest);
		} else {
			v->event = UPCALL_NONE;
			frame_skip(&v->guest);
		}
	}
	h->elr = v->guest.elr;
	h->where = IN_GUEST;
}

static void interrupt_in_guest(struct core *h)
{
	struct frame *f = &vcpu_of(h)->arch.guest;

	if (guest_interrupt(f))
		guest_dispatch(f);
}

static void interrupt_in_monitor(struct core *h)
{
	struct frame *f = &vcpu_of(h)->arch.monitor;

	if (el0_interrupt(f))
		el0_dispatch(f);
}

static void interrupt_idle(struct core *h)
{
	struct cpu *c = (struct cpu *)h->memory;

	while (interrupt_take(c))
		;
	dispatch(c);
}

bool core_step(struct core *h)
{
	static void (*const interrupt[])(struct core *h) = {
		[IN_GUEST] = interrupt_in_guest,
		[IN_MONITOR] = interrupt_in_monitor,
		[IDLE] = interrupt_idle,
	};
	bool interrupted = core_is_interrupted(h);

	if (interrupted && (h->where != IN_MONITOR || board_chance & 1))
		enter(h, interrupt[h->where]);
	else if (h->where == IN_MONITOR && !h->answered)
		monitor_run(h);
	else if (h->where == IN_MONITOR)
		enter(h, answer_take);
	else
		return false;
	return true;
}
