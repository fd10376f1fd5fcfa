/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The whole console but for its UART driver, which is replaced by one that puts what comes on
 * a screen, with a FIFO as deep as a test wants it.
 */
#include "services/console/console.h"
#include "abi/upcall.h"
#include "lib/esr.h"
#include "tests/unit/console/screen.h"

#define BADGE_UART 5
#define MANY_RUNS 10000

enum { LINUX, RTOS, HELLO, VMS };

/* ---- The other worlds ---- */

static struct {
	struct screen screen;
	uint32_t room;         /* what the FIFO still takes */
	const char *typed;
	bool open, busy, room_interrupt;
	uint32_t sent;
	uint32_t *grows;       /* with each character */
} uart;

bool uart_busy(const struct uart *u)
{
	(void)u;
	return uart.busy;
}

void uart_open(const struct uart *u)
{
	(void)u;
	uart.open = true;
}

bool uart_has_room(const struct uart *u)
{
	(void)u;
	return uart.room > 0;
}

void uart_put(const struct uart *u, uint8_t byte)
{
	(void)u;
	assert_true(uart.open);
	assert_true(uart.room > 0);
	uart.room--;
	uart.sent++;
	if (uart.grows)
		++*uart.grows;
	screen_put(&uart.screen, (char)byte);
}

bool uart_get(const struct uart *u, uint8_t *byte)
{
	(void)u;
	if (!*uart.typed)
		return false;
	*byte = (uint8_t)*uart.typed++;
	return true;
}

void uart_interrupt_on_room(const struct uart *u, bool on)
{
	(void)u;
	uart.room_interrupt = on;
}

static struct console console;
static struct svcconf conf;
static struct channel_page own[VMS], peer[VMS];
static struct klog klog;

static void vm_writes(unsigned vm, const char *text)
{
	for (; *text; text++) {
		if (peer[vm].filled - own[vm].taken == CHANNEL_RING_BYTES)
			peer[vm].dropped++;
		else
			peer[vm].ring[peer[vm].filled++ % CHANNEL_RING_BYTES] = (uint8_t)*text;
	}
}

static uint64_t now;

static void kernel_logs(enum klog_event event, uint8_t vm, uint64_t a)
{
	uint32_t seq = ++klog.head;

	klog.record[(seq - 1) % KLOG_RECORDS] =
		(struct klog_record){ .seq = seq, .event = (uint8_t)event, .vm = vm, .time = now, .a = a };
}

static struct service_reply run_once(uint64_t notifications)
{
	return console_run(&console, notifications, now);
}

/* Runs, and lets time pass, until it asks no more to be run. Returns all doorbells rung. */
static uint64_t run(void)
{
	uint64_t doorbells = 0;

	for (int i = 0; i < MANY_RUNS; i++) {
		struct service_reply reply = run_once(0);

		assert_int_equal(reply.verdict, SERVICE_WAIT);
		doorbells |= reply.doorbells;
		if (reply.alarm == ~0ull)
			return doorbells;
		assert_true(reply.alarm >= now);
		now = reply.alarm;
	}
	fail_msg("it never comes to rest");
	return 0;
}

static uint64_t type(const char *keys)
{
	uart.typed = keys;
	return run();
}

static int setup(void **state)
{
	static const char *const names[VMS] = { "linux", "rtos", "hello" };

	(void)state;
	memset(&uart, 0, sizeof(uart));
	memset(&console, 0, sizeof(console));
	memset(&conf, 0, sizeof(conf));
	memset(own, 0, sizeof(own));
	memset(peer, 0, sizeof(peer));
	memset(&klog, 0, sizeof(klog));
	now = 1000;
	uart.room = ~0u;
	uart.typed = "";
	conf.channel_count = conf.vm_count = VMS;
	conf.log_count = 1;
	conf.uart_badge = BADGE_UART;
	for (uint32_t i = 0; i < VMS; i++) {
		strcpy(conf.channel[i].name, names[i]);
		strcpy(conf.vm_name[i], names[i]);
		conf.channel[i].doorbell = 10 + i;
		conf.channel[i].vm = i;
		console.vm[i].channel = (struct channel){ &own[i], &peer[i] };
	}
	console.log.cpu[0].page = &klog;
	console_init(&console, &conf, NULL, 62500000);
	run();
	assert_string_equal(uart.screen.row[0], "partita | linux has the input (Ctrl-] ? for help)");
	memset(&uart.screen, 0, sizeof(uart.screen));
	return 0;
}

