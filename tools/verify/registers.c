/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each register must have set and clear, written down here a second time on purpose: the
 * checker does not take the generator's word. Bits are numbered as DDI 0487 has them.
 */
#include "tools/verify/registers.h"

#define B(n) (UINT64_C(1) << (n))

struct rule {
	const char *name;
	uint64_t set;          /* must be 1 .. */
	uint64_t may;          /* .. may be either; all others must be 0 */
};

/* HCR_EL2: VM 0, SWIO 1, PTW 2, FMO 3, IMO 4, AMO 5, DC 12, TID1 16, TID3 18, TSC 19,
 * TIDCP 20, TACR 21, TSW 22, TGE 27, RW 31. May: TWI 13, TWE 14. */
static const struct rule hcr_guest = {
	"HCR_EL2",
	B(0) | B(1) | B(2) | B(3) | B(4) | B(5) | B(16) | B(18) | B(19) | B(20) | B(21) | B(22) | B(31),
	B(13) | B(14),
};
static const struct rule hcr_compartment = {
	"HCR_EL2",
	B(0) | B(3) | B(4) | B(5) | B(12) | B(18) | B(19) | B(20) | B(21) | B(22) | B(27) | B(31),
	0,
};
/* CPTR_EL2: RES1 0 to 7, 9, 13; TZ 8, TFP 10, TSM 12, TTA 20, TAM 30 */
static const struct rule cptr_guest = { "CPTR_EL2", 0xff | B(8) | B(9) | B(12) | B(13) | B(20) | B(30), 0 };
static const struct rule cptr_compartment = {
	"CPTR_EL2", 0xff | B(8) | B(9) | B(10) | B(12) | B(13) | B(20) | B(30), 0,
};
/* MDCR_EL2: TPMCR 5, TPM 6, TDA 9, TDOSA 10, TDRA 11 */
static const struct rule mdcr = { "MDCR_EL2", B(5) | B(6) | B(9) | B(10) | B(11), 0 };
/* CNTHCTL_EL2: EL1PCTEN 0 and EL1PCEN 1 are enables */
static const struct rule cnthctl = { "CNTHCTL_EL2", 0, 0 };

static void obey(uint64_t value, const struct rule *rule, const char *world, uint32_t number,
		 struct report *r)
{
	report_expect(r, (value & rule->set) == rule->set, "%s %u: %s lacks bits %#jx", world, number,
		      rule->name, (uintmax_t)(rule->set & ~value));
	report_expect(r, (value & ~(rule->set | rule->may)) == 0, "%s %u: %s has bits %#jx", world, number,
		      rule->name, (uintmax_t)(value & ~(rule->set | rule->may)));
}

static void check_context(const struct fmap_context *c, bool guest, const char *world, uint32_t number,
			  struct report *r)
{
	obey(c->hcr_el2, guest ? &hcr_guest : &hcr_compartment, world, number, r);
	obey(c->cptr_el2, guest ? &cptr_guest : &cptr_compartment, world, number, r);
	obey(c->mdcr_el2, &mdcr, world, number, r);
	obey(c->cnthctl_el2, &cnthctl, world, number, r);
}

/* PS, the field at bit 16 of both, for a number of address bits. */
static uint64_t ps_field(uint32_t bits)
{
	return (uint64_t)(bits >= 48   ? 5
			  : bits >= 44 ? 4
			  : bits >= 42 ? 3
			  : bits >= 40 ? 2
			  : bits >= 36 ? 1
				       : 0)
	       << 16;
}

/* 4 KiB granule, inner-shareable write-back walks (SH0 3, ORGN0 1, IRGN0 1), and per register:
 * TCR_EL2 RES1 31 and 23, T0SZ 64 - 39; VTCR_EL2 RES1 31, SL0 1 at bit 6, T0SZ 64 - 36. */
static void check_walks(const struct image *m, struct report *r)
{
	uint64_t ps = ps_field(m->fmap->pa_bits),
		 walk = UINT64_C(3) << 12 | UINT64_C(1) << 10 | UINT64_C(1) << 8;

	report_expect(r, m->header->tcr_el2 == (B(31) | B(23) | ps | walk | (64 - EL2_VA_BITS)),
		      "TCR_EL2 is %#jx", (uintmax_t)m->header->tcr_el2);
	report_expect(r, m->fmap->vtcr_el2 == (B(31) | ps | walk | B(6) | (64 - IPA_BITS)),
		      "VTCR_EL2 is %#jx", (uintmax_t)m->fmap->vtcr_el2);
}

/*
 * What a guest may read in an ID register: field by field at most this. What is not here reads as
 * "not implemented": the kernel does not switch, trap or virtualize more. "Principles of the ID
 * scheme for fields in ID registers"; index CRm * 8 + op2.
 */
static const uint64_t idreg_most[64] = {
	[4 * 8 + 0] = UINT64_C(0x0000000001000011), /* PFR0: EL0, EL1 AArch64; FP, AdvSIMD; GIC */
	[5 * 8 + 0] = UINT64_C(0x0000000000101006), /* DFR0: debug as in Armv8; no PMU, no trace */
	[6 * 8 + 0] = UINT64_C(0x1000000000011120), /* ISAR0: RNDR; CRC32, SHA2, SHA1, AES with PMULL */
	[7 * 8 + 0] = UINT64_C(0x0000000000000121), /* MMFR0: IPA_BITS, 16-bit ASIDs, big-endian */
};
_Static_assert(IPA_BITS == 36, "PARange 1 says so");

static void check_idregs(const struct image *m, uint32_t set, struct report *r)
{
	for (uint32_t i = 0; i < 64; i++) {
		uint64_t value = m->idregs[set].value[i];

		for (uint32_t lsb = 0; lsb < 64; lsb += 4)
			report_expect(r, (value >> lsb & 0xf) <= (idreg_most[i] >> lsb & 0xf),
				      "ID register op0 3, op1 0, CRn 0, CRm %u, op2 %u promises %#jx", i / 8,
				      i % 8, (uintmax_t)value);
	}
}

void registers_check(const struct image *m, struct report *r)
{
	check_walks(m, r);
	for (uint32_t v = 0; v < m->fmap->vms.count; v++) {
		check_context(&m->context[m->vm[v].guest_context], true, "guest", v, r);
		check_context(&m->context[m->vm[v].vmm_context], false, "monitor", v, r);
	}
	for (uint32_t s = 0; s < m->fmap->services.count; s++)
		check_context(&m->context[m->service[s].context], false, "service", s, r);
	for (uint32_t i = 0; i < m->fmap->idregs.count && !report_full(r); i++)
		check_idregs(m, i, r);
}
