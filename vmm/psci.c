/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The calls are rows; what is not in the table is NOT_SUPPORTED. A 32-bit call (SMC32) looks at the
 * lower half of its arguments only.
 */
#include "vmm/psci.h"
#include "vmm/conf.h"
#include "vmm/regs.h"
#include <stdbool.h>
#include <stddef.h>

#define PSCI_1_1 0x10001
#define SMCCC_1_2 0x10002

#define SMC64 0x40000000u      /* bit of a function number */

/* Arguments of a call, with the upper halves cut off for SMC32. */
struct call {
	uint32_t vcpu;
	uint64_t arg[3];
};

struct function {
	uint32_t number;       /* its SMC32 form */
	bool smc64;            /* there is an SMC64 form too */
	void (*call)(struct psci *p, const struct call *c, struct reply *r);
};

static void result(struct reply *r, int64_t value)
{
	r->verdict = VERDICT_RESULT;
	r->value = (uint64_t)value;
}

static void smccc_version(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p, (void)c;
	result(r, SMCCC_1_2);
}

static void psci_version(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p, (void)c;
	result(r, PSCI_1_1);
}

/* An entry point that a guest names: an A64 instruction in its RAM. */
static bool entry_is_valid(const struct psci *p, uint64_t entry)
{
	return entry % 4 == 0 && conf_in_ram(p->conf, entry, 4);
}

/*
 * Both types wait for an interrupt and return. For power-down that is allowed: the caller must be
 * ready for a return with nothing lost, as when an interrupt came first (DEN 0022, "CPU_SUSPEND").
 */
static void cpu_suspend(struct psci *p, const struct call *c, struct reply *r)
{
	power_state_t state = { (uint32_t)c->arg[0] };

	if ((state.bits & POWER_STATE_RES0) != 0 || power_state_PowerLevel(state) != 0) {
		result(r, PSCI_INVALID_PARAMETERS);
		return;
	}
	if (power_state_StateType(state) != 0 && !entry_is_valid(p, c->arg[1])) {
		result(r, PSCI_INVALID_ADDRESS);
		return;
	}
	result(r, PSCI_SUCCESS);
	r->verdict = VERDICT_WAIT;
}

/*
 * OFF before the kernel knows: who sees it and calls CPU_ON at once may find the vCPU not yet off
 * there. psci_started lets that call try again.
 */
static void cpu_off(struct psci *p, const struct call *c, struct reply *r)
{
	spin_lock(&p->lock);
	p->vcpu[c->vcpu].power = PSCI_OFF;
	spin_unlock(&p->lock);
	r->verdict = VERDICT_OFF;
}

static void cpu_on(struct psci *p, const struct call *c, struct reply *r)
{
	uint32_t target = conf_vcpu_by_mpidr(p->conf, c->arg[0]);
	enum psci_power power;

	if (target == VCPU_NONE) {
		result(r, PSCI_INVALID_PARAMETERS);
		return;
	}
	if (!entry_is_valid(p, c->arg[1])) {
		result(r, PSCI_INVALID_ADDRESS);
		return;
	}
	spin_lock(&p->lock);
	power = p->vcpu[target].power;
	if (power == PSCI_OFF) {
		p->vcpu[target].power = PSCI_ON_PENDING;
		p->vcpu[target].starter = (uint8_t)c->vcpu;
	}
	spin_unlock(&p->lock);
	if (power != PSCI_OFF) {
		result(r, power == PSCI_ON ? PSCI_ALREADY_ON : PSCI_PENDING);
		return;
	}
	reply_continue(r, CONTINUE_CPU_START, target);
	r->op = UPCALL_OP(OP_CPU_START, 0, 1u << target);
	r->op_arg[0] = c->arg[1];
	r->op_arg[1] = c->arg[2];
}

/*
 * By now the target may have run, called CPU_OFF and been started by someone else; then its state
 * is no longer this caller's business.
 */
void psci_started(struct psci *p, uint32_t starter, uint32_t target, uint64_t busy, struct reply *r)
{
	target %= MAX_VCPUS_PER_VM;
	spin_lock(&p->lock);
	if (p->vcpu[target].power == PSCI_ON_PENDING && p->vcpu[target].starter == starter)
		p->vcpu[target].power = busy != 0 ? PSCI_OFF : PSCI_ON;
	spin_unlock(&p->lock);
	/* Not off yet: it is on its way, see cpu_off. The guest saw it OFF, so its CPU_ON must
	 * succeed: it is called again, with interrupts in between. */
	if (busy != 0)
		r->verdict = VERDICT_RETRY;
	else
		result(r, PSCI_SUCCESS);
}

