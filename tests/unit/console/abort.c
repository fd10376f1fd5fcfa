/* SPDX-License-Identifier: Apache-2.0 */
/* What an engineer reads of an access that nothing answered: of each kind, at each kind of place. */
#include "services/console/abort.h"
#include "abi/health.h"
#include "lib/esr.h"
#include "services/console/words.h"
#include "tests/unit/console/screen.h"

#define RWX (MEMORY_READ | MEMORY_WRITE | MEMORY_EXECUTE)

static const struct svcconf_window windows[] = {
	{ 0x08000, 0x10, 0, SVCCONF_EMULATED, "intc@8000000" },
	{ 0x0a003, 1, 0, MEMORY_READ | MEMORY_WRITE, "virtio_mmio@a003e00" },
	{ 0x0a200, 1, 1, MEMORY_READ | MEMORY_WRITE, "another's" },
	{ 0x40000, 0x100, 0, RWX, "memory@40000000" },
	{ 0x20000, 0x10, 0, MEMORY_READ, "channel samples" },
	{ 0x30000, 0x10, 0, MEMORY_READ | MEMORY_EXECUTE, "twenty-two characters!" },
};

/* With the windows behind it, as the host tool writes it. */
static struct svcconf *conf(void)
{
	static _Alignas(8) uint8_t page[sizeof(struct svcconf) + sizeof(windows)];
	struct svcconf *c = (struct svcconf *)page;

	memset(page, 0, sizeof(page));
	c->vm_count = 2;
	strcpy(c->vm_name[0], "linux");
	strcpy(c->vm_name[1], "rtos");
	c->window_count = sizeof(windows) / sizeof(windows[0]);
	memcpy(c->window, windows, sizeof(windows));
	return c;
}

#define TRANSLATION 6u
#define PERMISSION 14u
#define EXTERNAL 16u
#define ISV (1u << 24)
#define SAS(size) ((uint32_t)(size) << 22)
#define WNR (1u << 6)
#define S1PTW (1u << 7)
#define ESR(ec, iss) ((uint64_t)(ec) << 26 | 1u << 25 | (iss))

static void assert_words(uint64_t address, uint64_t esr, const char *words)
{
	struct klog_record record = { .event = KLOG_GUEST_ABORT, .vm = 0, .vcpu = 1, .a = address, .b = esr,
				      .pc = 0xffff800008123456 };
	char text[ROW_CELLS + 1] = "";
	struct row row = { .length = 0 };

	words_for_record(&row, conf(), &record);
	for (uint32_t i = 0; i < row.length; i++)
		text[i] = (char)row.cell[i];
	assert_string_equal(text, words);
}

#define AT_EL1 " (pc 0xffff800008123456, EL1): "

static void a_store_to_nothing_names_the_nearest_thing(void **state)
{
	(void)state;
	assert_words(0x0a100000, ESR(EC_DABT_LOWER, ISV | SAS(2) | WNR | TRANSLATION),
		     "linux: vCPU 1 wrote 4 bytes at 0x0a100000" AT_EL1
		     "nothing there; the nearest thing it owns is virtio_mmio@a003e00; injected");
	assert_words(0x3fffffff, ESR(EC_DABT_LOWER, ISV | SAS(0) | TRANSLATION),
		     "linux: vCPU 1 read 1 byte at 0x3fffffff" AT_EL1
		     "nothing there; the nearest thing it owns is memory@40000000; injected");
	assert_words(0x40100000, ESR(EC_DABT_LOWER, ISV | SAS(3) | TRANSLATION),
		     "linux: vCPU 1 read 8 bytes at 0x40100000" AT_EL1
		     "nothing there; the nearest thing it owns is memory@40000000; injected");
}

static void another_vms_things_are_not_its_own(void **state)
{
	struct klog_record record = {
		.event = KLOG_GUEST_ABORT,
		.vm = 1,
		.a = 0x0a100000,
		.b = ESR(EC_DABT_LOWER, ISV | SAS(2) | TRANSLATION),
	};
	struct row row = { .length = 0 };
	char text[ROW_CELLS + 1] = "";

	(void)state;
	words_for_record(&row, conf(), &record);
	for (uint32_t i = 0; i < row.length; i++)
		text[i] = (char)row.cell[i];
	assert_string_equal(text, "rtos: vCPU 0 read 4 bytes at 0x0a100000 (pc 0x00000000, EL1): "
				  "nothing there; the nearest thing it owns is another's; injected");
}

static void an_instruction_that_cannot_be_emulated_is_told_apart(void **state)
{
	(void)state;
	assert_words(0x08000100, ESR(EC_DABT_LOWER, WNR | TRANSLATION),
		     "linux: vCPU 1 stored a pair, a vector or with writeback at 0x08000100" AT_EL1
		     "intc@8000000 takes single registers alone; injected");
	assert_words(0x0b000000, ESR(EC_DABT_LOWER, TRANSLATION),
		     "linux: vCPU 1 loaded a pair, a vector or with writeback at 0x0b000000" AT_EL1
		     "nothing there; the nearest thing it owns is virtio_mmio@a003e00; injected");
}

