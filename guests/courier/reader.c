/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/courier/courier.h"
#include "guests/lib/channel.h"
#include "guests/lib/cpu.h"
#include "guests/lib/machine.h"
#include "guests/lib/uart.h"

static struct {
	uint32_t life;         /* of the writer */
	uint32_t last;         /* number of the last message */
	uint64_t messages;     /* taken, so far */
	uint64_t since;        /* start of the second that is counted, */
	uint64_t interrupts;   /* and the interrupts before it */
} reader;

static uint32_t life(void)
{
	return mmio_read32(CHANNEL_BASE + CHANNEL_LIFE);
}

/* The sequence of a new life begins anew; while its memory is being zeroed it has not begun. */
static void life_taken(void)
{
	reader.life = life();
	reader.last = 0;
	if (reader.life % 2 == 0)
		print("reader: the writer started anew, life %u\n", (uint64_t)reader.life / 2);
}

/* What is read is of one life if the life is the same before and after. */
static void messages_take(void)
{
	uint32_t newest = message_newest();

	if (reader.life % 2) /* what is there is still the former life's, or half zero */
		return;
	for (; reader.last < newest; reader.messages++) {
		if (message_is_right(++reader.last))
			continue;
		if (life() == reader.life)
			print("reader: FAILED: message %u is wrong\n", (uint64_t)reader.last);
		return;
	}
}

static void report(void)
{
	uint64_t now = counter_now(), passed = now - reader.since;

	if (passed < ticks_of_ms(1000))
		return;
	print("reader: %u messages in order; %u interrupts in %u us\n", reader.messages,
	      interrupts - reader.interrupts, passed * 1000000 / sysreg_read("cntfrq_el0"));
	reader.since = now;
	reader.interrupts = interrupts;
}

_Noreturn void reader_run(void)
{
	reader.since = counter_now();
	reader.life = life();
	reader.last = message_newest();
	print("reader: joins life %u at message %u\n", (uint64_t)reader.life / 2, (uint64_t)reader.last);
	for (;;) {
		uint32_t pending = rung_wait(counter_now() + ticks_of_ms(1000));

		if (pending & CHANNEL_RESTARTED)
			life_taken();
		if (pending) {
			messages_take();
			ring();
		}
		if (key_taken() == 'w')
			print("reader: a store to the memory %s\n",
			      store_is_taken(CHANNEL_MEMORY) ? "FAILED to be refused" : "is refused");
		report();
	}
}
