/* SPDX-License-Identifier: Apache-2.0 */
/* lib/mem.c against the C library, under other names: a program has only one memcpy. */
#define memcpy our_memcpy
#define memmove our_memmove
#define memset our_memset
#define memcmp our_memcmp
#include "lib/mem.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef WORD

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
/* Last: it needs the ones above. */
#include <cmocka.h>

#define SPAN 24        /* every alignment of both ends, and lengths around several words */
#define BYTES (4 * SPAN)

static unsigned char from[BYTES], ours[BYTES], theirs[BYTES];

static void fill(void)
{
	for (int i = 0; i < BYTES; i++) {
		from[i] = (unsigned char)(i + 1);
		ours[i] = theirs[i] = (unsigned char)(0xff - i);
	}
}

static void memcpy_copies_exactly_what_is_asked_for(void **state)
{
	(void)state;
	for (size_t t = 0; t < 9; t++) {
		for (size_t f = 0; f < 9; f++) {
			for (size_t n = 0; n < 3 * SPAN; n++) {
				fill();
				assert_ptr_equal(our_memcpy(ours + t, from + f, n), ours + t);
				memcpy(theirs + t, from + f, n);
				assert_memory_equal(ours, theirs, BYTES);
			}
		}
	}
}

static void memmove_copies_between_overlapping_ranges(void **state)
{
	(void)state;
	for (size_t t = 0; t < SPAN; t++) {
		for (size_t f = 0; f < SPAN; f++) {
			for (size_t n = 0; n < 3 * SPAN; n++) {
				fill();
				assert_ptr_equal(our_memmove(ours + t, ours + f, n), ours + t);
				memmove(theirs + t, theirs + f, n);
				assert_memory_equal(ours, theirs, BYTES);
			}
		}
	}
}

static void memset_sets_exactly_what_is_asked_for(void **state)
{
	(void)state;
	for (size_t t = 0; t < 9; t++) {
		for (size_t n = 0; n < 3 * SPAN; n++) {
			fill();
			assert_ptr_equal(our_memset(ours + t, 0x1a5, n), ours + t);
			memset(theirs + t, 0xa5, n);
			assert_memory_equal(ours, theirs, BYTES);
		}
	}
}

static void memcmp_finds_the_first_difference(void **state)
{
	(void)state;
	for (size_t a = 0; a < 9; a++) {
		for (size_t n = 1; n < 2 * SPAN; n++) {
			for (size_t at = 0; at < n; at++) {
				fill();
				memcpy(ours + a, from, n);
				assert_int_equal(our_memcmp(ours + a, from, n), 0);
				ours[a + at] = 0xff;
				assert_true(our_memcmp(ours + a, from, n) > 0);
				assert_true(our_memcmp(from, ours + a, n) < 0);
				assert_int_equal(our_memcmp(ours + a, from, at), 0);
			}
		}
	}
}

/* Bytes are unsigned, and the first one that differs decides, not the most significant one of a word. */
static void memcmp_orders_as_bytes(void **state)
{
	static const unsigned char __attribute__((aligned(8))) low[8] = { 1, 0xff, 0, 0, 0, 0, 0, 2 };
	static const unsigned char __attribute__((aligned(8))) high[8] = { 0x80, 0, 0, 0, 0, 0, 0, 1 };

	(void)state;
	assert_true(our_memcmp(low, high, 8) < 0);
	assert_true(our_memcmp(high, low, 8) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(memcpy_copies_exactly_what_is_asked_for),
		cmocka_unit_test(memmove_copies_between_overlapping_ranges),
		cmocka_unit_test(memset_sets_exactly_what_is_asked_for),
		cmocka_unit_test(memcmp_finds_the_first_difference),
		cmocka_unit_test(memcmp_orders_as_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
