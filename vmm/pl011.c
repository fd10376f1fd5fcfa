/* SPDX-License-Identifier: Apache-2.0 */
/* Registers are rows; one without functions just keeps those of its bits that exist. */
#include "vmm/pl011.h"
#include <stddef.h>

enum pl011_register {          /* offset / 4 */
	UARTDR = 0x000 / 4,
	UARTRSR = 0x004 / 4,           /* UARTECR when written */
	UARTFR = 0x018 / 4,
	UARTILPR = 0x020 / 4,
	UARTIBRD = 0x024 / 4,
	UARTFBRD = 0x028 / 4,
	UARTLCR_H = 0x02c / 4,
	UARTCR = 0x030 / 4,
	UARTIFLS = 0x034 / 4,
	UARTIMSC = 0x038 / 4,
	UARTRIS = 0x03c / 4,
	UARTMIS = 0x040 / 4,
	UARTICR = 0x044 / 4,
	UARTDMACR = 0x048 / 4,
};

#define UARTDR_OE 0x800u
#define UARTRSR_OE 0x8u

#define UARTFR_CTS 0x001u
#define UARTFR_DSR 0x002u
#define UARTFR_DCD 0x004u
#define UARTFR_RXFE 0x010u
#define UARTFR_RXFF 0x040u
#define UARTFR_TXFE 0x080u
#define UARTFR_RI 0x100u

#define UARTLCR_H_FEN 0x10u

#define UARTCR_UARTEN 0x0001u
#define UARTCR_LBE 0x0080u
#define UARTCR_TXE 0x0100u
#define UARTCR_RXE 0x0200u
#define UARTCR_DTR 0x0400u
#define UARTCR_RTS 0x0800u
#define UARTCR_Out1 0x1000u
#define UARTCR_Out2 0x2000u

/* UARTRIS, UARTMIS, UARTIMSC and UARTICR have the same bits. */
#define UARTINT_RI 0x001u
#define UARTINT_CTS 0x002u
#define UARTINT_DCD 0x004u
#define UARTINT_DSR 0x008u
#define UARTINT_RX 0x010u
#define UARTINT_TX 0x020u
#define UARTINT_RT 0x040u
#define UARTINT_OE 0x400u
#define UARTINT_ALL 0x7ffu

struct pl011_row {
	uint16_t bits;         /* that can be written and are kept in reg[] */
	uint32_t (*read)(struct pl011 *u);             /* NULL: what is kept */
	void (*write)(struct pl011 *u, uint32_t value, struct pl011_effect *e);        /* NULL: keep it */
};

static bool fifo_enabled(const struct pl011 *u)
{
	return (u->reg[UARTLCR_H] & UARTLCR_H_FEN) != 0;
}

static uint32_t rx_depth(const struct pl011 *u)
{
	return fifo_enabled(u) ? PL011_FIFO_DEPTH : 1;
}

/* How many characters raise the receive interrupt: UARTIFLS.RXIFLSEL, reserved values as 7/8. */
static uint32_t rx_trigger(const struct pl011 *u)
{
	static const uint8_t level[8] = { 2, 4, 8, 12, 14, 14, 14, 14 };

	return fifo_enabled(u) ? level[u->reg[UARTIFLS] >> 3 & 7] : 1;
}

static bool receiver_enabled(const struct pl011 *u)
{
	const uint32_t both = UARTCR_UARTEN | UARTCR_RXE;

	return (u->reg[UARTCR] & both) == both;
}

static bool loopback(const struct pl011 *u)
{
	return (u->reg[UARTCR] & UARTCR_LBE) != 0;
}

static void rx_push(struct pl011 *u, uint8_t byte)
{
	uint32_t place = (u->rx_first + u->rx_count) % PL011_FIFO_DEPTH;

	u->rx[place] = byte;
	u->rx_overrun = (uint16_t)((u->rx_overrun & ~(1u << place)) | (uint32_t)u->overran << place);
	u->overran = false;
	u->rx_count++;
	if (u->rx_count >= rx_trigger(u))
		u->ris |= UARTINT_RX;
	if (fifo_enabled(u))
		u->ris |= UARTINT_RT;
}

/*
 * Takes from the channel what there is room for. With room left, it asks to be woken by the next
 * character; without, or while nothing can be received, the guest's own next step leads here again.
 */
