/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A core at EL2: every register that reaches a guest is written here, none is inherited from
 * firmware. What only some cores have is closed by their ID registers: what
 * each bit does is in DDI 0487, in the description of its register.
 */
#include "abi/image.h"
#include "arch/arm64/gic.h"
#include "arch/arm64/sysreg.h"
#include "kernel/arch.h"
#include "lib/smccc.h"

extern const char secondary_start[];
extern const char vectors_plain[], vectors_history[];

static const struct image_header *image(void)
{
	return (const struct image_header *)(KERNEL_VA + IMAGE_HEADER_OFFSET);
}

static const struct shared_board *board(void)
{
	return (const struct shared_board *)SHARED_VA;
}

/* ---- Features ---- */

#define HCR_TLOR (1ull << 35)
#define HCR_TERR (1ull << 36)
#define HCR_TEA (1ull << 37)
#define HCR_TID4 (1ull << 49)
#define HCR_TID5 (1ull << 58)
#define HCR_E2H (1ull << 34)
#define HCR_RW (1ull << 31)
#define HCR_AMO_IMO_FMO (7ull << 3)

/* Controls of optional features: set where the feature is, RES0 elsewhere. Without FEAT_EVT the cache
 * identification could be hidden by TID2 alone, which traps CTR_EL0 too, of which a guest's every piece of
 * cache maintenance begins. So there a guest sees its CPU's own caches, which MIDR_EL1 tells anyway, and
 * CSSELR_EL1 is that of the one vCPU that its CPU has. */
static uint64_t hcr_optional(void)
{
	uint64_t hcr = 0;

	if (id_field(sysreg_read(ID_AA64MMFR1_EL1), 16))          /* LO */
		hcr |= HCR_TLOR;
	if (id_field(sysreg_read(ID_AA64PFR0_EL1), 28))           /* RAS */
		hcr |= HCR_TERR | HCR_TEA;
	if (id_field(sysreg_read(ID_AA64PFR1_EL1), 8) >= 2)       /* MTE */
		hcr |= HCR_TID5;
	if (id_field(sysreg_read(ID_AA64MMFR2_EL1), 56))          /* EVT */
		hcr |= HCR_TID4;
	return hcr;
}

#define CPTR_RES1 0x22ff              /* E2H 0; TSM and TFP 0 */

#define MDCR_BASE (7ull << 9 | 3ull << 5) /* TDRA, TDOSA, TDA; TPM, TPMCR */
#define MDCR_TPMS (1ull << 14)
#define MDCR_HPMD (1ull << 17)
#define MDCR_TTRF (1ull << 19)
#define MDCR_HCCD (1ull << 23)
#define MDCR_TDCC (1ull << 27)

static uint64_t mdcr_optional(void)
{
	uint64_t dfr0 = sysreg_read(ID_AA64DFR0_EL1);
	uint32_t pmu = id_field(dfr0, 8);
	uint64_t mdcr = 0;

	if (pmu && pmu != 0xf) {
		mdcr |= sysreg_read(PMCR_EL0) >> 11 & 0x1f;       /* HPMN = N: none is EL2's own */
		if (pmu >= 4)
			mdcr |= MDCR_HPMD;
		if (pmu >= 6)
			mdcr |= MDCR_HCCD;
	}
	if (id_field(dfr0, 32))                                   /* PMSVer */
		mdcr |= MDCR_TPMS;
	if (id_field(dfr0, 40))                                   /* TraceFilt */
		mdcr |= MDCR_TTRF;
	if (id_field(sysreg_read(ID_AA64MMFR0_EL1), 56))          /* FGT */
		mdcr |= MDCR_TDCC;
	return mdcr;
}

