/* SPDX-License-Identifier: Apache-2.0 */
/* Nodes: checking them against their rules, and reading their properties. */
#include "tools/partita/node.h"
#include "tools/partita/suggest.h"

#include <libfdt.h>
#include <string.h>

/* ---- Places and neighbours ---- */

struct pos node_pos(struct node n)
{
	return source_token(n.source, n.offset)->pos;
}

static int property_offset(struct node n, const char *name)
{
	int p;

	fdt_for_each_property_offset(p, n.source->fdt, n.offset) {
		const char *found;

		if (fdt_getprop_by_offset(n.source->fdt, p, &found, NULL) && strcmp(found, name) == 0)
			return p;
	}
	return -1;
}

struct pos node_property_pos(struct node n, const char *name)
{
	int p = property_offset(n, name);

	return p < 0 ? node_pos(n) : source_token(n.source, p)->pos;
}

const char *node_name(struct node n)
{
	return fdt_get_name(n.source->fdt, n.offset, NULL);
}

struct node node_root(const struct source *s)
{
	return (struct node){ s, 0 };
}

struct node node_child(struct node n, const char *name)
{
	return (struct node){ n.source,
			      n.offset < 0 ? n.offset : fdt_subnode_offset(n.source->fdt, n.offset, name) };
}

struct node node_first(struct node parent)
{
	int first = parent.offset < 0 ? parent.offset : fdt_first_subnode(parent.source->fdt, parent.offset);

	return (struct node){ parent.source, first };
}

struct node node_next(struct node n)
{
	return (struct node){ n.source, fdt_next_subnode(n.source->fdt, n.offset) };
}

/* ---- Checking ---- */

static void report_unknown(struct pos pos, const char *name, const struct node_rules *rules, struct diag *d)
{
	struct suggestion s = suggest(name);

	for (size_t i = 0; i < rules->count; i++)
		suggest_try(&s, rules->rule[i].name);
	diag_report(d, DIAG_PROPERTY_UNKNOWN, pos, "%s has no property '%s'; %s", rules->what, name,
		    suggest_advice(&s, "remove it, docs/system.md lists what there is", d->arena));
}

static void check_string(const struct source_token *token, const char *value, int length,
			 const struct node_rule *rule, struct diag *d)
{
	if (!rule->many && strlen(value) + 1 != (size_t)length)
		diag_report(d, DIAG_VALUE_TYPE, token->pos, "'%s' takes one string, not several; leave one",
			    rule->name);
}

static void check_cells(const struct source_token *token, int length, const struct node_rule *rule,
			struct diag *d)
{
	uint32_t count = (uint32_t)length / 4;

	if (length % 4 || count % rule->cells || count == 0 || (!rule->many && count != rule->cells))
		diag_report(d, DIAG_VALUE_CELLS, token->pos,
			    "'%s' has %d bytes of numbers; it takes %u 32-bit number%s%s", rule->name, length,
			    rule->cells, rule->cells > 1 ? "s" : "",
			    rule->many ? ", or several times as many" : "");
}

static void check_value(const struct source_token *token, const char *value, int length,
			const struct node_rule *rule, struct diag *d)
{
	static const char *const form[] = {
		[FORM_NODE] = "", [FORM_EMPTY] = "no value", [FORM_STRING] = "a string, \"..\"",
		[FORM_CELLS] = "numbers, <..>", [FORM_BYTES] = "bytes, [..]",
	};

	/* A string list with something else in it does not end in a zero byte, or has odd bytes. */
	if (token->form != rule->form ||
	    (rule->form == FORM_STRING && (length == 0 || value[length - 1] != 0)))
		diag_report(d, DIAG_VALUE_TYPE, token->pos, "'%s' takes %s; write it so", rule->name,
			    form[rule->form]);
	else if (rule->form == FORM_STRING)
		check_string(token, value, length, rule, d);
	else if (rule->form == FORM_CELLS)
		check_cells(token, length, rule, d);
}

