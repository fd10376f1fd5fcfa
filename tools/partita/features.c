/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The policies. Fields as DDI 0487 names them; a field that is not here is 0, "not
 * implemented" (or, for the fields where 0xf says that, the least there is).
 *
 * Checked against the ID registers of Cortex-A53 and Cortex-A72 (their reference manuals) and
 * of QEMU's `max`: none of the three has less, but for random numbers, which only `max` has.
 */
#include "tools/partita/features.h"
#include "tools/partita/arm.h"

#include <string.h>

#define FIELD(value, shift) ((uint64_t)(value) << (shift))

/* value[CRm * 8 + op2] */
#define ID_AA64PFR0_EL1 (4 * 8 + 0)
#define ID_AA64DFR0_EL1 (5 * 8 + 0)
#define ID_AA64ISAR0_EL1 (6 * 8 + 0)
#define ID_AA64MMFR0_EL1 (7 * 8 + 0)

static void armv8_0(struct fmap_idregs *regs)
{
	/* No EL2, no EL3, FP and Advanced SIMD (both 0), the GIC's registers. */
	regs->value[ID_AA64PFR0_EL1] =
		FIELD(1, 0) |    /* EL0: AArch64 only */
		FIELD(1, 4) |    /* EL1: AArch64 only */
		FIELD(1, 24);    /* GIC: system register interface */
	/* The least that "ID_AA64DFR0_EL1" allows: two breakpoints, two watchpoints, one of the
	 * breakpoints context-aware. No PMU, no trace. */
	regs->value[ID_AA64DFR0_EL1] =
		FIELD(6, 0) |    /* DebugVer: Armv8 */
		FIELD(1, 12) |   /* BRPs */
		FIELD(1, 20);    /* WRPs */
	regs->value[ID_AA64ISAR0_EL1] =
		FIELD(1, 16);    /* CRC32 */
	/* Granules of 4 KiB and 64 KiB (both 0). 16 KiB: A53 and A72 have none. */
	regs->value[ID_AA64MMFR0_EL1] =
		FIELD(1, 0) |    /* PARange: 36 bits, which is IPA_BITS */
		FIELD(2, 4) |    /* ASIDBits: 16 */
		FIELD(1, 8);     /* BigEnd: it cannot be hidden, SCTLR_EL1.EE is native */
}

static void armv8_0_crypto(struct fmap_idregs *regs)
{
	armv8_0(regs);
	regs->value[ID_AA64ISAR0_EL1] |=
		FIELD(2, 4) |    /* AES: with PMULL */
		FIELD(1, 8) |    /* SHA1 */
		FIELD(1, 12);    /* SHA2: SHA256 */
}

#define ISAR0_RNDR 60

static void armv8_0_crypto_rng(struct fmap_idregs *regs)
{
	armv8_0_crypto(regs);
	regs->value[ID_AA64ISAR0_EL1] |= FIELD(1, ISAR0_RNDR);
}

static const struct {
	const char *name;
	void (*fill)(struct fmap_idregs *regs);
} policies[] = {
	{ "armv8.0", armv8_0 },
	{ "armv8.0-crypto", armv8_0_crypto },
	{ "armv8.0-crypto-rng", armv8_0_crypto_rng },
};

_Static_assert(IPA_BITS == 36, "PARange above says 36 bits");

bool features_idregs(const char *policy, struct fmap_idregs *regs)
{
	memset(regs, 0, sizeof(*regs));
	for (size_t i = 0; i < sizeof(policies) / sizeof(policies[0]); i++) {
		if (strcmp(policies[i].name, policy) == 0) {
			policies[i].fill(regs);
			return true;
		}
	}
	return false;
}

/* All fields of these policies are unsigned: none says 0xf, "there is not even that". */
bool features_within(const struct fmap_idregs *regs, const struct fmap_idregs *most)
{
	for (size_t i = 0; i < sizeof(regs->value) / sizeof(regs->value[0]); i++) {
		for (unsigned int shift = 0; shift < 64; shift += 4) {
			if ((regs->value[i] >> shift & 0xf) > (most->value[i] >> shift & 0xf))
				return false;
		}
	}
	return true;
}

const char *features_name(size_t index)
{
	return index < sizeof(policies) / sizeof(policies[0]) ? policies[index].name : NULL;
}

bool features_have_random(const struct fmap_idregs *regs)
{
	return regs->value[ID_AA64ISAR0_EL1] >> ISAR0_RNDR != 0;
}

const char *features_names(void)
{
	return "armv8.0, armv8.0-crypto, armv8.0-crypto-rng";
}
