/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node of a source, with readers that know what kind of value they expect. node_check reports
 * what is unknown, missing or of the wrong kind, in the node and below it; after it the readers say
 * nothing: what is not there as it should be is simply not there.
 */
#ifndef PARTITA_TOOL_NODE_H
#define PARTITA_TOOL_NODE_H

#include "tools/partita/source.h"
#include <stdint.h>

struct node {
	const struct source *source;
	int offset;            /* negative: no node */
};

struct node_rule {
	const char *name;
	enum source_form form;
	uint32_t cells; /* FORM_CELLS: so many */
	bool many; /* strings: one or more; cells: once or several times */
	bool required;
};

/* The grammar of a node and of those below it. */
struct node_rules {
	const char *path; /* "/vms/NAME"; its last part is the node's name, NAME stands for any */
	const char *what;      /* "a VM", for messages */
	const char *prefix; /* only properties that begin so are judged; NULL: all are */
	const struct node_rule *rule;
	size_t count;
	const struct node_rules *const *child; /* up to a NULL; NULL: none */
};

/* A stretch of addresses: [base, base + bytes). Never wraps. */
struct range {
	uint64_t base, bytes;
};

void node_check(struct node n, const struct node_rules *rules, struct diag *d);
/* Whether a node of that name is one that the rules are for. */
bool node_rules_name(const struct node_rules *rules, const char *name);

struct pos node_pos(struct node n);
/* Of the property, or of the node where it lacks. */
struct pos node_property_pos(struct node n, const char *name);
const char *node_name(struct node n);
struct node node_root(const struct source *s);
struct node node_child(struct node n, const char *name);
struct node node_first(struct node parent);
struct node node_next(struct node n);

bool node_has(struct node n, const char *name);
/* The first string of the property, or NULL. */
const char *node_string(struct node n, const char *name);
const char *node_string_at(struct node n, const char *name, int index);
/* What was written as bytes, [..]; or NULL. */
const uint8_t *node_bytes(struct node n, const char *name, uint32_t *count);
/* How many strings it has. */
uint32_t node_strings(struct node n, const char *name);
/* How many 32-bit cells it has; 0 also when it is something else. */
uint32_t node_cells(struct node n, const char *name);
uint32_t node_cell(struct node n, const char *name, uint32_t index);
uint64_t node_cell64(struct node n, const char *name, uint32_t index);
/* The property's number of one or two cells, or `otherwise`. */
uint64_t node_number(struct node n, const char *name, uint64_t otherwise);
bool node_compatible(struct node n, const char *name);

/* The index-th entry of `reg`, in CPU addresses. False when there is none, or a bus between does not
 * say where the CPU sees it, or it wraps. */
bool node_reg(struct node n, uint32_t index, struct range *range);

bool range_overlap(struct range a, struct range b);
bool range_within(struct range inner, struct range outer);

#endif
