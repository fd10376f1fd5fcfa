/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Doorbells of two ringers to a vCPU that may be disturbed once in an interval: link_signal in
 * kernel/link.c, inbox_vcpu in kernel/dispatch.c with deaf_until, vcpu_due in kernel/timer.c. Time is
 * that the interval ends at some time.
 *
 * Holds: in one interval doorbells are taken at most once; a link brings at most one kick while its flag
 * is up, however often its owner rings; each ring is followed by a notification (weak fairness).
 *
 * DEFECT: the end of the interval makes no work for dispatch. DEFECT_DEAF: flags are taken at any time.
 */
bool rung[2];			/* signal_sent ^ signal_taken */
bool owes[2];			/* rung, and not notified since */
byte kicks[2];			/* since this link's flag was taken */
bool kick;			/* SGI, pending at the receiver */
bool deaf;			/* deaf_until != NEVER */
bool timer;			/* EL2 timer, pending */
byte taken;			/* since the interval began */

/* Rings for ever, or stops at any time. */
active [2] proctype ringer()
{
	byte me = _pid;

end:	do
	:: atomic {
		owes[me] = true;
		if
		:: !rung[me] ->
			rung[me] = true;
			kick = true;
			kicks[me]++;
			assert(kicks[me] <= 1)
		:: else
		fi }
	:: break
	od
}

inline take(link)
{
	atomic {
		if
		:: rung[link] -> rung[link] = false; kicks[link] = 0; owes[link] = false; any = true
		:: else
		fi
	}
}

inline inbox()
{
	any = false;
	if
#ifdef DEFECT_DEAF
	:: true ->
#else
	:: !deaf ->
#endif
		take(0);
		take(1);
		if
		:: any -> atomic { taken++; assert(taken <= 1); deaf = true }
		:: else
		fi
	:: else
	fi
}

active proctype receiver()
{
	bool any;

end:	do
	:: atomic { kick -> kick = false };
		inbox()
	:: atomic { timer -> timer = false; deaf = false; taken = 0 };
#ifndef DEFECT
		inbox()			/* c->work: dispatch serves the inbox */
#endif
	od
}

active proctype time()
{
end:	do
	:: atomic { deaf && !timer -> timer = true }
	od
}

ltl notified { [](owes[0] -> <>!owes[0]) && [](owes[1] -> <>!owes[1]) }
