/* SPDX-License-Identifier: Apache-2.0 */
/* From upcall to model: which event, which window, which continuation. */
#include "vmm/vmm.h"
#include "vmm/access.h"
#include "vmm/conf.h"
#include "vmm/gic_bank.h"
#include "vmm/port.h"
#include "vmm/trng.h"
#include <stddef.h>

static void nobody(struct vmm *vmm, struct reply *r)
{
	__atomic_fetch_add(&vmm->aborts, 1, __ATOMIC_RELAXED);
	r->verdict = VERDICT_ABORT;
}

static inline struct vmm_answer answer_of(const struct reply *r)
{
	return (struct vmm_answer){
		.is_short = r->verdict == VERDICT_DONE && (r->op | r->doorbells) == 0,
		.value = r->value,
	};
}

/* Every window is a multiple of 8 bytes, so an aligned access is in one or in none. */
static __attribute__((noinline)) struct vmm_answer any_access(struct vmm *vmm, uint64_t esr, uint64_t ipa,
							      uint64_t value, struct reply *r,
							      uint64_t unused, uint64_t now, uint64_t vcpu)
{
	struct access a = { .value = value, .iss = (uint32_t)esr };
	struct doorbell *doorbell;

	(void)unused;

	reply_done(r);
	if ((ipa & (access_bytes(a) - 1)) != 0) {
		r->verdict = VERDICT_ABORT;
	} else if (ipa - vmm->gicd_base < GICD_BYTES) {
		a.offset = (uint32_t)(ipa - vmm->gicd_base);
		gicd_access(&vmm->gic, a, r);
	} else if (ipa - vmm->gicr_base < vmm->gicr_bytes) {
		a.offset = (uint32_t)(ipa - vmm->gicr_base);
		gicr_access(&vmm->gic, a, r);
	} else if (ipa - vmm->uart_base < vmm->uart_bytes) {
		a.offset = (uint32_t)(ipa - vmm->uart_base);
		uart_access(vmm, a, r);
	} else if (ipa - vmm->rtc_base < vmm->rtc_bytes) {
		const struct upcall u = { .event = UPCALL_ABORT, .now = now, .vcpu = vcpu };

		a.offset = (uint32_t)(ipa - vmm->rtc_base);
		time_rtc_access(vmm, &u, a, r);
	} else if ((doorbell = doorbell_at(vmm, ipa)) != NULL) {
		a.offset = (uint32_t)(ipa - doorbell->conf->registers);
		doorbells_access(vmm, doorbell, a, r);
	} else if (ipa - vmm->watchdog_base < vmm->watchdog_bytes) {
		const struct upcall u = { .event = UPCALL_ABORT, .now = now, .vcpu = vcpu };

		a.offset = (uint32_t)(ipa - vmm->watchdog_base);
		time_watchdog_access(vmm, &u, a, r);
	} else {
		nobody(vmm, r);
	}
	return answer_of(r);
}

static __attribute__((noinline)) struct vmm_answer bank_access(struct vmm *vmm, uint64_t esr, uint64_t ipa,
							       uint64_t value, struct reply *r)
{
	struct access a = {
		.value = value, .offset = (uint32_t)(ipa - vmm->gicd_base), .iss = (uint32_t)esr
	};

	reply_done(r);
	if ((ipa & (access_bytes(a) - 1)) != 0)
		r->verdict = VERDICT_ABORT;
	else
		gicd_bank_access(&vmm->gic, a, r);
	return answer_of(r);
}

/* First of all what drivers poll: loads that change nothing, concern nobody else, and so need no lock;
 * Linux loads UARTFR by halves. Then the distributor's banks. The arguments are passed on as they came. */
struct vmm_answer vmm_access(struct vmm *vmm, uint64_t esr, uint64_t ipa, uint64_t value, struct reply *r,
			     uint64_t unused, uint64_t now, uint64_t vcpu)
{
	uint64_t offset = ipa - vmm->gicd_base;

	if (ipa == vmm->uart_flags && (iss_loads(esr, 1) || iss_loads(esr, 2)))
		return (struct vmm_answer){ 1, pl011_flags(&vmm->uart) };
	if (offset < GICD_HEAD_BYTES && offset % 4 == 0 && iss_loads(esr, 2))
		return (struct vmm_answer){ 1, gicd_head(&vmm->gic, (uint32_t)offset) };
	if (offset - GIC_BANK_BYTES < GIC_BANKS_END - GIC_BANK_BYTES)
		return bank_access(vmm, esr, ipa, value, r);
	return any_access(vmm, esr, ipa, value, r, unused, now, vcpu);
}

static void vmm_load(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	loader_step(&vmm->loader, r);
	if (r->verdict != VERDICT_START)
		return;
	if (time_start(vmm, u, r))
		reply_continue(r, CONTINUE_LOAD, 0);
	else
		doorbells_start(vmm, r);
}

