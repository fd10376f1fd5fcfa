/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The kernel's window of addresses on a host: compiled in front of the kernel's sources (-include), it
 * makes variables of the constants, and so one process has the memory of several CPUs.
 */
#ifndef PARTITA_TESTS_HOST_WINDOW_H
#define PARTITA_TESTS_HOST_WINDOW_H

#include "abi/layout.h"
#include <stdint.h>

extern uintptr_t window_fmap, window_shared, window_lines; /* the same on each CPU */
extern uintptr_t window_cpu, window_log;                   /* of the CPU that runs */

#undef FMAP_VA
#undef SHARED_VA
#undef LOG_VA
#undef LINES_VA
#undef CPU_VA
#define FMAP_VA window_fmap
#define SHARED_VA window_shared
#define LOG_VA window_log
#define LINES_VA window_lines
#define CPU_VA window_cpu

#endif