static void rx_fill(struct pl011 *u)
{
	uint8_t byte;

	channel_ignore(&u->channel);
	if (!receiver_enabled(u) || loopback(u))
		return;
	do {
		while (u->rx_count < rx_depth(u)) {
			if (!channel_take(&u->channel, &byte))
				break;
			rx_push(u, byte);
		}
	} while (u->rx_count < rx_depth(u) && !channel_wait(&u->channel));
}

static uint32_t dr_read(struct pl011 *u)
{
	uint32_t value = u->rx[u->rx_first];   /* of an empty FIFO: what was in this place before */

	if (u->rx_count == 0)
		return value;
	if ((u->rx_overrun >> u->rx_first & 1) != 0)
		value |= UARTDR_OE;
	u->rx_first = (uint8_t)((u->rx_first + 1) % PL011_FIFO_DEPTH);
	u->rx_count--;
	if (u->rx_count < rx_trigger(u))
		u->ris &= (uint16_t)~UARTINT_RX;
	if (u->rx_count == 0)
		u->ris &= (uint16_t)~UARTINT_RT;
	rx_fill(u);
	u->rx_late = u->rx_count != 0 && !fifo_enabled(u);
	return value;
}

/* "When an empty location is available in the receive FIFO, and another character is received, the state
 * of the overrun bit is copied into the receive FIFO along with the received character. The overrun state
 * is then cleared." (DDI 0183, "Overrun bit") */
static void loop_back(struct pl011 *u, uint8_t byte)
{
	if (!receiver_enabled(u))
		return;
	if (u->rx_count < rx_depth(u)) {
		rx_push(u, byte);
		return;
	}
	u->overrun = u->overran = true;
	u->ris |= UARTINT_OE;
}

/*
 * The character has left when the store ends. The transmit interrupt tells of the FIFO's way down
 * through its trigger level (DDI 0183, "UARTTXINTR"), so each character raises it.
 */
static void dr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	if (loopback(u))
		loop_back(u, (uint8_t)value);
	else
		e->ring = channel_put(&u->channel, (uint8_t)value);
	u->ris |= UARTINT_TX;
}

static uint32_t rsr_read(struct pl011 *u)
{
	return u->overrun ? UARTRSR_OE : 0;
}

/* UARTECR: any store clears the errors. */
static void ecr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	(void)value, (void)e;
	u->overrun = false;
}

/* Modem inputs, as flags. In loopback they are the outputs: DDI 0183, "Control Register, UARTCR". */
static uint32_t modem(const struct pl011 *u)
{
	uint32_t cr = u->reg[UARTCR];

	if (!loopback(u))
		return UARTFR_CTS | UARTFR_DSR | UARTFR_DCD;
	return ((cr & UARTCR_RTS) != 0 ? UARTFR_CTS : 0) | ((cr & UARTCR_DTR) != 0 ? UARTFR_DSR : 0) |
	       ((cr & UARTCR_Out1) != 0 ? UARTFR_DCD : 0) | ((cr & UARTCR_Out2) != 0 ? UARTFR_RI : 0);
}

uint32_t pl011_flags(const struct pl011 *u)
{
	uint32_t flags = modem(u) | UARTFR_TXFE;

	if (u->rx_count == 0)
		flags |= UARTFR_RXFE;
	if (u->rx_count >= rx_depth(u))
		flags |= UARTFR_RXFF;
	return flags;
}

static uint32_t fr_read(struct pl011 *u)
{
	return pl011_flags(u);
}

static void lcr_h_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	bool had_fifos = fifo_enabled(u);

	(void)e;
	u->reg[UARTLCR_H] = (uint16_t)value;
	if (had_fifos && !fifo_enabled(u) && u->rx_count != 0)
		u->ris |= UARTINT_RX;
	rx_fill(u);
}

static uint32_t modem_interrupts(uint32_t changed)
{
	return ((changed & UARTFR_RI) != 0 ? UARTINT_RI : 0) |
	       ((changed & UARTFR_CTS) != 0 ? UARTINT_CTS : 0) |
	       ((changed & UARTFR_DCD) != 0 ? UARTINT_DCD : 0) |
	       ((changed & UARTFR_DSR) != 0 ? UARTINT_DSR : 0);
}

static void cr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	uint32_t before = modem(u);

	(void)e;
	u->reg[UARTCR] = (uint16_t)value;
	u->ris |= (uint16_t)modem_interrupts(modem(u) ^ before);
	rx_fill(u);
}

