/* SPDX-License-Identifier: Apache-2.0 */
/* The guest's own tables (DDI 0487, "The AArch64 Virtual Memory System Architecture"): windows to
 * any address, and tables that no reasonable guest has. */
#include "guests/attack/attack.h"

#define GIB 0x40000000ull
#define ENTRIES 512
#define PAGE 0x1000ull

#define TABLE 0x3ull
#define BLOCK_NORMAL 0x705ull    /* AF, inner-shareable, attribute 1 of guests/lib/mmu.S */
#define PAGE_NORMAL 0x707ull
#define PAGE_EL0 0x747ull        /* and AP[1] */
#define PAGE_DEVICE 0x403ull     /* AF, attribute 0 */
#define PAGE_UNCACHED 0x70bull   /* attribute 2, which window_open makes so */
#define MAIR_UNCACHED (0x44ull << 16)

extern uint64_t mmu_table[ENTRIES];

/* Entries of mmu_table: 1 is RAM, 2 its alias for EL0. */
#define GIB_PAGES 3              /* the window of pages, which AArch32 reaches too */
#define GIB_WHOLE 5              /* the window of a GiB */
#define GIB_PLAY 6               /* for cases, this and the next ones */

static uint64_t level2[ENTRIES] __attribute__((aligned(4096)));
static uint64_t level3[ENTRIES] __attribute__((aligned(4096)));

static void tables_changed(void)
{
	__asm__ volatile("dsb ishst\n\ttlbi vmalle1\n\tdsb ish\n\tisb" : : : "memory");
}

uint64_t window_open(enum window kind, uint64_t ipa)
{
	static const uint64_t attributes[] = {
		[WINDOW_NORMAL] = PAGE_NORMAL,
		[WINDOW_DEVICE] = PAGE_DEVICE,
		[WINDOW_UNCACHED] = PAGE_UNCACHED,
		[WINDOW_EL0] = PAGE_EL0,
	};

	if (kind == WINDOW_GIB) {
		mmu_table[GIB_WHOLE] = (ipa & ~(GIB - 1)) | BLOCK_NORMAL;
		tables_changed();
		return GIB_WHOLE * GIB + (ipa & (GIB - 1));
	}
	sysreg_write("mair_el1", sysreg_read("mair_el1") | MAIR_UNCACHED);
	mmu_table[GIB_PAGES] = (uint64_t)level2 | TABLE;
	level2[0] = (uint64_t)level3 | TABLE;
	/* A page of each kind, and the next one is its neighbour. */
	uint64_t at = (uint64_t)kind * 2;

	level3[at] = (ipa & ~(PAGE - 1)) | attributes[kind];
	level3[at + 1] = 0;
	tables_changed();
	return GIB_PAGES * GIB + at * PAGE + (ipa & (PAGE - 1));
}

/* ---- Walks that lead nowhere ---- */

static void expect_walk_abort(const char *what, uint64_t address)
{
	(void)TRY("ldr %1, [%2]", address);
	expect(what, fault.taken, true);
	expect(what, ESR_EC(fault.esr), EC_DABT_SAME);
	expect(what, ESR_FSC(fault.esr) & ~3ull, FSC_EXTERNAL_WALK);
	expect(what, fault.far, address);
	(void)TRY("str xzr, [%2]", address);
	expect(what, ESR_FSC(fault.esr) & ~3ull, FSC_EXTERNAL_WALK);
	TRY_FETCH(address);
	expect(what, ESR_EC(fault.esr), EC_IABT_SAME);
	expect(what, ESR_FSC(fault.esr) & ~3ull, FSC_EXTERNAL_WALK);
}

static void table_in(const char *what, uint64_t ipa)
{
	mmu_table[GIB_PLAY] = ipa | TABLE;
	tables_changed();
	expect_walk_abort(what, GIB_PLAY * GIB + 0x1238);
	mmu_table[GIB_PLAY] = 0;
	tables_changed();
}

static void table_in_hole(void)
{
	table_in("a table in a hole", HOLE);
	table_in("a table beyond memory", RAM_END);
	table_in("a table in the witness' device", FOREIGN_DEVICE);
}

/* HCR_EL2.PTW: a walk of Device memory is a stage 2 fault. */
static void table_in_device(void)
{
	table_in("a table in the distributor", GICD_BASE);
	table_in("a table in the UART", UART_BASE);
	table_in("a table in a real device", RTC_REAL);
}

static void page_table_in_device(void)
{
	mmu_table[GIB_PLAY] = (uint64_t)level2 | TABLE;
	level2[1] = RTC_REAL | TABLE;
	tables_changed();
	expect_walk_abort("a page table in a real device", GIB_PLAY * GIB + 0x200000);
	level2[1] = 0;
	mmu_table[GIB_PLAY] = 0;
	tables_changed();
}

/* ---- The other half of addresses ---- */

#define HIGH 0xffffff8000000000ull /* with 39 bits */
#define TCR_EPD1 (1ull << 23)
#define TCR_T1SZ_39 (25ull << 16)
#define TCR_WALK1_WB (0x35ull << 24) /* SH1, ORGN1, IRGN1 */
#define TCR_TG1(granule) ((uint64_t)(granule) << 30)