static void a_model_that_refuses_is_named(void **state)
{
	(void)state;
	assert_words(0x08000100, ESR(EC_DABT_LOWER, ISV | SAS(0) | WNR | TRANSLATION),
		     "linux: vCPU 1 wrote 1 byte at 0x08000100" AT_EL1
		     "intc@8000000 does not take that; injected");
}

static void a_fetch_says_so(void **state)
{
	(void)state;
	assert_words(0x08000000, ESR(EC_IABT_LOWER, TRANSLATION),
		     "linux: vCPU 1 executed at 0x08000000" AT_EL1
		     "intc@8000000 is not executable; injected");
	assert_words(0x50000000, ESR(EC_IABT_LOWER, TRANSLATION),
		     "linux: vCPU 1 executed at 0x50000000" AT_EL1
		     "nothing there; the nearest thing it owns is memory@40000000; injected");
	assert_words(0x1234, ESR(EC_IABT_LOWER, PERMISSION) | KLOG_VIRTUAL,
		     "linux: vCPU 1 executed at virtual 0x00001234" AT_EL1 "not executable for it; injected");
}

static void a_table_walk_says_so(void **state)
{
	(void)state;
	assert_words(0x60000123, ESR(EC_DABT_LOWER, S1PTW | TRANSLATION),
		     "linux: vCPU 1 walked its tables at 0x60000000" AT_EL1
		     "nothing there; the nearest thing it owns is memory@40000000; injected");
	assert_words(0x08000000, ESR(EC_IABT_LOWER, S1PTW | TRANSLATION),
		     "linux: vCPU 1 walked its tables for an instruction at 0x08000000" AT_EL1
		     "intc@8000000 is no memory; injected");
}

static void a_store_to_read_only_memory_says_so(void **state)
{
	(void)state;
	assert_words(0x20000010, ESR(EC_DABT_LOWER, ISV | SAS(2) | WNR | PERMISSION),
		     "linux: vCPU 1 wrote 4 bytes at 0x20000010" AT_EL1
		     "channel samples is read-only; injected");
	assert_words(0x30000000, ESR(EC_DABT_LOWER, ISV | SAS(2) | WNR | PERMISSION),
		     "linux: vCPU 1 wrote 4 bytes at 0x30000000" AT_EL1
		     "twenty-two characters! is read-only; injected");
	assert_words(0xffff0000, ESR(EC_DABT_LOWER, ISV | SAS(2) | WNR | PERMISSION) | KLOG_VIRTUAL,
		     "linux: vCPU 1 wrote 4 bytes at virtual 0xffff0000" AT_EL1 "read-only for it; injected");
}

static void what_is_not_known_is_not_made_up(void **state)
{
	(void)state;
	assert_words(~0ull, ESR(EC_DABT_LOWER, EXTERNAL),
		     "linux: vCPU 1 loaded a pair, a vector or with writeback at an unknown address" AT_EL1
		     "an external abort; injected");
	assert_words(~0ull, ESR(EC_DABT_LOWER, ISV | SAS(2) | TRANSLATION),
		     "linux: vCPU 1 read 4 bytes at an unknown address" AT_EL1 "nothing there; injected");
}

static void level_and_outcome_are_told(void **state)
{
	uint64_t esr = ESR(EC_DABT_LOWER, ISV | SAS(2) | TRANSLATION) | KLOG_AT_EL0;

	(void)state;
	assert_words(0x40100000, esr | (uint64_t)ACTION_RESTART << KLOG_ACTION_SHIFT,
		     "linux: vCPU 1 read 4 bytes at 0x40100000 (pc 0xffff800008123456, EL0): "
		     "nothing there; the nearest thing it owns is memory@40000000; the VM is restarted");
	assert_words(0x40100000, esr | (uint64_t)ACTION_STOP << KLOG_ACTION_SHIFT,
		     "linux: vCPU 1 read 4 bytes at 0x40100000 (pc 0xffff800008123456, EL0): "
		     "nothing there; the nearest thing it owns is memory@40000000; the VM is stopped");
	assert_words(0x40100000, esr | (uint64_t)ACTION_BOARD << KLOG_ACTION_SHIFT,
		     "linux: vCPU 1 read 4 bytes at 0x40100000 (pc 0xffff800008123456, EL0): "
		     "nothing there; the nearest thing it owns is memory@40000000; the board is stopped");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_store_to_nothing_names_the_nearest_thing),
		cmocka_unit_test(another_vms_things_are_not_its_own),
		cmocka_unit_test(an_instruction_that_cannot_be_emulated_is_told_apart),
		cmocka_unit_test(a_model_that_refuses_is_named),
		cmocka_unit_test(a_fetch_says_so),
		cmocka_unit_test(a_table_walk_says_so),
		cmocka_unit_test(a_store_to_read_only_memory_says_so),
		cmocka_unit_test(what_is_not_known_is_not_made_up),
		cmocka_unit_test(level_and_outcome_are_told),
	};

	return cmocka_run_group_tests_name("console/abort", tests, NULL, NULL);
}