static bool is_judged(const struct node_rules *rules, const char *name)
{
	/* dtc's own, where a label is referred to. */
	if (strcmp(name, "phandle") == 0)
		return false;
	return !rules->prefix || strncmp(name, rules->prefix, strlen(rules->prefix)) == 0;
}

static void check_properties(struct node n, const struct node_rules *rules, struct diag *d)
{
	int p;

	fdt_for_each_property_offset(p, n.source->fdt, n.offset) {
		const struct source_token *token = source_token(n.source, p);
		const char *name, *value;
		const struct node_rule *rule = NULL;
		int length;

		value = fdt_getprop_by_offset(n.source->fdt, p, &name, &length);
		for (size_t i = 0; i < rules->count; i++) {
			if (strcmp(name, rules->rule[i].name) == 0)
				rule = &rules->rule[i];
		}
		if (rule)
			check_value(token, value, length, rule, d);
		else if (is_judged(rules, name))
			report_unknown(token->pos, name, rules, d);
	}
	for (size_t i = 0; i < rules->count; i++) {
		if (rules->rule[i].required && !node_has(n, rules->rule[i].name))
			diag_report(d, DIAG_PROPERTY_MISSING, node_pos(n), "%s needs '%s'; add it",
				    rules->what, rules->rule[i].name);
	}
}

bool node_rules_name(const struct node_rules *rules, const char *name)
{
	const char *own = strrchr(rules->path, '/') + 1;

	return strcmp(own, "NAME") == 0 || strcmp(own, name) == 0;
}

static void check_child(struct node n, const struct node_rules *rules, struct diag *d)
{
	const struct node_rules *const *child = rules->child;
	struct suggestion near = suggest(node_name(n));

	for (; child && *child; child++) {
		if (node_rules_name(*child, node_name(n))) {
			node_check(n, *child, d);
			return;
		}
		suggest_try(&near, strrchr((*child)->path, '/') + 1);
	}
	diag_report(d, DIAG_NODE_UNKNOWN, node_pos(n), "%s has no node '%s'; %s", rules->what, node_name(n),
		    suggest_advice(&near, "remove it, docs/system.md lists what there is", d->arena));
}

void node_check(struct node n, const struct node_rules *rules, struct diag *d)
{
	check_properties(n, rules, d);
	/* Where only some properties are judged the other nodes are somebody else's. */
	for (struct node c = node_first(n); !rules->prefix && c.offset >= 0; c = node_next(c))
		check_child(c, rules, d);
}

/* ---- Reading ---- */

bool node_has(struct node n, const char *name)
{
	return property_offset(n, name) >= 0;
}

/* The value if it was written in that form. */
static const void *value(struct node n, const char *name, enum source_form form, int *length)
{
	int p = property_offset(n, name);

	if (p < 0 || source_token(n.source, p)->form != form)
		return NULL;
	return fdt_getprop_by_offset(n.source->fdt, p, NULL, length);
}

const char *node_string_at(struct node n, const char *name, int index)
{
	int length;
	const char *text = value(n, name, FORM_STRING, &length);

	if (!text || length == 0 || text[length - 1] != 0)
		return NULL;
	for (const char *end = text + length; text < end; text += strlen(text) + 1) {
		if (index-- == 0)
			return text;
	}
	return NULL;
}

const char *node_string(struct node n, const char *name)
{
	return node_string_at(n, name, 0);
}

const uint8_t *node_bytes(struct node n, const char *name, uint32_t *count)
{
	int length = 0;
	const uint8_t *bytes = value(n, name, FORM_BYTES, &length);

	*count = (uint32_t)length;
	return bytes;
}

uint32_t node_strings(struct node n, const char *name)
{
	uint32_t count = 0;

	while (node_string_at(n, name, (int)count))
		count++;
	return count;
}

uint32_t node_cells(struct node n, const char *name)
{
	int length;

	if (!value(n, name, FORM_CELLS, &length))
		return 0;
	return (uint32_t)length / 4;
}

