/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The registers of distributor and redistributors: any access that a model can be given, to any state
 * in which interrupts are owned by vCPUs that there may be. Each case ends by itself (Frama_C_abort),
 * so that what Eva knows of one is not mixed with what it knows of another.
 */
#include "vmm/gic.h"
#include "vmm/gic_bank.h"
#include "tests/proofs/eva.h"

#define SETSPI_NSR 0x40u       /* the value names an SPI */
#define CLRSPI_NSR 0x48u
#define IPRIORITYR 0x400u      /* bytes */
#define IPRIORITYR_END 0x800u
#define ICFGR 0xc00u
#define IROUTER 0x6000u        /* 0x100 bytes for each word of 32 interrupts */
#define RD_END 0x80u
#define SGI_BASE 0x10000u

static struct vmconf conf;
static struct gic g;

/* What conf_is_sound made sure of. */
static void any_conf(void)
{
	ANY(conf);
	conf.vcpu_count = BETWEEN(1, MAX_VCPUS_PER_VM);
	conf.intids = BETWEEN(32, MAX_INTIDS);
}

static struct gic_word any_word(void)
{
	struct gic_word w;

	ANY(w);
	w.intid = (uint16_t)BETWEEN(0, MAX_INTIDS - 32);
	//@ loop unroll 32;
	for (uint32_t i = 0; i < GIC_WORD_INTIDS; i++)
		w.owner[i] = (uint8_t)BETWEEN(0, MAX_VCPUS_PER_VM - 1);
	return w;
}

static void any_gic(void)
{
	struct gic_word w = any_word();

	ANY(g);
	g.conf = &conf;
	g.words = BETWEEN(1, GIC_WORDS);
	//@ loop unroll 32;
	for (uint32_t i = 0; i < GIC_WORDS; i++)
		g.spi[i] = w;
	//@ loop unroll 8;
	for (uint32_t i = 0; i < MAX_VCPUS_PER_VM; i++)
		g.own[i] = w;
}

/* An interrupt belongs to a vCPU that there may be. */
static void check_word(const struct gic_word *w)
{
	uint8_t owner = w->owner[BETWEEN(0, GIC_WORD_INTIDS - 1)];
	//@ check owner_is_a_vcpu: owner < 8;
}

/* ESR_EL2's lower half, a valid syndrome of a data abort: of it a model looks at SAS and WnR. Eva knows
 * ranges, not bits, so what is above SAS is constant. */
#define ISS_VALID 0x93000000u

static struct access access_of(uint32_t offset, uint32_t sas)
{
	uint32_t iss = ISS_VALID + (sas << 22) + BETWEEN(0, 0x3fffff);

	return (struct access){ .value = BETWEEN64(0, 0xffffffffffffffff), .offset = offset, .iss = iss };
}

/* Aligned to its size, as vmm.c sees to. */
static uint32_t any_offset(uint32_t first, uint32_t end, uint32_t sas)
{
	return BETWEEN(first >> sas, (end - 1) >> sas) << sas;
}

/* ---- The distributor ---- */

static void distributor(uint32_t first, uint32_t end, uint32_t sas)
{
	struct reply r = { 0 };

	gicd_access(&g, access_of(any_offset(first, end, sas), sas), &r);
	if (first >= IROUTER && first < IROUTER + GIC_WORDS * 0x100)
		check_word(&g.spi[(first - IROUTER) / 0x100]);
	Frama_C_abort();
}

/* A register whose value names an SPI; the rest of the value does not count. */
static void distributor_spi(uint32_t offset, uint32_t sas)
{
	//@ loop unroll 32;
	for (uint32_t word = 0; word < GIC_WORDS; word++) {
		struct access a = access_of(offset, sas);
		struct reply r = { 0 };

		if (!CHOICE)
			continue;
		a.value = word * 32 + BETWEEN(0, 31);
		gicd_access(&g, a, &r);
		Frama_C_abort();
	}
}

/* Accesses of one size, in parts of 1 << step bytes. */
static void distributor_parts(uint32_t first, uint32_t end, uint32_t sas, uint32_t step)
{
	//@ loop unroll 256;
	for (uint32_t at = first; at < end; at += 1u << step) {
		if (CHOICE)
			distributor(at, at + (1u << step), sas);
	}
}