/* Registers that only exist with a feature. Zero means: trapped, or off. */
static void optional_registers(void)
{
	uint64_t mmfr0 = sysreg_read(ID_AA64MMFR0_EL1), mmfr1 = sysreg_read(ID_AA64MMFR1_EL1);
	uint64_t dfr0 = sysreg_read(ID_AA64DFR0_EL1), pfr0 = sysreg_read(ID_AA64PFR0_EL1);
	uint32_t pmu = id_field(dfr0, 8);

	if (id_field(mmfr1, 40))                                  /* HCRX_EL2: TALLINT with FEAT_NMI */
		sysreg_write(S3_4_C1_C2_2, id_field(sysreg_read(ID_AA64PFR1_EL1), 36) ? 1 << 6 : 0);
	if (id_field(mmfr0, 56)) {
		sysreg_write(S3_4_C1_C1_4, 0);                    /* HFGRTR_EL2 */
		sysreg_write(S3_4_C1_C1_5, 0);                    /* HFGWTR_EL2 */
		sysreg_write(S3_4_C1_C1_6, 0);                    /* HFGITR_EL2 */
		sysreg_write(S3_4_C3_C1_4, 0);                    /* HDFGRTR_EL2 */
		sysreg_write(S3_4_C3_C1_5, 0);                    /* HDFGWTR_EL2 */
	}
	if (id_field(mmfr0, 56) >= 2) {
		sysreg_write(S3_4_C3_C1_0, 0);                    /* HDFGRTR2_EL2 */
		sysreg_write(S3_4_C3_C1_1, 0);                    /* HDFGWTR2_EL2 */
		sysreg_write(S3_4_C3_C1_2, 0);                    /* HFGRTR2_EL2 */
		sysreg_write(S3_4_C3_C1_3, 0);                    /* HFGWTR2_EL2 */
		sysreg_write(S3_4_C3_C1_7, 0);                    /* HFGITR2_EL2 */
	}
	if (id_field(mmfr0, 60) >= 2)
		sysreg_write(S3_4_C14_C0_6, 0);                   /* CNTPOFF_EL2 */
	if (id_field(pfr0, 28)) {
		sysreg_write(S3_4_C5_C2_3, 0);                    /* VSESR_EL2 */
		sysreg_write(VDISR_EL2, 0);
	}
	if (id_field(pfr0, 40)) {
		sysreg_write(S3_4_C10_C5_0, 3ull << 48);          /* MPAM2_EL2.TRAPMPAM0EL1, TRAPMPAM1EL1 */
		sysreg_write(S3_0_C10_C5_0, 0);                   /* MPAM1_EL1 */
		sysreg_write(S3_0_C10_C5_1, 0);                   /* MPAM0_EL1 */
	}
	if (id_field(dfr0, 32))
		sysreg_write(S3_4_C9_C9_0, 0);                    /* PMSCR_EL2 */
	if (id_field(dfr0, 40))
		sysreg_write(S3_4_C1_C2_1, 0);                    /* TRFCR_EL2 */
	if (id_field(mmfr1, 8))
		sysreg_write(S3_4_C14_C3_1, 0);                   /* CNTHV_CTL_EL2, with VHE */
	if (id_field(sysreg_read(ID_AA64PFR1_EL1), 24)) {         /* SME */
		/* In streaming mode a guest's FP instructions, and our own, would trap. */
		sysreg_write(CPTR_EL2, CPTR_RES1);
		isb();
		sysreg_write(S3_3_C4_C2_2, 0);                    /* SVCR */
	}
	if (pmu && pmu != 0xf) {
		sysreg_write(PMCR_EL0, 0);
		sysreg_write(PMUSERENR_EL0, 0);
	}
}

/*
 * Branch history (CVE-2022-23960; Arm, "Spectre-BHB: Speculative Target Reuse Attacks"): what EL1 and EL0
 * did may steer how EL2's indirect branches are predicted. Cores by their part number at Arm, and how many
 * taken branches replace all that they remember; 0: they predict none that way, or, Cortex-A73 and A75, only
 * firmware can help.
 */
