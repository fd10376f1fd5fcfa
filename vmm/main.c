/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor on the target: where its world is (abi/layout.h), and the one instance of it. */
#include "abi/layout.h"
#include "vmm/entry.h"
#include "vmm/port.h"
#include "vmm/vmm.h"
#include <stddef.h>

_Static_assert(ENTRY_RESET == UPCALL_RESET && ENTRY_ABORT == UPCALL_ABORT, "the entry stub knows it");
_Static_assert(offsetof(struct vmm_answer, value) == 8, "the entry stub knows it");
_Static_assert(ENTRY_REPLY == sizeof(struct upcall), "the entry stub knows it");
_Static_assert(ENTRY_REPLY + sizeof(struct reply) <= ENTRY_FRAME_BYTES, "the entry stub knows it");
_Static_assert(sizeof(struct vmm) <= COMP_DATA_BYTES_MAX, "its data fits");

/* The entry stub passes it with each upcall. */
extern struct vmm monitor;
struct vmm monitor;

/* A compartment sees its guest and its images at the addresses that the configuration names. */
void *port_memory(uint64_t address)
{
	return (void *)address;
}

static uint64_t own_page(uint32_t channel)
{
	return COMP_CHANNELS + channel * (uint64_t)COMP_CHANNEL_STRIDE;
}

void port_world(struct vmm_world *world)
{
	const struct vmconf *conf = (const void *)COMP_CONF;
	uint64_t own = own_page(conf->console_channel);

	world->conf = conf;
	world->lines = (void *)COMP_LINES;
	world->console.own = (void *)own;
	world->console.peer = (const void *)(own + PAGE_BYTES);
	for (uint32_t i = 0; i < VMCONF_MAX_CHANNELS; i++)
		world->control[i] = (void *)(own_page(VMCONF_CONTROL + i) +
					     (conf->channel[i].writes != 0 ? 0 : PAGE_BYTES));
}
