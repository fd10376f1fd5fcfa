/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole upcall interface of the monitor under libFuzzer: the input is what a hostile guest, a
 * hostile peer of the console channel and an obedient kernel do to one VM, a few bytes a step.
 * Checked after each reply: what the kernel would take for a broken contract (abi/upcall.h). The
 * sanitizers check the rest.
 *
 * Every answer is to be one that the kernel accepts, whatever the guest did. What the kernel itself
 * gives (vCPU number, continuation) is right, as the kernel's are.
 */
#include "vmm/conf.h"
#include "vmm/vmm.h"
#include <stdlib.h>
#include <string.h>

#define GICD 0x08000000u
#define GICR 0x080a0000u
#define UART 0x09000000u
#define RTC 0x09010000u
#define WATCHDOG 0x0a800000u
#define RAM 0x40000000u
#define RAM_BYTES 0x4000u
#define VCPUS 3u
#define INTIDS 96u
#define DOORBELL 3u
#define BELL(n) (0x0c000000u + (n) * 0x1000u)
#define SHARED 0x20000000u
#define SHARED_BYTES 0x1000u
#define RINGS (3ull << 4 | 1ull << 6)  /* capabilities of the channels' doorbells */

static struct vmm vmm;
static struct vmconf conf;
static uint32_t lines[1024];
static uint64_t now;
static struct channel_page own, peer;
static struct channel_control control[2];
static uint8_t ram[RAM_BYTES], written[SHARED_BYTES];

/* What each vCPU owes the monitor: the value of its last VERDICT_CONTINUE. */
static struct {
	bool continues;
	uint64_t value;
} owed[VCPUS];

void port_world(struct vmm_world *world)
{
	*world = (struct vmm_world){ &conf, lines, { &own, &peer }, { &control[0], &control[1] } };
}

bool port_random(uint64_t *value)
{
	*value = now;
	return now % 4 != 0;
}

void *port_memory(uint64_t address)
{
	if (address - SHARED < SHARED_BYTES)
		return &written[address - SHARED];
	if (address - RAM >= RAM_BYTES)
		abort();
	return &ram[address - RAM];
}

void port_zero(void *p, size_t bytes)
{
	memset(p, 0, bytes);
}

void port_clean(const void *p, size_t bytes)
{
	if (p == written && bytes == SHARED_BYTES)
		return;
	if ((const uint8_t *)p < ram || (const uint8_t *)p + bytes > ram + RAM_BYTES)
		abort();
}

static void expect(bool kept)
{
	if (!kept)
		abort();
}

static void check_operation(const struct reply *r)
{
	uint32_t op = (uint32_t)r->op & 0xffff, intid = (uint32_t)(r->op >> 16) & 0xffff;
	uint32_t targets = (uint32_t)(r->op >> 32);

	expect(op < OP_COUNT);
	if (op == OP_NONE) {
		expect(r->op == 0);
		return;
	}
	if (op == OP_ALARM || op == OP_RESULTS) {
		expect(r->op == op);
		expect(op != OP_RESULTS || r->verdict == VERDICT_RESULT);
		return;
	}
	expect(targets != 0 && targets < 1u << VCPUS);
	expect(intid < INTIDS);
	switch (op) {
	case OP_PRIORITY:
		expect(intid % 4 == 0 && r->op_arg[0] != 0 && r->op_arg[0] < 16);
		expect((r->op_arg[1] & ~0xf8f8f8f8ull) == 0);
		break;
	case OP_RELEASE:
		expect(intid >= 32 && r->op_arg[0] < VCPUS && (targets & (targets - 1)) == 0);
		break;
	case OP_ADOPT:
		expect(intid >= 32 && (targets & (targets - 1)) == 0);
		break;
	case OP_CPU_START:
		expect((targets & (targets - 1)) == 0);
		expect(r->op_arg[0] % 4 == 0 && conf_in_ram(&conf, r->op_arg[0], 4));
		break;
	case OP_DIST:
		expect(r->op_arg[0] < 4);
		break;
	default:
		expect(intid % 32 == 0 && r->op_arg[0] <= UINT32_MAX);
		break;
	}
}

