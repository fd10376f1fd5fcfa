/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the host tool tells a compartment about itself: read-only pages at COMP_CONF.
 * Addresses of guests are IPAs; sources are addresses in the compartment (COMP_IMAGES).
 */
#ifndef PARTITA_ABI_VMCONF_H
#define PARTITA_ABI_VMCONF_H

#include "abi/fmap.h"
#include <stdint.h>

#define VMCONF_MAGIC 0x31464e4f43545250 /* "PRTCONF1" */
#define VMCONF_MAX_RAM 8
#define VMCONF_MAX_LOADS 16
#define VMCONF_HASH_BYTES 32

struct vmconf_ram {
	uint64_t ipa, bytes;   /* multiples of 4096 */
};

/* A piece of an image: copied at each start after its hash was compared. Sorted by dst, no two
 * overlap, each inside one RAM region. All RAM between them is zeroed. */
struct vmconf_load {
	char name[FMAP_NAME_BYTES];       /* for messages: "kernel", "initrd", "dtb", .. */
	uint64_t src;          /* in the compartment's read-only image area */
	uint64_t dst;          /* IPA */
	uint64_t bytes;        /* any number > 0 */
	uint8_t hash[VMCONF_HASH_BYTES];  /* BLAKE2b-256 of those bytes */
};

/* An end of a channel between VMs: memory, and a doorbell with its registers and interrupt. Number n
 * is notified by NOTIFY_CHANNEL + n, and its page of control is channel VMCONF_CONTROL + n. */
#define VMCONF_MAX_CHANNELS 15
#define VMCONF_CONTROL 1
struct vmconf_channel {
	char name[FMAP_NAME_BYTES];
	uint64_t memory, bytes;        /* IPA; whole pages */
	uint64_t registers;    /* IPA, 4 KiB */
	uint32_t intid;
	uint32_t writes;       /* 1: this VM is the writer, and its monitor zeroes the memory at each start */
	uint32_t cap_first, cap_count;     /* capabilities: the n-th rings the n-th of the others */
};

struct vmconf {
	uint64_t magic;
	char name[FMAP_NAME_BYTES];
	uint32_t vcpu_count;
	uint32_t intids;       /* 32 + SPIs, a multiple of 32 */
	uint64_t mpidr[MAX_VCPUS_PER_VM];  /* affinity fields as PSCI takes them */
	uint64_t entry;        /* guest's first instruction, IPA */
	uint64_t entry_x0;     /* its x0: the device tree, or 0 */

	uint32_t ram_count;
	uint32_t load_count;
	struct vmconf_ram ram[VMCONF_MAX_RAM];
	struct vmconf_load load[VMCONF_MAX_LOADS];

	uint64_t gicd_base;    /* 64 KiB */
	uint64_t gicr_base;    /* two 64 KiB frames a vCPU */
	uint64_t uart_base;    /* PL011, 4 KiB; 0: none */
	uint32_t uart_intid;
	uint32_t uart_clock_hz;
	uint64_t rtc_base;     /* PL031, 4 KiB; 0: none */
	uint32_t rtc_intid;
	uint32_t rtc_start;    /* RTCDR at each start: seconds since 1970 */
	uint32_t timer_hz;     /* CNTFRQ_EL0 if the tool knows it, else 0 */
	uint32_t console_doorbell; /* capability that wakes the console service, or FMAP_NONE */
	uint32_t console_channel;  /* channel index n: COMP_CHANNELS + n * COMP_CHANNEL_STRIDE */
	uint32_t channel_count;
	uint32_t trng;         /* 1: the guest may ask for the processor's random numbers */
	uint32_t watchdog_start;   /* its watchdog counts down from that since its start; 0: it stands */
	uint64_t watchdog_base;    /* SP805, 4 KiB; 0: none */
	uint32_t watchdog_intid;
	uint32_t watchdog_hz;  /* of its counter: a slower one's periods would leave 64 bits in ticks */
#define VMCONF_WATCHDOG_HZ_MIN 1000
	struct vmconf_channel channel[VMCONF_MAX_CHANNELS];
	uint32_t hw_irq[32];   /* bit n of word w: interrupt 32 w + n is a physical one .. */
	uint32_t hw_edge[32];  /* .. and edge-triggered */
};

/* What a guest has at its addresses, in pages: for the words about one that reached elsewhere. */
struct svcconf_window {
	uint32_t page, pages;  /* of 4 KiB, of its IPA space */
	uint8_t vm;
	uint8_t rights;        /* MEMORY_*; or SVCCONF_EMULATED alone: its monitor answers for it */
	char name[22];         /* as its device tree has it, where it is there */
};
#define SVCCONF_EMULATED 0x80

#define SVCCONF_MAX_CHANNELS MAX_VMS
#define SVCCONF_MAX_WINDOWS 1792

struct svcconf {
	uint64_t magic;
	char name[FMAP_NAME_BYTES];
	char system[FMAP_NAME_BYTES];
	uint32_t channel_count;
	uint32_t focus;        /* the channel that has the input at first */
	uint32_t log_count;    /* CPUs whose logs are at COMP_LOGS */
	uint32_t uart_badge;   /* badge of its interrupt */
	uint32_t vm_count;
	uint32_t window_count;
	struct {
		char name[FMAP_NAME_BYTES];   /* the VM's, for the prefix of its lines */
		uint32_t doorbell;     /* capability that tells its monitor of input */
		uint32_t badge;        /* notification bit that says: this one has output */
		uint32_t vm;           /* its index, as in the log */
		uint32_t reserved;
	} channel[SVCCONF_MAX_CHANNELS];
	char vm_name[MAX_VMS][FMAP_NAME_BYTES]; /* all VMs, for the log */
	struct svcconf_window window[];        /* window_count of them */
};

static inline uint64_t svcconf_bytes(uint32_t windows)
{
	return sizeof(struct svcconf) + (uint64_t)windows * sizeof(struct svcconf_window);
}

_Static_assert(sizeof(struct svcconf_window) == 32, "part of the format");
_Static_assert(sizeof(struct svcconf) + SVCCONF_MAX_WINDOWS * sizeof(struct svcconf_window) <=
		       COMP_LINES - COMP_CONF,
	       "it has a place of its own");

#endif
