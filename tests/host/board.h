/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A board on the host: three CPUs that run the real kernel (all of kernel/, from kernel_main on) and the
 * real monitor of one VM with a vCPU on each. Of the architecture this file's arch_* have what the
 * kernel can observe: a GICv3's distributor, physical and virtual CPU interfaces with list registers, the
 * virtual timer's line, exception syndromes. A CPU does one thing at a time, from one entry of the kernel
 * to where it leaves it; whoever uses the board chooses which CPU goes on.
 */
#ifndef PARTITA_TESTS_HOST_BOARD_H
#define PARTITA_TESTS_HOST_BOARD_H

#include "abi/vmconf.h"
#include "tests/host/lrs.h"
#include <setjmp.h>
#include <stdbool.h>
#include <stdint.h>

#define CPUS 3u
#define INTIDS 96u
#define GICD 0x08000000u
#define GICR(vcpu) (0x080a0000u + (vcpu) * 0x20000u)
#define UART 0x09000000u
#define RAM 0x40000000u
#define RAM_BYTES 0x1000u
#define TIMER_PPI 27u
#define CNTP_PPI 30u
#define UART_SPI 33u

/* The VM's hardware, each with a line that the board's user moves. */
static const struct {
	uint8_t intid, edge;
} hardware[] = { { 40, 0 }, { 41, 1 }, { 42, 0 }, { 70, 1 }, { 71, 0 } };
#define HARDWARE (sizeof(hardware) / sizeof(hardware[0]))

enum where {
	IN_GUEST,
	IN_MONITOR,
	IDLE,                  /* the guest waits for another CPU's answer, or is off */
};

/* The virtual CPU interface, as the guest uses it and the hardware has it. */
struct interface {
	uint8_t pmr, bpr;
	bool enabled, split;   /* ICC_IGRPEN1_EL1; ICC_CTLR_EL1.EOImode */
	uint32_t active_priorities;    /* ICH_AP1R0_EL2, bit n: priority 8 n */
};

struct core {
	enum where where;
	jmp_buf leave;
	uint64_t elr, esr, ipa;
	bool aborted;          /* the guest has taken an external abort */
	bool answered;         /* in the monitor: `reply` is to be given */
	uint64_t reply[7];
	struct lrs lrs;
	struct interface interface;
	bool want_pending;     /* ICH_HCR_EL2.NPIE */
	bool timer_line;
	uint32_t pending, active;      /* SGIs and PPIs of the physical GIC; levels are not in `pending` */
	uint64_t memory[(CPU_STATE_BYTES + VCPU_STATE_BYTES + VCPU_IRQ_BYTES(INTIDS)) / 8], log[512];
};

struct spi {
	bool latch, line, active, enabled, edge;
	uint8_t cpu;
};

extern struct core cores[CPUS];
extern struct spi spis[INTIDS];
extern uint32_t board_chance;  /* which of several pending physical interrupts is taken */
extern uint32_t board_lives;   /* how often the VM has begun to load */

/* From nothing to CPUs that have booted, the VM's monitor about to run. */
void board_boot(void);

/* The next step of what a CPU has to do: the monitor's, or one physical interrupt. False: there is
 * nothing, the guest could go on, or waits. */
bool core_step(struct core *h);
bool core_is_interrupted(const struct core *h);
/* Some sibling has sent `bits` (kernel/link.h) to this CPU's vCPU, which has not taken them. */
bool core_has_signal(uint32_t cpu, uint32_t bits);
bool core_has_maintenance(const struct core *h);

/* Instructions of the guest, which runs. These leave it for the kernel; it is done when elr is 4 on. */
void guest_access(struct core *h, uint64_t ipa, uint32_t bytes, bool store, uint64_t value);
void guest_call(struct core *h, uint64_t function, uint64_t x1, uint64_t x2, uint64_t x3);
void guest_write_sysreg(struct core *h, uint32_t key, uint64_t value);
uint64_t guest_x(const struct core *h, uint32_t n);
/* These do not. INTID 1023: none. */
uint32_t guest_acknowledge(struct core *h);
void guest_drop(struct core *h);
void guest_end(struct core *h, uint32_t intid);

/* A pending interrupt of this priority is signalled to the processor. */
bool interface_signals(const struct interface *i, uint8_t priority);

/* The outside world moves a line. */
void board_line(uint32_t intid, bool up);

#endif