static const char *shown(size_t row)
{
	return uart.screen.row[row];
}

/* ---- Output ---- */

static void lines_have_their_vms_name(void **state)
{
	(void)state;
	vm_writes(HELLO, "Hello\r\n");
	vm_writes(RTOS, "one\ntwo\n");
	run();
	assert_int_equal(uart.screen.at, 3);
	assert_string_equal(shown(0), "rtos | one");
	assert_string_equal(shown(1), "hello | Hello");
	assert_string_equal(shown(2), "rtos | two");
}

static void a_prompt_shows_at_once_but_only_in_focus(void **state)
{
	(void)state;
	vm_writes(LINUX, "/ # ");
	vm_writes(RTOS, "> ");
	run();
	assert_string_equal(shown(0), "linux | / # ");
	assert_int_equal(uart.screen.at, 0);
}

static void anothers_line_goes_above_the_prompt(void **state)
{
	(void)state;
	vm_writes(LINUX, "/ # ec");
	run();
	vm_writes(RTOS, "tick\n");
	run();
	assert_string_equal(shown(0), "rtos | tick");
	assert_string_equal(shown(1), "linux | / # ec");
	assert_int_equal(uart.screen.column, strlen("linux | / # ec"));
	vm_writes(LINUX, "ho\r\nho\r\n");
	run();
	assert_string_equal(shown(1), "linux | / # echo");
	assert_string_equal(shown(2), "linux | ho");
}

static void no_vm_writes_on_anothers_line(void **state)
{
	(void)state;
	vm_writes(LINUX, "/ # ");
	run();
	vm_writes(RTOS, "\033[A\033[2J\r\033[K\033[1;1Hpartita | linux: off\r\n");
	vm_writes(LINUX, "\033[A\033[Hx");
	run();
	assert_string_equal(shown(0), "rtos | partita | linux: off");
	assert_string_equal(shown(1), "linux | / # ");
	assert_string_equal(shown(2), "linux | x");
}

static void a_long_line_in_focus_shows_in_part_and_then_whole(void **state)
{
	char text[151];

	(void)state;
	for (size_t i = 0; i < sizeof(text); i++)
		text[i] = (char)('a' + i % 26);
	text[150] = 0;
	vm_writes(LINUX, text);
	run();
	assert_memory_equal(shown(0), "linux | <", 9);
	assert_in_range(strlen(shown(0)), 40, TERMINAL_COLUMNS - 1);
	assert_int_equal(shown(0)[strlen(shown(0)) - 1], text[149]);
	vm_writes(RTOS, "tick\n");
	run();
	assert_string_equal(shown(0), "rtos | tick");
	vm_writes(LINUX, "\n");
	run();
	assert_memory_equal(shown(1), "linux | ", 8);
	assert_string_equal(shown(1) + 8, text);
	assert_int_equal(uart.screen.at, 2);
}

static void a_line_without_end_is_split_with_a_mark(void **state)
{
	(void)state;
	for (int i = 0; i < LINE_CELLS + 5; i++)
		vm_writes(RTOS, "x");
	vm_writes(RTOS, "\n");
	run();
	assert_int_equal(strlen(shown(0)), strlen("rtos | ") + LINE_CELLS + 1);
	assert_int_equal(shown(0)[strlen(shown(0)) - 1], '\\');
	assert_string_equal(shown(1), "rtos | xxxxx");
}

