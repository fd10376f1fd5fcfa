/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Emulated registers at every offset, size and alignment. What each must do is a table of its own
 * here, from IHI 0069 and docs/guest-machine.md; what no row names is RAZ/WI.
 */
#include "guests/attack/attack.h"
#include "guests/lib/channel.h"
#include "guests/lib/watchdog.h"

#define WATCHDOG_MS 100000
#define PCELLID0 0xff0          /* of each of Arm's */

/* Of this sweep. */
static uint64_t accesses;

uint64_t mmio_read(uint64_t address, uint32_t bytes)
{
	accesses++;
	switch (bytes) {
	case 1:
		return TRY("ldrb %w1, [%2]", address);
	case 2:
		return TRY("ldrh %w1, [%2]", address);
	case 4:
		return TRY("ldr %w1, [%2]", address);
	default:
		return TRY("ldr %1, [%2]", address);
	}
}

void mmio_write(uint64_t address, uint32_t bytes, uint64_t value)
{
	accesses++;
	switch (bytes) {
	case 1:
		(void)ATTEMPT("strb %w1, [%2]", address, value);
		break;
	case 2:
		(void)ATTEMPT("strh %w1, [%2]", address, value);
		break;
	case 4:
		(void)ATTEMPT("str %w1, [%2]", address, value);
		break;
	default:
		(void)ATTEMPT("str %1, [%2]", address, value);
	}
}

/* ---- The table ---- */

enum does {
	RAZ_WI,
	CONSTANT,              /* reads as it did, whatever is written */
	KEEPS,                 /* keeps the bits of `mask` */
	SETS,                  /* reads what was set; 1s set */
	CLEARS,                /* reads the same; 1s clear */
	OTHER,                 /* not for this sweep */
};

struct row {
	uint32_t start, end;
	uint8_t does;
	uint8_t sizes;         /* or-ed: 1, 2, 4, 8 bytes */
	uint32_t mask;         /* of each word */
};

/* One word of SPIs, INTIDs 32 to 63. */
#define WORD1(base) (base) + 4, (base) + 8
#define WORD0(base) (base), (base) + 4

static const struct row gicd_rows[] = {
	{ 0x0000, 0x0004, KEEPS, 4, 0x3 },         /* GICD_CTLR: EnableGrp0, EnableGrp1; ARE, DS are 1 */
	{ 0x0004, 0x000c, CONSTANT, 4, 0 },        /* GICD_TYPER, GICD_IIDR */
	{ 0x0010, 0x0014, OTHER, 4, 0 },           /* GICD_STATUSR */
	{ 0x0040, 0x0042, OTHER, 2 | 4, 0 },       /* GICD_SETSPI_NSR */
	{ 0x0048, 0x004a, OTHER, 2 | 4, 0 },       /* GICD_CLRSPI_NSR */
	{ 0x000c, 0x0080, RAZ_WI, 4, 0 },
	{ WORD1(0x0080), KEEPS, 4, ~0u },          /* GICD_IGROUPR<1> */
	{ WORD1(0x0100), SETS, 4, ~0u },           /* GICD_ISENABLER<1> */
	{ WORD1(0x0180), CLEARS, 4, ~0u },
	{ WORD1(0x0200), SETS, 4, ~0u },           /* GICD_ISPENDR<1> */
	{ WORD1(0x0280), CLEARS, 4, ~0u },
	{ WORD1(0x0300), SETS, 4, ~0u },           /* GICD_ISACTIVER<1> */
	{ WORD1(0x0380), CLEARS, 4, ~0u },
	{ 0x0080, 0x0400, RAZ_WI, 4, 0 },          /* their other words */
	{ 0x0420, 0x0440, KEEPS, 1 | 4, 0xf8f8f8f8 }, /* GICD_IPRIORITYR of the SPIs */
	{ 0x0400, 0x0800, RAZ_WI, 1 | 4, 0 },
	{ 0x0c08, 0x0c0c, KEEPS, 4, 0xaaaaaa8a },  /* GICD_ICFGR<2>: but for the board's clock */
	{ 0x0c0c, 0x0c10, KEEPS, 4, 0xaaaaaaaa },  /* GICD_ICFGR<3> */
	{ 0x0c00, 0x0d00, RAZ_WI, 4, 0 },
	{ 0x6100, 0x6200, OTHER, 4 | 8, 0 },       /* GICD_IROUTER<32> to <63>: routes() */
	{ 0x6000, 0x8000, RAZ_WI, 4 | 8, 0 },
	{ 0xffe8, 0xffec, CONSTANT, 1 | 2 | 4 | 8, 0 }, /* GICD_PIDR2 */
	{ 0x0000, 0x10000, RAZ_WI, 1 | 2 | 4 | 8, 0 },
};