#define MIDR_PART(midr) ((midr) >> 4 & 0xfff)
#define IMPLEMENTER_ARM 0x41
#define ROUNDS_MOST 132

static const struct {
	uint16_t part;
	uint8_t rounds;
} cores[] = {
	{ 0xd04, 0 },   { 0xd03, 0 },   { 0xd05, 0 },   { 0xd46, 0 },     /* A35, A53, A55, A510 */
	{ 0xd80, 0 },   { 0xd09, 0 },   { 0xd0a, 0 },                      /* A520; A73, A75 */
	{ 0xd07, 8 },   { 0xd08, 8 },                                      /* A57, A72 */
	{ 0xd0b, 24 },  { 0xd0e, 24 },  { 0xd0d, 24 },  { 0xd0c, 24 },    /* A76, A76AE, A77, N1 */
	{ 0xd41, 32 },  { 0xd42, 32 },  { 0xd4b, 32 },  { 0xd44, 32 },    /* A78, A78AE, A78C, X1 */
	{ 0xd4c, 32 },  { 0xd47, 32 },  { 0xd48, 32 },  { 0xd49, 32 },    /* X1C, A710, X2, N2 */
	{ 0xd40, 32 },  { 0xd4d, 38 },  { 0xd81, 38 },  { 0xd89, 38 },    /* V1; A715, A720, A720AE */
	{ 0xd4e, 132 }, { 0xd4f, 132 },                                    /* X3, V2 */
};

/* Taken branches for vectors_history, 0 if the core has an instruction instead; negative: none is needed. A
 * core that nothing is known of gets the most. */
static int history_rounds(void)
{
	uint64_t midr = sysreg_read(MIDR_EL1);

	if (id_field(sysreg_read(ID_AA64PFR0_EL1), 56) >= 3 ||    /* CSV2 */
	    id_field(sysreg_read(ID_AA64MMFR1_EL1), 60))          /* ECBHB */
		return -1;
	if (id_field(sysreg_read(S3_0_C0_C6_2), 28))              /* ID_AA64ISAR2_EL1.CLRBHB */
		return 0;
	for (unsigned i = 0; midr >> 24 == IMPLEMENTER_ARM && i < sizeof cores / sizeof cores[0]; i++)
		if (MIDR_PART(midr) == cores[i].part)
			return cores[i].rounds ? cores[i].rounds : -1;
	return ROUNDS_MOST;
}

/* Written once, the same for every guest. */
static void common_registers(const struct fmap *f)
{
	sysreg_write(VBAR_EL2, history_rounds() < 0 ? (uintptr_t)vectors_plain : (uintptr_t)vectors_history);
	sysreg_write(VTCR_EL2, f->vtcr_el2);
	sysreg_write(VPIDR_EL2, sysreg_read(MIDR_EL1));
	sysreg_write(HSTR_EL2, 0);
	sysreg_write(HACR_EL2, 0);
	sysreg_write(ACTLR_EL2, 0);
	sysreg_write(TPIDR_EL2, 0);
	/* Until a vCPU is on this CPU, and for services on one that never has any. */
	sysreg_write(MDCR_EL2, MDCR_BASE | mdcr_optional());
	sysreg_write(CNTHCTL_EL2, 0);
	sysreg_write(CNTHP_CVAL_EL2, ~0ull);
	sysreg_write(CNTHP_CTL_EL2, 1);
	sysreg_write(CNTV_CTL_EL0, 0);
	sysreg_write(MDSCR_EL1, 0);
	/* Until a world is entered. An interrupt that is EL1's ends no WFI of EL2's: a CPU whose vCPU is off
	 * would sleep for ever. */
	sysreg_write(HCR_EL2, HCR_RW | HCR_AMO_IMO_FMO);
	isb();
}

/* ---- What the tables assume ---- */

static const uint8_t pa_range_bits[16] = { 32, 36, 40, 42, 44, 48, 52, 56 };

