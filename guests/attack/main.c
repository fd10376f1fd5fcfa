/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Waits for a line on its console and does as it says:
 *
 *     all [SEED]         every short case, then the sum
 *     NAME [SEED]        that case
 *
 * Each case prints one line, "attack: NAME: ok" or what else. Cases that end the machine print
 * theirs before.
 */
#include "guests/attack/attack.h"
#include "guests/attack/life.h"
#include "guests/lib/channel.h"

#define LINE_BYTES 80

uint64_t attack_seed = 1;

/* xorshift64* */
uint64_t attack_random(void)
{
	static uint64_t state;

	if (!state)
		state = attack_seed * 0x9e3779b97f4a7c15 | 1;
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return state * 0x2545f4914f6cdd1d;
}

static bool overlaps(uint64_t ipa, uint64_t bytes, uint64_t base, uint64_t end)
{
	return ipa < end && base < ipa + bytes;
}

bool mine(uint64_t ipa, uint64_t bytes)
{
	return overlaps(ipa, bytes, RAM_BASE, RAM_END) ||
	       overlaps(ipa, bytes, GICD_BASE, GICD_BASE + GICD_BYTES) ||
	       overlaps(ipa, bytes, GICR_BASE, GICR_END) ||
	       overlaps(ipa, bytes, UART_BASE, UART_BASE + UART_BYTES) ||
	       overlaps(ipa, bytes, WATCHDOG_BASE, WATCHDOG_BASE + PAGE_BYTES) ||
	       overlaps(ipa, bytes, RTC_REAL, RTC_REAL + RTC_BYTES) ||
	       overlaps(ipa, bytes, CHANNEL_BASE, CHANNEL_BASE + 0x1000) ||
	       overlaps(ipa, bytes, CHANNEL_MEMORY, CHANNEL_MEMORY + CHANNEL_BYTES) ||
	       overlaps(ipa, bytes, ROM_BASE, ROM_BASE + ROM_BYTES);
}

/* ---- Outcomes ---- */

void expect_no_fault(const char *what)
{
	if (fault.taken)
		expect(what, fault.esr, ~0ull);
}

void expect_fault(const char *what, uint64_t ec, uint64_t pc)
{
	expect(what, fault.taken, true);
	expect(what, ESR_EC(fault.esr), ec);
	expect(what, fault.elr, pc);
}

void expect_abort(const char *what, uint64_t ec, uint64_t far)
{
	expect(what, fault.taken, true);
	expect(what, ESR_EC(fault.esr), ec);
	expect(what, ESR_FSC(fault.esr), FSC_EXTERNAL);
	expect(what, fault.far, far);
}

/* ---- Commands ---- */

static const struct {
	const struct attack *attacks;
	const uint32_t *count;
} groups[] = {
#define ATTACK_GROUP(group) { group##_attacks, &group##_attack_count },
	ATTACKS(ATTACK_GROUP)
};
#define GROUPS (sizeof groups / sizeof groups[0])

static struct tally tally;

/* Masked, WFI returns for an interrupt that could be taken: the next character's. */
static void key_wait(void)
{
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_RX | UARTINT_RT);
	gic_open_distributor();
	gic_open_cpu();
	gic_set_priority(INTID_UART, PRIORITY_DEFAULT);
	gic_route(INTID_UART, sysreg_read("mpidr_el1"));
	gic_set_bit(GIC_ISENABLER, INTID_UART);
	cpu_wfi();
	gic_set_bit(GIC_ICENABLER, INTID_UART);
	mmio_write32(UART_BASE + UARTIMSC, 0);
}

static void line_read(char *line)
{
	uint32_t length = 0;

	for (;;) {
		char c;

		if (!uart_get(&c)) {
			key_wait();
			continue;
		}
		if (c == '\r' || c == '\n')
			break;
		if (length < LINE_BYTES - 1)
			line[length++] = c;
	}
	line[length] = 0;
}

/* Cuts the line at its first blank; the number that follows, or 1. */
static uint64_t line_number(char *line)
{
	uint64_t number = 0;

	while (*line && *line != ' ')
		line++;
	if (!*line)
		return 1;
	for (*line++ = 0; *line >= '0' && *line <= '9'; line++)
		number = number * 10 + (uint64_t)(*line - '0');
	return number;
}

static bool text_equal(const char *a, const char *b)
{
	while (*a && *a == *b)
		a++, b++;
	return *a == *b;
}

static bool chosen(const struct attack *attack, const char *command)
{
	return text_equal(command, "all") ? attack->when == SHORT : text_equal(command, attack->name);
}

static uint32_t run(const char *command)
{
	uint32_t count = 0;

	for (uint32_t g = 0; g < GROUPS; g++) {
		for (uint32_t i = 0; i < *groups[g].count; i++) {
			const struct attack *attack = &groups[g].attacks[i];

			if (!chosen(attack, command))
				continue;
			count++;
			trial_run(&tally, "attack", attack->name, attack->run, 0);
		}
	}
	return count;
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	char line[LINE_BYTES];

	life_begin(device_tree);
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	el0_open();
	for (;;) {
		print("attack: ready\n");
		line_read(line);
		attack_seed = line_number(line);
		if (!run(line))
			print("attack: no such case\n");
		print("attack: %u passed, %u failed, %u skipped\n", tally.passed, tally.failed,
		      tally.skipped);
		tally = (struct tally){ 0 };
	}
}