static const struct row gicr_rows[] = {
	{ 0x00000, 0x00004, RAZ_WI, 4, 0 },        /* GICR_CTLR: no LPIs to enable */
	{ 0x00004, 0x00008, CONSTANT, 4, 0 },      /* GICR_IIDR */
	{ 0x00008, 0x00010, CONSTANT, 4 | 8, 0 },  /* GICR_TYPER */
	{ 0x00010, 0x00014, OTHER, 4, 0 },         /* GICR_STATUSR */
	{ 0x00014, 0x00018, KEEPS, 4, 0x2 },       /* GICR_WAKER: ChildrenAsleep follows */
	{ 0x0ffe8, 0x0ffec, CONSTANT, 4 | 8, 0 },  /* GICR_PIDR2 */
	{ 0x00000, 0x10000, RAZ_WI, 4 | 8, 0 },    /* PROPBASER, PENDBASER and all else */
	{ WORD0(0x10080), KEEPS, 4, ~0u },         /* GICR_IGROUPR0 */
	{ WORD0(0x10100), SETS, 4, ~0u },          /* GICR_ISENABLER0 */
	{ WORD0(0x10180), CLEARS, 4, ~0u },
	{ WORD0(0x10200), SETS, 4, 0xf7ffffff },   /* GICR_ISPENDR0: the virtual timer's is soon its line */
	{ WORD0(0x10280), CLEARS, 4, ~0u },
	{ WORD0(0x10300), SETS, 4, ~0u },          /* GICR_ISACTIVER0 */
	{ WORD0(0x10380), CLEARS, 4, ~0u },
	{ 0x10080, 0x10400, RAZ_WI, 4, 0 },
	{ 0x10400, 0x10420, KEEPS, 1 | 4, 0xf8f8f8f8 },
	{ 0x10420, 0x10800, RAZ_WI, 1 | 4, 0 },
	{ 0x10c00, 0x10c08, CONSTANT, 4, 0 },      /* GICR_ICFGR0, GICR_ICFGR1 */
	{ 0x10c08, 0x10d00, RAZ_WI, 4, 0 },
	{ 0x10000, 0x20000, RAZ_WI, 1 | 2 | 4 | 8, 0 },
};

static const struct row *row_of(const struct row *rows, uint32_t offset)
{
	while (offset < rows->start || offset >= rows->end)
		rows++;
	return rows;
}

/* ---- The sweep ---- */

struct frame_of_registers {
	uint64_t base;
	uint32_t bytes;
	const struct row *rows;
};

static const uint64_t patterns[] = { ~0ull, 0, 0xa5a5a5a55a5a5a5a };
static const uint32_t sizes[] = { 1, 2, 4, 8 };

static uint64_t of_size(uint64_t value, uint32_t bytes)
{
	return bytes == 8 ? value : value & ((1ull << 8 * bytes) - 1);
}

static bool there_is(const struct row *row, uint32_t offset, uint32_t bytes)
{
	return offset % bytes == 0 && row->sizes & bytes;
}

