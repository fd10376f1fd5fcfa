/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A signal and its kick, as kernel/link.c has them: signal_is_news and link_signal_sibling send,
 * link_take takes, dispatch.c's inbox_vcpu looks at what the signal is about (vgic_sample_lines).
 *
 * Holds: when nothing is under way any more, the receiver has seen the last news. A pending signal
 * brings no second kick.
 *
 * Memory: each CPU's stores wait in a buffer of its own, one place a variable, and become visible in any
 * order but that of a release; arch_barrier and the DSB of arch_kick empty it.
 *
 * DEFECT: the sender has no barrier. DEFECT_RECEIVER: the receiver has none.
 * DEFECT_SET: signals are set and cleared in one word instead of toggled in two.
 */
#define NEWS 3

byte news, seen;		/* what signals are about: written by the sender; the receiver's view */
bit sent, taken;		/* shared_link.signal_sent, .signal_taken */
bool kick;			/* SGI, pending at the receiver */
byte kicks;			/* since the last take */

/* Store buffers: a value and whether there is one. */
byte news_value; bool news_waits;
bit sent_value; bool sent_waits;
bit taken_value; bool taken_waits;

active proctype memory()
{
end:	do
	:: atomic { news_waits -> news = news_value; news_waits = false }
	:: atomic { sent_waits && !news_waits -> sent = sent_value; sent_waits = false } /* release */
	:: atomic { taken_waits -> taken = taken_value; taken_waits = false }
	od
}

active proctype sender()
{
	byte n = 0;
	bit t, own = 0;	/* signal_sent: this CPU reads what it wrote */

	do
	:: n < NEWS ->
		n++;
		!news_waits;
		atomic { news_value = n; news_waits = true };
#ifndef DEFECT
		!news_waits && !sent_waits;	/* arch_barrier: partner link_take */
#endif
		t = taken;
		if
		:: own == t ->
#ifdef DEFECT_SET
			own = 1;
#else
			own = 1 - own;
#endif
			!sent_waits;
			atomic { sent_value = own; sent_waits = true };
			!news_waits && !sent_waits;	/* DSB of arch_kick */
			atomic { kick = true; kicks++; assert(kicks <= 1) }
		:: else /* still pending: the receiver has yet to look */
		fi
	:: else -> break
	od
}

active proctype receiver()
{
	bit s, own = 0;	/* signal_taken */

end:	do
	:: atomic { kick -> kick = false };
		s = sent;
		if
		:: s != own ->
			own = s;
			atomic { kicks = 0; taken_value = own; taken_waits = true };
#ifndef DEFECT_RECEIVER
			!taken_waits;		/* arch_barrier: partner link_signal */
#endif
			seen = news
		:: else
		fi
	od
}

active proctype at_rest()
{
	timeout -> assert(seen == NEWS)
}
