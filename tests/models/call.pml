/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls between two CPUs that call each other: link_call, link_call_pending, link_call_answer and
 * link_call_answered in kernel/link.c; upcall_progress in upcall.c waits with its vCPU while dispatch
 * goes on serving (inbox_vcpu, call_serve). A restart of the VM (vcpu_quiesce) forgets calls that are
 * under way, which stay in their links with the generation of a life that is over.
 *
 * Holds: what is done is the operation that was asked for, of the present life, and once; whoever calls
 * gets an answer (weak fairness).
 *
 * DEFECT: a CPU whose vCPU waits serves nobody. DEFECT_ORDER: the number is stored before the operation.
 * DEFECT_GENERATION: it is not compared. DEFECT_BUSY: a call does not wait until a former one is answered.
 */
#define LIVES 2
#define NUMBERS 3		/* sequence numbers, and operations, are counted modulo this */

/* Of the link from CPU i to the other one. */
byte op[2], gen_of[2];		/* shared_link.call */
byte call_sent[2], call_done[2];
byte asked[2];			/* what the caller means, for the assertion; 0: it is done */
byte generation = 1;		/* shared_vm.generation */
byte own_generation[2];		/* vcpu.generation */
bool waits[2], unsent[2];	/* vcpu.call_unsent | call_sent; call_unsent */
bool kick[2], in_kernel[2];

/* inbox_serve, call_serve, link_call_answer */
inline serve(link)
{
	if
	:: call_sent[link] != call_done[link] ->
		atomic {
			if
#ifndef DEFECT_GENERATION
			:: gen_of[link] != generation		/* answered, not done */
#endif
			:: else ->
				assert(op[link] == asked[link] && gen_of[link] == generation);
				asked[link] = 0
			fi
		};
		atomic { call_done[link] = (call_done[link] + 1) % NUMBERS; kick[link] = true }
	:: else
	fi
}

inline store_operation(i)
{
	gen_of[i] = own_generation[i];
	op[i] = next
}

/* upcall_progress, link_call */
inline go_on(i)
{
	if
#ifdef DEFECT_BUSY
	:: unsent[i] ->
#else
	:: unsent[i] && call_sent[i] == call_done[i] ->
#endif
		atomic { next = next % (NUMBERS - 1) + 1; asked[i] = next };
#ifdef DEFECT_ORDER
		call_sent[i] = (call_sent[i] + 1) % NUMBERS;
		store_operation(i);
#else
		atomic { store_operation(i) };
		call_sent[i] = (call_sent[i] + 1) % NUMBERS;
#endif
		atomic { unsent[i] = false; kick[1 - i] = true }
	:: waits[i] && !unsent[i] && call_sent[i] == call_done[i] ->
		waits[i] = false
	:: else
	fi
}

proctype cpu(byte i)
{
	byte next = 0;

end:	do
	/* The guest asks. */
	:: atomic { !waits[i] ->
		in_kernel[i] = true;
		waits[i] = true;
		unsent[i] = true;
		own_generation[i] = generation };
		go_on(i);
		in_kernel[i] = false
	/* An interrupt; dispatch. */
#ifdef DEFECT
	:: atomic { kick[i] && !(waits[i] && call_sent[i] != call_done[i]) ->
#else
	:: atomic { kick[i] ->
#endif
		in_kernel[i] = true;
		kick[i] = false };
		serve(1 - i);
		go_on(i);
		in_kernel[i] = false
	od
}

/* All vCPUs are quiet, and a new life begins. */
active proctype restart()
{
	do
	:: atomic { generation < LIVES && !in_kernel[0] && !in_kernel[1] ->
		generation++;
		waits[0] = false; waits[1] = false;
		unsent[0] = false; unsent[1] = false;
		asked[0] = 0; asked[1] = 0 }
	:: break
	od
}

init
{
	atomic { run cpu(0); run cpu(1) }
}

ltl answered { [](waits[0] -> <>!waits[0]) && [](waits[1] -> <>!waits[1]) }