/* Told by address, since there are so many. */
static void expect_at(uint64_t address, uint64_t value, uint64_t wanted)
{
	static char text[] = "what is at 0x00000000";

	if (value == wanted)
		return;
	for (uint32_t i = 0; i < 8; i++)
		text[sizeof text - 2 - i] = "0123456789abcdef"[address >> 4 * i & 15];
	expect(text, value, wanted);
}

static void expect_outcome(uint64_t address, bool there)
{
	expect_at(address, fault.taken, !there);
	if (fault.taken)
		expect_abort("an access that has no register", EC_DABT_SAME, address);
}

static void sweep_one(const struct frame_of_registers *f, uint32_t offset, uint32_t bytes)
{
	const struct row *row = row_of(f->rows, offset);
	uint64_t address = f->base + offset, before = mmio_read(address, bytes), after;
	bool there = there_is(row, offset, bytes);

	expect_outcome(address, there);
	if (row->does == OTHER)
		return;
	for (uint32_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
		/* An access of half a register and those of no size are only tried. */
		if (row->does != RAZ_WI && row->does != CONSTANT && there)
			break;
		mmio_write(address, bytes, patterns[p]);
		expect_outcome(address, there);
		after = mmio_read(address, bytes);
		if (there)
			expect_at(address, after, row->does == CONSTANT ? before : 0);
	}
}

/* Where there are registers, by words at most. */
static uint32_t step_at(const struct frame_of_registers *f, uint32_t offset, uint32_t step)
{
	return row_of(f->rows, offset)->does != RAZ_WI && step > 4 ? 4 : step;
}

static void sweep(const struct frame_of_registers *f, uint32_t step)
{
	for (uint32_t offset = 0; offset < f->bytes; offset += step_at(f, offset, step)) {
		for (uint32_t s = 0; s < 4; s++) {
			if (offset + sizes[s] <= f->bytes)
				sweep_one(f, offset, sizes[s]);
		}
	}
}

/* ---- Registers that keep something ---- */

static void keeps(uint64_t address, uint32_t bytes, uint64_t mask)
{
	uint64_t before = mmio_read(address, bytes), fixed = before & ~mask;

	for (uint32_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
		uint64_t value = of_size(patterns[p], bytes);

		mmio_write(address, bytes, value);
		/* GICR_WAKER.ChildrenAsleep, GICD_CTLR.ARE and DS are not the guest's. */
		expect_at(address, mmio_read(address, bytes) & mask, value & mask);
	}
	mmio_write(address, bytes, before);
	expect_at(address, mmio_read(address, bytes) & ~mask, fixed);
}

/* What is not in the mask may read as either. */
static void sets_and_clears(uint64_t set, uint64_t clear, uint64_t mask)
{
	uint64_t before = mmio_read(set, 4);

	mmio_write(set, 4, ~0ull);
	expect_at(set, mmio_read(set, 4) & mask, mask);
	expect_at(clear, mmio_read(clear, 4) & mask, mask);
	mmio_write(clear, 4, 0x5a5a5a5a);
	expect_at(set, mmio_read(set, 4) & mask, 0xa5a5a5a5 & mask);
	mmio_write(set, 4, 0);
	expect_at(clear, mmio_read(clear, 4) & mask, 0xa5a5a5a5 & mask);
	mmio_write(clear, 4, ~0ull);
	expect_at(set, mmio_read(set, 4) & mask, 0);
	mmio_write(set, 4, before);
}

static void keepers(const struct frame_of_registers *f)
{
	for (const struct row *row = f->rows; row->end < f->bytes || row->does != RAZ_WI; row++) {
		for (uint32_t offset = row->start; offset < row->end; offset += 4) {
			if (row->does == KEEPS)
				keeps(f->base + offset, 4, row->mask);
			if (row->does == KEEPS && row->sizes & 1)
				keeps(f->base + offset + 1, 1, row->mask & 0xff);
			if (row->does == SETS)
				sets_and_clears(f->base + offset, f->base + offset + 0x80, row->mask);
		}
	}
}