/* Those of the page that a model has: watchdog, UART, clock and channels, and each vCPU's timer. */
static uint32_t line_bits(uint32_t word)
{
	if (word == 1)
		return 1u << 0 | 1u << 1 | 1u << 2 | 1u << 13 | 1u << 14;
	return word - LINES_PRIVATE < VCPUS ? 1u << 30 : 0;
}

static void check_reply(const struct upcall *u, const struct reply *r)
{
	switch (r->verdict) {
	case VERDICT_DONE:
	case VERDICT_RETRY:
		break;
	case VERDICT_CONTINUE:
		expect(u->event != UPCALL_SYSREG);
		break;
	case VERDICT_ABORT:
		expect(u->event == UPCALL_ABORT);
		break;
	case VERDICT_RESULT:
		expect(u->event == UPCALL_CALL || u->event == UPCALL_CONTINUE);
		break;
	case VERDICT_START:
		expect(r->op == 0 && (u->event == UPCALL_RESET || u->event == UPCALL_CONTINUE));
		break;
	case VERDICT_EVENT:
		if (r->value == HEALTH_WATCHDOG)
			expect(u->event == UPCALL_ABORT || u->event == UPCALL_NOTIFY ||
			       u->event == UPCALL_CONTINUE);
		else
			expect(u->event == UPCALL_CALL &&
			       (r->value == HEALTH_OFF || r->value == HEALTH_RESET));
		break;
	default:
		expect(u->event == UPCALL_CALL && (r->verdict == VERDICT_WAIT || r->verdict == VERDICT_OFF));
	}
	expect((r->doorbells & ~(1ull << DOORBELL | RINGS)) == 0);
	for (uint32_t i = 0; i < 1024; i++)
		expect((lines[i] & ~line_bits(i)) == 0);
	check_operation(r);
}

static void access(const struct upcall *u, struct reply *r)
{
	struct vmm_answer a =
		vmm_access(&vmm, u->arg[0], u->arg[1], u->arg[2], r, 0, u->now, u->vcpu);

	if (!a.is_short)
		return;
	reply_done(r);
	r->value = a.value;
}

static struct reply upcall(const struct upcall *u)
{
	struct reply r;

	if (u->event == UPCALL_ABORT)
		access(u, &r);
	else
		vmm_upcall(&vmm, u, &r);
	check_reply(u, &r);
	owed[u->vcpu].continues = r.verdict == VERDICT_CONTINUE;
	owed[u->vcpu].value = r.value;
	return r;
}

static void reset(void)
{
	struct upcall u = { .event = UPCALL_RESET, .arg = { RESET_BOOT, 1000 } };
	struct reply r;

	memset(&vmm, 0, sizeof(vmm));
	memset(lines, 0, sizeof(lines));
	memset(owed, 0, sizeof(owed));
	for (r = upcall(&u); r.verdict == VERDICT_CONTINUE; r = upcall(&u))
		u = (struct upcall){ .event = UPCALL_CONTINUE, .arg = { 0, 0, 0, r.value } };
	expect(r.verdict == VERDICT_START);
}

static void world_build(void)
{
	memset(&own, 0, sizeof(own));
	memset(&peer, 0, sizeof(peer));
	memset(control, 0, sizeof(control));
	conf = (struct vmconf){
		.magic = VMCONF_MAGIC,
		.vcpu_count = VCPUS, .intids = INTIDS, .mpidr = { 0, 1, 0x10001 },
		.entry = RAM, .ram_count = 1, .ram = { { RAM, RAM_BYTES } },
		.gicd_base = GICD, .gicr_base = GICR, .uart_base = UART, .uart_intid = 33,
		.rtc_base = RTC, .rtc_intid = 34, .rtc_start = UINT32_MAX, .trng = 1,
		.watchdog_base = WATCHDOG, .watchdog_intid = 32, .watchdog_hz = 1500, .watchdog_start = 40,
		.channel_count = 2,
		.channel = {
			{ .memory = SHARED, .bytes = SHARED_BYTES, .registers = BELL(0), .intid = 45,
			  .writes = 1, .cap_first = 4, .cap_count = 2 },
			{ .memory = SHARED + SHARED_BYTES, .bytes = SHARED_BYTES, .registers = BELL(1),
			  .intid = 46, .cap_first = 6, .cap_count = 1 },
		},
		.console_doorbell = DOORBELL, .hw_irq = { [1] = 0x100 }, .hw_edge = { [1] = 0x100 },
	};
	reset();
}