static void dropped_characters_are_told_where_they_are_missing(void **state)
{
	(void)state;
	vm_writes(RTOS, "before");
	peer[RTOS].dropped = 123;
	run();
	vm_writes(RTOS, "after\n");
	run();
	assert_string_equal(shown(0), "rtos | before");
	assert_string_equal(shown(1), "rtos | [123 characters dropped]");
	assert_string_equal(shown(2), "rtos | after");
}

static void a_flood_is_cut_and_others_get_their_turn(void **state)
{
	size_t tick = 0;

	(void)state;
	for (int i = 0; i < 3000; i++)
		vm_writes(RTOS, "y\n");
	vm_writes(HELLO, "Hello\n");
	run();
	while (strcmp(shown(tick), "hello | Hello") != 0)
		tick++;
	assert_in_range(tick, 0, 2);
	assert_string_equal(shown(uart.screen.at - 1), "rtos | [3952 characters dropped]");
}

static void a_run_does_a_bounded_piece(void **state)
{
	struct service_reply reply;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		vm_writes(RTOS, "a line of some length\n");
		vm_writes(HELLO, "\n\n\n");
	}
	uart.sent = 0;
	reply = run_once(0);
	assert_int_equal(reply.alarm, now);
	assert_in_range(uart.sent, 1, 512);
}

static void a_full_fifo_is_left_to_its_interrupt(void **state)
{
	struct service_reply reply;

	(void)state;
	uart.room = 4;
	vm_writes(RTOS, "tick\n");
	vm_writes(HELLO, "Hello\n");
	reply = run_once(0);
	assert_int_equal(reply.alarm, ~0ull);
	assert_true(uart.room_interrupt);
	assert_string_equal(shown(0), "rtos");
	uart.room = ~0u;
	reply = run_once(1u << BADGE_UART | 1u << 2);
	assert_int_equal(reply.interrupts, 1u << BADGE_UART);
	assert_false(uart.room_interrupt);
	assert_string_equal(shown(0), "rtos | tick");
}

static void a_slow_uart_leaves_characters_in_the_ring(void **state)
{
	(void)state;
	uart.room = 0;
	for (int i = 0; i < 200; i++)
		vm_writes(RTOS, "0123456789\n");
	for (int i = 0; i < 100; i++)
		run_once(0);
	assert_true(peer[RTOS].filled - own[RTOS].taken > 1000);
	uart.room = ~0u;
	run();
	assert_string_equal(shown(uart.screen.at - 1), "rtos | [152 characters dropped]");
}

static void it_wants_a_doorbell_only_after_a_pause(void **state)
{
	struct service_reply reply;

	(void)state;
	for (int i = 0; i < VMS; i++)
		assert_int_equal(own[i].waiting, 1);
	vm_writes(LINUX, "/");
	reply = run_once(0);
	assert_true(reply.alarm > now && reply.alarm != ~0ull);
	assert_int_equal(own[LINUX].waiting, 0);
	assert_string_equal(shown(0), "");
	reply = run_once(1u << SERVICE_ALARM);
	assert_int_equal(reply.alarm, ~0ull);
	assert_int_equal(own[LINUX].waiting, 1);
	assert_string_equal(shown(0), "linux | /");
}

static void a_line_that_grows_all_the_time_shows_now_and_then(void **state)
{
	(void)state;
	for (int i = 0; i < 30; i++) {
		vm_writes(LINUX, ".");
		run_once(1u << SERVICE_ALARM);
	}
	assert_in_range(strlen(shown(0)), strlen("linux | ") + 20, strlen("linux | ") + 30);
}

/* ---- Input ---- */

static void typed_characters_go_to_the_vm_in_focus(void **state)
{
	(void)state;
	peer[LINUX].waiting = 1;
	assert_int_equal(type("ls\r"), 1u << 10);
	assert_memory_equal(own[LINUX].ring, "ls\r", 3);
	assert_int_equal(own[RTOS].filled, 0);
	peer[LINUX].waiting = 0;
	assert_int_equal(type("x"), 0);
}

