/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A monitor on the host, with the world around it: a VM of three vCPUs and 96 interrupts, two pieces
 * of RAM, two images, a console, a channel that it writes and one that it reads. Tests are the kernel
 * and the guest: they send upcalls and look at replies. This file is the port (vmm/port.h) as well, so
 * each test includes it once.
 */
#ifndef PARTITA_TESTS_UNIT_VMM_MACHINE_H
#define PARTITA_TESTS_UNIT_VMM_MACHINE_H

#include "abi/klog.h"
#include "lib/blake2b.h"
#include "vmm/vmm.h"
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
/* Last: it needs the ones above. */
#include <cmocka.h>

#define GICD 0x08000000u
#define GICR(vcpu) (0x080a0000u + (vcpu) * 0x20000u)
#define SGI(vcpu) (GICR(vcpu) + 0x10000u)
#define UART 0x09000000u
#define UART_SPI 33u
#define RTC 0x09010000u
#define RTC_SPI 34u
#define RTC_START 1767225600u  /* seconds since 1970 */
#define WATCHDOG 0x0a800000u
#define WATCHDOG_SPI 32u
#define WATCHDOG_HZ 1700u
#define HZ 1000u               /* of the counter */
#define HW_SPI 40u             /* belongs to hardware, edge-triggered */
#define DOORBELL 3u

/* Number 0: the guest writes and may ring two others. Number 1: it reads, and may ring the writer. */
#define BELL(n) (0x0c000000u + (n) * 0x1000u)
#define BELL_SPI(n) (45u + (n))
#define SHARED 0x20000000u
#define SHARED_BYTES 0x00150000u       /* more than is zeroed at a time */
#define RING_FIRST 4u          /* capabilities 4 and 5 ring the two, 6 the writer */
#define RING_BACK 6u

#define LOW_RAM 0x40000000u
#define LOW_BYTES 0x00500000u
#define HIGH_RAM 0x80000000u
#define HIGH_BYTES 0x00010000u
#define KERNEL_IPA (LOW_RAM + 0x80000u)
#define KERNEL_BYTES 0x2345cu          /* several pieces, and an odd end */
#define DTB_IPA (LOW_RAM + LOW_BYTES - 0x1000u)
#define DTB_BYTES 0x1000u              /* up to the end of the region */

static struct machine {
	struct vmm vmm;
	struct vmconf conf;
	uint32_t lines[1024];
	uint64_t now;
	uint64_t random[3];    /* what the processor gives, in turn .. */
	uint32_t random_count; /* .. and how often it does; then it has no more */
	uint32_t random_taken;
	struct channel_page own, peer;
	uint8_t low[LOW_BYTES], high[HIGH_BYTES];
	uint8_t low_clean[LOW_BYTES], high_clean[HIGH_BYTES];  /* 1: at the point of coherency */
	struct channel_control control[2];
	uint8_t shared[SHARED_BYTES], shared_clean[SHARED_BYTES];
	uint8_t images[KERNEL_BYTES + DTB_BYTES];
} m;

void port_world(struct vmm_world *world)
{
	world->conf = &m.conf;
	world->lines = m.lines;
	world->console.own = &m.own;
	world->console.peer = &m.peer;
	world->control[0] = &m.control[0];
	world->control[1] = &m.control[1];
}

bool port_random(uint64_t *value)
{
	if (m.random_taken == m.random_count)
		return false;
	*value = m.random[m.random_taken++ % 3];
	return true;
}

void *port_memory(uint64_t address)
{
	if (address - LOW_RAM < LOW_BYTES)
		return &m.low[address - LOW_RAM];
	if (address - HIGH_RAM < HIGH_BYTES)
		return &m.high[address - HIGH_RAM];
	if (address - SHARED < SHARED_BYTES)
		return &m.shared[address - SHARED];
	if (address - COMP_IMAGES < sizeof(m.images))
		return &m.images[address - COMP_IMAGES];
	fail_msg("address 0x%lx is nothing", (unsigned long)address);
	return NULL;
}

void port_zero(void *p, size_t bytes)
{
	memset(p, 0, bytes);
}

void port_clean(const void *p, size_t bytes)
{
	const uint8_t *at = p;

	if (at >= m.low && at < m.low + LOW_BYTES)
		memset(&m.low_clean[at - m.low], 1, bytes);
	else if (at >= m.shared && at < m.shared + SHARED_BYTES)
		memset(&m.shared_clean[at - m.shared], 1, bytes);
	else
		memset(&m.high_clean[at - m.high], 1, bytes);
}

static inline struct reply upcall(uint64_t vcpu, enum upcall_event event, uint64_t x1, uint64_t x2,
				  uint64_t x3, uint64_t x4, uint64_t x5)
{
	const struct upcall u = {
		.event = event, .arg = { x1, x2, x3, x4, x5 }, .now = m.now, .vcpu = vcpu,
	};
	struct reply r;

	memset(&r, 0xa5, sizeof(r));
	if (event != UPCALL_ABORT) {
		vmm_upcall(&m.vmm, &u, &r);
	} else {
		struct vmm_answer a = vmm_access(&m.vmm, x1, x2, x3, &r, 0, m.now, vcpu);

		if (a.is_short) {
			reply_done(&r);
			r.value = a.value;
			/* No more bits than the access has. */
			assert_true((x1 >> 22 & 3) == 3 || r.value >> (8 << (x1 >> 22 & 3)) == 0);
		}
	}
	return r;
}

