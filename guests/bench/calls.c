/* SPDX-License-Identifier: Apache-2.0 */
/* Calls (DEN 0028), and registers that a hypervisor has to answer for. A call is with its arguments. */
#include "guests/bench/bench.h"
#include "guests/lib/gic.h"
#include "guests/lib/machine.h"
#include "guests/lib/psci.h"
#include "guests/lib/uart.h"

#define UNKNOWN_FUNCTION 0x86000042 /* of a vendor's hypervisor service, which nobody has */
#define CALL(conduit) "mov x0, %[a]\n\tmov x1, #0\n\tmov x2, #0\n\tmov x3, #0\n\t" conduit " #0"

/* ---- Calls ---- */

static uint64_t hvc_psci_version(void)
{
	return TICKS(CALL("hvc"), PSCI_VERSION, 0);
}

static uint64_t smc_psci_version(void)
{
	return TICKS(CALL("smc"), PSCI_VERSION, 0);
}

static uint64_t hvc_unknown(void)
{
	return TICKS(CALL("hvc"), UNKNOWN_FUNCTION, 0);
}

const struct event call_events[] = {
	{ "hvc_psci_version", NOTHING, 0, hvc_psci_version },
	{ "smc_psci_version", SMC, 0, smc_psci_version },
};
const uint32_t call_count = sizeof(call_events) / sizeof(call_events[0]);

const struct event refused_events[] = {
	{ "hvc_unknown", NOTHING, 0, hvc_unknown },
};
const uint32_t refused_count = sizeof(refused_events) / sizeof(refused_events[0]);

/* ---- Registers. What a write changes is changed back before the next ---- */

static uint64_t redistributor; /* looked for once: to look for it is a trapped access */

static uint64_t sgi_frame(void)
{
	if (!redistributor)
		redistributor = gic_redistributor();
	return redistributor + GICR_SGI_FRAME;
}

static uint64_t read32(uint64_t address)
{
	return TICKS("ldr w0, [%[a]]", address, 0);
}

static uint64_t write32(uint64_t address, uint32_t value)
{
	return TICKS("str %w[b], [%[a]]", address, value);
}

static uint64_t id_register_read(void)
{
	return TICKS("mrs x0, id_aa64pfr0_el1", 0, 0);
}

static uint64_t gicd_typer_read(void)
{
	return read32(GICD_BASE + GICD_TYPER);
}

static void spi_disable(void)
{
	mmio_write32(GICD_BASE + GIC_ICENABLER + SPI / 32 * 4, 1u << SPI % 32);
}

static uint64_t gicd_isenabler_write(void)
{
	return write32(GICD_BASE + GIC_ISENABLER + SPI / 32 * 4, 1u << SPI % 32);
}

static void sgi_disable(void)
{
	mmio_write32(sgi_frame() + GIC_ICENABLER, 1u << SGI_TO_SELF);
}

static uint64_t gicr_isenabler0_write(void)
{
	return write32(sgi_frame() + GIC_ISENABLER, 1u << SGI_TO_SELF);
}

static void priority_other(void)
{
	mmio_write8(GICD_BASE + GIC_IPRIORITYR + SPI, PRIORITY_DEFAULT / 2);
}

static uint64_t gicd_ipriorityr_write(void)
{
	return TICKS("strb %w[b], [%[a]]", GICD_BASE + GIC_IPRIORITYR + SPI, PRIORITY_DEFAULT);
}

static uint64_t uartfr_read(void)
{
	return read32(UART_BASE + UARTFR);
}

const struct event register_events[] = {
	{ "id_register_read", NOTHING, 0, id_register_read },
	{ "gicd_typer_read", NOTHING, 0, gicd_typer_read },
	{ "gicd_isenabler_write", NOTHING, spi_disable, gicd_isenabler_write },
	{ "gicr_isenabler0_write", NOTHING, sgi_disable, gicr_isenabler0_write },
	{ "gicd_ipriorityr_write", NOTHING, priority_other, gicd_ipriorityr_write },
	{ "uartfr_read", NOTHING, 0, uartfr_read },
};
const uint32_t register_count = sizeof(register_events) / sizeof(register_events[0]);
