/* SPDX-License-Identifier: Apache-2.0 */
/* The monitor's leaves: parts of registers, ranges of its configuration, the PL011's state. */
#include "vmm/access.h"
#include "vmm/conf.h"
#include "vmm/pl011.h"
#include "vmm/upcall.h"

/* ---- Accesses (lib/esr.h, vmm/access.h) ---- */

/*@ assigns \nothing;
    ensures \result <= 3; */
static inline uint64_t iss_abort_SAS(iss_abort_t r);

/*@ assigns \nothing; */
static inline uint64_t iss_abort_WnR(iss_abort_t r);

/*@ assigns \nothing; */
static inline iss_abort_t iss_abort_set_SAS(iss_abort_t r, uint64_t v);

/*@ assigns \nothing; */
static inline iss_abort_t iss_abort_set_WnR(iss_abort_t r, uint64_t v);

/*@ assigns \nothing; */
static inline uint32_t access_bytes(struct access a);

/*@ assigns \nothing; */
static inline bool access_stores(struct access a);

/*@ assigns \nothing; */
static inline uint64_t access_part(struct access a, uint64_t value);

/*@ assigns \nothing; */
static inline uint64_t access_merge(struct access a, uint64_t old);

/*@ requires \valid(r);
    assigns *r;
    ensures r->verdict == VERDICT_DONE && r->value == 0 && r->op == 0 && r->doorbells == 0;
    ensures r->op_arg[0] == 0 && r->op_arg[1] == 0 && r->op_arg[2] == 0; */
static inline void reply_done(struct reply *r);

/*@ requires \valid(r);
    assigns r->verdict, r->value;
    ensures r->verdict == VERDICT_CONTINUE; */
static inline void reply_continue(struct reply *r, enum continuation why, uint32_t subject);

/* ---- The configuration (vmm/conf.c) ---- */

/*@ requires first <= end;
    assigns \nothing;
    ensures \result <==> first <= at && at + bytes <= end; */
static bool range_in(uint64_t at, uint64_t bytes, uint64_t first, uint64_t end);

/*@ requires \valid_read(conf);
    assigns \nothing;
    ensures interrupt: \result && conf->uart_base != 0 ==> 32 <= conf->uart_intid < conf->intids;
    ensures doorbell: \result && conf->uart_base != 0 ==>
	conf->console_doorbell == FMAP_NONE || conf->console_doorbell < 64; */
static bool uart_is_sound(const struct vmconf *conf);

/*@ requires \valid_read(conf);
    assigns \nothing;
    ensures interrupt: \result && conf->rtc_base != 0 ==> 32 <= conf->rtc_intid < conf->intids;
    ensures own: \result && conf->rtc_base != 0 && conf->uart_base != 0 ==>
	conf->rtc_intid != conf->uart_intid; */
static bool rtc_is_sound(const struct vmconf *conf);

/* ---- The PL011 (vmm/pl011.c) ---- */

/*@ predicate uart(struct pl011 *u) = \valid(u) && u->rx_first < 16 && u->rx_count <= 16 &&
	(u->overrun == 0 || u->overrun == 1) && (u->overran == 0 || u->overran == 1); */

/*@ requires uart(u);
    assigns \nothing; */
static bool fifo_enabled(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing;
    ensures \result == 1 || \result == 16; */
static uint32_t rx_depth(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing; */
static uint32_t rx_trigger(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing; */
static bool receiver_enabled(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing; */
static bool loopback(const struct pl011 *u);

/*@ requires uart(u) && u->rx_count < 16;
    assigns u->rx[0 .. 15], u->rx_overrun, u->overran, u->rx_count, u->ris;
    ensures uart(u) && u->rx_count == \old(u->rx_count) + 1;
    ensures kept: u->rx[(\old(u->rx_first) + \old(u->rx_count)) % 16] == byte; */
static void rx_push(struct pl011 *u, uint8_t byte);

/*@ requires uart(u);
    assigns \nothing;
    ensures \result == 0 || \result == 8; */
static uint32_t rsr_read(struct pl011 *u);

/*@ requires uart(u);
    assigns u->overrun;
    ensures uart(u) && !u->overrun; */
static void ecr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e);

/*@ requires uart(u);
    assigns \nothing; */
static uint32_t modem(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing;
    ensures empty: u->rx_count == 0 ==> (\result & 0x10) != 0; */
uint32_t pl011_flags(const struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing;
    ensures empty: u->rx_count == 0 ==> (\result & 0x10) != 0; */
static uint32_t fr_read(struct pl011 *u);

/*@ assigns \nothing; */
static uint32_t modem_interrupts(uint32_t changed);

/*@ requires uart(u);
    assigns \nothing;
    ensures \result == u->ris; */
static uint32_t ris_read(struct pl011 *u);

/*@ requires uart(u);
    assigns \nothing; */
static uint32_t mis_read(struct pl011 *u);

/*@ requires uart(u);
    assigns u->ris, u->rx_late;
    ensures uart(u); */
static void icr_write(struct pl011 *u, uint32_t value, struct pl011_effect *e);

/*@ assigns \nothing;
    ensures \result == 0; */
static uint32_t nothing_read(struct pl011 *u);

/*@ assigns \nothing; */
static void nothing_write(struct pl011 *u, uint32_t value, struct pl011_effect *e);

#include "vmm/conf.c"
#include "vmm/pl011.c"