/* With no group enabled and interrupts masked nothing is delivered. */
static void swept(const struct frame_of_registers *f, uint32_t step)
{
	mmio_write32(GICD_BASE + GICD_CTLR, 0);
	gic_settle();
	sweep(f, step);
	keepers(f);
	gic_open_distributor();
	gic_open_cpu();
}

/* Seen as normal memory: as a device's, stage 1 itself would refuse what is unaligned. */
static void distributor(uint32_t step)
{
	accesses = 0;
	const struct frame_of_registers gicd = { window_open(WINDOW_GIB, GICD_BASE), GICD_BYTES, gicd_rows };

	swept(&gicd, step);
	print("attack: %u accesses\n", accesses);
}

static void redistributors(uint32_t step)
{
	accesses = 0;
	for (uint32_t vcpu = 0; vcpu < VCPUS; vcpu++) {
		uint64_t base = window_open(WINDOW_GIB, GICR_BASE + vcpu * GICR_FRAME_BYTES);
		const struct frame_of_registers gicr = { base, GICR_FRAME_BYTES, gicr_rows };

		swept(&gicr, step);
	}
	print("attack: %u accesses\n", accesses);
}

/* Prime: all alignments come. */
#define STEP_SAMPLED 257

static void distributor_sampled(void)
{
	distributor(STEP_SAMPLED);
}

static void distributor_every_byte(void)
{
	distributor(1);
}

static void redistributors_sampled(void)
{
	redistributors(STEP_SAMPLED);
}

static void redistributors_every_byte(void)
{
	redistributors(1);
}

static void frames_beyond_the_last(void)
{
	for (uint64_t frame = VCPUS; frame < 8; frame++) {
		uint64_t address = GICR_BASE + frame * GICR_FRAME_BYTES;

		(void)mmio_read(address + GICR_TYPER, 8);
		expect_abort("GICR_TYPER", EC_DABT_SAME, address + GICR_TYPER);
		mmio_write(address + GICR_SGI_FRAME + GIC_ISENABLER, 4, ~0ull);
		expect_abort("GICR_ISENABLER0", EC_DABT_SAME, address + GICR_SGI_FRAME + GIC_ISENABLER);
	}
}

/* ---- Interrupts of others ---- */

static void foreign_interrupts(void)
{
	static const uint32_t banks[] = {
		GIC_IGROUPR, GIC_ISENABLER, GIC_ICENABLER, GIC_ISPENDR, GIC_ICPENDR, GIC_ISACTIVER,
			GIC_ICACTIVER,
	};

	for (uint32_t b = 0; b < sizeof banks / sizeof banks[0]; b++) {
		for (uint64_t word = 2; word < 32; word++) {
			uint64_t address = GICD_BASE + banks[b] + word * 4;

			mmio_write(address, 4, ~0ull);
			expect_at(address, mmio_read(address, 4), 0);
		}
	}
	/* The witness' interrupt has a namesake here, which is nobody's: to end it ends only that. */
	gic_set_bit(GIC_ISENABLER, FOREIGN_INTID);
	gic_set_bit(GIC_ICACTIVER, FOREIGN_INTID);
	gic_set_bit(GIC_ICENABLER, FOREIGN_INTID);
	gic_settle();
}

static void routes(void)
{
	for (uint32_t intid = 32; intid < 1020; intid++) {
		uint64_t address = GICD_BASE + GICD_IROUTER + intid * 8ull;
		bool there = intid < 32 + SPIS;

		for (uint32_t i = 0; i < (there ? 4 : 1); i++) {
			uint64_t route = attack_random();

			mmio_write(address, 8, route);
			expect_no_fault("IROUTER");
			expect_at(address, mmio_read(address, 8), there ? route & 0xff00ffffff : 0);
			mmio_write(address + 4, 4, ~0ull);
			expect_at(address, mmio_read(address + 4, 4), there ? 0xff : 0);
			mmio_write(address, 4, ~0ull);   /* Interrupt_Routing_Mode too */
			expect_at(address, mmio_read(address, 4), there ? 0xffffff : 0);
		}
		mmio_write(address, 8, 0);
	}
}

