/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/health.h"
#include "tools/partita/suggest.h"
#include "tools/partita/units.h"
#include "abi/health.h"

#include <string.h>

#define NOTIFY "notify"
#define DEFAULT_RESTARTS 5
#define DEFAULT_WINDOW_MS 60000
#define MAX_PEERS 63u          /* an answer of the kernel's to one event has a bit for each */

/* Which events there are, what follows if nothing is said, and what going on is called where a guest
 * can: a guest whose access failed gets an exception, all else is only written down. */
static const struct {
	const char *name;
	enum health_action otherwise;
	const char *goes_on;   /* NULL: it cannot */
} event[HEALTH_EVENTS] = {
	[HEALTH_OFF] = { "off", ACTION_STOP, NULL },
	[HEALTH_RESET] = { "reset", ACTION_RESTART, NULL },
	[HEALTH_ABORT] = { "abort", ACTION_LOG, "inject" },
	[HEALTH_CALL] = { "call", ACTION_LOG, "log" },
	[HEALTH_MONITOR] = { "monitor", ACTION_STOP, NULL },
	[HEALTH_SERROR] = { "serror", ACTION_STOP, NULL },
	[HEALTH_WATCHDOG] = { "watchdog", ACTION_RESTART, "log" },
	[HEALTH_IMAGE] = { "image", ACTION_STOP, NULL },
};

static const char *const action_name[HEALTH_ACTIONS] = {
	[ACTION_RESTART] = "restart",
	[ACTION_STOP] = "stop",
	[ACTION_BOARD] = "stop-board",
};

const char *health_event_name(uint32_t e)
{
	return event[e].name;
}

/* NULL: it cannot follow. */
static const char *action_after(uint32_t e, uint32_t action)
{
	return action == ACTION_LOG ? event[e].goes_on : action_name[action];
}

const char *health_follows(const struct fmap_health *h, uint32_t e, struct arena *a)
{
	const char *name = h->action[e] < HEALTH_ACTIONS ? action_after(e, h->action[e]) : NULL;

	return arena_printf(a, "%s%s", name ? name : "?", h->notify >> e & 1 ? ", told" : "");
}

const char *health_limit(const struct fmap_health *h, struct arena *a)
{
	return arena_printf(a, "%u in %s", h->restarts, units_ns(a, h->window_ns));
}

/* ---- Events ---- */

static void report_action(const struct vm *vm, struct node n, uint32_t e, const char *word, struct diag *d)
{
	struct suggestion near = suggest(word);
	const char *list = "";

	for (uint32_t i = 0; i < HEALTH_ACTIONS; i++) {
		const char *name = action_after(e, i);

		if (!name)
			continue;
		suggest_try(&near, name);
		list = arena_printf(d->arena, "%s%s\"%s\"", list, *list ? ", " : "", name);
	}
	diag_report(d, DIAG_HEALTH_ACTION, node_property_pos(n, event[e].name),
		    "\"%s\" cannot follow on '%s' of VM '%s'; %s", word, event[e].name, vm->name,
		    suggest_advice(&near, arena_printf(d->arena, "it is one of %s", list), d->arena));
}

static void read_word(struct vm *vm, struct node n, uint32_t e, const char *word, bool first, struct diag *d)
{
	if (!first && strcmp(word, NOTIFY) == 0) {
		vm->health.notify |= 1u << e;
		return;
	}
	for (uint32_t i = 0; i < HEALTH_ACTIONS && first; i++) {
		const char *name = action_after(e, i);

		if (name && strcmp(word, name) == 0) {
			vm->health.action[e] = (uint8_t)i;
			return;
		}
	}
	report_action(vm, n, e, word, d);
}

static void read_event(struct vm *vm, struct node n, uint32_t e, struct diag *d)
{
	const char *word;

	vm->health.action[e] = (uint8_t)event[e].otherwise;
	for (int i = 0; (word = node_string_at(n, event[e].name, i)); i++)
		read_word(vm, n, e, word, i == 0, d);
}

/* ---- Who is told ---- */

static void read_told(struct vm *vm, struct node n, const char *name, struct diag *d)
{
	for (uint32_t i = 0; i < vm->end_count; i++) {
		if (strcmp(vm->end[i].channel->name, name) == 0) {
			vm->health.told |= 1u << i;
			return;
		}
	}
	diag_report(d, DIAG_HEALTH_NOTIFY, node_property_pos(n, NOTIFY),
		    "VM '%s' has no end of a channel '%s' by which others could be told; name one that it "
		    "writes or reads",
		    vm->name, name);
}

static void check_told(const struct vm *vm, struct node n, struct diag *d)
{
	if (vm->health.notify && !node_has(n, NOTIFY))
		diag_report(d, DIAG_HEALTH_NOTIFY, node_pos(n),
			    "VM '%s' has events to be told of and nobody to tell; add notify = \"CHANNEL\"",
			    vm->name);
	if (!vm->health.notify && node_has(n, NOTIFY))
		diag_report(d, DIAG_HEALTH_NOTIFY, node_property_pos(n, NOTIFY),
			    "VM '%s' names whom to tell, but not of what; put \"notify\" behind an action",
			    vm->name);
	if (health_peers(vm) > MAX_PEERS)
		diag_report(d, DIAG_CHANNEL_COUNT, node_property_pos(n, NOTIFY),
			    "%u others are to be told of VM '%s'; make that at most %u", health_peers(vm),
			    vm->name, MAX_PEERS);
}

uint32_t health_peers(const struct vm *vm)
{
	uint32_t peers = 0;

	for (uint32_t i = 0; i < vm->end_count; i++) {
		if (vm->health.told >> i & 1)
			peers += vm->end[i].channel->vm_count - 1;
	}
	return peers;
}

static void read_vm(struct vm *vm, struct diag *d)
{
	struct node n = node_child(vm->node, "health");
	const char *name;

	for (uint32_t e = 0; e < HEALTH_EVENTS; e++)
		read_event(vm, n, e, d);
	for (int i = 0; (name = node_string_at(n, NOTIFY, i)); i++)
		read_told(vm, n, name, d);
	if (n.offset >= 0)
		check_told(vm, n, d);
	vm->health.restarts = (uint32_t)system_limited(n, "restart-limit", DEFAULT_RESTARTS, 0, 1000000, d);
	vm->health.window_ms =
		(uint32_t)system_limited(n, "restart-window-ms", DEFAULT_WINDOW_MS, 1, 86400000, d);
}

void health_read(struct system *s, struct diag *d)
{
	for (uint32_t v = 0; v < s->vm_count; v++)
		read_vm(&s->vm[v], d);
}
