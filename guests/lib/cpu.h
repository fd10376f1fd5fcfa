/* SPDX-License-Identifier: Apache-2.0 */
/* What only instructions can do: system registers, waiting, masking, calls to firmware. */
#ifndef PARTITA_GUESTS_LIB_CPU_H
#define PARTITA_GUESTS_LIB_CPU_H

#include <stdint.h>

/* `name` is an Arm name or S<op0>_<op1>_C<n>_C<m>_<op2>. Volatile: read each time, in order. */
#define sysreg_read(name)                                                          \
	({                                                                         \
		uint64_t sysreg_value_;                                            \
		__asm__ volatile("mrs %0, " name : "=r"(sysreg_value_) : : "memory"); \
		sysreg_value_;                                                     \
	})
#define sysreg_write(name, value) \
	__asm__ volatile("msr " name ", %0" : : "r"((uint64_t)(value)) : "memory")

static inline void cpu_isb(void)
{
	__asm__ volatile("isb" : : : "memory");
}

static inline void cpu_dsb(void)
{
	__asm__ volatile("dsb sy" : : : "memory");
}

/* "I spin": another thread of the core, or of an emulator, may go on. */
static inline void cpu_yield(void)
{
	__asm__ volatile("yield" : : : "memory");
}

static inline void cpu_wfi(void)
{
	__asm__ volatile("dsb sy\n\twfi" : : : "memory");
}

static inline void cpu_irq_open(void)
{
	__asm__ volatile("msr daifclr, #2\n\tisb" : : : "memory");
}

static inline void cpu_irq_mask(void)
{
	__asm__ volatile("msr daifset, #2" : : : "memory");
}

/* The virtual counter; an ISB keeps it from being read early. */
static inline uint64_t counter_now(void)
{
	cpu_isb();
	return sysreg_read("cntvct_el0");
}

/* SMC Calling Convention (DEN 0028): the instruction, function, three arguments; one result. */
#define cpu_call(conduit, function, a, b, c)                                                \
	({                                                                                  \
		register uint64_t x0_ __asm__("x0") = (function);                           \
		register uint64_t x1_ __asm__("x1") = (a);                                  \
		register uint64_t x2_ __asm__("x2") = (b);                                  \
		register uint64_t x3_ __asm__("x3") = (c);                                  \
		__asm__ volatile(conduit                                                     \
				 : "+r"(x0_), "+r"(x1_), "+r"(x2_), "+r"(x3_)               \
				 :                                                          \
				 : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", \
				   "x13", "x14", "x15", "x16", "x17", "memory");            \
		x0_;                                                                        \
	})

static inline uint64_t cpu_hvc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	return cpu_call("hvc #0", function, a, b, c);
}

static inline uint64_t cpu_smc(uint64_t function, uint64_t a, uint64_t b, uint64_t c)
{
	return cpu_call("smc #0", function, a, b, c);
}

#endif
