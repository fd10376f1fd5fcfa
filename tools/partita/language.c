/* SPDX-License-Identifier: Apache-2.0 */
#include "tools/partita/language.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define CHILDREN(...) ((const struct node_rules *const[]){ __VA_ARGS__, NULL })

enum { OPTIONAL, REQUIRED };
#define FLAG(name) \
	{ \
		name, FORM_EMPTY, 0, false, OPTIONAL \
	}
#define STRING(name, required) \
	{ \
		name, FORM_STRING, 0, false, required \
	}
#define STRINGS(name, required) \
	{ \
		name, FORM_STRING, 0, true, required \
	}
#define NUMBER(name, required) \
	{ \
		name, FORM_CELLS, 1, false, required \
	}
#define NUMBERS(name, required) \
	{ \
		name, FORM_CELLS, 1, true, required \
	}
#define NUMBER64(name, required) \
	{ \
		name, FORM_CELLS, 2, false, required \
	}
#define RANGES(name, required) \
	{ \
		name, FORM_CELLS, 4, true, required \
	}
#define BYTES(name) \
	{ \
		name, FORM_BYTES, 0, false, OPTIONAL \
	}

/* ---- A system ---- */

static const struct node_rule file_rule[] = {
	STRING("file", REQUIRED),
	NUMBER64("address", REQUIRED),
};
static const struct node_rules file = { "/vms/NAME/files/NAME", "a file", NULL, file_rule,
					COUNT(file_rule),	NULL };
static const struct node_rules files = { "/vms/NAME/files", "'files'", NULL, NULL, 0, CHILDREN(&file) };

static const struct node_rule region_rule[] = {
	NUMBER64("address", REQUIRED),
	NUMBER64("size", REQUIRED),
	NUMBER64("physical-address", OPTIONAL),
	FLAG("read-only"),
};
static const struct node_rules region = {
	"/vms/NAME/regions/NAME", "a memory region", NULL, region_rule, COUNT(region_rule), NULL
};
static const struct node_rules regions = {
	"/vms/NAME/regions", "'regions'", NULL, NULL, 0, CHILDREN(&region)
};

static const struct node_rule layout_rule[] = {
	NUMBER64("distributor", OPTIONAL), NUMBER64("redistributors", OPTIONAL),
	NUMBER64("uart", OPTIONAL),	   NUMBER("uart-spi", OPTIONAL),
	NUMBER64("rtc", OPTIONAL),	   NUMBER("rtc-spi", OPTIONAL),
	NUMBER64("watchdog", OPTIONAL),	   NUMBER("watchdog-spi", OPTIONAL),
};
static const struct node_rules layout = { "/vms/NAME/layout", "a VM's layout",	  NULL,
					  layout_rule,	      COUNT(layout_rule), NULL };

static const struct node_rule health_rule[] = {
	STRINGS("off", OPTIONAL),
	STRINGS("reset", OPTIONAL),
	STRINGS("abort", OPTIONAL),
	STRINGS("call", OPTIONAL),
	STRINGS("monitor", OPTIONAL),
	STRINGS("serror", OPTIONAL),
	STRINGS("watchdog", OPTIONAL),
	STRINGS("image", OPTIONAL),
	STRINGS("notify", OPTIONAL),
	NUMBER("restart-limit", OPTIONAL),
	NUMBER("restart-window-ms", OPTIONAL),
};
static const struct node_rules health = { "/vms/NAME/health", "'health'",	  NULL,
					  health_rule,	      COUNT(health_rule), NULL };

static const struct node_rule vm_rule[] = {
	NUMBERS("cpus", REQUIRED),
	RANGES("memory", OPTIONAL),
	STRING("kernel", REQUIRED),
	NUMBER64("kernel-address", OPTIONAL),
	NUMBER64("entry", OPTIONAL),
	STRING("initrd", OPTIONAL),
	STRING("bootargs", OPTIONAL),
	STRING("dtb", OPTIONAL),
	STRINGS("dtb-overlays", OPTIONAL),
	BYTES("rng-seed"),
	FLAG("console"),
	NUMBER("rtc-start", OPTIONAL),
	FLAG("no-rtc"),
	NUMBER("spis", OPTIONAL),
	STRINGS("devices", OPTIONAL),
	STRINGS("trusted-dma", OPTIONAL),
	FLAG("real-time"),
	STRING("cpu-features", OPTIONAL),
	FLAG("trng"),
	NUMBER("doorbell-interval-ns", OPTIONAL),
	NUMBER("upcall-budget-ns", OPTIONAL),
	NUMBER("start-budget-ms", OPTIONAL),
	FLAG("start-stopped"),
	FLAG("watchdog"),
	NUMBER("watchdog-ns", OPTIONAL),
};
static const struct node_rules vm = { "/vms/NAME",    "a VM",
				      NULL,	      vm_rule,
				      COUNT(vm_rule), CHILDREN(&regions, &files, &layout, &health) };
