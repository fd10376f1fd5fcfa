/* SPDX-License-Identifier: Apache-2.0 */
/* Where the architecture comes in: from here on the CPU and the vCPU are parameters. */
#include "kernel/entry.h"
#include "kernel/dispatch.h"
#include "kernel/log.h"
#include "kernel/print.h"
#include "kernel/service.h"
#include "kernel/trap.h"
#include "kernel/upcall.h"
#include "kernel/vgic.h"
#include "kernel/vm.h"

#define THIS_CPU ((struct cpu *)CPU_VA)

/* ---- From a guest ---- */

_Noreturn void guest_dispatch(struct frame *f)
{
	arch_guest_park((struct arch_vcpu *)f);
	dispatch(THIS_CPU);
}

/* Caused by this VM's accesses, or by nobody that can be named: it is the VM that ends. */
_Noreturn void guest_serror(struct frame *f)
{
	struct cpu *c = THIS_CPU;
	struct vcpu *v = (struct vcpu *)f;

	log_vcpu(c, v, KLOG_SERROR, arch_elr(), arch_esr(), 0);
	vm_end(c, v, ENDING_STOP, KLOG_WHY_SERROR);
	dispatch(c);
}

/* ---- From a compartment ---- */

static _Noreturn void el0_end(struct cpu *c, enum klog_event event)
{
	uint64_t esr = arch_esr(), far = arch_far();

	if (c->serving) {
		struct service *s = c->serving;

		s->frame.elr = arch_elr();
		service_pause(c);
		service_kill(c, s, esr, far);
	} else {
		c->resident->arch.monitor.elr = arch_elr();
		upcall_fault(c, c->resident, event, esr, far);
	}
	dispatch(c);
}

_Noreturn void el0_fault(struct frame *f)
{
	(void)f;
	el0_end(THIS_CPU, KLOG_VMM_FAULT);
}

_Noreturn void el0_serror(struct frame *f)
{
	(void)f;
	el0_end(THIS_CPU, KLOG_SERROR);
}

bool el0_interrupt(struct frame *f)
{
	struct cpu *c = THIS_CPU;

	(void)f;
	(void)interrupt_take(c);
	return c->work;
}

_Noreturn void el0_dispatch(struct frame *f)
{
	(void)f;
	dispatch(THIS_CPU);
}

/* ---- Ours ---- */

_Noreturn void kernel_fault(uint64_t vector, uint64_t esr, uint64_t elr, uint64_t far)
{
	const struct fmap *f = (const struct fmap *)FMAP_VA;

	print_text(f, "\nPartita: exception at EL2: vector ");
	print_hex(f, vector);
	print_text(f, " ESR_EL2 ");
	print_hex(f, esr);
	print_text(f, " ELR_EL2 ");
	print_hex(f, elr);
	print_text(f, " FAR_EL2 ");
	print_hex(f, far);
	panic(f, "a fault in the kernel");
}
