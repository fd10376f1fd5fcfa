/* SPDX-License-Identifier: Apache-2.0 */
#include "services/console/log.h"

/*
 * Copies the record with this number, unless the kernel is about to overwrite it or did. The
 * record's own number is the seqlock: the kernel takes it away before it changes the rest, and
 * writes the new one last.
 */
static bool record_copy(const struct klog *page, uint32_t seq, struct klog_record *copy)
{
	const struct klog_record *record = &page->record[(seq - 1) % KLOG_RECORDS];

	/* Acquire: fields after the number. Its partner is the kernel's release of `seq`. */
	if (__atomic_load_n(&record->seq, __ATOMIC_ACQUIRE) != seq)
		return false;
	copy->seq = seq;
	copy->event = __atomic_load_n(&record->event, __ATOMIC_RELAXED);
	copy->cpu = __atomic_load_n(&record->cpu, __ATOMIC_RELAXED);
	copy->vm = __atomic_load_n(&record->vm, __ATOMIC_RELAXED);
	copy->vcpu = __atomic_load_n(&record->vcpu, __ATOMIC_RELAXED);
	copy->time = __atomic_load_n(&record->time, __ATOMIC_RELAXED);
	copy->pc = __atomic_load_n(&record->pc, __ATOMIC_RELAXED);
	copy->a = __atomic_load_n(&record->a, __ATOMIC_RELAXED);
	copy->b = __atomic_load_n(&record->b, __ATOMIC_RELAXED);
	/* Acquire fence: fields before the second look at the number. Its partner is the kernel's
	 * barrier between taking the old number away and writing new fields. */
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return __atomic_load_n(&record->seq, __ATOMIC_RELAXED) == seq;
}

/* The oldest record of one CPU that is left; gives up what was overwritten. */
static bool cpu_peek(struct log_reader *log, uint32_t cpu, struct klog_record *copy)
{
	const struct klog *page = log->cpu[cpu].page;
	/* Acquire: records after the count. Its partner is the kernel's release of `head`. */
	uint32_t head = __atomic_load_n(&page->head, __ATOMIC_ACQUIRE);
	uint32_t behind = head - log->cpu[cpu].seen;

	if (behind > KLOG_RECORDS) {
		log->lost += behind - KLOG_RECORDS;
		log->cpu[cpu].seen = head - KLOG_RECORDS;
		behind = KLOG_RECORDS;
	}
	for (; behind > 0; behind--) {
		if (record_copy(page, log->cpu[cpu].seen + 1, copy))
			return true;
		log->lost++;
		log->cpu[cpu].seen++;
	}
	return false;
}

bool log_peek(struct log_reader *log, struct klog_record *record)
{
	bool found = false;

	for (uint32_t i = 0; i < log->count; i++) {
		struct klog_record next;

		if (!cpu_peek(log, i, &next) || (found && next.time >= record->time))
			continue;
		*record = next;
		record->cpu = (uint8_t)i;
		found = true;
	}
	return found;
}

void log_take(struct log_reader *log, const struct klog_record *record)
{
	log->cpu[record->cpu].seen = record->seq;
}

uint32_t log_missing(struct log_reader *log)
{
	uint32_t missing = log->lost;

	log->lost = 0;
	for (uint32_t i = 0; i < log->count; i++) {
		uint32_t suppressed = __atomic_load_n(&log->cpu[i].page->suppressed, __ATOMIC_RELAXED);

		missing += suppressed - log->cpu[i].suppressed;
		log->cpu[i].suppressed = suppressed;
	}
	return missing;
}
