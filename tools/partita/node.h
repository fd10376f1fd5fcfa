/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A node of a source, with readers that know what kind of value they expect. node_check reports
 * what is unknown, missing or of the wrong kind, once; after it the readers say nothing: what
 * is not there as it should be is simply not there.
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
	uint32_t cells;        /* FORM_CELLS: a multiple of so many, and at least as many */
	bool required;
};

struct node_rules {
	const char *what;      /* "a VM", for messages */
	const struct node_rule *rule;
	size_t count;
};

/* A stretch of addresses: [base, base + bytes). Never wraps. */
struct range {
	uint64_t base, bytes;
};

void node_check(struct node n, const struct node_rules *rules, struct diag *d);

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
/* How many 32-bit cells it has; 0 also when it is something else. */
uint32_t node_cells(struct node n, const char *name);
uint32_t node_cell(struct node n, const char *name, uint32_t index);
uint64_t node_cell64(struct node n, const char *name, uint32_t index);
/* The property's number of one or two cells, or `otherwise`. */
uint64_t node_number(struct node n, const char *name, uint64_t otherwise);
bool node_compatible(struct node n, const char *name);

/* The index-th entry of `reg`, in CPU addresses. False when there is none, or a bus between
 * translates addresses, or it wraps. */
bool node_reg(struct node n, uint32_t index, struct range *range);

bool range_overlap(struct range a, struct range b);
bool range_within(struct range inner, struct range outer);

#endif
