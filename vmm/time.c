/* SPDX-License-Identifier: Apache-2.0 */
/* From the timers to the kernel: lines that moved, and when to look again. */
#include "vmm/time.h"
#include "lib/esr.h"
#include "vmm/vmm.h"

/* What the kernel has not heard of yet. */
#define OWED_CNTP 1u           /* the private line has moved */
#define OWED_RTC 2u            /* the clock's line has moved */
#define OWED_WATCHDOG 4u       /* the watchdog's has */
#define OWED_ALARM 8u          /* something is due before the alarm */

static struct vcpu_time *time_of(struct vmm *vmm, const struct upcall *u)
{
	return &vmm->time[u->vcpu];
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t time_due(struct vmm *vmm, const struct upcall *u)
{
	uint64_t timer = cntp_due(&time_of(vmm, u)->cntp, u->now);
	uint64_t due = earlier(timer, pl031_due(&vmm->rtc, (uint32_t)u->vcpu));

	return vmm->watchdog_bytes == 0 ? due : earlier(due, sp805_due(&vmm->watchdog, (uint32_t)u->vcpu));
}

/* Samples the lines: what is owed now. */
static void time_look(struct vmm *vmm, const struct upcall *u)
{
	struct vcpu_time *t = time_of(vmm, u);

	if (cntp_sample(&t->cntp, u->now))
		t->owed |= OWED_CNTP;
	if (pl031_sample(&vmm->rtc, u->now))
		t->owed |= OWED_RTC;
	if (vmm->watchdog_bytes != 0 && sp805_sample(&vmm->watchdog, u->now))
		t->owed |= OWED_WATCHDOG;
	if (time_due(vmm, u) < t->alarm)
		t->owed |= OWED_ALARM;
}

static void cntp_line_changed(const struct upcall *u, struct reply *r)
{
	r->op = UPCALL_OP(OP_LINES, 0, 1u << u->vcpu);
	r->op_arg[0] = 1u << CNTP_INTID;
}

/* Tells the first of what is owed, if the reply has room. True: there is more. */
static bool time_tell(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	struct vcpu_time *t = time_of(vmm, u);
	uint32_t first = t->owed & -(uint32_t)t->owed;

	if (r->op != 0 || first == 0)
		return first != 0;
	t->owed &= (uint8_t)~first;
	if (first == OWED_CNTP) {
		cntp_line_changed(u, r);
	} else if (first == OWED_RTC) {
		gic_line_changed(&vmm->gic, vmm->world.conf->rtc_intid, r);
	} else if (first == OWED_WATCHDOG) {
		gic_line_changed(&vmm->gic, vmm->world.conf->watchdog_intid, r);
	} else {
		t->alarm = time_due(vmm, u);
		r->op = UPCALL_OP(OP_ALARM, 0, 0);
		r->op_arg[0] = t->alarm;
	}
	return t->owed != 0;
}

/* The guest may go on after that, if so it was decided: so all else is told before. */
static void watchdog_silent(struct reply *r)
{
	r->verdict = VERDICT_EVENT;
	r->value = HEALTH_WATCHDOG;
}

static void time_settle(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	time_look(vmm, u);
	if (time_tell(vmm, u, r))
		reply_continue(r, CONTINUE_TIME, 0);
	else if (vmm->watchdog_bytes != 0 && sp805_take_silence(&vmm->watchdog))
		watchdog_silent(r);
}

/*
 * A write may both lower the line and set a new deadline. Then it is tried again for the second of
 * the two: by that time it lowers nothing more.
 */
void time_sysreg(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	struct cntp *cntp = &time_of(vmm, u)->cntp;
	iss_sysreg_t iss = { u->arg[0] & ISS_SYSREG_BITS };
	uint32_t reg = (uint32_t)iss_sysreg_Op2(iss);

	if (iss_sysreg_Read(iss) != 0) {
		r->value = cntp_read(cntp, reg, u->now);
		return;
	}
	cntp_write(cntp, reg, u->arg[1], u->now);
	time_look(vmm, u);
	if (time_tell(vmm, u, r))
		r->verdict = VERDICT_RETRY;
}

/* The bus of a PrimeCell is 32 bits wide. */
static bool refuse_wide(struct access a, struct reply *r)
{
	if (access_bytes(a) <= 4)
		return false;
	r->verdict = VERDICT_ABORT;
	return true;
}

/* A load moves no line, though it may be the first to see what has come: the keeper's alarm is due
 * then. */
void time_rtc_access(struct vmm *vmm, const struct upcall *u, struct access a, struct reply *r)
{
	if (refuse_wide(a, r))
		return;
	r->value = pl031_access(&vmm->rtc, a, (uint32_t)u->vcpu, u->now);
	if (access_stores(a))
		time_settle(vmm, u, r);
}

void time_watchdog_access(struct vmm *vmm, const struct upcall *u, struct access a, struct reply *r)
{
	if (refuse_wide(a, r))
		return;
	r->value = sp805_access(&vmm->watchdog, a, (uint32_t)u->vcpu, u->now);
	if (access_stores(a))
		time_settle(vmm, u, r);
}

void time_alarm(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	time_of(vmm, u)->alarm = UINT64_MAX;
	time_settle(vmm, u, r);
}

void time_continue(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	time_settle(vmm, u, r);
}

/* Off means that it forgets its timer. The alarm stays: the clock may need it. */
void time_cpu_off(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	struct cntp *cntp = &time_of(vmm, u)->cntp;

	cntp_off(cntp);
	if (cntp_sample(cntp, u->now))
		cntp_line_changed(u, r);
}

void time_reset(struct vmm *vmm, uint32_t hz)
{
	const struct vmconf *conf = vmm->world.conf;
	uint32_t *lines = vmm->world.lines;

	for (uint32_t i = 0; i < conf->vcpu_count; i++) {
		cntp_reset(&vmm->time[i].cntp, &lines[LINES_PRIVATE + i]);
		vmm->time[i].alarm = UINT64_MAX;
	}
	/* Also where there is none: then nobody can reach it, and it has nothing to tell. */
	pl031_reset(&vmm->rtc, &lines[conf->rtc_intid / 32], conf->rtc_intid, hz, conf->rtc_start);
	if (vmm->watchdog_bytes != 0)
		sp805_reset(&vmm->watchdog, &lines[conf->watchdog_intid / 32], conf->watchdog_intid, hz,
			    conf->watchdog_hz);
}

bool time_start(struct vmm *vmm, const struct upcall *u, struct reply *r)
{
	uint32_t load = vmm->world.conf->watchdog_start;

	if (load != 0)
		sp805_start(&vmm->watchdog, load, (uint32_t)u->vcpu, u->now);
	time_look(vmm, u);
	(void)time_tell(vmm, u, r);
	return r->op != 0;
}