static void no_lpis(void)
{
	for (uint64_t vcpu = 0; vcpu < VCPUS; vcpu++) {
		uint64_t base = GICR_BASE + vcpu * GICR_FRAME_BYTES;

		mmio_write(base, 4, ~0ull);
		expect("GICR_CTLR", mmio_read(base, 4), 0);
		mmio_write(base + 0x70, 8, ~0ull);
		expect("GICR_PROPBASER", mmio_read(base + 0x70, 8), 0);
		mmio_write(base + 0x78, 8, ~0ull);
		expect("GICR_PENDBASER", mmio_read(base + 0x78, 8), 0);
	}
	expect("GICD_TYPER.LPIS", mmio_read32(GICD_BASE + GICD_TYPER) >> 17 & 1, 0);
	(void)mmio_read(0x08080000, 4);  /* the ITS of QEMU's board, and its doorbell */
	expect_abort("GITS_CTLR", EC_DABT_SAME, 0x08080000);
	mmio_write(0x08090040, 4, 8192);
	expect_abort("GITS_TRANSLATER", EC_DABT_SAME, 0x08090040);
}

/* ---- Accesses that no syndrome describes, on each page that is emulated ---- */

static const struct {
	uint64_t base, bytes;
} emulated[] = {
	{ GICD_BASE, GICD_BYTES },      { GICR_BASE, GICR_END - GICR_BASE }, { UART_BASE, UART_BYTES },
	{ CHANNEL_BASE, PAGE_BYTES },   { WATCHDOG_BASE, PAGE_BYTES },
};

static void on_each_page(void (*try)(uint64_t page))
{
	for (uint32_t i = 0; i < sizeof emulated / sizeof emulated[0]; i++) {
		for (uint64_t at = 0; at < emulated[i].bytes; at += PAGE_BYTES)
			try(emulated[i].base + at);
	}
}

#define NO_SYNDROME(F)                                                                    \
	F("ldr %w1, [x9], #4", 0) F("ldr %w1, [x9, #0]!", 0) F("str wzr, [x9], #4", 1)    \
	F("str wzr, [x9, #0]!", 1) F("ldp %w1, w10, [x9]", 0) F("stp wzr, wzr, [x9]", 1)  \
	F("ldnp %1, x10, [x9]", 0) F("ldxr %w1, [x9]", 0) F("ldaxr %w1, [x9]", 0)         \
	F(".arch_extension fp\n\tldr q0, [x9]", 0) F(".arch_extension simd\n\tst1 {v0.4s}, [x9]", 1)

#define NO_SYNDROME_TRY(instruction, store)                                               \
	(void)TRY(instruction, address);                                                  \
	expect_abort(instruction, EC_DABT_SAME, address);                                 \
	expect(instruction, ESR_WNR(fault.esr), store);

static void no_syndrome_at(uint64_t address)
{
	NO_SYNDROME(NO_SYNDROME_TRY)
}

static void no_syndrome(void)
{
	on_each_page(no_syndrome_at);
}

#define LSE ".arch_extension lse\n\t"

/* FEAT_LSE, which the guest is not promised: undefined, or an abort like the others. */
static void atomics_at(uint64_t page)
{
	(void)TRY(LSE "cas wzr, w10, [x9]", page);
	expect("CAS faults", fault.taken, true);
	(void)TRY(LSE "ldadd wzr, w10, [x9]", page);
	expect("LDADD faults", fault.taken, true);
	(void)TRY(LSE "swp wzr, w10, [x9]", page);
	expect("SWP faults", fault.taken, true);
}

