/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/courier/courier.h"
#include "guests/lib/channel.h"
#include "guests/lib/cpu.h"
#include "guests/lib/machine.h"
#include "guests/lib/uart.h"

#define PATIENCE_MS 100          /* until it rings again */

/* As fast as it can, for ever. */
static _Noreturn void flood(void)
{
	print("writer: rings without end\n");
	for (;;)
		ring();
}

_Noreturn void writer_run(void)
{
	uint32_t number = 0;

	print("writer: life %u, %s\n", (uint64_t)mmio_read32(CHANNEL_BASE + CHANNEL_LIFE) / 2,
	      memory_is_zero() ? "the memory is zero" : "FAILED: the memory is not zero");
	for (;;) {
		for (uint32_t i = 0; i < BATCH; i++)
			message_write(++number);
		do
			ring();
		while (!rung_wait(counter_now() + ticks_of_ms(PATIENCE_MS)) && !key);
		if (key_taken() == 'f')
			flood();
	}
}