/* Sizes of access to a bank's registers that exist go by register. */
static uint32_t bank_step(uint32_t bank, uint32_t sas)
{
	bool bytes = bank >= IPRIORITYR && bank < IPRIORITYR_END;

	return sas == 2 || (sas == 0 && bytes) ? sas : 7;
}

static void distributor_banks(void)
{
	//@ loop unroll 32;
	for (uint32_t bank = GIC_BANK_BYTES; bank < GIC_BANKS_END; bank += GIC_BANK_BYTES) {
		//@ loop unroll 4;
		for (uint32_t sas = 0; sas < 4; sas++)
			distributor_parts(bank, bank + GIC_BANK_BYTES, sas, bank_step(bank, sas));
	}
}

static void distributor_controls(uint32_t sas)
{
	//@ loop unroll 128;
	for (uint32_t at = 0; at < GIC_BANK_BYTES; at += 1u << sas) {
		if (at == SETSPI_NSR || at == CLRSPI_NSR)
			distributor_spi(at, sas);
		else if (CHOICE)
			distributor(at, at + (1u << sas), sas);
	}
}

static void all_of_distributor(void)
{
	distributor_banks();
	//@ loop unroll 4;
	for (uint32_t sas = 0; sas < 4; sas++) {
		distributor_controls(sas);
		distributor_parts(GIC_BANKS_END, IROUTER, sas, 12);
		distributor_parts(IROUTER, IROUTER + GIC_WORDS * 0x100, sas, 8);
		distributor_parts(IROUTER + GIC_WORDS * 0x100, GICD_BYTES, sas, 12);
	}
}

/* ---- The redistributors: one vCPU's after the other ---- */

static void redistributor(uint32_t vcpu, uint32_t first, uint32_t end, uint32_t sas)
{
	struct reply r = { 0 };

	gicr_access(&g, access_of(vcpu * GICR_STRIDE + any_offset(first, end, sas), sas), &r);
	Frama_C_abort();
}

static void redistributor_parts(uint32_t vcpu, uint32_t first, uint32_t end, uint32_t sas, uint32_t step)
{
	//@ loop unroll 32;
	for (uint32_t at = first; at < end; at += 1u << step) {
		if (CHOICE)
			redistributor(vcpu, at, at + (1u << step), sas);
	}
}

/* How much of a bank is about the only word. */
static uint32_t word_bytes(uint32_t bank)
{
	return bank >= IPRIORITYR && bank < IPRIORITYR_END ? 32 : bank >= ICFGR ? 8 : 4;
}

static void redistributor_bank(uint32_t vcpu, uint32_t bank, uint32_t sas)
{
	uint32_t at = SGI_BASE + bank, bytes = word_bytes(bank);

	if (bank_step(bank, sas) == 7) {
		redistributor_parts(vcpu, at, at + GIC_BANK_BYTES, sas, 7);
		return;
	}
	redistributor_parts(vcpu, at, at + bytes, sas, sas);
	if (CHOICE)
		redistributor(vcpu, at + bytes, at + GIC_BANK_BYTES, sas);
}

static void all_of_redistributor(uint32_t vcpu)
{
	//@ loop unroll 4;
	for (uint32_t sas = 0; sas < 4; sas++) {
		redistributor_parts(vcpu, 0, RD_END, sas, sas < 2 ? 7 : sas);
		if (CHOICE)
			redistributor(vcpu, RD_END, SGI_BASE, sas);
		redistributor_parts(vcpu, SGI_BASE, SGI_BASE + GIC_BANK_BYTES, sas, 7);
		//@ loop unroll 32;
		for (uint32_t bank = GIC_BANK_BYTES; bank < GIC_BANKS_END; bank += GIC_BANK_BYTES)
			redistributor_bank(vcpu, bank, sas);
		if (CHOICE)
			redistributor(vcpu, SGI_BASE + GIC_BANKS_END, GICR_STRIDE, sas);
	}
}

int main(void)
{
	any_conf();
	any_gic();
	all_of_distributor();
	//@ loop unroll 8;
	for (uint32_t vcpu = 0; vcpu < MAX_VCPUS_PER_VM; vcpu++)
		all_of_redistributor(vcpu);
	return 0;
}
