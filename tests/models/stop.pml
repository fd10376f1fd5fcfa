/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The end of a VM with three vCPUs, and its next life: vm_end, vm_ended, vm_boot, vm_serve and
 * vcpu_quiesce in kernel/vm.c, upcall_progress in upcall.c, call_serve in dispatch.c. Any vCPU asks at any
 * time for a stop or a reset, between upcalls; vCPU 0 is the home vCPU.
 *
 * Holds: one wins; when it cleans the VM's interrupts and counts the generation up, no vCPU runs and none
 * is in its monitor; the next life begins on the home vCPU with all others off; STOPPING ends (weak
 * fairness), upcalls being finite.
 *
 * DEFECT: the life is compared and written in two steps. DEFECT_UPCALL: a sibling stops in the midst of
 * an upcall. DEFECT_HOME: whoever won begins the next life itself.
 */
#define N 3
#define LIVES 2

mtype = { OFF, RUNNING, STOPPING };	/* enum vm_life */
mtype = { NOTHING, STOP, BOOT };	/* calls */

mtype life = RUNNING;		/* shared_vm.life */
byte lives = 1;
byte winners;			/* of this life */
bool on[N], in_monitor[N];	/* vcpu.run, arch.event */
bool booting[N];
mtype call[N];			/* pending at vCPU i; one caller at a time is what is to be shown */
byte answers;			/* that the winner has */

inline quiesce(i)
{
	on[i] = false;
	booting[i] = false
}

inline boot(i)
{
	quiesce(i);
	assert(!on[0] && !on[1] && !on[2] && i == 0);
	booting[i] = true;
	winners = 0;
	lives++;
	life = RUNNING
}

/* vm_end .. vm_ended by the winner. */
inline end_life(i)
{
	answers = 0;
	call[(i + 1) % N] = STOP;
	call[(i + 2) % N] = STOP;
	do
	:: answers == N - 1 -> break
	:: call[i] != NOTHING -> serve(i)	/* its CPU goes on serving */
	od;
	/* vm_irqs(off), generation++ */
	atomic {
		assert(winners == 1);
		assert(!on[0] && !on[1] && !on[2]);
		assert(!in_monitor[0] && !in_monitor[1] && !in_monitor[2])
	};
	if
	:: life = OFF
	:: lives < LIVES ->
		if
#ifdef DEFECT_HOME
		:: true ->
#else
		:: i == 0 ->
#endif
			atomic { boot(i) }
		:: i != 0 -> answers = 0; call[0] = BOOT; answers == 1
		fi
	fi
}

inline serve(i)
{
	atomic {
		if
		:: call[i] == BOOT -> boot(i); call[i] = NOTHING; answers++
		:: call[i] == STOP -> quiesce(i); call[i] = NOTHING; answers++
		:: else
		fi
	}
}

proctype vcpu(byte i)
{
	bool won;

end:	do
	/* The home vCPU's monitor loads, and the guest starts; it starts the others (CPU_ON). */
	:: atomic { booting[i] && call[i] == NOTHING -> booting[i] = false; on[i] = true }
	:: atomic { i != 0 && on[0] && !on[i] && life == RUNNING && call[i] == NOTHING -> on[i] = true }
	/* An upcall, which ends; the guest goes on when the inbox is empty. */
	:: atomic { on[i] && !in_monitor[i] && call[i] == NOTHING -> in_monitor[i] = true }
	:: atomic { in_monitor[i] -> in_monitor[i] = false }
	/* inbox */
#ifdef DEFECT_UPCALL
	:: call[i] != NOTHING -> serve(i)
#else
	:: atomic { call[i] != NOTHING && !in_monitor[i] -> serve(i) }
#endif
	/* vm_end */
	:: atomic { on[i] && !in_monitor[i] -> quiesce(i) };
#ifdef DEFECT
		won = (life == RUNNING);
		if
		:: won -> atomic { life = STOPPING; winners++ }
		:: else
		fi;
#else
		atomic {
			won = (life == RUNNING);
			if
			:: won -> life = STOPPING; winners++
			:: else
			fi
		};
#endif
		if
		:: won -> end_life(i)
		:: else		/* waits to be stopped */
		fi
	od
}

init
{
	atomic { on[0] = true; call[0] = NOTHING; call[1] = NOTHING; call[2] = NOTHING;
		run vcpu(0); run vcpu(1); run vcpu(2) }
}

ltl ends { []((life == STOPPING) -> <>(life != STOPPING)) }