static void affinity_info(struct psci *p, const struct call *c, struct reply *r)
{
	/* What of an affinity counts at each level: the fields below are ignored. */
	static const uint64_t fields[] = { ~0ull, ~0xffull, ~0xffffull, ~0xffffffull };
	uint32_t level = (uint32_t)c->arg[1];  /* in both conventions */
	uint64_t mask;
	uint32_t found = 0;

	if (level >= sizeof(fields) / sizeof(fields[0])) {
		result(r, PSCI_INVALID_PARAMETERS);
		return;
	}
	mask = fields[level];
	spin_lock(&p->lock);
	for (uint32_t i = 0; i < p->conf->vcpu_count; i++) {
		if ((p->conf->mpidr[i] & mask) == (c->arg[0] & mask))
			found |= 1u << p->vcpu[i].power;
	}
	spin_unlock(&p->lock);
	/* A node is on if anything in it is, and off only if all of it is. */
	if (found == 0)
		result(r, PSCI_INVALID_PARAMETERS);
	else if ((found & 1u << PSCI_ON) != 0)
		result(r, PSCI_ON);
	else
		result(r, (found & 1u << PSCI_ON_PENDING) != 0 ? PSCI_ON_PENDING : PSCI_OFF);
}

static void migrate_info_type(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p, (void)c;
	result(r, 2);          /* there is no Trusted OS, or it need not migrate */
}

/* What follows is the f-map's to say: VERDICT_EVENT. */
static void event(struct reply *r, enum health_event event)
{
	r->verdict = VERDICT_EVENT;
	r->value = event;
}

static void system_off(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p, (void)c;
	event(r, HEALTH_OFF);
}

static void system_reset(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p, (void)c;
	event(r, HEALTH_RESET);
}

/* SYSTEM_WARM_RESET is the one architectural type; there are no vendor types. */
static void system_reset2(struct psci *p, const struct call *c, struct reply *r)
{
	(void)p;
	if ((uint32_t)c->arg[0] == 0)
		event(r, HEALTH_RESET);
	else
		result(r, PSCI_INVALID_PARAMETERS);
}

static void psci_features(struct psci *p, const struct call *c, struct reply *r);
static void arch_features(struct psci *p, const struct call *c, struct reply *r);

#define SMCCC_ARCH_FIRST 0x80000000u
#define PSCI_FIRST 0x84000000u

static const struct function functions[] = {
	{ 0x80000000, false, smccc_version },
	{ 0x80000001, false, arch_features },
	{ 0x84000000, false, psci_version },
	{ 0x84000001, true, cpu_suspend },
	{ 0x84000002, false, cpu_off },
	{ 0x84000003, true, cpu_on },
	{ 0x84000004, true, affinity_info },
	{ 0x84000006, false, migrate_info_type },
	{ 0x84000008, false, system_off },
	{ 0x84000009, false, system_reset },
	{ 0x8400000a, false, psci_features },
	{ 0x84000012, true, system_reset2 },
};

static const struct function *function_find(uint32_t number)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		const struct function *f = &functions[i];

		if (number == f->number || (f->smc64 && number == (f->number | SMC64)))
			return f;
	}
	return NULL;
}

static bool is_arch_call(uint32_t number)
{
	return number >= SMCCC_ARCH_FIRST && number < PSCI_FIRST;
}

/*
 * The flags of what is there are all 0: CPU_SUSPEND takes the original format, no OS-initiated mode.
 * SMCCC_VERSION is the one call outside PSCI that can be asked for here (DEN 0028, "Discovery").
 */
static void psci_features(struct psci *p, const struct call *c, struct reply *r)
{
	uint32_t number = (uint32_t)c->arg[0];
	bool known = function_find(number) != NULL && (!is_arch_call(number) || number == SMCCC_ARCH_FIRST);

	(void)p;
	result(r, known ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
}

static void arch_features(struct psci *p, const struct call *c, struct reply *r)
{
	uint32_t number = (uint32_t)c->arg[0];
	bool known = is_arch_call(number) && function_find(number) != NULL;

	(void)p;
	result(r, known ? PSCI_SUCCESS : PSCI_NOT_SUPPORTED);
}

void psci_call(struct psci *p, const struct upcall *u, struct reply *r)
{
	uint32_t number = (uint32_t)u->arg[1];
	const struct function *f = function_find(number);
	uint64_t mask = (number & SMC64) != 0 ? UINT64_MAX : UINT32_MAX;
	struct call c = {
		.vcpu = (uint32_t)u->vcpu,
		.arg = { u->arg[2] & mask, u->arg[3] & mask, u->arg[4] & mask },
	};

	if (f == NULL)
		result(r, PSCI_NOT_SUPPORTED);
	else
		f->call(p, &c, r);
}

void psci_reset(struct psci *p, const struct vmconf *conf)
{
	p->conf = conf;
	for (uint32_t i = 1; i < MAX_VCPUS_PER_VM; i++)
		p->vcpu[i].power = PSCI_OFF;
}
