/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/console.h"
#include "services/console/words.h"

#define TURN_BYTES 512           /* taken from one VM in one turn */
#define LOG_PAUSES 50            /* for a line that is under way when its VM ends */
#define WORDS_PAUSES 2500        /* for a VM's last words: a full ring beside other VMs on a slow line */
#define LOST_PAUSES 500          /* from one notice of lost records to the next */
#define OWN_NAME "partita"
#define SPLIT_MARK ((uint32_t)'\\' | LOOK_REVERSE)
#define CUT_MARK ((uint32_t)'>' | LOOK_REVERSE)
#define CUT_MARK_LEFT ((uint32_t)'<' | LOOK_REVERSE)

/* ---- Lines of VMs ---- */

static void row_start_vm(struct console *console, uint32_t vm)
{
	row_start(&console->row, console->conf->channel[vm].name);
}

/* Prints the row. Only the end of the line in focus goes on where the terminal has its
 * beginning; a row of anyone else starts from an empty one, name and all. */
static void row_print(struct console *console, bool continues)
{
	if (!continues)
		terminal_erase(&console->terminal);
	terminal_print(&console->terminal, &console->row);
}

static void line_print(struct console *console, uint32_t vm, bool split)
{
	struct line *line = &console->vm[vm].line;

	row_start_vm(console, vm);
	for (uint32_t i = 0; i < line->length; i++)
		row_cell(&console->row, line->cell[i]);
	if (split)
		row_cell(&console->row, SPLIT_MARK);
	row_print(console, vm == console->focus);
	line_clear(line);
}

/* A VM's unfinished line becomes a whole one. False: it has none. */
static bool line_break(struct console *console, uint32_t vm)
{
	if (console->vm[vm].line.length == 0)
		return false;
	line_print(console, vm, false);
	return true;
}

static void drop_print(struct console *console, uint32_t vm, uint32_t count)
{
	row_start_vm(console, vm);
	row_text(&console->row, "[");
	row_decimal(&console->row, count);
	row_text(&console->row, " characters dropped]");
	row_print(console, false);
}

/* Characters are missing after those that were in the ring when the count was seen to grow:
 * first these come out, then the line so far, then the notice. */
static bool drop_turn(struct console *console, uint32_t index)
{
	struct console_vm *vm = &console->vm[index];
	uint32_t dropped = channel_dropped(&vm->channel);

	if (dropped != vm->dropped && !vm->drop_pending) {
		vm->drop_pending = true;
		vm->drop_mark = channel_mark(&vm->channel);
	}
	if (!vm->drop_pending || !channel_passed(&vm->channel, vm->drop_mark))
		return false;
	if (line_break(console, index))
		return true;
	drop_print(console, index, dropped - vm->dropped);
	vm->dropped = dropped;
	vm->drop_pending = false;
	return true;
}

static bool vm_turn(struct console *console, uint32_t index)
{
	struct console_vm *vm = &console->vm[index];
	uint32_t taken = 0;
	uint8_t byte;

	if (drop_turn(console, index))
		return true;
	while (taken < TURN_BYTES && !(vm->drop_pending && channel_passed(&vm->channel, vm->drop_mark)) &&
	       channel_take(&vm->channel, &byte)) {
		enum line_event event = line_feed(&vm->line, byte);

		taken++;
		vm->took = true;
		vm->taken_at = console->now;
		if (event == LINE_OPEN)
			continue;
		line_print(console, index, event == LINE_FULL);
		if (event == LINE_FULL)
			line_feed(&vm->line, byte);
		return true;
	}
	return taken > 0;
}

/* ---- The kernel's log ---- */

static uint32_t channel_of_vm(const struct console *console, uint32_t vm)
{
	for (uint32_t i = 0; i < console->vm_count; i++)
		if (console->conf->channel[i].vm == vm)
			return i;
	return console->vm_count;
}

static bool is_held(const struct console *console, const struct klog_record *record)
{
	return console->log_held && console->log_cpu == record->cpu && console->log_seq == record->seq;
}

/* The record that a VM ended comes after what the VM said before. When it comes to be read, the next life
 * may have begun a line: what was taken since the end may go on, and gets some time for it. What a hostile
 * monitor says of its ring must not keep others' records: one that is empty has no words, and the time for
 * them ends. */
static bool record_must_wait(struct console *console, const struct klog_record *record)
{
	uint32_t vm = channel_of_vm(console, record->vm);

	if ((record->event != KLOG_VM_OFF && record->event != KLOG_VM_RESET) || vm == console->vm_count)
		return false;
	if (!is_held(console, record)) {
		console->log_held = true;
		console->log_cpu = record->cpu;
		console->log_seq = record->seq;
		console->log_mark = channel_mark(&console->vm[vm].channel);
		console->log_given_up = console->now + WORDS_PAUSES * console->pause;
		console->log_until = console->now + LOG_PAUSES * console->pause;
	}
	if (!channel_passed(&console->vm[vm].channel, console->log_mark) &&
	    channel_fill(&console->vm[vm].channel) > 0 && console->now < console->log_given_up)
		return true;
	console->log_pauses = console->vm[vm].line.length > 0 && console->vm[vm].taken_at >= record->time &&
			      console->now < console->log_until;
	return console->log_pauses || line_break(console, vm);
}

