/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPU_ON by two vCPUs and CPU_OFF by the one that they start: cpu_on, cpu_off and psci_started in
 * vmm/psci.c, which keep what the guest is told, and cpu_start with call_serve in kernel/dispatch.c,
 * which does it. A caller that is told "not off yet" executes its call again (VERDICT_RETRY).
 *
 * Holds: a successful CPU_ON has started the vCPU; at rest the monitor says of it what the kernel does,
 * and nobody is left waiting. The kernel may answer at any time: that it lets CPU_START wait for the end
 * of the target's upcall (call_serve) is not needed for this.
 *
 * DEFECT: psci_started does not look who the starter was. DEFECT_RETRY: "not off yet" counts as success.
 */
#define OFFS 2			/* how often the target calls CPU_OFF */
#define CALLS 2			/* by each caller */

mtype = { ON, OFF, ON_PENDING };

mtype power = OFF;		/* psci.vcpu[target].power, as the guest is told; under its lock */
byte starter;
bool is_on, in_monitor;	/* the kernel's: vcpu.run, arch.event */
byte starts, successes;

proctype caller(byte me)
{
	byte n = 0;
	bool busy;
	mtype before;

	do
	:: n == CALLS -> break
	:: else ->
again:		atomic {
			before = power;
			if
			:: power == OFF -> power = ON_PENDING; starter = me
			:: else
			fi
		};
		if
		:: before == OFF ->
			/* OP_CPU_START, on the target's CPU */
			atomic {
				busy = is_on;
				if
				:: !busy -> is_on = true; starts++
				:: else
				fi
			};
			atomic {		/* psci_started */
				if
#ifdef DEFECT
				:: power == ON_PENDING ->
#else
				:: power == ON_PENDING && starter == me ->
#endif
					if
					:: busy -> power = OFF
					:: else -> power = ON
					fi
				:: else
				fi
			};
			if
#ifndef DEFECT_RETRY
			:: busy -> goto again
#endif
			:: else -> successes++
			fi
		:: else		/* ALREADY_ON, or ON_PENDING */
		fi;
		n++
	od
}

active proctype target()
{
	byte n = 0;

end:	do
	:: atomic { n < OFFS && is_on && !in_monitor -> in_monitor = true };
		power = OFF;		/* cpu_off */
		atomic { is_on = false; in_monitor = false }; /* VERDICT_OFF */
		n++
	od
}

init
{
	atomic { run caller(1); run caller(2) };
	timeout ->
	assert(starts == successes);
	assert(power != ON_PENDING && (power == ON) == is_on)
}
