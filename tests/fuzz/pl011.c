/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The console UART against another one: a driver that does anything, a terminal that types and reads when
 * it likes, and vmm/pl011.c beside tests/host/pl011_model.h. Compared after each step: the value of a load,
 * the line to the interrupt controller and whether its change was told, the characters that have left, and
 * the doorbells in both directions.
 */
#include "tests/fuzz/steps.h"
#include "tests/host/pl011_model.h"
#include "vmm/pl011.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INTID 33u

uint64_t steps_played;

static struct pl011 uart;
static struct pl011_model model;
static struct channel_page own, peer;
static uint32_t lines, looked_at;

static _Noreturn void differs(const char *what, uint64_t got, uint64_t want)
{
	fprintf(stderr, "%s: 0x%llx, the model has 0x%llx (step %llu)\n", what, (unsigned long long)got,
		(unsigned long long)want, (unsigned long long)steps_played);
	abort();
}

static void compare(const char *what, uint64_t got, uint64_t want)
{
	if (got != want)
		differs(what, got, want);
}

static bool line_is_up(void)
{
	return lines >> INTID % 32 & 1;
}

/* What an access or an input leads to outside. */
static void compare_effect(struct pl011_effect e, bool before)
{
	compare("the line", line_is_up(), pl011_model_line(&model));
	compare("other lines", lines & ~(1u << INTID % 32), 0);
	compare("its change", e.line_changed, before != line_is_up());
	compare("characters sent", own.filled, model.sent_count);
	if (e.ring)
		compare("a doorbell for nobody who waits", peer.waiting, 1);
}

/* The terminal reads what was sent, before the ring would have to drop. */
static void terminal_reads(void)
{
	for (; looked_at != model.sent_count; looked_at++)
		compare("a character", own.ring[looked_at % CHANNEL_RING_BYTES],
			model.sent[looked_at % PL011_SENT]);
	__atomic_store_n(&peer.taken, own.filled, __ATOMIC_RELEASE);
}

/* It rings if it is asked to: the UART asks whenever it could take one more, and not else. */
static void terminal_types(uint32_t count, uint32_t value)
{
	bool before = line_is_up();
	bool asked = own.waiting, receiving = (model.cr & 0x281) == 0x201;

	compare("asked for a doorbell", asked,
		receiving && model.count < (model.lcr_h & 0x10 ? 16 : 1) && model.cable_count == 0);
	for (; count && peer.filled - own.taken < CHANNEL_RING_BYTES; count--, value = value * 5 + 1) {
		peer.ring[peer.filled % CHANNEL_RING_BYTES] = (uint8_t)(value >> 4);
		peer.filled++;
		pl011_model_type(&model, (uint8_t)(value >> 4));
	}
	if (!asked)
		return;
	pl011_model_receive(&model);
	compare_effect(pl011_input(&uart), before);
}

/* A PrimeCell's bus: the register that a load is in, the part of it that it asks for. */
static void access(uint32_t offset, uint32_t bytes, bool store, uint32_t value)
{
	struct access a = { .value = value, .offset = offset, .iss = (uint32_t)__builtin_ctz(bytes) << 22 |
								       (uint32_t)store << 6 };
	bool before = line_is_up(), waits = peer.waiting;
	uint32_t mask = bytes == 4 ? 0xffffffff : (1u << 8 * bytes) - 1, sent = model.sent_count;
	struct pl011_effect e;

	a.value &= mask;
	if (store && offset % 4 == 0)
		pl011_model_write(&model, offset, (uint32_t)a.value);
	e = pl011_access(&uart, a);
	if (!store) {
		uint32_t want = pl011_model_read(&model, offset & ~3u);

		if (want != PL011_UNKNOWN)
			compare("a register", e.value, want >> offset % 4 * 8 & mask);
	}
	compare_effect(e, before);
	if (sent != model.sent_count)
		compare("the doorbell of a character", e.ring, waits);
}

static void play(const struct step *s)
{
	static const uint16_t often[] = {
		0x00, 0x00, 0x00, 0x00, 0x04, 0x18, 0x2c, 0x30,
		0x30, 0x34, 0x38, 0x3c, 0x40, 0x44, 0x44, 0x18,
	};
	uint32_t offset = often[s->choice & 15], value = s->value, bytes = 4;

	steps_played++;
	if ((s->kind & 15) == 0) {
		terminal_types(s->choice & 0x80 ? s->choice & 31 : 1, value);
		return;
	}
	if ((s->kind & 15) == 1)
		peer.waiting = s->value & 1;
	if (model.sent_count - looked_at >= CHANNEL_RING_BYTES - 1 || (s->kind & 0x7f) == 2)
		terminal_reads();
	if ((s->choice & 0x70) == 0x70) {
		bytes = 1u << s->chance % 3;
		offset = (s->chance & 0x80 ? value : value % 0x50) & 0xfff & ~(bytes - 1);
		value = s->value >> 12;
	} else if (offset == 0x30) { /* mostly on, and not in loopback */
		value = (value & 3 ? 0x301 : value >> 8) | (value & 0x38 ? 0 : 0x80);
		value &= s->chance & 7 ? ~0u : ~0x201u;
	} else if (offset == 0x2c) {
		value = s->chance & 3 ? 0x70 : value & 0xff;
	}
	access(offset, bytes, s->kind & 0x80, value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t bytes)
{
	struct step s;

	memset(&uart, 0, sizeof(uart));
	memset(&own, 0, sizeof(own));
	memset(&peer, 0, sizeof(peer));
	lines = looked_at = 0;
	pl011_reset(&uart, (struct channel){ &own, &peer }, &lines, INTID);
	pl011_model_reset(&model);
	for (; bytes >= sizeof(s); data += sizeof(s), bytes -= sizeof(s)) {
		memcpy(&s, data, sizeof(s));
		play(&s);
	}
	terminal_reads();
	return 0;
}
