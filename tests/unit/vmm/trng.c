/* SPDX-License-Identifier: Apache-2.0 */
/* TRNG (DEN 0098), "Function definition" and "Return codes" of each call. */
#include "machine.h"

#define VERSION 0x84000050u
#define FEATURES 0x84000051u
#define GET_UUID 0x84000052u
#define RND32 0x84000053u
#define RND64 0xc4000053u

#define A 0x1111111122222222u
#define B 0x3333333344444444u
#define C 0x5555555566666666u

static int start_with_source(void **state)
{
	machine_start(state);
	m.conf.trng = 1;
	m.random[0] = A;
	m.random[1] = B;
	m.random[2] = C;
	m.random_count = 3;
	return 0;
}

static struct reply call(uint64_t function, uint64_t x1)
{
	return upcall(0, UPCALL_CALL, 0, function, x1, ~0ull, ~0ull);
}

#define assert_results(given, x0, x1, x2, x3) do { \
	struct reply r_ = given; \
	assert_int_equal(r_.verdict, VERDICT_RESULT); \
	assert_int_equal(r_.op, UPCALL_OP(OP_RESULTS, 0, 0)); \
	assert_int_equal((int64_t)r_.value, x0); \
	assert_int_equal(r_.op_arg[0], x1); \
	assert_int_equal(r_.op_arg[1], x2); \
	assert_int_equal(r_.op_arg[2], x3); \
} while (0)

static void version_is_1_0(void **state)
{
	(void)state;
	assert_results(call(VERSION, 0), 0x10000, 0, 0, 0);
}

static void features_names_what_is_there(void **state)
{
	static const uint32_t there[] = { VERSION, FEATURES, GET_UUID, RND32, RND64 };
	static const uint32_t absent[] = { 0x84000054, 0xc4000050, 0xc4000051, 0xc4000052, 0x84000000, 0 };

	(void)state;
	for (size_t i = 0; i < sizeof(there) / sizeof(there[0]); i++)
		assert_results(call(FEATURES, there[i]), 0, 0, 0, 0);
	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++)
		assert_results(call(FEATURES, absent[i]), -1, 0, 0, 0);
	/* SMC32: the upper half of the argument is nothing. */
	assert_results(call(FEATURES, 0xffffffff00000000u | RND64), 0, 0, 0, 0);
}

static void uuid_is_the_same_each_time(void **state)
{
	(void)state;
	assert_results(call(GET_UUID, 0), 0xf22dc5e6, 0x4d407cc4, 0x21ee2c8f, 0x5c871a94);
	assert_int_equal(m.random_taken, 0);
}

static void rnd64_fills_its_registers_from_the_last(void **state)
{
	(void)state;
	assert_results(call(RND64, 192), 0, C, B, A);
	m.random_taken = 0;
	assert_results(call(RND64, 64), 0, 0, 0, A);
	assert_int_equal(m.random_taken, 1);
	m.random_taken = 0;
	assert_results(call(RND64, 65), 0, 0, B & 1, A);
	m.random_taken = 0;
	assert_results(call(RND64, 136), 0, C & 0xff, B, A);
	m.random_taken = 0;
	assert_results(call(RND64, 5), 0, 0, 0, A & 0x1f);
}

static void rnd32_returns_words(void **state)
{
	(void)state;
	assert_results(call(RND32, 96), 0, (uint32_t)C, (uint32_t)B, (uint32_t)A);
	m.random_taken = 0;
	assert_results(call(RND32, 33), 0, 0, B & 1, (uint32_t)A);
	m.random_taken = 0;
	assert_results(call(RND32, 0xffffffff00000008u), 0, 0, 0, A & 0xff);
}

static void rnd_of_none_or_too_many_bits_is_invalid(void **state)
{
	(void)state;
	assert_results(call(RND32, 0), -2, 0, 0, 0);
	assert_results(call(RND64, 0), -2, 0, 0, 0);
	assert_results(call(RND32, 97), -2, 0, 0, 0);
	assert_results(call(RND64, 193), -2, 0, 0, 0);
	assert_results(call(RND64, 0x100000000u), -2, 0, 0, 0);
	assert_int_equal(m.random_taken, 0);
}

/* Also when it fails in the middle: nothing of what came shows. */
static void rnd_without_entropy_says_so(void **state)
{
	(void)state;
	m.random_count = 0;
	assert_results(call(RND64, 64), -3, 0, 0, 0);
	m.random_count = 2;
	assert_results(call(RND64, 192), -3, 0, 0, 0);
	m.random_count = 3;
	m.random_taken = 2;
	assert_results(call(RND32, 96), -3, 0, 0, 0);
}

static void what_is_not_there_is_not_supported(void **state)
{
	(void)state;
	assert_results(call(0x84000054, 0), -1, 0, 0, 0);
	assert_results(call(0xc4000050, 0), -1, 0, 0, 0);
}

static void without_the_grant_there_is_nothing(void **state)
{
	static const uint32_t functions[] = { VERSION, FEATURES, GET_UUID, RND32, RND64 };

	(void)state;
	m.conf.trng = 0;
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		struct reply r = call(functions[i], 64);

		assert_int_equal(r.verdict, VERDICT_RESULT);
		assert_int_equal((int64_t)r.value, -1);
		assert_int_equal(r.op, 0);
	}
	assert_int_equal(m.random_taken, 0);
}

#define WITH_SOURCE(name) cmocka_unit_test_setup(name, start_with_source)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_SOURCE(version_is_1_0),
		WITH_SOURCE(features_names_what_is_there),
		WITH_SOURCE(uuid_is_the_same_each_time),
		WITH_SOURCE(rnd64_fills_its_registers_from_the_last),
		WITH_SOURCE(rnd32_returns_words),
		WITH_SOURCE(rnd_of_none_or_too_many_bits_is_invalid),
		WITH_SOURCE(rnd_without_entropy_says_so),
		WITH_SOURCE(what_is_not_there_is_not_supported),
		WITH_SOURCE(without_the_grant_there_is_nothing),
	};

	return cmocka_run_group_tests_name("vmm/trng", tests, NULL, NULL);
}