static void atomics(void)
{
	on_each_page(atomics_at);
}

static void zeroing_at(uint64_t page)
{
	(void)TRY("dc zva, x9", window_open(WINDOW_NORMAL, page));
	expect("DC ZVA faults", fault.taken, true);
	expect("EC", ESR_EC(fault.esr), EC_DABT_SAME);
}

static void zeroing(void)
{
	on_each_page(zeroing_at);
}

/* From one emulated page to another, and from memory into nothing, all unaligned. */
static void straddling(void)
{
	uint64_t end = window_open(WINDOW_GIB, GICD_BASE + GICD_BYTES);

	(void)TRY("ldr %1, [%2, #-4]", end);
	expect("across the distributor's end", fault.taken, true);
	uint64_t middle = window_open(WINDOW_GIB, GICD_BASE + 0x1000);

	for (uint64_t i = 1; i < 8; i++) {
		(void)TRY("ldr %1, [%2]", middle - i);
		expect("unaligned, within the distributor", fault.taken, true);
		(void)TRY("str xzr, [%2]", middle - i);
		expect("unaligned, within the distributor", fault.taken, true);
	}
	uint64_t gap = window_open(WINDOW_GIB, RAM_END - 4);

	(void)TRY("ldr %1, [%2]", gap);
	expect("across the end of memory", fault.taken, true);
}

/* ---- What a load does to its register ---- */

#define EXPECT_LOAD(instruction, address, wanted)                            \
	do {                                                                 \
		uint64_t load_ = ~0x55ull;                                   \
		(void)ATTEMPT(instruction, address, load_);                  \
		expect_no_fault(instruction);                                \
		expect(instruction, load_, wanted);                          \
	} while (0)

static void widths_and_signs(void)
{
	uint64_t priority = GICD_BASE + GIC_IPRIORITYR + 36, value = 0xf8,
		 group = GICD_BASE + GIC_IGROUPR + 4;

	mmio_write(priority, 1, value);
	EXPECT_LOAD("ldrb %w1, [%2]", priority, 0xf8);
	EXPECT_LOAD("ldrsb %w1, [%2]", priority, 0xfffffff8);
	EXPECT_LOAD("ldrsb %1, [%2]", priority, 0xfffffffffffffff8);
	mmio_write(group, 4, 0xffffffff);
	EXPECT_LOAD("ldr %w1, [%2]", group, 0xffffffff);
	EXPECT_LOAD("ldrsw %1, [%2]", group, 0xffffffffffffffff);
	(void)TRY("ldr wzr, [%2]", group);
	expect_no_fault("a load of WZR");
	(void)TRY("prfm pldl1keep, [%2]", group);
	expect_no_fault("a prefetch");
	value = ~0ull;
	(void)ATTEMPT("strb %w1, [%2]", priority, value);
	EXPECT_LOAD("ldr %w1, [%2]", priority, 0xf8);
	(void)ATTEMPT("strb wzr, [%2]", priority, value);
	EXPECT_LOAD("ldrb %w1, [%2]", priority, 0);
	EXPECT_LOAD("ldar %w1, [%2]", group, 0xffffffff);
}

extern const uint8_t el0_load[], el0_store[];

/* As the guest's own tables say: EL1 alone, or EL0 too. */
static void from_el0(void)
{
	uint64_t address = GICD_BASE + GICD_TYPER, typer = mmio_read32(address), value;

	fault.taken = false;
	fault.armed = 1;
	value = el0_call(el0_load, window_open(WINDOW_EL0, address), SPSR_EL0t);
	expect_no_fault("GICD_TYPER by EL0");
	expect("GICD_TYPER by EL0", value, typer);
	(void)el0_call(el0_load, address, SPSR_EL0t);
	fault.armed = 0;
	expect("EL1's page by EL0", ESR_EC(fault.esr), EC_DABT_LOWER);
	fault.armed = 1;
	(void)el0_call(el0_store, window_open(WINDOW_EL0, HOLE), SPSR_EL0t);
	fault.armed = 0;
	expect("a hole by EL0", ESR_FSC(fault.esr), FSC_EXTERNAL);
}

