/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lives of a channel's writer: life_begin, life_ready and life_read in vmm/doorbell.c, around zeroing
 * (vmm/loader.c) and whatever guests do with the memory. Each word of it says of which life it is.
 *
 * Holds: who reads the same even number before and after has read words of one life, that one.
 *
 * Memory: the writer's stores wait in a buffer, one place a variable, and become visible in any order
 * that its fence and its release leave open; the reader's loads between two fences come in any order.
 *
 * DEFECT: no fence in life_begin. DEFECT_READY: life_ready is no release.
 * DEFECT_READER: no fence before the reader's second look.
 */
#define LIVES 3

byte life;			/* channel_control.life */
byte word[2];			/* the memory */
byte life_value, word_value[2];
bool life_waits, word_waits[2];
bool after_words;		/* the store to life that waits is a release */

active proctype memory()
{
end:	do
	:: atomic { life_waits && (!after_words || (!word_waits[0] && !word_waits[1])) ->
		life = life_value; life_waits = false }
	:: atomic { word_waits[0] -> word[0] = word_value[0]; word_waits[0] = false }
	:: atomic { word_waits[1] -> word[1] = word_value[1]; word_waits[1] = false }
	od
}

inline store(at, what)
{
	!word_waits[at];
	atomic { word_value[at] = what; word_waits[at] = true }
}

inline store_life(number, release)
{
	!life_waits;
	atomic { life_value = number; after_words = release; life_waits = true }
}

active proctype writer()
{
	byte n = 0;

	do
	:: n < LIVES ->
		n++;
		store_life(2 * n - 1, false);	/* life_begin */
#ifndef DEFECT
		!life_waits;			/* its fence, a release */
#endif
		store(0, n);
		store(1, n);
#ifdef DEFECT_READY
		store_life(2 * n, false)
#else
		store_life(2 * n, true)		/* life_ready */
#endif
	:: else -> break
	od
}

active proctype reader()
{
	byte before, after, first, second;
	bool a, b, c;

	do
	:: before = life;			/* life_read, an acquire */
		a = false; b = false; c = false;
		do
		:: !a -> first = word[0]; a = true
		:: !b -> second = word[1]; b = true
#ifdef DEFECT_READER
		:: !c -> after = life; c = true
#else
		:: a && b && !c -> after = life; c = true	/* life_read: its fence, an acquire */
#endif
		:: a && b && c -> break
		od;
		assert(before != after || before % 2 || (first == before / 2 && second == before / 2))
	:: break
	od
}
