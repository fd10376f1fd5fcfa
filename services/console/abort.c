/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/abort.h"
#include "abi/health.h"
#include "lib/esr.h"
#include <stddef.h>

struct fault {
	iss_abort_t iss;
	uint64_t address;
	uint32_t vm;
	bool fetch, known, is_ipa;
};

static struct fault fault_of(const struct klog_record *record)
{
	esr_el2_t esr = (esr_el2_t){ (uint32_t)record->b };
	iss_abort_t iss = { esr_el2_ISS(esr) };

	/* Of a walk the page of the table is known: the rest is of the address that was walked for. */
	return (struct fault){
		.iss = iss,
		.address = iss_abort_S1PTW(iss) ? record->a & ~(uint64_t)(PAGE_BYTES - 1) : record->a,
		.vm = record->vm,
		.fetch = esr_el2_EC(esr) == EC_IABT_LOWER,
		.known = record->a != ~(uint64_t)0,
		.is_ipa = record->a != ~(uint64_t)0 && (record->b & KLOG_VIRTUAL) == 0,
	};
}

/* ---- What it did ---- */

static void say_size(struct row *row, iss_abort_t iss)
{
	uint32_t bytes = 1u << iss_abort_SAS(iss);

	row_decimal(row, bytes);
	row_text(row, bytes == 1 ? " byte at " : " bytes at ");
}

/* Of a pair, a vector, or an address with writeback the hardware does not tell the register, so that no
 * monitor can answer it: DDI 0487, "ISS encoding for an exception from a Data Abort", ISV. */
static void say_deed(struct row *row, struct fault f)
{
	bool writes = iss_abort_WnR(f.iss);

	if (iss_abort_S1PTW(f.iss)) {
		row_text(row, f.fetch ? "walked its tables for an instruction at " : "walked its tables at ");
	} else if (f.fetch) {
		row_text(row, "executed at ");
	} else if (iss_abort_ISV(f.iss)) {
		row_text(row, writes ? "wrote " : "read ");
		say_size(row, f.iss);
	} else {
		row_text(row, writes ? "stored" : "loaded");
		row_text(row, " a pair, a vector or with writeback at ");
	}
}

static void say_address(struct row *row, struct fault f)
{
	if (!f.known) {
		row_text(row, "an unknown address");
		return;
	}
	if (!f.is_ipa)
		row_text(row, "virtual ");
	row_hex(row, f.address);
}

void words_for_pc(struct row *row, uint64_t pc, bool at_el0)
{
	row_text(row, " (pc ");
	row_hex(row, pc);
	row_text(row, at_el0 ? ", EL0)" : ", EL1)");
}

/* ---- Why that could not be ---- */

/* From the address to the window, 0 if it is in it. */
static uint64_t distance(const struct svcconf_window *w, uint64_t address)
{
	uint64_t first = (uint64_t)w->page * PAGE_BYTES, end = first + (uint64_t)w->pages * PAGE_BYTES;

	if (address < first)
		return first - address;
	return address < end ? 0 : address - end + 1;
}

/* The window of the VM's that is nearest, or NULL: it has none. */
static const struct svcconf_window *nearest(const struct svcconf *conf, struct fault f)
{
	const struct svcconf_window *best = NULL;
	uint32_t count = conf->window_count < SVCCONF_MAX_WINDOWS ? conf->window_count : SVCCONF_MAX_WINDOWS;

	for (uint32_t i = 0; i < count; i++) {
		const struct svcconf_window *w = &conf->window[i];

		if (w->vm == f.vm && (!best || distance(w, f.address) < distance(best, f.address)))
			best = w;
	}
	return best;
}

static void say_name(struct row *row, const struct svcconf_window *w)
{
	for (size_t i = 0; i < sizeof(w->name) && w->name[i]; i++)
		row_cell(row, (uint8_t)w->name[i]);
}

/* In a window: its rights say why, or else the way it was accessed. */
static const char *why_not(const struct svcconf_window *w, struct fault f)
{
	bool emulated = w->rights == SVCCONF_EMULATED;

	if (iss_abort_S1PTW(f.iss))
		return emulated ? " is no memory" : " has no table there";
	if (f.fetch)
		return emulated || !(w->rights & MEMORY_EXECUTE) ? " is not executable" : " did not answer";
	if (emulated)
		return iss_abort_ISV(f.iss) ? " does not take that" : " takes single registers alone";
	if (iss_abort_WnR(f.iss) && !(w->rights & MEMORY_WRITE))
		return " is read-only";
	return " did not answer";
}

/* A fault of permission, for which the hardware does not tell the IPA. */
static const char *forbidden(struct fault f)
{
	if (f.fetch)
		return "not executable for it";
	return iss_abort_WnR(f.iss) ? "read-only for it" : "not readable for it";
}

static void say_reason(struct row *row, const struct svcconf *conf, struct fault f)
{
	const struct svcconf_window *w = f.is_ipa ? nearest(conf, f) : NULL;

	if (iss_abort_DFSC(f.iss) >> 2 == FSC_TYPE_PERMISSION && !f.is_ipa) {
		row_text(row, forbidden(f));
	} else if (iss_abort_DFSC(f.iss) >> 2 > FSC_TYPE_PERMISSION) {
		row_text(row, "an external abort");
	} else if (w && distance(w, f.address) == 0) {
		say_name(row, w);
		row_text(row, why_not(w, f));
	} else {
		row_text(row, "nothing there");
		if (!w)
			return;
		row_text(row, "; the nearest thing it owns is ");
		say_name(row, w);
	}
}

/* ---- What came of it ---- */

static const char *outcome(uint64_t b)
{
	static const char *const outcomes[HEALTH_ACTIONS] = {
		[ACTION_LOG] = "injected",
		[ACTION_RESTART] = "the VM is restarted",
		[ACTION_STOP] = "the VM is stopped",
		[ACTION_BOARD] = "the board is stopped",
	};
	uint64_t action = b >> KLOG_ACTION_SHIFT & 0xff;

	return action < HEALTH_ACTIONS ? outcomes[action] : "what came of it is unknown";
}

void words_for_abort(struct row *row, const struct svcconf *conf, const struct klog_record *record)
{
	struct fault f = fault_of(record);

	row_text(row, "vCPU ");
	row_decimal(row, record->vcpu);
	row_text(row, " ");
	say_deed(row, f);
	say_address(row, f);
	words_for_pc(row, record->pc, (record->b & KLOG_AT_EL0) != 0);
	row_text(row, ": ");
	say_reason(row, conf, f);
	row_text(row, "; ");
	row_text(row, outcome(record->b));
}