static const struct node_rules vms = { "/vms", "'vms'", NULL, NULL, 0, CHILDREN(&vm) };

static const struct node_rule end_rule[] = {
	NUMBER64("memory", OPTIONAL),
	NUMBER64("registers", OPTIONAL),
	NUMBER("interrupt", OPTIONAL),
};
static const struct node_rules end = {
	"/channels/NAME/NAME", "a channel's end", NULL, end_rule, COUNT(end_rule), NULL
};
static const struct node_rule channel_rule[] = {
	STRING("writer", REQUIRED), STRINGS("readers", REQUIRED), NUMBER64("size", REQUIRED),
	FLAG("doorbell"),	    FLAG("reply-doorbell"),
};
static const struct node_rules channel = { "/channels/NAME", "a channel",	  NULL,
					   channel_rule,     COUNT(channel_rule), CHILDREN(&end) };
static const struct node_rules channels = { "/channels", "'channels'", NULL, NULL, 0, CHILDREN(&channel) };

static const struct node_rule slot_rule[] = {
	STRING("vm", OPTIONAL),
	NUMBER("vcpu", OPTIONAL),
	NUMBER("start-ns", REQUIRED),
	NUMBER("length-ns", REQUIRED),
};
static const struct node_rules slot = {
	"/schedules/NAME/slots/NAME", "a slot", NULL, slot_rule, COUNT(slot_rule), NULL
};
static const struct node_rules slots = { "/schedules/NAME/slots", "'slots'", NULL, NULL, 0, CHILDREN(&slot) };
static const struct node_rule schedule_rule[] = {
	NUMBER("cpu", REQUIRED),
	NUMBER("frame-ns", REQUIRED),
};
static const struct node_rules schedule = { "/schedules/NAME", "a schedule",	     NULL,
					    schedule_rule,     COUNT(schedule_rule), CHILDREN(&slots) };
static const struct node_rules schedules = {
	"/schedules", "'schedules'", NULL, NULL, 0, CHILDREN(&schedule)
};

static const struct node_rule console_rule[] = {
	NUMBER("cpu", OPTIONAL),
	NUMBER("budget-ns", OPTIONAL),
	NUMBER("period-ns", OPTIONAL),
	STRING("focus", OPTIONAL),
};
static const struct node_rules console = { "/services/console", "the console service", NULL,
					   console_rule,	COUNT(console_rule),   NULL };
static const struct node_rules services = { "/services", "'services'", NULL, NULL, 0, CHILDREN(&console) };

static const struct node_rule system_rule[] = {
	STRING("compatible", REQUIRED),
	STRING("platform", REQUIRED),
};
const struct node_rules language_system = {
	"/",	     "a system",	 NULL,
	system_rule, COUNT(system_rule), CHILDREN(&vms, &channels, &schedules, &services)
};

/* ---- A board ---- */

static const struct node_rule board_rule[] = {
	NUMBER64("partita,load-address", REQUIRED), NUMBER("partita,pa-bits", REQUIRED),
	STRING("partita,cpu-start", REQUIRED),	    STRING("partita,cpu-features", REQUIRED),
	STRING("partita,console", OPTIONAL),	    FLAG("partita,el3-entry"),
};
const struct node_rules language_board = { "/", "a board", "partita,", board_rule, COUNT(board_rule), NULL };

static const struct node_rule board_gic_rule[] = {
	NUMBER("partita,spis", OPTIONAL), /* what is no GICv3 has none */
};
const struct node_rules language_board_gic = { "/GIC",	       "a board's GIC",	      "partita,",
					       board_gic_rule, COUNT(board_gic_rule), NULL };

static const struct node_rule board_device_rule[] = {
	FLAG("partita,no-dma"),
};
const struct node_rules language_board_device = { "/DEVICE",	     "a board's device",       "partita,",
						  board_device_rule, COUNT(board_device_rule), NULL };

/* ---- The list ---- */

static const char *type_name(const struct node_rule *rule)
{
	switch (rule->form) {
	case FORM_EMPTY:
		return "flag";
	case FORM_STRING:
		return rule->many ? "strings" : "string";
	case FORM_BYTES:
		return "bytes";
	default:
		if (rule->cells == 1)
			return rule->many ? "numbers" : "number";
		return rule->many ? "ranges" : "64-bit number";
	}
}

static void print_rules(const struct node_rules *rules, const char *source, FILE *out)
{
	for (size_t i = 0; i < rules->count; i++)
		fprintf(out, "%s\t%s\t%s\t%s\t%s\n", source, rules->path, rules->rule[i].name,
			type_name(&rules->rule[i]), rules->rule[i].required ? "required" : "optional");
	for (const struct node_rules *const *child = rules->child; child && *child; child++)
		print_rules(*child, source, out);
}

void language_print(FILE *out)
{
	print_rules(&language_system, "system", out);
	print_rules(&language_board, "board", out);
	print_rules(&language_board_gic, "board", out);
	print_rules(&language_board_device, "board", out);
}
