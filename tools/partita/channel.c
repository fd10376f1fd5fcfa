/* SPDX-License-Identifier: Apache-2.0 */
/* Reading channels, and giving their ends a place in the guests. */
#include "tools/partita/channel.h"
#include "tools/partita/health.h"
#include "tools/partita/memory.h"

#include <string.h>

/* Where the tool looks for free addresses: the first is free on QEMU's virt board, too, the second
 * is where that has PCIe. On 64 KiB, for guests with such pages. */
#define REGISTERS_FROM 0x0c000000u
#define MEMORY_FROM 0x20000000u
#define GUEST_PAGE 0x10000u
#define INTID_FROM 40u         /* SPI 8: those below are devices of the virt board */
#define MAX_CAPS_OF_VM 64u     /* an answer of a monitor has a bit for each */

/* ---- Reading ---- */

static struct vm *vm_by_name(struct system *s, const char *name)
{
	for (uint32_t v = 0; v < s->vm_count; v++) {
		if (strcmp(s->vm[v].name, name) == 0)
			return &s->vm[v];
	}
	return NULL;
}

/* A VM gets an end of the channel; `property` named it. */
static void add_end(struct system *s, struct channel *c, const char *property, const char *name,
		    struct diag *d)
{
	struct pos pos = node_property_pos(c->node, property);
	struct vm *vm = vm_by_name(s, name);

	if (!vm) {
		diag_report(d, DIAG_CHANNEL_VM, pos,
			    "channel '%s' has no VM '%s' to be at its end; name one of those in 'vms'",
			    c->name, name);
		return;
	}
	for (uint32_t i = 0; i < c->vm_count; i++) {
		if (c->vm[i] == vm->index) {
			diag_report(d, DIAG_CHANNEL_END_TWICE, pos,
				    "VM '%s' is at two ends of channel '%s'; name it once", name, c->name);
			return;
		}
	}
	if (vm->end_count == VMCONF_MAX_CHANNELS) {
		diag_report(d, DIAG_CHANNEL_COUNT, pos,
			    "VM '%s' has more than %d ends of channels; remove some", name,
			    VMCONF_MAX_CHANNELS);
		return;
	}
	c->vm[c->vm_count++] = vm->index;
	vm->end[vm->end_count++] = (struct channel_end){
		.channel = c,
		.writes = strcmp(property, "writer") == 0,
		.node = node_child(c->node, name),
	};
}

static void check_size(const struct channel *c, struct diag *d)
{
	if (c->bytes == 0 || c->bytes % PAGE_BYTES || c->bytes > GUEST_IPA_END)
		diag_report(d, DIAG_CHANNEL_SIZE, node_property_pos(c->node, "size"),
			    "the size 0x%jx of channel '%s' is not whole pages; use a multiple of 0x%x, as "
			    "<high low>",
			    (uintmax_t)c->bytes, c->name, PAGE_BYTES);
}

/* Nodes in a channel's are named after the VMs at its ends. */
static void check_end_nodes(const struct system *s, const struct channel *c, struct diag *d)
{
	for (struct node n = node_first(c->node); n.offset >= 0; n = node_next(n)) {
		bool found = false;

		for (uint32_t i = 0; i < c->vm_count; i++)
			found |= strcmp(node_name(n), s->vm[c->vm[i]].name) == 0;
		if (!found)
			diag_report(d, DIAG_CHANNEL_END_UNKNOWN, node_pos(n),
				    "channel '%s' has no end in a VM '%s'; name its writer or one of its "
				    "readers",
				    c->name, node_name(n));
	}
}

static void read_channel(struct system *s, struct channel *c, struct node n, struct diag *d)
{
	const char *reader;

	c->node = n;
	c->name = node_name(n);
	system_check_name(n, d);
	c->doorbell = node_has(n, "doorbell");
	c->reply_doorbell = node_has(n, "reply-doorbell");
	c->bytes = node_number(n, "size", PAGE_BYTES);
	check_size(c, d);
	if (!node_string(n, "writer") || !node_string(n, "readers"))
		return;
	add_end(s, c, "writer", node_string(n, "writer"), d);
	for (int i = 0; (reader = node_string_at(n, "readers", i)); i++)
		add_end(s, c, "readers", reader, d);
	check_end_nodes(s, c, d);
}

void channels_read(struct system *s, struct diag *d)
{
	struct node channels = node_child(node_root(&s->source), "channels");

	for (struct node n = node_first(channels); n.offset >= 0; n = node_next(n)) {
		if (s->channel_count == MAX_CHANNELS) {
			diag_report(d, DIAG_CHANNEL_COUNT, node_pos(n),
				    "the system has more than %d channels; remove some", MAX_CHANNELS);
			return;
		}
		read_channel(s, &s->channel[s->channel_count++], n, d);
	}
}

/* ---- Doorbells ---- */

uint32_t channel_peers(const struct channel_end *end)
{
	if (end->writes)
		return end->channel->doorbell ? end->channel->vm_count - 1 : 0;
	return end->channel->reply_doorbell ? 1 : 0;
}

uint32_t channel_cap_first(const struct vm *vm, uint32_t end)
{
	uint32_t first = vm->channel != FMAP_NONE ? 1 : 0;

	for (uint32_t i = 0; i < end; i++)
		first += channel_peers(&vm->end[i]);
	return first;
}

