/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What comes for a vCPU while its monitor is under way: interrupt_take and dispatch in kernel/dispatch.c
 * with vcpu_run; the short answer in arch/arm64/vectors.S and el0_answer's in kernel/fast.c, upcall_answer
 * in kernel/upcall.c. The guest polls: it does nothing but exits whose answers are short, so nothing else
 * makes work for dispatch.
 *
 * Holds: a notification reaches the monitor (weak fairness). It is delivered between two upcalls only.
 *
 * DEFECT: vcpu_run resumes an interrupted monitor without making work. DEFECT_SHORT: the place of a short
 * answer is not taken away.
 */
#define RINGS 2

mtype = { GUEST, MONITOR, NOTIFIED };	/* who runs; NOTIFIED: the monitor, with UPCALL_NOTIFY */

mtype runs = GUEST;
bool event;			/* arch.event != UPCALL_NONE */
bool result;			/* arch.monitor.result: a short answer has a place */
bool work;			/* cpu.work */
bool notification;		/* vcpu.notifications */
bool kick;			/* pending at this CPU */

active proctype ringer()
{
	byte n = 0;

	do
	:: n < RINGS && !kick -> kick = true; n++
	:: n == RINGS -> break
	od
}

/* interrupt_serve, inbox_serve */
inline take_interrupt()
{
	kick = false;
	notification = true;
	work = true
}

/* dispatch, from its loop to where a world is entered; vcpu_run. */
inline dispatch()
{
	work = false;
	if
	:: kick -> take_interrupt()		/* inbox_serve sees the flag, too */
	:: true
	fi;
	if
	:: event ->
#ifndef DEFECT_SHORT
		result = false;
#endif
#ifndef DEFECT
		work = true;
#endif
		runs = MONITOR
	:: else ->
		if
		:: notification ->
			assert(!event);
			notification = false;
			event = true;
			result = false;
			runs = NOTIFIED
		:: else -> runs = GUEST
		fi
	fi
}

active proctype cpu()
{
	do
	/* guest_interrupt */
	:: atomic { runs == GUEST && kick -> take_interrupt(); dispatch() }
	/* guest_synchronous, plain_access: a load that the monitor answers */
	:: atomic { runs == GUEST && !kick -> event = true; result = true; runs = MONITOR }
	/* el0_interrupt, el0_dispatch */
	:: atomic { runs != GUEST && kick ->
		take_interrupt();
		if
		:: runs == NOTIFIED -> dispatch(); runs = NOTIFIED
		:: else -> dispatch()
		fi }
	/* svc */
	:: atomic { runs != GUEST && !kick ->
		event = false;
		if
		:: result -> runs = GUEST
		:: else ->
			if
			:: work -> dispatch()
			:: else -> runs = GUEST
			fi
		fi }
	od
}

ltl notified { [](notification -> <>!notification) }
