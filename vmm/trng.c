/* SPDX-License-Identifier: Apache-2.0 */
#include "vmm/trng.h"
#include "vmm/port.h"
#include <stddef.h>

#define TRNG_FIRST 0x84000050u
#define TRNG_COUNT 0x10u
#define SMC64 0x40000000u      /* bit of a function number */

#define TRNG_1_0 0x10000

enum trng_result {
	TRNG_SUCCESS = 0,
	TRNG_NOT_SUPPORTED = -1,
	TRNG_INVALID_PARAMETERS = -2,
	TRNG_NO_ENTROPY = -3,
};

/* What a call returns in x0 to x3. */
struct results {
	int64_t x0;
	uint64_t x1, x2, x3;
};

static struct results version(uint64_t argument)
{
	(void)argument;
	return (struct results){ .x0 = TRNG_1_0 };
}

/* e6c52df2-c47c-404d-8f2c-ee21941a875c, four bytes a register, the first in bits 7 to 0 (DEN 0028,
 * "Unique Identification format"). */
static struct results get_uuid(uint64_t argument)
{
	(void)argument;
	return (struct results){ 0xf22dc5e6, 0x4d407cc4, 0x21ee2c8f, 0x5c871a94 };
}

/* The low `bits` of a random number; none if that is 0. */
static bool random_bits(uint64_t bits, uint64_t *value)
{
	*value = 0;
	if (bits == 0)
		return true;
	if (!port_random(value))
		return false;
	if (bits < 64)
		*value &= (1ull << bits) - 1;
	return true;
}

/* Three registers of `size` bits, filled from the end; what was not asked for is 0, and all of them
 * are after an error. */
static struct results rnd(uint64_t bits, uint32_t size)
{
	uint64_t value[3];

	if (bits == 0 || bits > 3 * size)
		return (struct results){ .x0 = TRNG_INVALID_PARAMETERS };
	for (uint32_t i = 0; i < 3; i++) {
		uint64_t part = bits < size ? bits : size;

		if (!random_bits(part, &value[i]))
			return (struct results){ .x0 = TRNG_NO_ENTROPY };
		bits -= part;
	}
	return (struct results){ TRNG_SUCCESS, value[2], value[1], value[0] };
}

static struct results rnd32(uint64_t bits)
{
	return rnd(bits, 32);
}

static struct results rnd64(uint64_t bits)
{
	return rnd(bits, 64);
}

static struct results features(uint64_t function);

static const struct function {
	uint32_t number;
	struct results (*call)(uint64_t argument);
} functions[] = {
	{ 0x84000050, version },
	{ 0x84000051, features },
	{ 0x84000052, get_uuid },
	{ 0x84000053, rnd32 },
	{ 0xc4000053, rnd64 },
};

static const struct function *function_find(uint32_t number)
{
	for (uint32_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
		if (functions[i].number == number)
			return &functions[i];
	}
	return NULL;
}

static struct results features(uint64_t function)
{
	bool known = function_find((uint32_t)function) != NULL;

	return (struct results){ .x0 = known ? TRNG_SUCCESS : TRNG_NOT_SUPPORTED };
}

bool trng_has(uint32_t function)
{
	return (function & ~SMC64) - TRNG_FIRST < TRNG_COUNT;
}

void trng_call(const struct upcall *u, struct reply *r)
{
	uint32_t number = (uint32_t)u->arg[1];
	const struct function *f = function_find(number);
	uint64_t argument = (number & SMC64) != 0 ? u->arg[2] : (uint32_t)u->arg[2];
	struct results results = { .x0 = TRNG_NOT_SUPPORTED };

	if (f != NULL)
		results = f->call(argument);
	r->verdict = VERDICT_RESULT;
	r->value = (uint64_t)results.x0;
	r->op = UPCALL_OP(OP_RESULTS, 0, 0);
	r->op_arg[0] = results.x1;
	r->op_arg[1] = results.x2;
	r->op_arg[2] = results.x3;
}
