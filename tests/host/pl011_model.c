/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/host/pl011_model.h"
#include <string.h>

/* DDI 0183, "Summary of registers"; bits by their names there. */
enum {
	DR = 0x00,
	RSR_ECR = 0x04,
	FR = 0x18,
	ILPR = 0x20,
	IBRD = 0x24,
	FBRD = 0x28,
	LCR_H = 0x2c,
	CR = 0x30,
	IFLS = 0x34,
	IMSC = 0x38,
	RIS = 0x3c,
	MIS = 0x40,
	ICR = 0x44,
	DMACR = 0x48,
	PERIPH_ID0 = 0xfe0,
};
enum { FEN = 0x10 };
enum { UARTEN = 1, LBE = 0x80, RXE = 0x200, DTR = 0x400, RTS = 0x800, OUT1 = 0x1000, OUT2 = 0x2000 };
enum { CTS = 1, DSR = 2, DCD = 4, BUSY = 8, RXFE = 0x10, TXFF = 0x20, RXFF = 0x40, TXFE = 0x80, RI = 0x100 };
enum { RIIM = 1, CTSIM = 2, DCDIM = 4, DSRIM = 8, RXIM = 0x10, TXIM = 0x20, RTIM = 0x40, OEIM = 0x400 };

static bool has_fifos(const struct pl011_model *m)
{
	return m->lcr_h & FEN;
}

/* "The FIFOs become 1-byte-deep holding registers" */
static uint32_t room(const struct pl011_model *m)
{
	return has_fifos(m) ? 16 : 1;
}

static uint32_t level(const struct pl011_model *m)
{
	uint32_t select = m->ifls >> 3 & 7;
	static const uint32_t eighths[] = { 1, 2, 4, 6, 7 };

	if (!has_fifos(m))
		return 1;
	return select < 5 ? 16 * eighths[select] / 8 : 14; /* 5 to 7 are reserved */
}

static bool receives(const struct pl011_model *m)
{
	return m->cr & UARTEN && m->cr & RXE;
}

static void arrive(struct pl011_model *m, uint8_t character)
{
	if (m->count >= room(m)) {
		m->overrun = m->lost = true;
		m->ris |= OEIM;
		return;
	}
	m->fifo[m->count++] = character | (m->lost ? 0x800u : 0);
	m->lost = false;
	if (m->count >= level(m))
		m->ris |= RXIM;
	if (has_fifos(m))
		m->ris |= RTIM;
}

void pl011_model_receive(struct pl011_model *m)
{
	while (receives(m) && !(m->cr & LBE) && m->cable_count && m->count < room(m)) {
		arrive(m, m->cable[m->cable_first++ % PL011_SENT]);
		m->cable_count--;
	}
}

void pl011_model_type(struct pl011_model *m, uint8_t character)
{
	m->cable[(m->cable_first + m->cable_count++) % PL011_SENT] = character;
}

static uint32_t data_read(struct pl011_model *m)
{
	uint32_t value = m->fifo[0];

	if (m->count == 0)
		return PL011_UNKNOWN;
	memmove(m->fifo, m->fifo + 1, --m->count * sizeof(m->fifo[0]));
	if (m->count < level(m))
		m->ris &= ~(uint32_t)RXIM;
	if (m->count == 0)
		m->ris &= ~(uint32_t)RTIM;
	pl011_model_receive(m);
	m->behind = m->count && !has_fifos(m);
	return value;
}

static void data_write(struct pl011_model *m, uint32_t value)
{
	if (!(m->cr & LBE))
		m->sent[m->sent_count++ % PL011_SENT] = (uint8_t)value;
	else if (receives(m))
		arrive(m, (uint8_t)value);
	m->ris |= TXIM;
}

/* "nUARTRTS is connected to nUARTCTS" and so on, in loopback. */
static uint32_t modem(const struct pl011_model *m)
{
	uint32_t flags = 0;

	if (!(m->cr & LBE))
		return CTS | DSR | DCD;
	if (m->cr & RTS)
		flags |= CTS;
	if (m->cr & DTR)
		flags |= DSR;
	if (m->cr & OUT1)
		flags |= DCD;
	return m->cr & OUT2 ? flags | RI : flags;
}

static void control_write(struct pl011_model *m, uint32_t value)
{
	uint32_t before = modem(m), changed;

	m->cr = value & 0xff87;
	changed = before ^ modem(m);
	if (changed & RI)
		m->ris |= RIIM;
	if (changed & CTS)
		m->ris |= CTSIM;
	if (changed & DCD)
		m->ris |= DCDIM;
	if (changed & DSR)
		m->ris |= DSRIM;
	pl011_model_receive(m);
}

static uint32_t flags(const struct pl011_model *m)
{
	uint32_t value = modem(m) | TXFE;

	if (m->count == 0)
		value |= RXFE;
	if (m->count >= room(m))
		value |= RXFF;
	return value;
}

uint32_t pl011_model_read(struct pl011_model *m, uint32_t offset)
{
	static const uint8_t ids[] = { 0x11, 0x10, 0x14, 0x00, 0x0d, 0xf0, 0x05, 0xb1 };

	if (offset >= PERIPH_ID0)
		return ids[(offset - PERIPH_ID0) / 4];
	switch (offset) {
	case DR:
		return data_read(m);
	case RSR_ECR:
		return m->overrun ? 8 : 0;
	case FR:
		return flags(m);
	case ILPR:
		return m->ilpr;
	case IBRD:
		return m->ibrd;
	case FBRD:
		return m->fbrd;
	case LCR_H:
		return m->lcr_h;
	case CR:
		return m->cr;
	case IFLS:
		return m->ifls;
	case IMSC:
		return m->imsc;
	case RIS:
		return m->ris;
	case MIS:
		return m->ris & m->imsc;
	case DMACR:
		return m->dmacr;
	default:
		return 0;
	}
}

void pl011_model_write(struct pl011_model *m, uint32_t offset, uint32_t value)
{
	switch (offset) {
	case DR:
		data_write(m, value);
		break;
	case RSR_ECR:
		m->overrun = false;
		break;
	case ILPR:
		m->ilpr = value & 0xff;
		break;
	case IBRD:
		m->ibrd = value & 0xffff;
		break;
	case FBRD:
		m->fbrd = value & 0x3f;
		break;
	case LCR_H:
		if (has_fifos(m) && !(value & FEN) && m->count)
			m->ris |= RXIM;
		m->lcr_h = value & 0xff;
		pl011_model_receive(m);
		break;
	case CR:
		control_write(m, value);
		break;
	case IFLS:
		m->ifls = value & 0x3f;
		break;
	case IMSC:
		m->imsc = value & 0x7ff;
		break;
	case ICR:
		m->ris &= ~value;
		if (m->count && has_fifos(m))
			m->ris |= RTIM;
		else if (m->count && m->behind)
			m->ris |= RXIM; /* "arrives" after the clear, as on a wire */
		m->behind = false;
		break;
	case DMACR:
		m->dmacr = value & 7;
		break;
	default:
		break;
	}
}

bool pl011_model_line(const struct pl011_model *m)
{
	return m->ris & m->imsc;
}

/* "Control Register, UARTCR" and the other registers' reset values. */
void pl011_model_reset(struct pl011_model *m)
{
	memset(m, 0, sizeof(*m));
	m->cr = 0x300;
	m->ifls = 0x12;
}