static void check_doorbells(const struct system *s, struct diag *d)
{
	uint32_t links = 0;

	for (uint32_t v = 0; v < s->vm_count; v++) {
		const struct vm *vm = &s->vm[v];
		uint32_t peers = channel_cap_first(vm, vm->end_count);

		links += (peers + health_peers(vm)) * vm->vcpu_count;
		if (peers > MAX_CAPS_OF_VM)
			diag_report(d, DIAG_CHANNEL_COUNT, node_pos(vm->node),
				    "VM '%s' may ring %u others; make that at most %u", vm->name, peers,
				    MAX_CAPS_OF_VM);
	}
	if (links > MAX_CHANNEL_LINKS)
		diag_report(d, DIAG_CHANNEL_COUNT, node_pos(node_child(node_root(&s->source), "channels")),
			    "%u doorbells are too many, counted by each vCPU that may ring each VM; remove "
			    "some: at most %d",
			    links, MAX_CHANNEL_LINKS);
}

/* ---- Places in a guest ---- */

static struct pos end_pos(const struct channel_end *end)
{
	return node_pos(end->node.offset >= 0 ? end->node : end->channel->node);
}

/* The lowest free stretch from there on. There are few regions, so there is one. */
static uint64_t free_place(const struct vm *vm, uint64_t from, uint64_t bytes, uint64_t align)
{
	struct region taken[MAX_REGIONS];
	uint32_t count = check_regions(vm, taken), i = 0;

	while (i < count) {
		if (range_overlap((struct range){ from, bytes }, taken[i].range)) {
			from = (taken[i].range.base + taken[i].range.bytes + align - 1) / align * align;
			i = 0;
		} else {
			i++;
		}
	}
	return from;
}

static bool intid_is_free(const struct vm *vm, uint32_t intid)
{
	struct virtual_device device[MAX_VIRTUAL_DEVICES];
	uint32_t count = check_virtual_devices(vm, device);

	for (uint32_t i = 0; i < count; i++) {
		if (device[i].intid == intid)
			return false;
	}
	for (uint32_t i = 0; i < vm->device_count; i++) {
		for (uint32_t k = 0; k < vm->device[i].interrupt_count; k++) {
			if (vm->device[i].interrupt[k].intid == intid)
				return false;
		}
	}
	for (uint32_t i = 0; i < vm->end_count; i++) {
		if (vm->end[i].intid == intid)
			return false;
	}
	return true;
}

static void set_intid(struct vm *vm, struct channel_end *end, uint32_t intid)
{
	end->intid = intid;
	vm_hold_intid(vm, intid);
}

static void pin_address(struct channel_end *end, const char *property, uint64_t *address, struct diag *d)
{
	*address = node_number(end->node, property, UNPLACED);
	if (*address == UNPLACED || *address % PAGE_BYTES == 0)
		return;
	diag_report(d, DIAG_CHANNEL_ADDRESS, node_property_pos(end->node, property),
		    "'%s' 0x%jx is not on a page; use a multiple of 0x%x", property, (uintmax_t)*address,
		    PAGE_BYTES);
	*address = UNPLACED;
}

/* What the description says. */
static void pin_end(struct vm *vm, struct channel_end *end, struct diag *d)
{
	uint64_t intid;

	end->memory = end->registers = UNPLACED;
	if (end->node.offset < 0)
		return;
	pin_address(end, "memory", &end->memory, d);
	pin_address(end, "registers", &end->registers, d);
	intid = node_number(end->node, "interrupt", 0);
	if (intid == 0 && !node_has(end->node, "interrupt"))
		return;
	if (intid < FIRST_SPI || intid >= MAX_INTIDS || !intid_is_free(vm, (uint32_t)intid))
		diag_report(d, DIAG_CHANNEL_INTERRUPT, node_property_pos(end->node, "interrupt"),
			    "interrupt %ju is no SPI, or another device's in VM '%s'; choose a free one from "
			    "%u to %u, or leave it out",
			    (uintmax_t)intid, vm->name, FIRST_SPI, MAX_INTIDS - 1);
	else
		set_intid(vm, end, (uint32_t)intid);
}

/* What it leaves open. */
static void place_end(struct vm *vm, struct channel_end *end)
{
	uint64_t bytes = end->channel->bytes, align = bytes < BLOCK_BYTES ? GUEST_PAGE : BLOCK_BYTES;
	uint32_t intid = INTID_FROM;

	if (end->registers == UNPLACED)
		end->registers = free_place(vm, REGISTERS_FROM, PAGE_BYTES, GUEST_PAGE);
	if (end->memory == UNPLACED)
		end->memory = free_place(vm, MEMORY_FROM, bytes, align);
	while (end->intid == 0 && !intid_is_free(vm, intid))
		intid++;
	if (end->intid == 0)
		set_intid(vm, end, intid);
}

void channels_place(struct system *s, struct diag *d)
{
	check_doorbells(s, d);
	for (uint32_t v = 0; v < s->vm_count; v++) {
		struct vm *vm = &s->vm[v];

		for (uint32_t i = 0; i < vm->end_count; i++)
			pin_end(vm, &vm->end[i], d);
		for (uint32_t i = 0; i < vm->end_count; i++)
			place_end(vm, &vm->end[i]);
	}
}

uint32_t channel_regions(const struct vm *vm, struct region *r)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < vm->end_count; i++) {
		const struct channel_end *end = &vm->end[i];
		struct pos pos = end_pos(end);

		if (end->memory != UNPLACED)
			r[n++] = (struct region){ { end->memory, end->channel->bytes },
						  "a channel's memory", pos };
		if (end->registers != UNPLACED)
			r[n++] = (struct region){ { end->registers, PAGE_BYTES },
						  "a channel's doorbell", pos };
	}
	return n;
}
