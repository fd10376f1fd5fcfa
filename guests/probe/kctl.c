/* SPDX-License-Identifier: Apache-2.0 */
/* CNTKCTL_EL1 (DDI 0487): what EL0 may have of the counters and timers, and the event stream. */
#include "guests/probe/probe.h"

#define EL0PCTEN (1u << 0)
#define EL0VCTEN (1u << 1)
#define EVNTEN (1u << 2)
#define EVNTI_SHIFT 4
#define EL0VTEN (1u << 8)
#define EL0PTEN (1u << 9)
#define ALL_BITS 0x3ffu

extern const uint32_t user_read_cntpct_el0[], user_read_cntvct_el0[], user_read_cntv_ctl_el0[],
	user_read_cntp_ctl_el0[];

static void kctl_write(uint32_t value)
{
	sysreg_write("cntkctl_el1", value);
	cpu_isb();
}

/* A hypervisor that runs code of its own at EL0 has to put it aside: so after an access that it
 * emulates. */
static void kctl_is_kept(void)
{
	for (uint32_t bit = 1; bit & ALL_BITS; bit <<= 1) {
		kctl_write(bit);
		mmio_read32(UART_BASE + UARTFR);
		expect("one bit", sysreg_read("cntkctl_el1"), bit);
		kctl_write(ALL_BITS & ~bit);
		mmio_read32(UART_BASE + UARTFR);
		expect("all but one bit", sysreg_read("cntkctl_el1"), ALL_BITS & ~bit);
	}
	kctl_write(0);
}

/* The exception class that a read at EL0 leads to first: SVC behind it, or the trap of the read. */
static uint64_t user_reads(const uint32_t *code)
{
	fault.taken = false;
	fault.armed = 1;
	el0_call(code, 0, SPSR_EL0t);
	fault.armed = 0;
	return fault.taken ? ESR_EC(fault.esr) : EC_SVC;
}

static void kctl_says_what_el0_may_read(void)
{
	static const struct {
		uint32_t bit;
		const uint32_t *code;
	} reads[] = {
		{ EL0PCTEN, user_read_cntpct_el0 },
		{ EL0VCTEN, user_read_cntvct_el0 },
		{ EL0VTEN, user_read_cntv_ctl_el0 },
		{ EL0PTEN, user_read_cntp_ctl_el0 },
	};

	for (uint32_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		kctl_write(reads[i].bit);
		expect("read that is allowed", user_reads(reads[i].code), EC_SVC);
		kctl_write(ALL_BITS & ~reads[i].bit);
		expect("read that is not", user_reads(reads[i].code), EC_SYSREG);
	}
	kctl_write(0);
}

static void el0_reads_the_counters_of_el1(void)
{
	uint64_t before = counter_now(), virtual, physical;

	kctl_write(EL0PCTEN | EL0VCTEN);
	virtual = el0_call(user_read_cntvct_el0, 0, SPSR_EL0t);
	physical = el0_call(user_read_cntpct_el0, 0, SPSR_EL0t);
	expect("CNTVCT_EL0 at EL0", virtual >= before && virtual <= counter_now(), true);
	expect("CNTPCT_EL0 at EL0", physical >= sysreg_read("cntpct_el0"), false);
	kctl_write(0);
}

/* An event a microsecond or so ends a wait that nothing else would. QEMU's WFE never waits, so there
 * this says only that it does no harm. */
static void event_stream_ends_a_wait(void)
{
	uint64_t start = counter_now();

	kctl_write(EVNTEN | 5 << EVNTI_SHIFT);
	for (uint32_t i = 0; i < 8; i++)
		__asm__ volatile("wfe" : : : "memory");
	expect("waited too long", counter_now() - start > ticks_of_ms(PATIENCE_MS), false);
	kctl_write(0);
}

const struct probe_case kctl_cases[] = {
	{ "kctl_is_kept", ANYWHERE, kctl_is_kept },
	{ "kctl_says_what_el0_may_read", ANYWHERE, kctl_says_what_el0_may_read },
	{ "el0_reads_the_counters_of_el1", ANYWHERE, el0_reads_the_counters_of_el1 },
	{ "event_stream_ends_a_wait", ANYWHERE, event_stream_ends_a_wait },
};
const uint32_t kctl_count = sizeof(kctl_cases) / sizeof(kctl_cases[0]);