/* ---- Two vCPUs at the same registers ---- */

#define BOTH 600

static volatile bool go;

static void hammer_even(void)
{
	while (!go)
		cpu_yield();
	for (uint32_t i = 0; i < BOTH; i++) {
		mmio_write32(GICD_BASE + GIC_ISENABLER + 4, 0x55555555);
		mmio_write32(GICD_BASE + GIC_ICENABLER + 4, 0x55555555);
		mmio_write8(GICD_BASE + GIC_IPRIORITYR + 40, (uint8_t)i);
		mmio_write64(GICD_BASE + GICD_IROUTER + 48 * 8, i & 1);
	}
	mmio_write32(GICD_BASE + GIC_ISENABLER + 4, 0x55555555);
}

static void two_vcpus(void)
{
	go = false;
	mmio_write32(GICD_BASE + GIC_ICENABLER + 4, ~0u);
	if (!second_start_running(hammer_even))
		return;
	go = true;
	for (uint32_t i = 0; i < BOTH; i++) {
		mmio_write32(GICD_BASE + GIC_ISENABLER + 4, 0xaaaaaaaa);
		expect("its own bits", mmio_read32(GICD_BASE + GIC_ISENABLER + 4) & 0xaaaaaaaa, 0xaaaaaaaa);
		mmio_write32(GICD_BASE + GIC_ICENABLER + 4, 0xaaaaaaaa);
		expect("its own bits", mmio_read32(GICD_BASE + GIC_ISENABLER + 4) & 0xaaaaaaaa, 0);
		mmio_write64(GICD_BASE + GICD_IROUTER + 48 * 8, ~i & 1);
		(void)mmio_read32(GICD_BASE + GIC_ISPENDR + 4);
	}
	expect("the second vCPU ends", second_wait_off(), true);
	expect("the other's bits", mmio_read32(GICD_BASE + GIC_ISENABLER + 4), 0x55555555);
	mmio_write32(GICD_BASE + GIC_ICENABLER + 4, ~0u);
	mmio_write64(GICD_BASE + GICD_IROUTER + 48 * 8, 0);
	gic_settle();
}

const struct attack device_attacks[] = {
	{ "V01_distributor_sampled", SHORT, distributor_sampled },
	{ "V01_distributor_every_byte", SWEEP, distributor_every_byte },
	{ "V02_redistributors_sampled", SHORT, redistributors_sampled },
	{ "V02_redistributors_every_byte", SWEEP, redistributors_every_byte },
	{ "V02_frames_beyond_the_last", SHORT, frames_beyond_the_last },
	{ "V03_foreign_interrupts", SHORT, foreign_interrupts },
	{ "V03_routes_to_nowhere", SHORT, routes },
	{ "V05_no_lpis", SHORT, no_lpis },
	{ "V07_accesses_without_syndrome", SHORT, no_syndrome },
	{ "V07_atomics", SHORT, atomics },
	{ "V07_zeroing", SHORT, zeroing },
	{ "V08_straddling", SHORT, straddling },
	{ "V09_widths_and_signs", SHORT, widths_and_signs },
	{ "V10_devices_by_el0", SHORT, from_el0 },
	{ "V13_two_vcpus_on_one_register", SHORT, two_vcpus },
};
const uint32_t device_attack_count = sizeof device_attacks / sizeof device_attacks[0];

/* ---- A page of registers: with each size, aligned or not, read and written ---- */

