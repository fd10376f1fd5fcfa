/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The PL011: any access, and any input, in any state of the model, with a peer of the channel that
 * writes what it likes whenever it likes.
 */
#include "vmm/pl011.h"
#include "tests/proofs/eva.h"

static struct pl011 u;
static struct channel_page own, peer;
static uint32_t lines;

static void any_uart(void)
{
	ANY(own);
	ANY(peer);
	ANY(lines);
	ANY(u.reg);
	ANY(u.ris);
	ANY(u.rx);
	u.channel = (struct channel){ &own, &peer };
	u.line = (struct line){ &lines, 1u << BETWEEN(0, 31), CHOICE };
	u.overrun = CHOICE;
	u.rx_first = (uint8_t)BETWEEN(0, PL011_FIFO_DEPTH - 1);
	u.rx_count = (uint8_t)BETWEEN(0, PL011_FIFO_DEPTH);
}

static void check_uart(void)
{
	//@ check first_is_a_place: u.rx_first < 16;
	//@ check no_more_than_places: u.rx_count <= 16;
}

/* One register: 1 << sas bytes at any place in it. */
static void access(uint32_t at, uint32_t end, uint32_t sas)
{
	uint32_t offset = BETWEEN(at >> sas, (end - 1) >> sas) << sas;
	struct access a = { .value = BETWEEN64(0, 0xffffffffffffffff), .offset = offset };

	a.iss = 0x93000000u + (sas << 22) + BETWEEN(0, 0x3fffff);
	(void)pl011_access(&u, a);
	check_uart();
	Frama_C_abort();
}

static void all_accesses(uint32_t sas)
{
	//@ loop unroll 32;
	for (uint32_t at = 0; at < 0x80; at += 4) {
		if (CHOICE && (at & ((1u << sas) - 1)) == 0)
			access(at, at + 4, sas);
	}
	if (CHOICE)
		access(0x80, 0xfe0, sas);
	if (CHOICE)
		access(0xfe0, PL011_BYTES, sas);
}

int main(void)
{
	any_uart();
	/* uart_access has refused what is wider than the bus. */
	//@ loop unroll 3;
	for (uint32_t sas = 0; sas < 3; sas++)
		all_accesses(sas);
	if (CHOICE) {
		(void)pl011_input(&u);
		check_uart();
		Frama_C_abort();
	}
	(void)pl011_flags(&u);
	pl011_reset(&u, u.channel, &lines, BETWEEN(32, 1019));
	check_uart();
	return 0;
}