static uint32_t ris_read(struct pl011 *u)
{
	return u->ris;
}

static uint32_t mis_read(struct pl011 *u)
{
	return u->ris & u->reg[UARTIMSC];
}

/*
 * With data left, the receive timeout has passed again at once; without FIFOs, what came right behind
 * the last character arrives now. So a driver that reads first and clears then can not lose a character
 * that came in between.
 */
static void icr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	(void)e;
	u->ris &= (uint16_t)~value;
	if (u->rx_count != 0 && fifo_enabled(u))
		u->ris |= UARTINT_RT;
	else if (u->rx_count != 0 && u->rx_late)
		u->ris |= UARTINT_RX;
	u->rx_late = false;
}

static uint32_t nothing_read(struct pl011 *u)
{
	(void)u;
	return 0;
}

static void nothing_write(struct pl011 *u, uint32_t value, struct pl011_effect *e)
{
	(void)u, (void)value, (void)e;
}

static const struct pl011_row rows[PL011_REGISTERS] = {
	[UARTDR] = { 0x00ff, dr_read, dr_write },
	[UARTRSR] = { 0x00ff, rsr_read, ecr_write },
	[UARTFR] = { 0x0000, fr_read, nothing_write },
	[UARTILPR] = { 0x00ff, NULL, NULL },
	[UARTIBRD] = { 0xffff, NULL, NULL },
	[UARTFBRD] = { 0x003f, NULL, NULL },
	[UARTLCR_H] = { 0x00ff, NULL, lcr_h_write },
	[UARTCR] = { 0xff87, NULL, cr_write },
	[UARTIFLS] = { 0x003f, NULL, NULL },
	[UARTIMSC] = { UARTINT_ALL, NULL, NULL },
	[UARTRIS] = { 0x0000, ris_read, nothing_write },
	[UARTMIS] = { 0x0000, mis_read, nothing_write },
	[UARTICR] = { UARTINT_ALL, nothing_read, icr_write },
	[UARTDMACR] = { 0x0007, NULL, NULL },
};

/* UARTPeriphID0 to 3 and UARTPCellID0 to 3, from 0xfe0. The revision says that FIFOs have 16 places. */
#define PL011_ID_OFFSET 0xfe0u
static const uint8_t id[8] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

static uint32_t register_read(struct pl011 *u, uint32_t offset)
{
	uint32_t n = offset / 4;

	if (offset >= PL011_ID_OFFSET)
		return id[(offset - PL011_ID_OFFSET) / 4 % 8];
	if (n >= PL011_REGISTERS)
		return 0;
	return rows[n].read != NULL ? rows[n].read(u) : u->reg[n];
}

static void register_write(struct pl011 *u, uint32_t offset, uint32_t value, struct pl011_effect *e)
{
	uint32_t n = offset / 4;

	if (n >= PL011_REGISTERS)
		return;
	value &= rows[n].bits;
	if (rows[n].write != NULL)
		rows[n].write(u, value, e);
	else
		u->reg[n] = (uint16_t)value;
}

/* The line after anything that may have moved it. */
static bool line_update(struct pl011 *u)
{
	return line_set(&u->line, (u->ris & u->reg[UARTIMSC]) != 0);
}

struct pl011_effect pl011_access(struct pl011 *u, struct access a)
{
	struct pl011_effect e = { 0 };

	spin_lock(&u->lock);
	if (!access_stores(a))
		e.value = access_lane(a, register_read(u, a.offset & ~3u));
	else if (a.offset % 4 == 0)
		register_write(u, a.offset, (uint32_t)a.value, &e);
	e.line_changed = line_update(u);
	spin_unlock(&u->lock);
	return e;
}

struct pl011_effect pl011_input(struct pl011 *u)
{
	struct pl011_effect e = { 0 };

	spin_lock(&u->lock);
	rx_fill(u);
	e.line_changed = line_update(u);
	spin_unlock(&u->lock);
	return e;
}

void pl011_reset(struct pl011 *u, struct channel channel, uint32_t *lines, uint32_t intid)
{
	u->channel = channel;
	line_reset(&u->line, lines, intid % 32);
	u->reg[UARTCR] = UARTCR_RXE | UARTCR_TXE;
	u->reg[UARTIFLS] = 0x12;
	channel_ignore(&u->channel);
}