uint32_t node_cell(struct node n, const char *name, uint32_t index)
{
	int length;
	const uint8_t *cells = value(n, name, FORM_CELLS, &length);

	return fdt32_ld((const fdt32_t *)(cells + 4 * (size_t)index));
}

uint64_t node_cell64(struct node n, const char *name, uint32_t index)
{
	return (uint64_t)node_cell(n, name, index) << 32 | node_cell(n, name, index + 1);
}

uint64_t node_number(struct node n, const char *name, uint64_t otherwise)
{
	switch (node_cells(n, name)) {
	case 1:
		return node_cell(n, name, 0);
	case 2:
		return node_cell64(n, name, 0);
	default:
		return otherwise;
	}
}

bool node_compatible(struct node n, const char *name)
{
	const char *text;

	for (int i = 0; (text = node_string_at(n, "compatible", i)); i++) {
		if (strcmp(text, name) == 0)
			return true;
	}
	return false;
}

/* ---- Addresses ---- */

static uint64_t cells_value(struct node n, const char *name, uint32_t first, uint32_t count)
{
	uint64_t v = 0;

	for (uint32_t i = 0; i < count; i++)
		v = v << 32 | node_cell(n, name, first + i);
	return v;
}

static bool cells_are_sound(int address, int size)
{
	return address >= 1 && address <= 2 && size >= 0 && size <= 2;
}

/* From the bus's own addresses to its parent's: by `ranges`, whose entries are <child parent size>.
 * An empty one hands them on; none at all: what is on this bus has no address of the CPU's. */
static bool translate(struct node bus, struct range *r)
{
	const void *fdt = bus.source->fdt;
	int parent = fdt_parent_offset(fdt, bus.offset), length;
	int child_cells = fdt_address_cells(fdt, bus.offset), size_cells = fdt_size_cells(fdt, bus.offset);
	int parent_cells = fdt_address_cells(fdt, parent);
	uint32_t c = (uint32_t)child_cells, p = (uint32_t)parent_cells, s = (uint32_t)size_cells;

	if (!fdt_getprop(fdt, bus.offset, "ranges", &length) || !cells_are_sound(child_cells, size_cells) ||
	    !cells_are_sound(parent_cells, 1))
		return false;
	for (uint32_t i = 0; i + c + p + s <= node_cells(bus, "ranges"); i += c + p + s) {
		struct range window = { cells_value(bus, "ranges", i, c),
					cells_value(bus, "ranges", i + c + p, s) };

		if (range_within(*r, window)) {
			r->base = r->base - window.base + cells_value(bus, "ranges", i + c, p);
			return r->base + r->bytes >= r->base;
		}
	}
	return length == 0;
}

bool node_reg(struct node n, uint32_t index, struct range *range)
{
	const void *fdt = n.source->fdt;
	int bus = fdt_parent_offset(fdt, n.offset);
	int address = fdt_address_cells(fdt, bus), size = fdt_size_cells(fdt, bus);
	uint32_t a = (uint32_t)address, s = (uint32_t)size;

	if (!cells_are_sound(address, size) || (index + 1) * (a + s) > node_cells(n, "reg"))
		return false;
	range->base = cells_value(n, "reg", index * (a + s), a);
	range->bytes = cells_value(n, "reg", index * (a + s) + a, s);
	if (range->base + range->bytes < range->base)
		return false;
	for (; bus > 0; bus = fdt_parent_offset(fdt, bus)) {
		if (!translate((struct node){ n.source, bus }, range))
			return false;
	}
	return true;
}

bool range_overlap(struct range a, struct range b)
{
	return a.bytes && b.bytes && a.base < b.base + b.bytes && b.base < a.base + a.bytes;
}

bool range_within(struct range inner, struct range outer)
{
	return inner.base >= outer.base && inner.bytes <= outer.bytes &&
	       inner.base - outer.base <= outer.bytes - inner.bytes;
}
