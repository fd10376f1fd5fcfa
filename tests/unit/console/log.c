/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/log.h"
#include "services/console/words.h"
#include "lib/esr.h"
#include "tests/unit/console/screen.h"

static struct klog pages[2];
static struct log_reader reader;
static struct svcconf conf = { .vm_count = 2, .vm_name = { "linux", "sixteen-letters!" } };

static int setup(void **state)
{
	(void)state;
	memset(pages, 0, sizeof(pages));
	memset(&reader, 0, sizeof(reader));
	reader.count = 2;
	reader.cpu[0].page = &pages[0];
	reader.cpu[1].page = &pages[1];
	return 0;
}

static void kernel_logs(unsigned cpu, uint64_t time, uint64_t a)
{
	struct klog *page = &pages[cpu];
	uint32_t seq = page->head + 1;

	page->record[(seq - 1) % KLOG_RECORDS] = (struct klog_record){ .seq = seq, .time = time, .a = a };
	page->head = seq;
}

/* The `a` of the next record, which is taken; -1: there is none. */
static int64_t next(void)
{
	struct klog_record record;

	if (!log_peek(&reader, &record))
		return -1;
	log_take(&reader, &record);
	return (int64_t)record.a;
}

static void records_of_all_cpus_come_by_time(void **state)
{
	(void)state;
	kernel_logs(0, 10, 1);
	kernel_logs(0, 30, 3);
	kernel_logs(1, 20, 2);
	assert_int_equal(next(), 1);
	assert_int_equal(next(), 2);
	assert_int_equal(next(), 3);
	assert_int_equal(next(), -1);
}

static void overwritten_records_are_counted_as_lost(void **state)
{
	(void)state;
	for (uint32_t i = 1; i <= KLOG_RECORDS + 7; i++)
		kernel_logs(0, i, i);
	assert_int_equal(next(), 8);
	assert_int_equal(log_missing(&reader), 7);
	assert_int_equal(log_missing(&reader), 0);
}

static void a_record_being_overwritten_is_not_read(void **state)
{
	(void)state;
	kernel_logs(0, 1, 1);
	kernel_logs(0, 2, 2);
	pages[0].record[0].seq = 0;
	assert_int_equal(next(), 2);
	assert_int_equal(log_missing(&reader), 1);
}

static void suppressed_records_are_told_once(void **state)
{
	(void)state;
	pages[1].suppressed = 5;
	assert_int_equal(log_missing(&reader), 5);
	assert_int_equal(log_missing(&reader), 0);
}

/* ---- Words ---- */

static void assert_words(struct klog_record record, const char *words)
{
	char text[ROW_CELLS + 1] = "";
	struct row row = { .length = 0 };

	words_for_record(&row, &conf, &record);
	for (uint32_t i = 0; i < row.length; i++)
		text[i] = (char)row.cell[i];
	assert_string_equal(text, words);
}

#define ESR(ec, iss) ((uint64_t)(ec) << 26 | 1u << 25 | (iss))

static void undefined_registers_have_a_name(void **state)
{
	/* MRS of S3_3_C9_C12_5: Op0 3, Op2 5, Op1 3, CRn 9, CRm 12 */
	uint64_t iss = 3u << 20 | 5u << 17 | 3u << 14 | 9u << 10 | 12u << 1 | 1;
	struct klog_record record = { .event = KLOG_GUEST_UNDEF, .pc = 8, .a = ESR(EC_SYSREG, iss) };

	(void)state;
	assert_words(record,
		     "linux: vCPU 0 read S3_3_C9_C12_5: no such register, undefined (pc 0x00000008, EL1)");
	record.b = KLOG_AT_EL0;
	assert_words(record,
		     "linux: vCPU 0 read S3_3_C9_C12_5: no such register, undefined (pc 0x00000008, EL0)");
}

static void an_end_has_a_reason(void **state)
{
	struct klog_record record = { .event = KLOG_VM_OFF, .vm = 0, .a = HEALTH_OFF };

	(void)state;
	assert_words(record, "linux: off");
	record.a = HEALTH_MONITOR;
	assert_words(record, "linux: stopped: its monitor broke its contract");
	record.a = 77;
	assert_words(record, "linux: stopped: reason 77");
	record.a = HEALTH_WATCHDOG;
	record.b = 1;
	assert_words(record, "linux: stopped, after one restart too many: its watchdog was not tended");
	record = (struct klog_record){ .event = KLOG_VM_RESET, .a = HEALTH_RESET };
	assert_words(record, "linux: reset");
	record.a = HEALTH_ABORT;
	assert_words(record, "linux: to be restarted: it accessed what is not its own");
}

static void what_belongs_to_no_vm_names_the_cpu(void **state)
{
	(void)state;
	assert_words((struct klog_record){ .event = KLOG_IRQ_SPURIOUS, .cpu = 3, .vm = 0xff, .a = 45 },
		     "CPU 3: interrupt 45 belongs to nobody");
	assert_words((struct klog_record){ .event = 200, .cpu = 0, .vm = 0xff, .a = 1, .b = 2, .pc = 3 },
		     "CPU 0: an event without words (0x00000001, 0x00000002) (pc 0x00000003)");
}

/* None of the events that abi/klog.h names is without words. */
static void every_event_has_words(void **state)
{
	(void)state;
	for (uint8_t event = KLOG_VM_START; event <= KLOG_SERROR; event++) {
		struct klog_record record = { .event = event, .vm = 0 };
		struct row row = { .length = 0 };
		char text[ROW_CELLS + 1] = "";

		words_for_record(&row, &conf, &record);
		for (uint32_t i = 0; i < row.length; i++)
			text[i] = (char)row.cell[i];
		assert_null(strstr(text, "without words"));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(records_of_all_cpus_come_by_time, setup),
		cmocka_unit_test_setup(overwritten_records_are_counted_as_lost, setup),
		cmocka_unit_test_setup(a_record_being_overwritten_is_not_read, setup),
		cmocka_unit_test_setup(suppressed_records_are_told_once, setup),
		cmocka_unit_test(undefined_registers_have_a_name),
		cmocka_unit_test(an_end_has_a_reason),
		cmocka_unit_test(what_belongs_to_no_vm_names_the_cpu),
		cmocka_unit_test(every_event_has_words),
	};

	return cmocka_run_group_tests_name("console/log", tests, NULL, NULL);
}
