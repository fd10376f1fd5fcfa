/* SPDX-License-Identifier: Apache-2.0 */
/* One piece of RAM a call: a part of an image, or a part of the gap before the next one. */
#include "vmm/loader.h"
#include "lib/mem.h"
#include "vmm/port.h"
#include <stddef.h>

_Static_assert(VMCONF_HASH_BYTES == BLAKE2B_256_BYTES, "the hash of an image");

static uint64_t smaller(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* The image that `at` lies in, or else the next one above it. They are sorted. */
static const struct vmconf_load *load_at_or_above(const struct vmconf *conf, uint64_t at)
{
	for (uint32_t i = 0; i < conf->load_count; i++) {
		if (conf->load[i].dst + conf->load[i].bytes > at)
			return &conf->load[i];
	}
	return NULL;
}

/* Zero up to `end` at most. Returns the bytes done. */
static uint64_t zero_piece(uint64_t at, uint64_t end)
{
	uint64_t bytes = smaller(end - at, LOADER_ZERO_BYTES);
	void *to = port_memory(at);

	port_zero(to, bytes);
	port_clean(to, bytes);
	return bytes;
}

/*
 * What is hashed is the copy: it is what the guest will run, and nobody but this monitor can change
 * it now. Returns the bytes done, or 0: the image is complete, and another one than it should be.
 */
static uint64_t copy_piece(struct blake2b *b, const struct vmconf_load *load, uint64_t at)
{
	uint64_t offset = at - load->dst, bytes = smaller(load->bytes - offset, LOADER_COPY_BYTES);
	uint8_t hash[VMCONF_HASH_BYTES];
	void *to = port_memory(at);

	if (offset == 0)
		blake2b_init(b, sizeof(hash));
	memcpy(to, port_memory(load->src + offset), bytes);
	blake2b_update(b, to, bytes);
	port_clean(to, bytes);
	if (offset + bytes < load->bytes)
		return bytes;
	blake2b_final(b, hash);
	return memcmp(hash, load->hash, sizeof(hash)) == 0 ? bytes : 0;
}

/* A piece of [at, end), which lies in one region. Returns the bytes done, or 0 as copy_piece. */
static uint64_t piece(struct loader *l, uint64_t at, uint64_t end)
{
	const struct vmconf_load *load = load_at_or_above(l->conf, at);

	if (load == NULL)
		return zero_piece(at, end);
	if (load->dst > at)
		return zero_piece(at, smaller(load->dst, end));
	return copy_piece(&l->hash, load, at);
}

/* RAM, then the memory of the channels that the guest writes; nothing is loaded there. */
static struct vmconf_ram region(const struct vmconf *conf, uint32_t n)
{
	const struct vmconf_channel *channel;

	if (n < conf->ram_count)
		return conf->ram[n];
	channel = &conf->channel[n - conf->ram_count];
	return (struct vmconf_ram){ channel->memory, channel->writes != 0 ? channel->bytes : 0 };
}

void loader_step(struct loader *l, struct reply *r)
{
	const struct vmconf *conf = l->conf;
	struct vmconf_ram ram;
	uint64_t bytes;

	if (l->region == conf->ram_count + conf->channel_count) {
		r->verdict = VERDICT_START;
		r->value = conf->entry;
		r->op_arg[0] = conf->entry_x0;
		return;
	}
	ram = region(conf, l->region);
	if (l->done == ram.bytes) {
		l->region++;
		l->done = 0;
	} else {
		bytes = piece(l, ram.ipa + l->done, ram.ipa + ram.bytes);
		if (bytes == 0) {
			r->verdict = VERDICT_EVENT;
			r->value = HEALTH_IMAGE;
			return;
		}
		l->done += bytes;
	}
	reply_continue(r, CONTINUE_LOAD, 0);
}

void loader_reset(struct loader *l, const struct vmconf *conf)
{
	l->conf = conf;
}
