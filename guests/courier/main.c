/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One end of a channel between VMs: which one, its doorbell says. On its console: `r` resets this
 * machine, `o` turns it off, `c` makes a call that is refused; the writer takes `f`, to ring without
 * end, a reader `w`, to try a store.
 */
#include "guests/courier/courier.h"
#include "guests/lib/channel.h"
#include "guests/lib/cpu.h"
#include "guests/lib/exception.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"

#define TIMER_ENABLE 1
#define ESR_EC_SHIFT 26
#define EC_DABT_SAME 0x25
#define FSC_EXTERNAL 0x10

volatile char key;
uint64_t interrupts;
static volatile uint32_t pending;
static volatile bool store_expected, store_refused;

_Noreturn void machine_off(void);

/* ---- Exceptions ---- */

/* Acknowledged first: what is rung after it interrupts again, and what was rung before is looked for
 * after it. */
static void channel_taken(void)
{
	uint32_t bits = mmio_read32(CHANNEL_BASE + CHANNEL_PENDING);

	mmio_write32(CHANNEL_BASE + CHANNEL_ACK, bits);
	pending |= bits;
	interrupts++;
}

static void uart_taken(void)
{
	char c;

	mmio_write32(UART_BASE + UARTICR, UARTINT_RX | UARTINT_RT);
	while (uart_get(&c))
		key = c;
}

static void interrupt_taken(void)
{
	uint32_t intid = gic_acknowledge();

	if (intid == INTID_SPURIOUS)
		return;
	if (intid == INTID_CHANNEL)
		channel_taken();
	else if (intid == INTID_UART)
		uart_taken();
	else if (intid == INTID_VIRTUAL_TIMER)
		sysreg_write("cntv_ctl_el0", 0);
	gic_end(intid);
}

static void fault_taken(struct frame *frame)
{
	uint64_t esr = sysreg_read("esr_el1");

	if (!store_expected || esr >> ESR_EC_SHIFT != EC_DABT_SAME || (esr & 0x3f) != FSC_EXTERNAL) {
		print("courier: FAILED: unexpected exception, ESR %x, FAR %x, PC %x\n", esr,
		      sysreg_read("far_el1"), frame->elr);
		machine_off();
	}
	store_refused = true;
	frame->elr += 4;
}

struct frame *exception_taken(struct frame *frame, enum exception_kind kind)
{
	if (kind == EXCEPTION_IRQ)
		interrupt_taken();
	else
		fault_taken(frame);
	return frame;
}

bool store_is_taken(uint64_t address)
{
	store_refused = false;
	store_expected = true;
	mmio_write32(address, 0);
	cpu_dsb();
	store_expected = false;
	return !store_refused;
}

/* ---- Time and ringing ---- */

uint64_t ticks_of_ms(uint64_t ms)
{
	return ms * sysreg_read("cntfrq_el0") / 1000;
}

/* To all others. */
void ring(void)
{
	mmio_write32(CHANNEL_BASE + CHANNEL_RING, ~0u);
}

#define REFUSED 0xc6000001u        /* of the vendors' owners, which nobody answers */

char key_taken(void)
{
	char typed = key;

	key = 0;
	if (typed == 'r')
		cpu_hvc(PSCI_SYSTEM_RESET, 0, 0, 0);
	if (typed == 'o')
		cpu_hvc(PSCI_SYSTEM_OFF, 0, 0, 0);
	if (typed == 'c')
		print("courier: a call is answered by %x\n", cpu_hvc(REFUSED, 0, 0, 0));
	return typed;
}

uint32_t rung_wait(uint64_t until)
{
	uint32_t bits;

	sysreg_write("cntv_cval_el0", until);
	sysreg_write("cntv_ctl_el0", TIMER_ENABLE);
	for (;;) {
		cpu_irq_mask(); /* WFI returns for an interrupt that came after the look, too */
		bits = pending;
		pending = 0;
		if (!bits && !key && counter_now() < until)
			cpu_wfi();
		cpu_irq_open();
		if (bits & CHANNEL_FAILED)
			print("courier: another end failed\n");
		if (bits || key || counter_now() >= until)
			return bits;
	}
}

/* ---- Start ---- */

static void interrupt_open(uint32_t intid)
{
	gic_set_priority(intid, PRIORITY_DEFAULT);
	gic_set_bit(GIC_ISENABLER, intid);
}

static void interrupts_open(void)
{
	gic_open_distributor();
	gic_open_cpu();
	interrupt_open(INTID_VIRTUAL_TIMER);
	interrupt_open(INTID_UART);
	interrupt_open(INTID_CHANNEL);
	mmio_write32(UART_BASE + UARTIMSC, UARTINT_RX | UARTINT_RT);
	mmio_write32(CHANNEL_BASE + CHANNEL_ENABLE, CHANNEL_RUNG | CHANNEL_RESTARTED | CHANNEL_FAILED);
	cpu_irq_open();
}

void guest_main(uint64_t device_tree);
void guest_main(uint64_t device_tree)
{
	(void)device_tree; /* the machine is known */
	uart_open();
	if (mmio_read32(CHANNEL_BASE + CHANNEL_ID) != CHANNEL_ID_VALUE) {
		print("courier: FAILED: there is no channel\n");
		return;
	}
	interrupts_open();
	if (mmio_read32(CHANNEL_BASE + CHANNEL_ROLE) == CHANNEL_WRITER)
		writer_run();
	reader_run();
}
