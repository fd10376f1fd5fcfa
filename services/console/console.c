/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/console.h"
#include "abi/upcall.h"

/* What one run does at most; its budget is 2 ms. */
#define RUN_TURNS 24
#define RUN_BYTES_OUT 512
#define RUN_BYTES_IN 64

#define PAUSES_PER_SECOND 500    /* how often it looks for single characters by itself */
#define NO_ALARM (~(uint64_t)0)

#define PATIENCE 1024            /* pauses for a UART without any progress */
#define UNSHOWN_MAX 8            /* pauses for a line in focus that grows all the time */

void console_init(struct console *console, const struct svcconf *conf, volatile uint32_t *uart,
		  uint64_t frequency)
{
	console->pause = frequency / PAUSES_PER_SECOND;
	uint32_t count = conf->channel_count;

	console->conf = conf;
	console->uart.registers = uart;
	console->vm_count = count < SVCCONF_MAX_CHANNELS ? count : SVCCONF_MAX_CHANNELS;
	console->focus = conf->focus < console->vm_count ? conf->focus : 0;
	console->log.count = conf->log_count < MAX_CPUS ? conf->log_count : MAX_CPUS;
	console->notices.focus = true;
	console->patience = PATIENCE;
}

/* Comes back a little later; false: that was done often enough and nothing got on. */
static bool wait_for_uart(struct console *console, struct service_reply *reply, uint64_t now)
{
	if (console->patience == 0)
		return false;
	console->patience--;
	reply->alarm = now + console->pause;
	return true;
}

static uint64_t read_keys(struct console *console)
{
	uint64_t doorbells = 0;
	uint8_t byte;

	for (uint32_t i = 0; i < RUN_BYTES_IN && uart_get(&console->uart, &byte); i++)
		doorbells |= console_key(console, byte);
	return doorbells;
}

/* Moves up to `max` bytes into the UART's FIFO; returns how many went. */
static uint32_t send_queue(struct console *console, uint32_t max)
{
	uint32_t sent = 0;

	while (sent < max && terminal_waiting(&console->terminal) > 0 && uart_has_room(&console->uart)) {
		uart_put(&console->uart, terminal_first(&console->terminal));
		terminal_sent(&console->terminal);
		sent++;
	}
	if (sent > 0)
		console->patience = PATIENCE;
	return sent;
}

/* Turns and sending by turns, up to the bounds. False: the last turn found nothing to print. */
static bool print_some(struct console *console)
{
	uint32_t left = RUN_BYTES_OUT;
	bool more = true;

	for (uint32_t i = 0; i < console->vm_count; i++)
		console->vm[i].took = false;
	console->log_pauses = false;
	for (uint32_t i = 0; i < RUN_TURNS && more && left > 0; i++) {
		left -= send_queue(console, left);
		if (!terminal_has_room(&console->terminal))
			break;
		more = console_turn(console);
	}
	send_queue(console, left);
	return more;
}

/* Shows the unfinished line once it pauses, or after a while anyway. */
static void show_unfinished(struct console *console)
{
	if (console->vm[console->focus].took && console->unshown < UNSHOWN_MAX) {
		console->unshown++;
		return;
	}
	console->unshown = 0;
	console_show(console);
	send_queue(console, RUN_BYTES_OUT);
}

/* Nothing was taken in this run, and each monitor knows that a doorbell is wanted. */
static bool rings_are_quiet(struct console *console)
{
	bool quiet = true;

	for (uint32_t i = 0; i < console->vm_count; i++)
		quiet &= !console->vm[i].took;
	for (uint32_t i = 0; quiet && i < console->vm_count; i++)
		quiet &= channel_wait(&console->vm[i].channel);
	return quiet;
}

/* Nothing comes any more: the last words, then the end of the last bit on the wire. */
static void close_console(struct console *console, struct service_reply *reply, uint64_t now)
{
	if (console_close_turn(console)) {
		send_queue(console, RUN_BYTES_OUT);
		reply->alarm = now;
	} else if (!uart_busy(&console->uart) || !wait_for_uart(console, reply, now)) {
		reply->verdict = SERVICE_POWER_OFF;
	}
}

static void run_open(struct console *console, struct service_reply *reply, uint64_t now)
{
	bool more, blocked, quiet;

	reply->doorbells = read_keys(console);
	more = print_some(console);
	if (!more)
		show_unfinished(console);
	/* Not blocked, the queue is left because the bound was reached. */
	blocked = terminal_waiting(&console->terminal) > 0 && !uart_has_room(&console->uart);
	uart_interrupt_on_room(&console->uart, blocked);
	quiet = !more && !console->log_pauses && rings_are_quiet(console);
	if (blocked) {
		if (console->all_off && !wait_for_uart(console, reply, now))
			reply->verdict = SERVICE_POWER_OFF;
	} else if (more || terminal_waiting(&console->terminal) > 0) {
		reply->alarm = now;
	} else if (!quiet) {
		reply->alarm = now + console->pause;
	} else if (console->all_off) {
		close_console(console, reply, now);
	} else if (console->log_lost > 0) {
		reply->alarm = console->log_lost_due;
	}
}

struct service_reply console_run(struct console *console, uint64_t notifications, uint64_t now)
{
	struct service_reply reply = { .verdict = SERVICE_WAIT, .alarm = NO_ALARM };

	if (console->conf->uart_badge < SERVICE_ALARM)
		reply.interrupts = notifications & (uint64_t)1 << console->conf->uart_badge;
	console->all_off |= notifications >> SERVICE_ALL_OFF & 1;
	if (!console->open) {
		if (uart_busy(&console->uart) && wait_for_uart(console, &reply, now))
			return reply;
		uart_open(&console->uart);
		console->open = true;
		console->patience = PATIENCE;
	}
	console->now = now;
	run_open(console, &reply, now);
	return reply;
}
