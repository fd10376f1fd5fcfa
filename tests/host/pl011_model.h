/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A PL011 written from DDI 0183 (r1p5's registers, FIFOs of 16) and from nothing of Partita's. The cable
 * is as Partita says it is (vmm/pl011.h): characters leave at once, the receive timeout has passed as soon
 * as there is data, CTS, DSR and DCD stand, and a sender waits as long as there is no room. FIFOs are
 * queues of characters with their error bits; each interrupt is a latch with the events that set it.
 */
#ifndef PARTITA_TESTS_HOST_PL011_MODEL_H
#define PARTITA_TESTS_HOST_PL011_MODEL_H

#include <stdbool.h>
#include <stdint.h>

#define PL011_SENT 4096u

struct pl011_model {
	uint32_t ilpr, ibrd, fbrd, lcr_h, cr, ifls, imsc, dmacr;
	uint32_t ris;
	bool overrun, lost;            /* UARTRSR.OE; the overrun state that goes into the FIFO */
	bool behind;                   /* without FIFOs: one came right behind the one that was read */
	uint16_t fifo[16];
	uint32_t count;
	uint8_t cable[PL011_SENT];     /* waits at the other end */
	uint32_t cable_first, cable_count;
	uint8_t sent[PL011_SENT];      /* has left, and was not looked at */
	uint32_t sent_count;
};

void pl011_model_reset(struct pl011_model *m);
void pl011_model_type(struct pl011_model *m, uint8_t character);
/* The characters that wait arrive, as far as there is room. */
void pl011_model_receive(struct pl011_model *m);
/* UARTDR of an empty FIFO. */
#define PL011_UNKNOWN 0xffffffffu
/* offset is that of a register's first byte, value 32 bits wide. */
uint32_t pl011_model_read(struct pl011_model *m, uint32_t offset);
void pl011_model_write(struct pl011_model *m, uint32_t offset, uint32_t value);
bool pl011_model_line(const struct pl011_model *m);

#endif
