/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The guest's console: a PL011 UART (DDI 0183, r1p1 to r1p4: FIFOs of 16). What it transmits goes
 * to a channel at once, so its transmit FIFO is always empty; what it receives comes from there,
 * and only as fast as the guest reads it: the channel keeps the rest, and nothing overruns.
 *
 * The line has no speed. So a receive timeout, "no more data during a 32-bit period", has passed as soon
 * as there is data; and without FIFOs the next character is there as soon as one is read, but its interrupt
 * is raised again by a clear that was meant for the one before. On the other end of the cable is a terminal
 * that is always there: CTS, DSR and DCD are asserted.
 *
 * It transmits whether or not it is enabled: guests rely on firmware to have done that, and none ran
 * before them. Framing, speed, parity, breaks and DMA have no meaning here: those registers are kept.
 *
 * One lock guards all of it, the channel's end included.
 */
#ifndef PARTITA_VMM_PL011_H
#define PARTITA_VMM_PL011_H

#include "vmm/access.h"
#include "vmm/channel.h"
#include "vmm/line.h"
#include "vmm/spinlock.h"
#include <stdbool.h>
#include <stdint.h>

#define PL011_BYTES 0x1000u
#define PL011_FIFO_DEPTH 16
#define PL011_REGISTERS 19     /* words from offset 0 to UARTDMACR */

struct pl011 {
	struct spinlock lock;
	struct channel channel;
	struct line line;
	uint16_t reg[PL011_REGISTERS];     /* those that only keep what is written, and IMSC, CR, .. */
	uint16_t ris;
	bool overrun;          /* in loopback only: UARTRSR.OE .. */
	bool overran;          /* .. and what the next character that is received brings along .. */
	uint16_t rx_overrun;   /* .. as those did whose place has its bit here */
	uint8_t rx[PL011_FIFO_DEPTH];
	uint8_t rx_first, rx_count;
	bool rx_late;          /* without FIFOs: what is there came as soon as there was room */
};

/* What else an access or an input led to. */
struct pl011_effect {
	uint64_t value;        /* of a load */
	bool line_changed;
	bool ring;             /* the other end of the channel waits for what was sent */
};

/* `u` is zero. `lines`: the word of the page of lines that `intid` is in. */
void pl011_reset(struct pl011 *u, struct channel channel, uint32_t *lines, uint32_t intid);

/* A load of UARTFR, at PL011_FLAGS. It may come at any time: it takes no lock. */
#define PL011_FLAGS 0x18u
uint32_t pl011_flags(const struct pl011 *u);
struct pl011_effect pl011_access(struct pl011 *u, struct access a);

/* There may be something to receive. */
struct pl011_effect pl011_input(struct pl011 *u);

#endif