static const char *refuse_core(const struct fmap *f, uint32_t cpu)
{
	uint64_t mmfr0 = sysreg_read(ID_AA64MMFR0_EL1);

	if (sysreg_read(HCR_EL2) & HCR_E2H)
		return "the core has HCR_EL2.E2H fixed to 1";
	if (pa_range_bits[id_field(mmfr0, 0)] < f->pa_bits)
		return "the core has fewer physical address bits than the tables assume";
	if (id_field(mmfr0, 28) == 0xf)
		return "the core has no 4 KiB pages";
	if ((sysreg_read(MPIDR_EL1) & 0xff00ffffffull) != image()->cpu[cpu].mpidr)
		return "a CPU has another affinity than the description";
	if (!id_field(sysreg_read(ID_AA64PFR0_EL1), 24))          /* GIC */
		return "the core has no GICv3 CPU interface: another board than described";
	if (!sysreg_read(CNTFRQ_EL0))
		return "firmware left CNTFRQ_EL0 zero";
	return 0;
}

const char *arch_cpu_init(const struct fmap *f, uint32_t cpu, bool boot)
{
	const char *why = refuse_core(f, cpu);

	if (why)
		return why;
	common_registers(f);
	optional_registers();
	isb();
	return gic_init(f, boot);
}

/* A field that is absent as 0xf: DDI 0487, "Principles of the ID scheme for fields in ID
 * registers": these are signed. */
static bool field_is_signed(int reg, unsigned lsb)
{
	return (reg == 4 * 8 + 0 && (lsb == 16 || lsb == 20)) ||  /* PFR0: FP, AdvSIMD */
	       (reg == 7 * 8 + 0 && (lsb == 24 || lsb == 28));    /* MMFR0: TGran64, TGran4 */
}

static bool reg_exceeds(int reg, uint64_t promised, uint64_t core)
{
	for (unsigned lsb = 0; lsb < 64; lsb += 4) {
		uint32_t p = id_field(promised, lsb), c = id_field(core, lsb);

		if (field_is_signed(reg, lsb) ? (p ^ 8) > (c ^ 8) : p > c)
			return true;
	}
	return false;
}

int arch_idregs_exceed(const struct fmap_idregs *r)
{
	const struct {
		int reg;
		uint64_t core;
	} checked[] = {
		{ 4 * 8 + 0, sysreg_read(ID_AA64PFR0_EL1) | 1ull << 24 }, /* GIC: checked by its driver */
		{ 4 * 8 + 1, sysreg_read(ID_AA64PFR1_EL1) },
		{ 5 * 8 + 0, sysreg_read(ID_AA64DFR0_EL1) },
		{ 6 * 8 + 0, sysreg_read(ID_AA64ISAR0_EL1) },
		{ 6 * 8 + 1, sysreg_read(ID_AA64ISAR1_EL1) },
		{ 7 * 8 + 0, sysreg_read(ID_AA64MMFR0_EL1) },
		{ 7 * 8 + 1, sysreg_read(ID_AA64MMFR1_EL1) },
		{ 7 * 8 + 2, sysreg_read(ID_AA64MMFR2_EL1) },
	};

	for (unsigned i = 0; i < sizeof checked / sizeof checked[0]; i++)
		if (reg_exceeds(checked[i].reg, r->value[checked[i].reg], checked[i].core))
			return checked[i].reg;
	return -1;
}

/* ---- Worlds ---- */

static void world_init(struct world *w, const struct fmap_context *c)
{
	w->vttbr_el2 = c->vttbr_el2;
	w->hcr_el2 = c->hcr_el2 | hcr_optional();
	w->cptr_el2 = c->cptr_el2;
}

static void frame_init(struct frame *f)
{
	int rounds = history_rounds();

	f->stack = KERNEL_STACK;
	f->history = rounds > 0 ? (uint64_t)rounds : 0;
}

