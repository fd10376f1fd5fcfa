/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Two VMs that go off at once: vm_ended writes the VM's life, then all_are_off (kernel/vm.c) looks at all.
 *
 * Holds: at least one of the two sees both off, so the board goes off.
 *
 * Memory: a store waits in the CPU's buffer until it becomes visible; arch_barrier empties it.
 *
 * DEFECT: there is no barrier between the store and the loads.
 */
#define OFF 0
#define RUNNING 1

byte life[2] = RUNNING;		/* shared_vm.life */
bool waits[2];			/* CPU i has stored OFF there, and it is not visible yet */
bool board_off;

active proctype memory()
{
end:	do
	:: atomic { waits[0] -> life[0] = OFF; waits[0] = false }
	:: atomic { waits[1] -> life[1] = OFF; waits[1] = false }
	od
}

proctype cpu(byte i)
{
	waits[i] = true;
#ifndef DEFECT
	!waits[i];			/* arch_barrier: partner, the same line on the other CPU */
#endif
	if
	:: life[1 - i] == OFF -> board_off = true	/* its own it knows */
	:: else
	fi
}

init
{
	atomic { run cpu(0); run cpu(1) };
	timeout -> assert(board_off)
}
