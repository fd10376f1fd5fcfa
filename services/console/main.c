/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console service: binds the console to the addresses that the host tool gave it
 * (abi/layout.h). All that it keeps is the one struct below.
 */
#include "abi/layout.h"
#include "services/console/console.h"

static struct console console;

static const void *comp_page(uint64_t base, uint64_t offset)
{
	return (const void *)(uintptr_t)(base + offset);
}

/* Before the first run of the console: where its channels and logs lie. */
static void bind_pages(const struct svcconf *conf, uint64_t frequency)
{
	for (uint32_t i = 0; i < SVCCONF_MAX_CHANNELS; i++) {
		uintptr_t own = COMP_CHANNELS + (uintptr_t)i * COMP_CHANNEL_STRIDE;

		console.vm[i].channel.own = (struct channel_page *)own;
		console.vm[i].channel.peer = comp_page(own, PAGE_BYTES);
	}
	for (uint32_t i = 0; i < MAX_CPUS; i++)
		console.log.cpu[i].page = comp_page(COMP_LOGS, (uint64_t)i * PAGE_BYTES);
	console_init(&console, conf, (volatile uint32_t *)COMP_DEVICES, frequency);
}

struct service_reply service_run(uint64_t notifications, uint64_t now, uint64_t frequency)
{
	if (!console.conf)
		bind_pages(comp_page(COMP_CONF, 0), frequency);
	return console_run(&console, notifications, now);
}
