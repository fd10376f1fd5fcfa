/* SPDX-License-Identifier: Apache-2.0 */
/* Reading a system description: property by property, with defaults and limits. */
#include "tools/partita/system.h"
#include "tools/partita/channel.h"
#include "tools/partita/health.h"
#include "tools/partita/language.h"

#include <libfdt.h>
#include <string.h>

#define DEFAULT_CONSOLE_BUDGET_NS 2000000u
#define DEFAULT_CONSOLE_PERIOD_NS 10000000u

struct pos system_pos(const struct system *s)
{
	return node_pos(node_root(&s->source));
}

uint64_t system_limited(struct node n, const char *name, uint64_t otherwise, uint64_t least, uint64_t most,
			struct diag *d)
{
	uint64_t value = node_cells(n, name) == 1 ? node_cell(n, name, 0) : otherwise;

	if (value >= least && value <= most)
		return value;
	diag_report(d, DIAG_VALUE_RANGE, node_property_pos(n, name), "'%s' is %ju; it is to be %ju to %ju",
		    name, (uintmax_t)value, (uintmax_t)least, (uintmax_t)most);
	return otherwise;
}

void system_check_name(struct node n, struct diag *d)
{
	if (strlen(node_name(n)) >= FMAP_NAME_BYTES)
		diag_report(d, DIAG_NAME_TOO_LONG, node_pos(n),
			    "the name '%s' is too long; use at most %d characters", node_name(n),
			    FMAP_NAME_BYTES - 1);
}

/* ---- The whole ---- */

static void read_vms(struct system *s, struct diag *d)
{
	struct node vms = node_child(node_root(&s->source), "vms");

	if (vms.offset < 0 || node_first(vms).offset < 0) {
		diag_report(d, DIAG_VM_MISSING, system_pos(s),
			    "the system has no VM; add vms { NAME { .. }; };");
		return;
	}
	for (struct node n = node_first(vms); n.offset >= 0; n = node_next(n)) {
		if (s->vm_count == MAX_VMS) {
			diag_report(d, DIAG_VM_COUNT, node_pos(n),
				    "the system has more than %d VMs; remove some", MAX_VMS);
			return;
		}
		s->vm[s->vm_count].index = s->vm_count;
		vm_read(&s->vm[s->vm_count++], n, d);
	}
}

static void read_console(struct system *s, struct diag *d)
{
	struct console *c = &s->console;
	struct node services = node_child(node_root(&s->source), "services");

	c->node = (struct node){ &s->source, -1 };
	c->cpu = FMAP_NONE;
	c->budget_ns = DEFAULT_CONSOLE_BUDGET_NS;
	c->period_ns = DEFAULT_CONSOLE_PERIOD_NS;
	if (services.offset < 0)
		return;
	c->node = node_child(services, "console");
	if (c->node.offset < 0)
		return;
	c->cpu = (uint32_t)node_number(c->node, "cpu", FMAP_NONE);
	c->budget_ns = system_limited(c->node, "budget-ns", c->budget_ns, 1000, 1000000000, d);
	c->period_ns = system_limited(c->node, "period-ns", c->period_ns, 1000, 1000000000, d);
	c->focus_name = node_string(c->node, "focus");
	if (c->budget_ns > c->period_ns)
		diag_report(d, DIAG_CONSOLE_BUDGET, node_property_pos(c->node, "budget-ns"),
			    "the console's budget is longer than its "
			    "period; make budget-ns at most period-ns");
}

/* The file's name without folder and ending. */
static void name_system(struct system *s, const char *path)
{
	const char *slash = strrchr(path, '/'), *base = slash ? slash + 1 : path;
	size_t length = strcspn(base, ".");

	if (length >= sizeof(s->name))
		length = sizeof(s->name) - 1;
	memcpy(s->name, base, length);
}

bool system_read(struct system *s, const char *path, struct arena *a, struct diag *d)
{
	struct node root;

	memset(s, 0, sizeof(*s));
	if (!source_read(&s->source, path, a, d))
		return false;
	name_system(s, path);
	root = node_root(&s->source);
	if (!node_compatible(root, "partita,system")) {
		diag_report(d, DIAG_NOT_A_SYSTEM, node_property_pos(root, "compatible"),
			    "this is no system description; begin it with "
			    "compatible = \"partita,system\"");
		return false;
	}
	node_check(root, &language_system, d);
	s->platform = node_string(root, "platform");
	read_vms(s, d);
	channels_read(s, d);
	health_read(s, d);
	read_console(s, d);
	return true;
}
