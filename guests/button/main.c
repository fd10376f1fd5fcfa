/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A guest that was given two devices of the board: the GPIO controller that has the power button
 * on pin 3 (PL061, DDI 0190, SPI 7) and the clock (PL031, DDI 0224, SPI 2). Both interrupts are
 * level-triggered. Its first life ends in its first alarm, by a reset: the interrupt is active, and
 * its line stands. Its second life counts presses and alarms, and ends at the third press.
 */
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/rtc.h"
#include "guests/lib/uart.h"
#include <stdbool.h>

#define GPIO_BASE 0x09030000
#define GPIODATA(pin) (4ull << (pin)) /* the address masks the pins */
#define GPIOIS 0x404
#define GPIOIBE 0x408
#define GPIOIEV 0x40c
#define GPIOIE 0x410
#define GPIOMIS 0x418
#define GPIOIC 0x41c
#define GPIOAFSEL 0x420          /* of no effect on this board, and no reset of a VM reaches it */
#define BUTTON 3
#define INTID_GPIO 39

#define PRESSES 3
#define SECOND_LIFE 1u           /* noted in GPIOAFSEL, which is 0 when the board starts */

static bool second_life;
static volatile uint32_t presses, alarms, strays;

static void gpio_interrupt(void)
{
	uint32_t why = mmio_read32(GPIO_BASE + GPIOMIS);

	if (!(why & 1u << BUTTON))
		strays++;
	else
		presses++;
	mmio_write32(GPIO_BASE + GPIOIC, why);
}

static void rtc_interrupt(void)
{
	if (!second_life) {
		mmio_write32(GPIO_BASE + GPIOAFSEL, SECOND_LIFE);
		print("button: resets in its alarm\n");
		cpu_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	}
	if (!mmio_read32(RTCMIS))
		strays++;
	else
		alarms++;
	mmio_write32(RTCICR, 1);
}

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	if (kind != EXCEPTION_IRQ) {
		print("button: unexpected exception at %x\n", frame->elr);
		cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	}
	for (uint32_t intid = gic_acknowledge(); intid != INTID_SPURIOUS; intid = gic_acknowledge()) {
		if (intid == INTID_GPIO)
			gpio_interrupt();
		else if (intid == INTID_RTC)
			rtc_interrupt();
		else
			strays++;
		gic_end(intid);
	}
	return frame;
}

static void interrupt_open(uint32_t intid)
{
	gic_set_priority(intid, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, intid);
}

static void alarm_in_a_second(void)
{
	mmio_write32(RTCMR, mmio_read32(RTCDR) + 1);
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	uint32_t told_presses = 0, told_alarms = 0;

	(void)device_tree;
	second_life = mmio_read32(GPIO_BASE + GPIOAFSEL) == SECOND_LIFE;
	uart_open();
	gic_open_distributor();
	gic_open_cpu();
	mmio_write32(GPIO_BASE + GPIOIS, 0);              /* edges .. */
	mmio_write32(GPIO_BASE + GPIOIBE, 0);             /* .. of one kind .. */
	mmio_write32(GPIO_BASE + GPIOIEV, 1u << BUTTON);  /* .. rising */
	mmio_write32(GPIO_BASE + GPIOIC, 0xff);
	mmio_write32(GPIO_BASE + GPIOIE, 1u << BUTTON);
	mmio_write32(RTCIMSC, 1);
	interrupt_open(INTID_GPIO);
	print("button: %s\n", second_life ? "lives again" : "waits");
	interrupt_open(INTID_RTC);
	alarm_in_a_second();
	while (presses < PRESSES) {
		if (told_alarms != alarms) {
			told_alarms = alarms;
			print("button: alarm %u\n", (uint64_t)told_alarms);
			alarm_in_a_second();
		}
		if (told_presses != presses) {
			told_presses = presses;
			print("button: pressed %u\n", (uint64_t)told_presses);
		}
		/* WFI ends for a masked interrupt too: none is missed between the look and the sleep. */
		cpu_irq_mask();
		if (told_alarms == alarms && told_presses == presses)
			cpu_wfi();
		cpu_irq_open();
		cpu_isb();
	}
	print("button: done, %u strays\n", (uint64_t)strays);
}
