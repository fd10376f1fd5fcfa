# SPDX-License-Identifier: Apache-2.0
#
# COVERAGE=1: a kernel of the same sources that counts which way each branch and condition went, by
# clang-19; and unit tests that do. The kernel's counters are what tests/coverage/counters.lds makes room
# for. All else is built as ever.

COUNTING_CC := clang-19 --target=aarch64-linux-gnu
COUNTING := -fprofile-instr-generate -fprofile-update=atomic -fcoverage-mapping -fcoverage-mcdc
KERNEL_SIZE := -Os
KERNEL_OPT := $(KERNEL_SIZE) -fomit-frame-pointer -ffixed-x18 $(COUNTING)
$(O)/target/kernel/% $(O)/target/arch/arm64/%: private TARGET_CC := $(COUNTING_CC)
$(O)/kernel.elf: private TARGET_CC := $(COUNTING_CC)
$(O)/kernel.elf: private TARGET_LLD := -fuse-ld=lld-19
$(O)/kernel.elf: private KERNEL_OPT := -Wl,-T,tests/coverage/counters.lds
$(O)/kernel.elf: tests/coverage/counters.lds
$(O)/kernel.bin: private TARGET_OBJCOPY += -R __llvm_prf_data -R __llvm_prf_names
$(O)/unit/%: HOST_CC := clang-19
$(O)/unit/%: UNIT_CFLAGS = $(HOST_CFLAGS) $(COUNTING)
# The formats of abi/ are read from the checker.
$(O)/kernel.bin: | $(O)/partita-verify
finish = $(Q)$(PYTHON) tests/coverage/writable.py $(O) $(1)