/* The syndrome of a data abort: ISV, SAS, WnR. */
static inline uint64_t esr(uint32_t bytes, bool write)
{
	return 0x93000000u | (uint64_t)__builtin_ctz(bytes) << 22 | (uint64_t)write << 6;
}

static inline struct reply load_by(uint64_t vcpu, uint64_t ipa, uint32_t bytes)
{
	return upcall(vcpu, UPCALL_ABORT, esr(bytes, false), ipa, 0, 0, 0);
}

static inline struct reply store_by(uint64_t vcpu, uint64_t ipa, uint32_t bytes, uint64_t value)
{
	return upcall(vcpu, UPCALL_ABORT, esr(bytes, true), ipa, value, 0, 0);
}

/* By vCPU 0, where it does not matter who. */
static inline struct reply load(uint64_t ipa, uint32_t bytes)
{
	return load_by(0, ipa, bytes);
}

static inline struct reply store(uint64_t ipa, uint32_t bytes, uint64_t value)
{
	return store_by(0, ipa, bytes, value);
}

/* A 32-bit load that is answered at once. */
static inline uint32_t load32(uint64_t ipa)
{
	struct reply r = load(ipa, 4);

	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
	return (uint32_t)r.value;
}

/* A store that the kernel need not hear of. */
static inline void store32(uint64_t ipa, uint32_t value)
{
	struct reply r = store(ipa, 4, value);

	assert_int_equal(r.verdict, VERDICT_DONE);
	assert_int_equal(r.op, 0);
}

static inline struct reply carry_on(uint64_t vcpu, struct reply r, uint64_t result)
{
	assert_int_equal(r.verdict, VERDICT_CONTINUE);
	return upcall(vcpu, UPCALL_CONTINUE, 0, 0, result, r.value, 0);
}

#define assert_reads_as_zero(ipa, bytes) do { \
	struct reply zero_ = load(ipa, bytes); \
	assert_int_equal(zero_.verdict, VERDICT_DONE); \
	assert_int_equal(zero_.op, 0); \
	assert_int_equal(zero_.value, 0); \
} while (0)

#define assert_operation(given, operation, intid, targets) do { \
	struct reply op_ = given; \
	assert_int_equal(op_.verdict, VERDICT_DONE); \
	assert_int_equal(op_.op, UPCALL_OP(operation, intid, targets)); \
} while (0)

static inline void image(struct vmconf_load *l, uint64_t src, uint64_t dst, uint64_t bytes)
{
	struct blake2b b;

	l->src = COMP_IMAGES + src;
	l->dst = dst;
	l->bytes = bytes;
	blake2b_init(&b, VMCONF_HASH_BYTES);
	blake2b_update(&b, &m.images[src], bytes);
	blake2b_final(&b, l->hash);
}

/* The world before the first upcall: RAM and its lines in the caches are full of something. */
static inline void machine_build(void)
{
	memset(&m, 0, sizeof(m));
	memset(m.low, 0x5a, sizeof(m.low));
	memset(m.high, 0x5a, sizeof(m.high));
	memset(m.shared, 0x5a, sizeof(m.shared));
	for (size_t i = 0; i < sizeof(m.images); i++)
		m.images[i] = (uint8_t)(1 + i * 7 % 251);
	m.conf = (struct vmconf){
		.magic = VMCONF_MAGIC,
		.vcpu_count = 3, .intids = 96, .mpidr = { 0x0, 0x1, 0x10001 },
		.entry = KERNEL_IPA, .entry_x0 = DTB_IPA,
		.ram_count = 2, .ram = { { LOW_RAM, LOW_BYTES }, { HIGH_RAM, HIGH_BYTES } },
		.load_count = 2,
		.gicd_base = GICD, .gicr_base = GICR(0), .uart_base = UART, .uart_intid = UART_SPI,
		.console_doorbell = DOORBELL, .rtc_base = RTC, .rtc_intid = RTC_SPI, .rtc_start = RTC_START,
		.watchdog_base = WATCHDOG, .watchdog_intid = WATCHDOG_SPI, .watchdog_hz = WATCHDOG_HZ,
		.channel_count = 2,
		.channel = {
			{ .memory = SHARED, .bytes = SHARED_BYTES, .registers = BELL(0), .intid = BELL_SPI(0),
			  .writes = 1, .cap_first = RING_FIRST, .cap_count = 2 },
			{ .memory = SHARED + SHARED_BYTES, .bytes = 0x1000, .registers = BELL(1),
			  .intid = BELL_SPI(1), .cap_first = RING_BACK, .cap_count = 1 },
		},
		.hw_irq = { [1] = 1u << (HW_SPI - 32) }, .hw_edge = { [1] = 1u << (HW_SPI - 32) },
	};
	image(&m.conf.load[0], 0, KERNEL_IPA, KERNEL_BYTES);
	image(&m.conf.load[1], KERNEL_BYTES, DTB_IPA, DTB_BYTES);
}

/* Resets the monitor and lets it load: its last reply. */
static inline struct reply machine_reset(void)
{
	struct reply r;

	memset(&m.vmm, 0, sizeof(m.vmm));      /* the entry stub does it on the target */
	r = upcall(0, UPCALL_RESET, RESET_BOOT, HZ, 0, 0, 0);
	for (int i = 0; i < 100 && r.verdict == VERDICT_CONTINUE; i++)
		r = carry_on(0, r, 0);
	return r;
}

/* For cmocka: a running VM before each test. */
static inline int machine_start(void **state)
{
	(void)state;
	machine_build();
	assert_int_equal(machine_reset().verdict, VERDICT_START);
	return 0;
}

#define TEST(name) cmocka_unit_test_setup(name, machine_start)

#endif
