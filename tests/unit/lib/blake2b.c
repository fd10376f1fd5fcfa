/* SPDX-License-Identifier: Apache-2.0 */
/* BLAKE2b against the RFC's example and against coreutils' b2sum. */
#include "lib/blake2b.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void hex(const uint8_t *hash, size_t bytes, char *text)
{
	for (size_t i = 0; i < bytes; i++)
		sprintf(text + 2 * i, "%02x", hash[i]);
}

static void hash_chunks(const uint8_t *data, size_t bytes, size_t chunk, size_t out_bytes, char *text)
{
	struct blake2b b;
	uint8_t hash[64];

	blake2b_init(&b, out_bytes);
	for (size_t done = 0; done < bytes; done += chunk)
		blake2b_update(&b, data + done, bytes - done < chunk ? bytes - done : chunk);
	blake2b_final(&b, hash);
	hex(hash, out_bytes, text);
}

static void rfc_7693_appendix_a(void **state)
{
	char text[129];

	(void)state;
	hash_chunks((const uint8_t *)"abc", 3, 3, 64, text);
	assert_string_equal(text, "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d1"
				  "7d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923");
}

static void b2sum(const uint8_t *data, size_t bytes, char text[65])
{
	char path[] = "/tmp/blake2b-XXXXXX", command[64];
	int fd = mkstemp(path);
	FILE *out;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, bytes), bytes);
	close(fd);
	snprintf(command, sizeof(command), "b2sum -l 256 %s", path);
	out = popen(command, "r");
	assert_non_null(out);
	assert_int_equal(fread(text, 1, 64, out), 64);
	text[64] = 0;
	pclose(out);
	unlink(path);
}

static void agrees_with_b2sum_around_block_boundaries(void **state)
{
	static const size_t sizes[] = { 0, 1, 127, 128, 129, 255, 256, 257, 1000, 65536 };
	static uint8_t data[65536];
	char expected[65], text[129];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + i / 251);
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		b2sum(data, sizes[i], expected);
		hash_chunks(data, sizes[i], sizes[i] + 1, 32, text);
		assert_string_equal(text, expected);
	}
}

static void chunks_of_any_size_give_the_same_hash(void **state)
{
	static uint8_t data[1000];
	char whole[129], text[129];

	(void)state;
	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 31);
	hash_chunks(data, sizeof(data), sizeof(data), 32, whole);
	for (size_t chunk = 1; chunk <= 300; chunk++) {
		hash_chunks(data, sizeof(data), chunk, 32, text);
		assert_string_equal(text, whole);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rfc_7693_appendix_a),
		cmocka_unit_test(agrees_with_b2sum_around_block_boundaries),
		cmocka_unit_test(chunks_of_any_size_give_the_same_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
