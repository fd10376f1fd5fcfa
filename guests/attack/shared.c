/* SPDX-License-Identifier: Apache-2.0 */
/* What is another's to write, and what another listens to: the memory and the doorbell of a channel that
 * the witness writes, and read-only memory of its own. */
#include "guests/attack/attack.h"
#include "guests/lib/channel.h"

/* ---- Memory that may only be read ---- */

#define LSE ".arch_extension lse\n\t"

#define STORES(F)                                                                             \
	F("strb wzr, [x9]") F("strh wzr, [x9]") F("str wzr, [x9]") F("str xzr, [x9]")          \
	F("str xzr, [x9], #8") F("stp xzr, xzr, [x9]") F("stnp xzr, xzr, [x9]")                \
	F("stlr xzr, [x9]") F("dc zva, x9")                                                    \
	F(".arch_extension fp\n\tstr q0, [x9]") F(".arch_extension simd\n\tst1 {v0.4s}, [x9]") \
	F("1: ldxr x10, [x9]\n\tstxr w10, xzr, [x9]")

/* Undefined where the core has no FEAT_LSE; nowhere a store. */
#define ATOMICS(F)                                                                              \
	F(LSE "cas xzr, x10, [x9]") F(LSE "casal xzr, x10, [x9]") F(LSE "ldadd x9, x10, [x9]")     \
	F(LSE "ldset x9, xzr, [x9]") F(LSE "swp x9, x10, [x9]") F(LSE "casp x0, x1, x2, x3, [x9]") \
	F(LSE "ldumax x9, x10, [x9]")

/* An exclusive pair faults at its second instruction. */
#define STORE_TRY(instruction)                                          \
	(void)TRY(instruction, address);                                \
	expect(instruction, fault.taken, true);                         \
	expect(instruction, ESR_EC(fault.esr), EC_DABT_SAME);           \
	expect(instruction, ESR_FSC(fault.esr), FSC_EXTERNAL);          \
	expect(instruction, ESR_WNR(fault.esr), true);
#define ATOMIC_TRY(instruction)               \
	(void)TRY(instruction, address);      \
	expect(instruction, fault.taken, true);

static void stores_to(uint64_t ipa)
{
	uint64_t address = window_open(WINDOW_NORMAL, ipa), before = TRY("ldr %1, [%2]", address);

	expect_no_fault("a load");
	STORES(STORE_TRY)
	ATOMICS(ATOMIC_TRY)
	expect("what is there", TRY("ldr %1, [%2]", address), before);
	address = window_open(WINDOW_UNCACHED, ipa);
	STORES(STORE_TRY)
	expect("what is there", TRY("ldr %1, [%2]", address), before);
}

static void stores_to_a_channel(void)
{
	for (uint64_t at = 0; at < CHANNEL_BYTES; at += 0x1000)
		stores_to(CHANNEL_MEMORY + at);
	stores_to(CHANNEL_MEMORY + CHANNEL_BYTES - 0x40);
}

static void stores_to_rom(void)
{
	stores_to(ROM_BASE);
	stores_to(ROM_BASE + ROM_BYTES - 0x40);
}

/* Tables there are walked, but no walk writes to them: with hardware's access flag (FEAT_HAFDBS) neither. */
static void tables_in_rom(void)
{
	uint64_t tcr = sysreg_read("tcr_el1");

	sysreg_write("tcr_el1", tcr | 1ull << 39 | 1ull << 40); /* HA, HD */
	cpu_isb();
	stores_to(ROM_BASE);
	expect("a root there", window_of_root(ROM_BASE), true);
	expect("a root in a channel", window_of_root(CHANNEL_MEMORY), true);
	sysreg_write("tcr_el1", tcr);
	cpu_isb();
}

/* It may be executed, and is zero, which is undefined; a channel may not. */
static void execution(void)
{
	TRY_FETCH(window_open(WINDOW_NORMAL, CHANNEL_MEMORY));
	expect("EC", ESR_EC(fault.esr), EC_IABT_SAME);
	expect("FSC", ESR_FSC(fault.esr), FSC_EXTERNAL);
}

/* ---- A doorbell ---- */

#define RINGS 4000

static void doorbell_registers(void)
{
	uint64_t base = window_open(WINDOW_GIB, CHANNEL_BASE);

	expect("ID", mmio_read(base + CHANNEL_ID, 4), CHANNEL_ID_VALUE);
	for (uint32_t offset = 0; offset + 8 <= 0x1000; offset++) {
		for (uint32_t bytes = 1; bytes <= 8; bytes *= 2) {
			bool there = offset % bytes == 0 && bytes < 8;

			(void)mmio_read(base + offset, bytes);
			if (offset % bytes)
				expect_abort("unaligned", EC_DABT_SAME, base + offset);
			mmio_write(base + offset, bytes, ~0ull);
			if (offset % bytes)
				expect_abort("unaligned", EC_DABT_SAME, base + offset);
			if (there && offset >= 0x20)
				expect("what is not there", mmio_read(base + offset, bytes), 0);
		}
	}
	expect("ID", mmio_read(base + CHANNEL_ID, 4), CHANNEL_ID_VALUE);
	expect("ROLE", mmio_read(base + CHANNEL_ROLE, 4), 0);
	expect("PEERS", mmio_read(base + CHANNEL_PEERS, 4), 1);
	expect("LIFE is even", mmio_read(base + CHANNEL_LIFE, 4) & 1, 0);
	mmio_write(base + CHANNEL_ENABLE, 4, 0);
	mmio_write(base + CHANNEL_ACK, 4, ~0ull);
}

/* Every bit, and all of them: of peers that are there and that are not. */
static void rings_of_all_indices(void)
{
	for (uint32_t bit = 0; bit < 32; bit++)
		mmio_write32(CHANNEL_BASE + CHANNEL_RING, 1u << bit);
	mmio_write32(CHANNEL_BASE + CHANNEL_RING, ~0u);
	expect("RING", mmio_read32(CHANNEL_BASE + CHANNEL_RING), 0);
}

static void flood_of_rings(void)
{
	for (uint32_t i = 0; i < RINGS; i++)
		mmio_write32(CHANNEL_BASE + CHANNEL_RING, i & 1 ? 1 : ~0u);
}

static void ring_without_end(void)
{
	flood_of_rings();
}

static void flood_by_two_vcpus(void)
{
	if (!second_start_running(ring_without_end))
		return;
	flood_of_rings();
	expect("the second vCPU ends", second_wait_off(), true);
}

const struct attack shared_attacks[] = {
	{ "M05_stores_to_a_channel", SHORT, stores_to_a_channel },
	{ "M05_stores_to_rom", SHORT, stores_to_rom },
	{ "M05_tables_in_rom", SHORT, tables_in_rom },
	{ "M06_execution_of_a_channel", SHORT, execution },
	{ "H10_doorbell_registers", SHORT, doorbell_registers },
	{ "H10_rings_of_all_indices", SHORT, rings_of_all_indices },
	{ "H10_flood_of_rings", SHORT, flood_of_rings },
	{ "H10_flood_by_two_vcpus", SHORT, flood_by_two_vcpus },
};
const uint32_t shared_attack_count = sizeof shared_attacks / sizeof shared_attacks[0];
