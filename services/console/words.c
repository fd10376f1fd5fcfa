/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/words.h"
#include "abi/upcall.h"
#include "lib/esr.h"
#include "services/console/abort.h"
#include <stddef.h>

/* ---- Pieces ---- */

static void say_subject(struct row *row, const struct svcconf *conf, const struct klog_record *record)
{
	if (record->vm < conf->vm_count && record->vm < MAX_VMS) {
		row_name(row, conf->vm_name[record->vm]);
	} else {
		row_text(row, "CPU ");
		row_decimal(row, record->cpu);
	}
	row_text(row, ": ");
}

/* The name of a system register as assemblers take it. */
static void say_sysreg(struct row *row, iss_sysreg_t iss)
{
	const struct {
		const char *before;
		uint64_t number;
	} parts[] = {
		{ "S", iss_sysreg_Op0(iss) }, { "_", iss_sysreg_Op1(iss) }, { "_C", iss_sysreg_CRn(iss) },
		{ "_C", iss_sysreg_CRm(iss) }, { "_", iss_sysreg_Op2(iss) },
	};

	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		row_text(row, parts[i].before);
		row_decimal(row, parts[i].number);
	}
}

/* Expands %v vCPU, %a and %b the record's numbers in hexadecimal, %d a in decimal, %p " (pc ..)". */
static void say(struct row *row, const struct klog_record *record, const char *text)
{
	for (; *text; text++) {
		if (*text != '%') {
			row_cell(row, (uint8_t)*text);
			continue;
		}
		switch (*++text) {
		case 'v':
			row_text(row, "vCPU ");
			row_decimal(row, record->vcpu);
			break;
		case 'a':
			row_hex(row, record->a);
			break;
		case 'b':
			row_hex(row, record->b);
			break;
		case 'd':
			row_decimal(row, record->a);
			break;
		case 'p':
			row_text(row, " (pc ");
			row_hex(row, record->pc);
			row_text(row, ")");
			break;
		default:
			return;
		}
	}
}

/* ---- Events that need more than a sentence ---- */

/* Why a VM ended, or starts anew, where its guest did not ask for that. */
static const char *const reasons[HEALTH_EVENTS] = {
	[HEALTH_OFF] = "it asked to be off",
	[HEALTH_RESET] = "it asked for a reset",
	[HEALTH_ABORT] = "it accessed what is not its own",
	[HEALTH_CALL] = "it made a call that is refused",
	[HEALTH_MONITOR] = "its monitor broke its contract",
	[HEALTH_SERROR] = "a hardware error (SError)",
	[HEALTH_WATCHDOG] = "its watchdog was not tended",
	[HEALTH_IMAGE] = "an image is not what was built (its hash differs)",
};

static void say_why(struct row *row, const struct klog_record *record, const char *what)
{
	say(row, record, what);
	say(row, record, record->a < HEALTH_EVENTS ? reasons[record->a] : "reason %d");
}

static void say_off(struct row *row, const struct klog_record *record)
{
	if (record->b != 0)
		say_why(row, record, "stopped, after one restart too many: ");
	else if (record->a == HEALTH_OFF)
		say(row, record, "off");
	else
		say_why(row, record, "stopped: ");
}

static void say_reset(struct row *row, const struct klog_record *record)
{
	if (record->a == HEALTH_RESET)
		say(row, record, "reset");
	else
		say_why(row, record, "to be restarted: ");
}

static void say_undef(struct row *row, const struct klog_record *record)
{
	esr_el2_t esr = (esr_el2_t){ record->a };
	iss_sysreg_t iss = (iss_sysreg_t){ esr_el2_ISS(esr) };

	if (esr_el2_EC(esr) == EC_SYSREG) {
		say(row, record, iss_sysreg_Read(iss) ? "%v read " : "%v wrote ");
		say_sysreg(row, iss);
		say(row, record, ": no such register, undefined");
	} else {
		say(row, record, "%v executed an instruction it does not have (ESR %a), undefined");
	}
	words_for_pc(row, record->pc, (record->b & KLOG_AT_EL0) != 0);
}

static const char *const sentences[] = {
	[KLOG_VCPU_START] = "%v starts at %a",
	[KLOG_VCPU_OFF] = "%v off",
	[KLOG_GUEST_CALL] = "%v called %a, refused",
	[KLOG_VMM_FAULT] = "its monitor faulted on %v: ESR %a, address %b%p",
	[KLOG_VMM_REPLY] = "its monitor gave a wrong answer on %v: verdict %d, operation %b",
	[KLOG_VMM_OVERRUN] = "its monitor used up its budget on %v%p",
	[KLOG_SERVICE_FAULT] = "a service faulted: ESR %a, address %b%p",
	[KLOG_IRQ_SPURIOUS] = "interrupt %d belongs to nobody",
	[KLOG_SERROR] = "hardware error (SError): ESR %a%p",
};

void words_for_record(struct row *row, const struct svcconf *conf, const struct klog_record *record)
{
	size_t event = record->event;

	say_subject(row, conf, record);
	if (event == KLOG_VM_START)
		say(row, record, record->a == RESET_BOOT ? "starts" : "starts again");
	else if (event == KLOG_VM_OFF)
		say_off(row, record);
	else if (event == KLOG_VM_RESET)
		say_reset(row, record);
	else if (event == KLOG_HEALTH)
		say_why(row, record, "");
	else if (event == KLOG_GUEST_ABORT)
		words_for_abort(row, conf, record);
	else if (event == KLOG_GUEST_UNDEF)
		say_undef(row, record);
	else if (event < sizeof(sentences) / sizeof(sentences[0]) && sentences[event])
		say(row, record, sentences[event]);
	else
		say(row, record, "an event without words (%a, %b)%p");
}
