/* SPDX-License-Identifier: Apache-2.0 */
#include "guests/courier/courier.h"
#include "guests/lib/channel.h"
#include "guests/lib/cpu.h"
#include "guests/lib/machine.h"

#define NEWEST CHANNEL_MEMORY
#define SLOT(number) (CHANNEL_MEMORY + 4096 + (number) % SLOTS * SLOT_WORDS * 4)
#define MEMORY_BYTES 0x10000u

uint32_t message_newest(void)
{
	uint32_t newest = mmio_read32(NEWEST);

	cpu_dsb(); /* the number before the message; partner: message_write */
	return newest;
}

/* Word 0 is the number, the last one the sum of all before. */
void message_write(uint32_t number)
{
	uint32_t sum = number;

	mmio_write32(SLOT(number), number);
	for (uint32_t i = 1; i < SLOT_WORDS - 1; i++) {
		mmio_write32(SLOT(number) + 4 * i, number * i);
		sum += number * i;
	}
	mmio_write32(SLOT(number) + 4 * (SLOT_WORDS - 1), sum);
	cpu_dsb(); /* the message before its number; partner: message_newest */
	mmio_write32(NEWEST, number);
}

bool message_is_right(uint32_t number)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i < SLOT_WORDS - 1; i++)
		sum += mmio_read32(SLOT(number) + 4 * i);
	return mmio_read32(SLOT(number)) == number && mmio_read32(SLOT(number) + 4 * (SLOT_WORDS - 1)) == sum;
}

bool memory_is_zero(void)
{
	for (uint32_t at = 0; at < MEMORY_BYTES; at += 8) {
		if (mmio_read64(CHANNEL_MEMORY + at))
			return false;
	}
	return true;
}
