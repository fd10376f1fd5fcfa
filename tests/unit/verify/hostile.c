/* SPDX-License-Identifier: Apache-2.0 */
/* Files that are no images: the checker says so and touches nothing outside them (the sanitizers
 * look on). What it says about finished images is shown by tests/reject/test_verify.py. */
#include "tools/verify/verify.h"
#include "abi/fmap.h"
#include "abi/image.h"
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>
#include <stdlib.h>
#include <string.h>

#define BYTES 0x4000u
#define FMAP_AT 0x1000u
#define LOAD 0x40200000u

static uint8_t *file;
static FILE *out;
static char *text;
static size_t text_bytes;

static struct image_header *header(void)
{
	return (struct image_header *)(file + IMAGE_HEADER_OFFSET);
}

static struct fmap *fmap(void)
{
	return (struct fmap *)(file + FMAP_AT);
}

/* A frame with nothing in it: one CPU, no VM. */
static int setup(void **state)
{
	(void)state;
	file = calloc(1, BYTES);
	out = open_memstream(&text, &text_bytes);
	*header() = (struct image_header){ .magic = IMAGE_MAGIC,
					   .load_pa = LOAD,
					   .file_bytes = BYTES,
					   .zero_pa = LOAD + BYTES,
					   .fmap_pa = LOAD + FMAP_AT,
					   .cpu_count = 1,
					   .sum_bytes = 0x1000 };
	*fmap() = (struct fmap){ .magic = FMAP_MAGIC, .version = FMAP_VERSION, .bytes = 0x1000 };
	for (struct fmap_array *a = &fmap()->cpus; a <= &fmap()->irqs; a++)
		a->offset = sizeof(struct fmap);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	fclose(out);
	free(text);
	free(file);
	return 0;
}

static void expect_failure(uint64_t bytes, const char *why)
{
	assert_false(verify_image("", file, bytes, VERIFY_TEXT, out));
	fflush(out);
	assert_non_null(strstr(text, why));
}

static void a_file_that_ends_in_the_header_is_refused(void **state)
{
	(void)state;
	for (uint64_t bytes = 0; bytes < IMAGE_HEADER_OFFSET + sizeof(struct image_header); bytes += 8)
		expect_failure(bytes, "too short");
}

static void a_wrong_size_is_refused(void **state)
{
	(void)state;
	expect_failure(BYTES - 0x1000, "the file has 0x3000");
}

static void an_fmap_outside_the_file_is_refused(void **state)
{
	(void)state;
	header()->fmap_pa = LOAD + BYTES;
	expect_failure(BYTES, "is not in the image");
	header()->fmap_pa = UINT64_MAX - 0xfff;
	expect_failure(BYTES, "is not in the image");
}

static void an_array_outside_the_fmap_is_refused(void **state)
{
	(void)state;
	fmap()->vcpus.count = 0x1000;
	expect_failure(BYTES, "array of vCPUs does not lie in it");
	fmap()->vcpus.count = 0;
	fmap()->links.offset = 0xfffffff0;
	expect_failure(BYTES, "array of links does not lie in it");
}

static void an_fmap_longer_than_the_file_is_refused(void **state)
{
	(void)state;
	fmap()->bytes = FMAP_BYTES_MAX;
	expect_failure(BYTES, "are not all in the image");
}

static void random_bytes_are_refused(void **state)
{
	(void)state;
	srand(1);
	for (unsigned int round = 0; round < 2000; round++) {
		for (unsigned int i = 0; i < 20; i++)
			file[FMAP_AT + (unsigned int)rand() % (sizeof(struct fmap) + 64)] = (uint8_t)rand();
		fmap()->magic = FMAP_MAGIC;
		fmap()->version = FMAP_VERSION;
		assert_false(verify_image("", file, BYTES, VERIFY_TEXT, out));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(a_file_that_ends_in_the_header_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(a_wrong_size_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(an_fmap_outside_the_file_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(an_array_outside_the_fmap_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(an_fmap_longer_than_the_file_is_refused, setup, teardown),
		cmocka_unit_test_setup_teardown(random_bytes_are_refused, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