static void vmm_reset(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	const struct vmconf *conf;

	port_world(&vmm->world);
	conf = vmm->world.conf;
	if (!conf_is_sound(conf)) {
		r->verdict = VERDICT_EVENT;
		r->value = HEALTH_MONITOR;
		return;
	}
	vmm->gicd_base = conf->gicd_base;
	vmm->gicr_base = conf->gicr_base;
	vmm->gicr_bytes = (uint64_t)conf->vcpu_count * GICR_STRIDE;
	gic_reset(&vmm->gic, conf);
	vmm->uart_flags = NOWHERE;
	if (conf->uart_base != 0) {
		vmm->uart_flags = conf->uart_base + PL011_FLAGS;
		vmm->uart_base = conf->uart_base;
		vmm->uart_bytes = PL011_BYTES;
		pl011_reset(&vmm->uart, vmm->world.console, &vmm->world.lines[conf->uart_intid / 32],
			    conf->uart_intid);
	}
	if (conf->rtc_base != 0) {
		vmm->rtc_base = conf->rtc_base;
		vmm->rtc_bytes = PL031_BYTES;
	}
	if (conf->watchdog_base != 0) {
		vmm->watchdog_base = conf->watchdog_base;
		vmm->watchdog_bytes = SP805_BYTES;
	}
	time_reset(vmm, (uint32_t)u->arg[1]);
	doorbells_reset(vmm);
	psci_reset(&vmm->psci, conf);
	loader_reset(&vmm->loader, conf);
	vmm_load(vmm, u, r);
}

static void notification(struct vmm *vmm, const struct upcall *u, uint32_t bit, struct reply *r)
{
	if (bit == NOTIFY_ALARM)
		time_alarm(vmm, u, r);
	else if (bit - NOTIFY_CHANNEL < vmm->world.conf->channel_count)
		doorbells_told(vmm, bit - NOTIFY_CHANNEL, doorbell_rung, r);
	else if (bit - NOTIFY_PEER < vmm->world.conf->channel_count)
		doorbells_told(vmm, bit - NOTIFY_PEER, doorbell_peer_failed, r);
	else if (bit == NOTIFY_CONSOLE_IN && vmm->uart_bytes != 0)
		uart_input(vmm, r);
}

/* A reply carries one operation: what is left when there is one comes again. The alarm, which may have
 * more to tell, is the highest bit: nothing is left then. */
static void notifications(struct vmm *vmm, const struct upcall *u, uint32_t bits, struct reply *r)
{
	_Static_assert(NOTIFY_CHANNEL + VMCONF_MAX_CHANNELS <= NOTIFY_PEER &&
			       NOTIFY_PEER + VMCONF_MAX_CHANNELS <= NOTIFY_ALARM,
		       "the alarm comes last");

	for (; bits != 0 && r->op == 0; bits &= bits - 1)
		notification(vmm, u, (uint32_t)__builtin_ctz(bits), r);
	if (bits != 0)
		reply_continue(r, CONTINUE_NOTIFY, bits);
}

static void vmm_notify(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	notifications(vmm, u, (uint32_t)u->arg[0], r);
}

static void vmm_continue(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	uint64_t result = u->arg[2], value = u->arg[3];
	uint32_t subject = CONTINUATION_SUBJECT(value);

	switch (CONTINUATION_WHY(value)) {
	case CONTINUE_LOAD:
		vmm_load(vmm, u, r);
		break;
	case CONTINUE_RELEASED:
		gic_released(&vmm->gic, subject, result, r);
		break;
	case CONTINUE_ADOPTED:
		gic_adopted(&vmm->gic, subject, r);
		break;
	case CONTINUE_CPU_START:
		psci_started(&vmm->psci, (uint32_t)u->vcpu, subject, result, r);
		break;
	case CONTINUE_TIME:
		time_continue(vmm, u, r);
		break;
	case CONTINUE_NOTIFY:
		notifications(vmm, u, subject, r);
		break;
	}
}

static void vmm_call(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	if (vmm->world.conf->trng && trng_has((uint32_t)u->arg[1]))
		trng_call(u, r);
	else
		psci_call(&vmm->psci, u, r);
	if (r->verdict == VERDICT_OFF)
		time_cpu_off(vmm, u, r);
}

void vmm_upcall(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	static void (*const handlers[])(struct vmm *vmm, const struct upcall *u, struct reply *r) = {
		[UPCALL_RESET] = vmm_reset,
		[UPCALL_CALL] = vmm_call,
		[UPCALL_NOTIFY] = vmm_notify,
		[UPCALL_SYSREG] = time_sysreg,
		[UPCALL_CONTINUE] = vmm_continue,
	};

	reply_done(r);
	if (u->event >= UPCALL_RESET && u->event <= UPCALL_CONTINUE && handlers[u->event] != NULL)
		handlers[u->event](vmm, u, r);
}