/* `quiet` follows each write. */
static void page_offsets(uint64_t page, uint32_t first, uint32_t step, void (*quiet)(void))
{
	uint64_t base = window_open(WINDOW_GIB, page);

	for (uint32_t offset = first; offset + 8 <= PAGE_BYTES; offset += offset < 0x60 ? 1 : step) {
		for (uint32_t s = 0; s < 4; s++) {
			uint64_t address = base + offset;

			(void)mmio_read(address, sizes[s]);
			if (offset % sizes[s])
				expect("unaligned", fault.taken, true);
			for (uint32_t p = 0; p < sizeof patterns / sizeof patterns[0]; p++) {
				mmio_write(address, sizes[s], patterns[p]);
				quiet();
			}
		}
	}
	for (uint32_t i = 0; i < 4; i++)
		expect("PCellID", mmio_read32(page + PCELLID0 + i * 4), 0xb105f00d >> 8 * i & 0xff);
}

/* Whatever was written, it stands, and a next one has minutes. */
static void watchdog_quiet(void)
{
	watchdog_set(WATCHDOG_MS, 0);
}

static void watchdog_sampled(void)
{
	watchdog_quiet();
	page_offsets(WATCHDOG_BASE, 0, 31, watchdog_quiet);
}

static void watchdog_every_offset(void)
{
	watchdog_quiet();
	page_offsets(WATCHDOG_BASE, 0, 1, watchdog_quiet);
}

/* ---- The serial line ---- */

static void uart_goes_on(void)
{
}

static void uart_offsets(uint32_t step)
{
	page_offsets(UART_BASE, UARTDR + 4, step, uart_goes_on);
	uart_open();
	mmio_write32(UART_BASE + UARTICR, 0x7ff);
}

static void uart_sampled(void)
{
	uart_offsets(31);
}

static void uart_every_offset(void)
{
	uart_offsets(1);
}

/* Until the console has caught up, and what is told next is not dropped. */
static void console_settle(void)
{
	uint64_t end = counter_now() + ticks_of_ms(300);

	while (counter_now() < end)
		cpu_yield();
	print("\n");
}

/* More than anybody can print: the rest is dropped and counted, and nobody waits. */
static void console_flood(void)
{
	for (uint32_t i = 0; i < 6000; i++)
		mmio_write32(UART_BASE + UARTDR, 'a' + i % 26);
	console_settle();
}

/* What a terminal would obey must not reach it: other VMs' lines are there, too. */
static void console_escapes(void)
{
	static const char text[] = "\033[2J\033[H\033]0;x\007\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\b\v\f\016\r"
				   "partita | witness: off\rwitness | witness: CHANGED\x9b" "2J\n";

	for (uint32_t i = 0; i < sizeof text - 1; i++)
		mmio_write32(UART_BASE + UARTDR, (uint8_t)text[i]);
	console_settle();
}

static void console_interrupts(void)
{
	for (uint32_t i = 0; i < 2000; i++) {
		mmio_write32(UART_BASE + UARTIMSC, (uint32_t)attack_random());
		mmio_write32(UART_BASE + UARTICR, (uint32_t)attack_random());
		mmio_write32(UART_BASE + 0x34, (uint32_t)attack_random()); /* UARTIFLS */
		mmio_write32(UART_BASE + UARTLCR_H, (uint32_t)attack_random());
		mmio_write32(UART_BASE + 0x24, 0); /* UARTIBRD: a rate of nothing */
	}
	uart_open();
}

const struct attack line_attacks[] = {
	{ "V11_watchdog_sampled", SHORT, watchdog_sampled },
	{ "V11_watchdog_every_offset", SWEEP, watchdog_every_offset },
	{ "V11_uart_sampled", SHORT, uart_sampled },
	{ "V11_uart_every_offset", SWEEP, uart_every_offset },
	{ "V11_console_flood", SHORT, console_flood },
	{ "V11_console_escapes", SHORT, console_escapes },
	{ "V11_console_interrupts", SHORT, console_interrupts },
};
const uint32_t line_attack_count = sizeof line_attacks / sizeof line_attacks[0];