static void a_number_a_letter_or_n_moves_the_focus(void **state)
{
	(void)state;
	type("\0352");
	assert_int_equal(console.focus, RTOS);
	assert_string_equal(shown(0), "partita | rtos has the input (Ctrl-] ? for help)");
	type("\035l");
	assert_int_equal(console.focus, LINUX);
	type("\035n\035n");
	assert_int_equal(console.focus, HELLO);
	type("\035n");
	assert_int_equal(console.focus, LINUX);
	assert_int_equal(own[LINUX].filled + own[RTOS].filled + own[HELLO].filled, 0);
}

static void a_new_focus_shows_its_unfinished_line(void **state)
{
	(void)state;
	vm_writes(LINUX, "/ # ");
	vm_writes(RTOS, "> ");
	run();
	type("\035r");
	assert_string_equal(shown(0), "partita | rtos has the input (Ctrl-] ? for help)");
	assert_string_equal(shown(1), "rtos | > ");
}

static void the_escape_key_twice_is_sent_once(void **state)
{
	(void)state;
	type("\035\035x");
	assert_int_equal(own[LINUX].filled, 2);
	assert_memory_equal(own[LINUX].ring, "\035x", 2);
}

static void an_unknown_key_says_so(void **state)
{
	(void)state;
	type("\0359\035Q");
	assert_string_equal(shown(0), "partita | no such key: Q (Ctrl-] ? for help)");
	assert_int_equal(console.focus, LINUX);
}

static void help_lists_keys_vms_and_drops(void **state)
{
	(void)state;
	peer[RTOS].dropped = 7;
	run();
	memset(&uart.screen, 0, sizeof(uart.screen));
	type("\035?");
	assert_string_equal(shown(0), "partita | Ctrl-] and then");
	assert_string_equal(shown(5), "partita |   1  linux, has the input; dropped: output 0, input 0");
	assert_string_equal(shown(6), "partita |   2  rtos; dropped: output 7, input 0");
	assert_int_equal(uart.screen.at, 8);
}

static void where_the_cursor_is_is_asked_for_the_focus_only(void **state)
{
	(void)state;
	vm_writes(LINUX, "/ # \033[6n");
	vm_writes(RTOS, "> \033[6n");
	run();
	assert_int_equal(uart.screen.asked, 1);
}

/* ---- The log, and the end ---- */

static void a_record_of_the_log_is_a_line(void **state)
{
	(void)state;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	run();
	assert_string_equal(shown(0), "partita | rtos: reset");
}

static void a_vms_last_words_come_before_its_end(void **state)
{
	(void)state;
	kernel_logs(KLOG_VM_OFF, RTOS, HEALTH_OFF);
	vm_writes(RTOS, "one\ntwo\nno newline");
	run();
	assert_string_equal(shown(0), "rtos | one");
	assert_string_equal(shown(1), "rtos | two");
	assert_string_equal(shown(2), "rtos | no newline");
	assert_string_equal(shown(3), "partita | rtos: off");
}

static void a_line_under_way_when_its_vm_ends_is_not_cut(void **state)
{
	(void)state;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	vm_writes(RTOS, "old\nlife 2, the");
	for (int i = 0; i < 10; i++)
		now = run_once(0).alarm;
	vm_writes(RTOS, " memory is zero\n");
	run();
	assert_string_equal(shown(0), "rtos | old");
	assert_string_equal(shown(1), "rtos | life 2, the memory is zero");
	assert_string_equal(shown(2), "partita | rtos: reset");
}

static void a_line_of_before_the_end_is_not_gone_on_with(void **state)
{
	(void)state;
	vm_writes(RTOS, "> ");
	run();
	now++;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	run_once(0);
	vm_writes(RTOS, "starts\n");
	run();
	assert_string_equal(shown(0), "rtos | > ");
	assert_string_equal(shown(1), "partita | rtos: reset");
	assert_string_equal(shown(2), "rtos | starts");
}

