/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/console.h"

static void focus_set(struct console *console, uint32_t vm)
{
	console->focus = vm;
	console->notices.focus = true;
}

/* The next VM after the one in focus whose name starts with this letter; vm_count: none. */
static uint32_t vm_by_letter(const struct console *console, uint8_t letter)
{
	for (uint32_t i = 1; i <= console->vm_count; i++) {
		uint32_t vm = (console->focus + i) % console->vm_count;

		if ((uint8_t)console->conf->channel[vm].name[0] == letter)
			return vm;
	}
	return console->vm_count;
}

/* The key after KEY_ESCAPE. The console's own letters mean the same in every system, so they
 * go before names. */
static void command_run(struct console *console, uint8_t key)
{
	uint32_t vm = console->vm_count;

	if (key == '?' || key == 'h') {
		console->notices.help_line = 1;
		return;
	}
	if (key == 'n')
		vm = (console->focus + 1) % console->vm_count;
	else if (key >= '1' && key <= '9')
		vm = (uint32_t)(key - '1');
	else
		vm = vm_by_letter(console, key);
	if (vm < console->vm_count) {
		focus_set(console, vm);
	} else {
		console->notices.key = true;
		console->notices.unknown_key = key;
	}
}

static uint64_t type(struct console *console, uint8_t byte)
{
	uint32_t doorbell = console->conf->channel[console->focus].doorbell;

	if (!channel_put(&console->vm[console->focus].channel, byte) || doorbell >= 64)
		return 0;
	return (uint64_t)1 << doorbell;
}

uint64_t console_key(struct console *console, uint8_t byte)
{
	bool escaped = console->escape;

	console->escape = !escaped && byte == KEY_ESCAPE;
	if (console->escape || console->vm_count == 0)
		return 0;
	if (!escaped || byte == KEY_ESCAPE)
		return type(console, byte);
	command_run(console, byte);
	return 0;
}