static void high_half(const char *what, uint64_t ttbr1, uint64_t granule)
{
	uint64_t tcr = sysreg_read("tcr_el1");

	sysreg_write("ttbr1_el1", ttbr1);
	sysreg_write("tcr_el1",
		     (tcr & ~(TCR_EPD1 | 0x3full << 16 | 3ull << 30)) | TCR_T1SZ_39 | TCR_WALK1_WB |
			     TCR_TG1(granule));
	tables_changed();
	(void)TRY("ldr %1, [%2]", HIGH + 0x40);
	expect(what, fault.taken, true);
	expect(what, ESR_EC(fault.esr), EC_DABT_SAME);
	expect(what, fault.far, HIGH + 0x40);
	TRY_FETCH(HIGH + 0x40);
	expect(what, ESR_EC(fault.esr), EC_IABT_SAME);
	sysreg_write("tcr_el1", tcr);
	tables_changed();
}

bool window_of_root(uint64_t ipa)
{
	high_half("a root in read-only memory", ipa, 2);
	return fault.taken;
}

static void root_in_hole(void)
{
	high_half("TTBR1_EL1 in a hole", HOLE, 2);
	high_half("TTBR1_EL1 in a device", RTC_REAL, 2);
	high_half("TTBR1_EL1 beyond all addresses", 0xfffffffff000, 2);
}

/* Tables made for another granule: garbage, which must only hurt the guest itself. */
static void other_granules(void)
{
	for (uint64_t granule = 0; granule < 4; granule++) {
		high_half("a hole, any granule", HOLE, granule);
		high_half("the end of memory, any granule", RAM_END - PAGE, granule);
	}
}

/* ---- Nonsense ---- */

#define RANDOM_DESCRIPTORS 4000

/* Anything may come of an access, but only at EL1 and only now. */
static void random_descriptors(void)
{
	for (uint32_t i = 0; i < RANDOM_DESCRIPTORS; i++) {
		mmu_table[GIB_PLAY] = attack_random() & ~0xfff000000000ull;
		level2[i % ENTRIES] = attack_random();
		tables_changed();
		(void)TRY("ldr %1, [%2]", GIB_PLAY * GIB + (attack_random() & (GIB - 8)));
		(void)TRY("at s1e1r, %2", GIB_PLAY * GIB + (attack_random() & (GIB - 1)));
	}
	mmu_table[GIB_PLAY] = 0;
	for (uint32_t i = 1; i < ENTRIES; i++)
		level2[i] = 0;
	tables_changed();
}

static void table_of_itself(void)
{
	uint64_t address = GIB_PLAY * GIB + GIB_PLAY * 0x200000 + GIB_PLAY * PAGE + GIB_PLAY * 8;

	mmu_table[GIB_PLAY] = (uint64_t)mmu_table | TABLE | 0x700;
	tables_changed();
	uint64_t value = TRY("ldr %1, [%2]", address);

	expect_no_fault("a table that is its own page");
	expect("its entry", value, (uint64_t)mmu_table | TABLE | 0x700);
	mmu_table[GIB_PLAY] = 0;
	tables_changed();
}

/* ---- The same memory, seen in different ways ---- */

static void aliases(void)
{
	static uint64_t word __attribute__((aligned(4096)));
	uint64_t views[] = {
		window_open(WINDOW_NORMAL, (uint64_t)&word),
		window_open(WINDOW_UNCACHED, (uint64_t)&word),
		window_open(WINDOW_DEVICE, (uint64_t)&word),
	};

	for (uint64_t i = 1; i < 1000; i++) {
		volatile uint64_t *writer = (volatile uint64_t *)views[i % 3];
		volatile uint64_t *reader = (volatile uint64_t *)views[(i + 1) % 3];

		*writer = i;
		__asm__ volatile("dc civac, %0\n\tdsb sy" : : "r"(writer) : "memory");
		expect("through another alias", *reader, i);
	}
}

/* With the MMU off and on again, at once: what is fetched next is the same by either. */
static void mmu_flips(void)
{
	uint64_t sctlr = sysreg_read("sctlr_el1");

	for (uint32_t i = 0; i < 1000; i++) {
		sysreg_write("sctlr_el1", sctlr & ~5ull); /* M, C */
		cpu_isb();
		sysreg_write("sctlr_el1", sctlr);
		cpu_isb();
	}
	expect("SCTLR_EL1", sysreg_read("sctlr_el1"), sctlr);
}

const struct attack tables_attacks[] = {
	{ "M07_table_in_a_hole", SHORT, table_in_hole },
	{ "M07_table_in_a_device", SHORT, table_in_device },
	{ "M07_page_table_in_a_device", SHORT, page_table_in_device },
	{ "M07_root_in_a_hole", SHORT, root_in_hole },
	{ "M08_other_granules", SHORT, other_granules },
	{ "M08_random_descriptors", SHORT, random_descriptors },
	{ "M08_table_that_is_its_own_page", SHORT, table_of_itself },
	{ "M10_aliases_with_other_attributes", SHORT, aliases },
	{ "M10_mmu_off_and_on", SHORT, mmu_flips },
};
const uint32_t tables_attack_count = sizeof tables_attacks / sizeof tables_attacks[0];