static void the_rest_of_a_line_is_waited_for_a_tenth_of_a_second(void **state)
{
	uint64_t start = now;

	(void)state;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	vm_writes(RTOS, "no newline");
	while (!*shown(0)) {
		assert_true(now - start < 62500000 / 8);
		now = run_once(0).alarm;
		vm_writes(RTOS, "\b."); /* which brings no end */
	}
	assert_true(now - start > 62500000 / 10);
	run();
	assert_string_equal(shown(0), "rtos | no newlin.");
	assert_string_equal(shown(1), "rtos | .");
	assert_string_equal(shown(2), "partita | rtos: reset");
}

static void a_vm_that_goes_on_writing_does_not_hold_the_log(void **state)
{
	(void)state;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	for (int i = 0; i < 100; i++) {
		vm_writes(RTOS, "a\nb\nc\n");
		run_once(0);
	}
	run();
	for (size_t i = 0; i < 10; i++)
		if (strcmp(shown(i), "partita | rtos: reset") == 0)
			return;
	fail_msg("the record was held back");
}

static size_t lines_like(const char *text)
{
	size_t found = 0;

	for (size_t i = 0; *shown(i); i++)
		found += strstr(shown(i), text) != NULL;
	return found;
}

static void lost_records_are_told_once_a_second(void **state)
{
	uint64_t start = now;

	(void)state;
	klog.suppressed = 5;
	run();
	assert_string_equal(shown(0), "partita | [5 log records lost]");
	for (int i = 0; i < 100; i++) {
		klog.suppressed++;
		run_once(0);
		now += 62500000 / 250;
	}
	assert_true(now - start < 62500000 / 2);
	assert_int_equal(lines_like("records lost"), 1);
	run();
	assert_string_equal(shown(1), "partita | [100 log records lost]");
	assert_true(now - start >= 62500000);
}

static void records_come_while_others_are_lost(void **state)
{
	(void)state;
	uart.grows = &klog.suppressed;
	klog.suppressed = 1;
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	for (int i = 0; i < 100; i++)
		run_once(0);
	assert_int_equal(lines_like("partita | rtos: reset"), 1);
	assert_int_equal(lines_like("records lost"), 1);
}

static void held_by_a_full_ring(void)
{
	kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	for (int i = 0; i < 400; i++)
		vm_writes(RTOS, "line\n");
	uart.room = 100;
	run_once(0);
	assert_true(console.log_held && own[RTOS].taken < peer[RTOS].filled);
}

static void a_ring_that_was_taken_back_does_not_hold_the_log(void **state)
{
	(void)state;
	held_by_a_full_ring();
	peer[RTOS].filled = own[RTOS].taken;
	uart.room = ~0u;
	run();
	assert_int_equal(lines_like("partita | rtos: reset"), 1);
}

static void a_ring_that_comes_and_goes_holds_the_log_for_seconds_at_most(void **state)
{
	uint64_t start = now;

	(void)state;
	held_by_a_full_ring();
	peer[RTOS].filled = own[RTOS].taken;
	uart.room = ~0u;
	while (lines_like("partita | rtos: reset") == 0) {
		assert_true(now - start < 6 * 62500000ull);
		peer[RTOS].filled = own[RTOS].taken + 1;
		now += 62500000 / 5;
		run_once(0);
	}
}

static void a_record_that_was_overwritten_leaves_no_mark(void **state)
{
	(void)state;
	kernel_logs(KLOG_VM_OFF, LINUX, HEALTH_OFF);
	for (int i = 0; i < 1500; i++)
		vm_writes(LINUX, "\n");
	uart.room = 100;
	run_once(0);
	assert_true(console.log_held);
	for (int i = 0; i < KLOG_RECORDS; i++)
		kernel_logs(KLOG_VM_RESET, RTOS, HEALTH_RESET);
	uart.room = ~0u;
	run();
	assert_int_equal(lines_like("partita | rtos: reset"), KLOG_RECORDS);
}