/* One step of the input. `address` and `value` are narrow, so that most of them mean something. */
struct step {
	uint8_t kind, vcpu;
	uint16_t address;
	uint32_t value;
};

static const uint64_t windows[16] = {
	GICD, GICD, GICR, GICR + 0x10000, GICR + 0x30000, GICR + 0x50000, UART, RTC,
	BELL(0), BELL(1), WATCHDOG, WATCHDOG, GICD, GICR + 0x10000, UART, WATCHDOG,
};
static const uint64_t values[16] = {
	0, 1, 0x10001, RAM, RAM + RAM_BYTES, ~0ull, 0x84000003, 0xc4000003,
	0x1acce551, 2, 3, 4, 8, 16, 64, 0x80000000,
};

static void abort_step(struct upcall *u, const struct step *s)
{
	uint32_t size = s->kind >> 3 & 3;

	u->event = UPCALL_ABORT;
	u->arg[0] = (uint64_t)size << 22 | (uint64_t)(s->kind >> 5 & 1) << 6;
	u->arg[1] = windows[s->vcpu >> 2 & 15] + s->address;
	u->arg[2] = (s->kind & 0x40) != 0 ? values[s->value & 15] : s->value;
	u->arg[2] &= ~0ull >> (64 - (8u << size));     /* zero-extended, as the kernel has it */
}

static void call_step(struct upcall *u, const struct step *s)
{
	u->event = UPCALL_CALL;
	u->arg[0] = s->kind >> 3 & 1;
	u->arg[1] = ((s->kind & 0x10) != 0 ? 0xc4000000u : 0x84000000u) | (s->address & 0x7f);
	u->arg[2] = values[s->value & 7];
	u->arg[3] = values[s->value >> 3 & 7] + (s->value >> 8 & 0xff);
	u->arg[4] = s->value;
}

/* CNTP_TVAL_EL0, CNTP_CTL_EL0, CNTP_CVAL_EL0; deadlines near the present are the interesting ones. */
static void sysreg_step(struct upcall *u, const struct step *s)
{
	u->event = UPCALL_SYSREG;
	u->arg[0] = 0x62000000u | 3u << 20 | (s->address & 7u) << 17 | 3u << 14 | 14u << 10 | 2u << 1;
	u->arg[0] |= s->kind >> 5 & 1;
	if ((u->arg[0] & 1) == 0)
		u->arg[1] = (s->kind & 0x40) != 0 ? values[s->value & 7] : now + s->value % 8;
}

/* The peer writes whatever it likes into its own page. */
static void peer_step(const struct step *s)
{
	uint32_t value = s->value;

	control[1].life = value >> 8;
	memcpy((uint8_t *)&peer + s->address % (sizeof(peer) - sizeof(value)), &value, sizeof(value));
}

static void step(const struct step *s)
{
	struct upcall u = { .vcpu = (s->vcpu & 3) % VCPUS, .now = now };
	struct reply r;

	now += s->vcpu >> 5;

	if ((s->kind & 7) == 7) {
		peer_step(s);
		return;
	}
	if (owed[u.vcpu].continues) {
		u.event = UPCALL_CONTINUE;
		u.arg[2] = s->value & 1;
		u.arg[3] = owed[u.vcpu].value;
	} else if ((s->kind & 7) == 6) {
		u.event = UPCALL_NOTIFY;
		u.arg[0] = s->value;
	} else if ((s->kind & 7) == 5) {
		call_step(&u, s);
	} else if ((s->kind & 7) == 4) {
		sysreg_step(&u, s);
	} else {
		abort_step(&u, s);
	}
	r = upcall(&u);
	if (r.verdict == VERDICT_EVENT && (r.value != HEALTH_WATCHDOG || (s->value & 1) != 0))
		reset();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct step s;

	now = 0;
	world_build();
	for (; bytes >= sizeof(s); data += sizeof(s), bytes -= sizeof(s)) {
		memcpy(&s, data, sizeof(s));
		step(&s);
	}
	return 0;
}