void arch_service_init(struct frame *f, struct world *w, const struct fmap_context *c)
{
	frame_init(f);
	world_init(w, c);
}

void arch_vcpu_init(struct arch_vcpu *v, const struct fmap_context *guest, const struct fmap_context *monitor,
		    uint64_t vmpidr)
{
	frame_init(&v->guest);
	frame_init(&v->monitor);
	world_init(&v->guest_world, guest);
	world_init(&v->monitor_world, monitor);
	v->mdcr_el2 = guest->mdcr_el2 | mdcr_optional();
	v->cnthctl_el2 = guest->cnthctl_el2;
	v->vmpidr_el2 = vmpidr;
}

/* ---- Firmware ---- */

/* SMCCC: x4 to x17 are preserved by version 1.1 and later, not by 1.0. */
static int64_t smc(uint64_t function, uint64_t a1, uint64_t a2, uint64_t a3)
{
	register uint64_t x0 __asm__("x0") = function;
	register uint64_t x1 __asm__("x1") = a1;
	register uint64_t x2 __asm__("x2") = a2;
	register uint64_t x3 __asm__("x3") = a3;

	__asm__ volatile("smc #0"
			 : "+r"(x0), "+r"(x1), "+r"(x2), "+r"(x3)
			 :
			 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
			   "x16", "x17", "memory");
	return (int64_t)x0;
}

bool arch_cpu_start(const struct fmap *f, uint32_t cpu)
{
	(void)f;
	if (board()->boot_el == 3)
		return true;
	uint64_t entry = image()->load_pa + ((uintptr_t)secondary_start - KERNEL_VA);

	dsb_sy();
	return smc(PSCI_CPU_ON_64, image()->cpu[cpu].mpidr, entry, cpu) == 0;
}

void arch_wait_for(const uint64_t *word)
{
	while (!__atomic_load_n(word, __ATOMIC_ACQUIRE))
		__asm__ volatile("yield");
}

_Noreturn void arch_halt(void)
{
	for (;;)
		__asm__ volatile("wfi");
}

/* Where the board was entered at EL3 there is no firmware to ask. */
_Noreturn void arch_power_off(void)
{
	if (board()->boot_el != 3)
		(void)smc(PSCI_SYSTEM_OFF, 0, 0, 0);
	arch_halt();
}

/* ---- Time ---- */

uint64_t arch_now(void)
{
	return sysreg_read(CNTPCT_EL0);
}

/* At EL2 with E2H = 0, CNTVOFF_EL2 applies here too. */
uint64_t arch_guest_now(void)
{
	return sysreg_read(CNTVCT_EL0);
}

uint64_t arch_frequency(void)
{
	return sysreg_read(CNTFRQ_EL0);
}

void arch_timer_set(uint64_t ticks)
{
	sysreg_write(CNTHP_CVAL_EL2, ticks);
}

/* ENABLE, not IMASK, ISTATUS */
bool arch_virtual_timer_line(void)
{
	return (sysreg_read(CNTV_CTL_EL0) & 7) == 5;
}

void arch_idle(void)
{
	dsb_sy();
	__asm__ volatile("wfi" : : : "memory");
}

void arch_barrier(void)
{
	__asm__ volatile("dmb ish" : : : "memory");
}

/* ---- Emergency output ---- */

#define UART_PATIENCE 10000           /* polls; a character at 115200 baud needs a tenth of them */

bool arch_early_putc(const struct fmap *f, char c)
{
	uintptr_t page = EARLY_UART_VA + (f->uart.pa & (PAGE_BYTES - 1));
	volatile uint32_t *status = (volatile uint32_t *)(page + f->uart.status);

	for (uint32_t i = 0; f->uart.pa && i < UART_PATIENCE; i++) {
		if ((*status & f->uart.mask) != f->uart.ready)
			continue;
		*(volatile uint32_t *)(page + f->uart.data) = (uint8_t)c;
		return true;
	}
	return false;
}