/* A guest can make as many as it likes: so they are told when no record waits, and not often. */
static bool log_lost_turn(struct console *console)
{
	if (console->log_lost == 0 || (console->now < console->log_lost_due && !console->all_off))
		return false;
	row_start(&console->row, OWN_NAME);
	row_text(&console->row, "[");
	row_decimal(&console->row, console->log_lost);
	row_text(&console->row, " log records lost]");
	row_print(console, false);
	console->log_lost = 0;
	console->log_lost_due = console->now + LOST_PAUSES * console->pause;
	return true;
}

static bool log_turn(struct console *console)
{
	struct klog_record record;
	bool found = log_peek(&console->log, &record);

	console->log_lost += log_missing(&console->log);
	if (!found)
		return log_lost_turn(console);
	if (record_must_wait(console, &record))
		return !console->log_pauses;
	console->log_held = false;
	row_start(&console->row, OWN_NAME);
	words_for_record(&console->row, console->conf, &record);
	row_print(console, false);
	log_take(&console->log, &record);
	return true;
}

/* ---- What the console itself says ---- */

static void help_vm(struct console *console, uint32_t index)
{
	const struct console_vm *vm = &console->vm[index];
	struct row *row = &console->row;

	row_text(row, "  ");
	row_decimal(row, index + 1);
	row_text(row, "  ");
	row_name(row, console->conf->channel[index].name);
	if (index == console->focus)
		row_text(row, ", has the input");
	row_text(row, "; dropped: output ");
	row_decimal(row, channel_dropped(&vm->channel));
	row_text(row, ", input ");
	row_decimal(row, vm->channel.own->dropped);
}

/* One line of the help; false after the last. */
static bool help_print(struct console *console, uint32_t number)
{
	static const char *const keys[] = {
		"Ctrl-] and then",
		"  1 to 9, or the first letter of its name: that VM gets the input",
		"  n  the next VM gets the input",
		"  ?  this help (h as well)",
		"  Ctrl-]  goes to the VM itself",
	};
	uint32_t key_count = sizeof(keys) / sizeof(keys[0]);

	if (number >= key_count + console->vm_count)
		return false;
	row_start(&console->row, OWN_NAME);
	if (number < key_count)
		row_text(&console->row, keys[number]);
	else
		help_vm(console, number - key_count);
	row_print(console, false);
	return true;
}

static void key_print(struct console *console, uint8_t key)
{
	struct row *row = &console->row;

	row_start(row, OWN_NAME);
	row_text(row, "no such key: ");
	if (key > 0x20 && key < 0x7f)
		row_cell(row, key);
	else
		row_hex(row, key);
	row_text(row, " (Ctrl-] ? for help)");
	row_print(console, false);
}

static void focus_print(struct console *console)
{
	struct row *row = &console->row;

	row_start(row, OWN_NAME);
	if (console->vm_count > 0) {
		row_name(row, console->conf->channel[console->focus].name);
		row_text(row, " has the input (Ctrl-] ? for help)");
	} else {
		row_text(row, "no VM has a console");
	}
	row_print(console, false);
}

static bool notice_turn(struct console *console)
{
	struct console_notices *notices = &console->notices;

	if (notices->focus) {
		notices->focus = false;
		focus_print(console);
		return true;
	}
	if (notices->key) {
		notices->key = false;
		key_print(console, notices->unknown_key);
		return true;
	}
	if (notices->help_line == 0)
		return false;
	if (help_print(console, notices->help_line - 1))
		notices->help_line++;
	else
		notices->help_line = 0;
	return true;
}

/* ---- Turns ---- */

bool console_turn(struct console *console)
{
	uint32_t sources = console->vm_count + 1;

	if (notice_turn(console))
		return true;
	for (uint32_t i = 0; i < sources; i++) {
		uint32_t turn = console->turn;

		console->turn = (turn + 1) % sources;
		if (turn < console->vm_count ? vm_turn(console, turn) : log_turn(console))
			return true;
	}
	return false;
}

bool console_close_turn(struct console *console)
{
	for (uint32_t i = 0; i < console->vm_count; i++)
		if (line_break(console, i))
			return true;
	if (console->notices.goodbye)
		return false;
	console->notices.goodbye = true;
	row_start(&console->row, OWN_NAME);
	row_text(&console->row, "every VM is off, so the board goes off");
	row_print(console, false);
	return true;
}

/* The part of a line that fits in one row beside its name, with the cursor in it; what it
 * leaves out on either side has a mark in its place. It moves by half a row at a time. */
static void view_make(struct row *row, const struct line *line)
{
	uint32_t before = row->length;
	uint32_t room = TERMINAL_COLUMNS - before;
	uint32_t first = line->column < room ? 0 : ((line->column - room) / (room / 2) + 1) * (room / 2);
	uint32_t end = line->length > line->column ? line->length : line->column;

	for (uint32_t i = first; i < end && i < first + room; i++)
		row_cell(row, i < line->length ? line->cell[i] : ' ');
	if (first > 0)
		row->cell[before] = CUT_MARK_LEFT;
	if (end > first + room)
		row->cell[row->length - 1] = CUT_MARK;
	row->cursor = before + line->column - first;
}

void console_show(struct console *console)
{
	struct line *line = &console->vm[console->focus].line;

	console->row.length = 0;
	if (console->vm_count > 0 && (line->length > 0 || line->column > 0)) {
		row_start_vm(console, console->focus);
		view_make(&console->row, line);
	}
	terminal_show(&console->terminal, &console->row);
	if (line->asks_position)
		terminal_ask_position(&console->terminal);
	line->asks_position = false;
}