static void all_that_is_left_goes_out_before_power_off(void **state)
{
	struct service_reply reply;

	(void)state;
	uart.busy = true;
	vm_writes(LINUX, "reboot: Power down\n");
	vm_writes(RTOS, "no newline");
	kernel_logs(KLOG_VM_OFF, LINUX, HEALTH_OFF);
	reply = run_once(1ull << SERVICE_ALL_OFF);
	for (int i = 0; i < 20; i++)
		reply = run_once(1ull << SERVICE_ALARM);
	assert_int_equal(reply.verdict, SERVICE_WAIT);
	assert_true(reply.alarm > now && reply.alarm != ~0ull);
	assert_string_equal(shown(0), "linux | reboot: Power down");
	assert_string_equal(shown(1), "partita | linux: off");
	assert_string_equal(shown(2), "rtos | no newline");
	assert_string_equal(shown(3), "partita | every VM is off, so the board goes off");
	uart.busy = false;
	assert_int_equal(run_once(1ull << SERVICE_ALARM).verdict, SERVICE_POWER_OFF);
}

static void a_dead_uart_does_not_keep_the_board_on(void **state)
{
	(void)state;
	uart.room = 0;
	vm_writes(LINUX, "bye\n");
	run_once(1ull << SERVICE_ALL_OFF);
	for (int i = 0; i < MANY_RUNS; i++)
		if (run_once(1ull << SERVICE_ALARM).verdict == SERVICE_POWER_OFF)
			return;
	fail_msg("it waits for ever");
}

static void it_opens_when_the_kernels_own_output_is_out(void **state)
{
	(void)state;
	uart.open = console.open = false;
	uart.busy = true;
	assert_true(run_once(0).alarm > now);
	assert_false(uart.open);
	uart.busy = false;
	run();
	assert_true(uart.open);
}

#define TEST(name) cmocka_unit_test_setup(name, setup)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(lines_have_their_vms_name),
		TEST(a_prompt_shows_at_once_but_only_in_focus),
		TEST(anothers_line_goes_above_the_prompt),
		TEST(no_vm_writes_on_anothers_line),
		TEST(a_long_line_in_focus_shows_in_part_and_then_whole),
		TEST(a_line_without_end_is_split_with_a_mark),
		TEST(dropped_characters_are_told_where_they_are_missing),
		TEST(a_flood_is_cut_and_others_get_their_turn),
		TEST(a_run_does_a_bounded_piece),
		TEST(a_full_fifo_is_left_to_its_interrupt),
		TEST(a_slow_uart_leaves_characters_in_the_ring),
		TEST(it_wants_a_doorbell_only_after_a_pause),
		TEST(a_line_that_grows_all_the_time_shows_now_and_then),
		TEST(typed_characters_go_to_the_vm_in_focus),
		TEST(a_number_a_letter_or_n_moves_the_focus),
		TEST(a_new_focus_shows_its_unfinished_line),
		TEST(the_escape_key_twice_is_sent_once),
		TEST(an_unknown_key_says_so),
		TEST(help_lists_keys_vms_and_drops),
		TEST(where_the_cursor_is_is_asked_for_the_focus_only),
		TEST(a_record_of_the_log_is_a_line),
		TEST(a_vms_last_words_come_before_its_end),
		TEST(a_line_under_way_when_its_vm_ends_is_not_cut),
		TEST(a_line_of_before_the_end_is_not_gone_on_with),
		TEST(the_rest_of_a_line_is_waited_for_a_tenth_of_a_second),
		TEST(a_vm_that_goes_on_writing_does_not_hold_the_log),
		TEST(lost_records_are_told_once_a_second),
		TEST(records_come_while_others_are_lost),
		TEST(a_ring_that_was_taken_back_does_not_hold_the_log),
		TEST(a_ring_that_comes_and_goes_holds_the_log_for_seconds_at_most),
		TEST(a_record_that_was_overwritten_leaves_no_mark),
		TEST(all_that_is_left_goes_out_before_power_off),
		TEST(a_dead_uart_does_not_keep_the_board_on),
		TEST(it_opens_when_the_kernels_own_output_is_out),
	};

	return cmocka_run_group_tests_name("console", tests, NULL, NULL);
}
