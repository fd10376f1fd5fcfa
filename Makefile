# SPDX-License-Identifier: Apache-2.0
#
# Partita. `make help` lists what a user or developer needs. Not recursive; one list of sources
# for each directory; everything made goes to $(O).

O ?= build$(if $(filter 1,$(LLVM)),/llvm)$(if $(filter 1,$(COVERAGE)),/counting)
CPU ?= cortex-a72
SYSTEM ?= demo
PYTHON := /usr/bin/python3

# ---- Toolchains: gcc cross by default, LLVM=1 for clang and lld ----
CROSS_COMPILE ?= aarch64-linux-gnu-
ifeq ($(LLVM),1)
TARGET_CC := clang --target=aarch64-linux-gnu
TARGET_LD := ld.lld
TARGET_LLD := -fuse-ld=lld
TARGET_AR := llvm-ar
TARGET_OBJCOPY := llvm-objcopy
else
TARGET_CC := $(CROSS_COMPILE)gcc
TARGET_LD := $(CROSS_COMPILE)ld
TARGET_AR := $(CROSS_COMPILE)ar
TARGET_OBJCOPY := $(CROSS_COMPILE)objcopy
endif
HOST_CC ?= gcc
SETUP_LLVM := $(if $(filter 1,$(LLVM)),llvm)

WARN := -Wall -Wextra -Wconversion -Werror
# The kernel is built for size: its footprint in the caches is what latency depends on under load.
# Kernel and monitor are each optimized as a whole, at link time. lib/mem.c is what a compiler may
# call of its own accord, which it does not see before that.
TARGET_OPT = -O2
KERNEL_SIZE := $(if $(filter 1,$(LLVM)),-Oz,-Os)
KERNEL_OPT := $(KERNEL_SIZE) -fomit-frame-pointer -ffixed-x18 -flto
VMM_OPT := -O2 -fomit-frame-pointer -ffixed-x18 -flto
$(O)/target/kernel/% $(O)/target/arch/arm64/%: TARGET_OPT = $(KERNEL_OPT)
$(O)/target/vmm/%: TARGET_OPT = $(VMM_OPT)
$(O)/target/kernel/fast.o: TARGET_OPT = -O2 $(filter-out $(KERNEL_SIZE),$(KERNEL_OPT))
TARGET_CFLAGS = -std=c17 $(TARGET_OPT) -g $(WARN) -I. -ffreestanding -fno-pic -fno-common \
	-fno-stack-protector -fno-asynchronous-unwind-tables -ffunction-sections -march=armv8-a \
	-mgeneral-regs-only -mno-outline-atomics -mbranch-protection=none
TARGET_LDFLAGS := -nostdlib -static --no-undefined --gc-sections --build-id=none -z norelro -z noexecstack
comma := ,
# Links by the compiler, which optimizes: $(call link_whole,OPTIONS)
link_whole = $(TARGET_CC) $(TARGET_CFLAGS) $(1) $(TARGET_LLD) -nostdlib -static \
	$(addprefix -Wl$(comma),--no-undefined --gc-sections --build-id=none -znorelro -znoexecstack)
HOST_CFLAGS := -std=c17 -O2 -g $(WARN) -D_GNU_SOURCE -I.

# What is done to a finished image: nothing, unless the kernel counts.
finish =
ifeq ($(COVERAGE),1)
include tests/coverage/counting.mk
endif

# V=1 shows the commands.
ifeq ($(V),1)
say =
else
Q := @
say = @printf '%8s  %s\n' '$(1)' '$@'
endif

.DELETE_ON_ERROR:
.SUFFIXES:

# In parallel, unless the command line says otherwise.
ifeq ($(MAKELEVEL),0)
MAKEFLAGS += -j$(shell nproc)
endif

all: image

# ---- For users: `make run`, `make test` need nothing before them ----
# Each looks first whether the machine has what it needs (ci/setup.sh), then does its work in a
# make of its own, so that nothing is compiled before the compiler is there.

help: ## this list
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1\t\2/p' Makefile | expand -t 18
	@echo 'Variables: CPU=cortex-a53, cortex-a72 or max; SYSTEM=name of a file in systems/; LLVM=1 for'
	@echo 'clang and lld, in build/llvm; GDB=1 to have QEMU wait for a debugger; V=1 to see commands;'
	@echo 'PARTITA_SETUP=no to be told what is missing instead of having it installed.'

run: ## build everything and start the demo on QEMU (leave with Ctrl-A x)
	@ci/setup.sh run $(SETUP_LLVM)
	@$(MAKE) --no-print-directory boot

test: ## all that must pass: unit, reject and system tests, make check
	@ci/setup.sh run llvm check test
	@$(MAKE) --no-print-directory all-tests

image: $(O)/$(SYSTEM).img ## the boot image, build/demo.img, and the same as ELF
map: $(O)/$(SYSTEM).html ## the machine as a page to look at, build/demo.html
tool: $(O)/partita $(O)/partita-verify ## the host tool, build/partita; needs no cross compiler

# What a description needs beside its own images: the tool, Partita's binaries, boards.
PREFIX ?= /usr/local
install: tool binaries ## install the tool, its manual and Partita's binaries below PREFIX, in DESTDIR
	install -d $(addprefix $(DESTDIR)$(PREFIX)/,bin share/man/man1 share/partita)
	install $(O)/partita $(O)/partita-verify $(DESTDIR)$(PREFIX)/bin
	install -m 644 tools/partita/partita.1 $(DESTDIR)$(PREFIX)/share/man/man1
	install -m 644 $(addprefix $(O)/,kernel.bin vmm.bin console.bin) $(DESTDIR)$(PREFIX)/share/partita
	cp -R platforms $(DESTDIR)$(PREFIX)/share/partita
.PHONY: install

# ---- Target objects: any .c or .S below the tree ----
$(O)/target/%.o: %.c
	@mkdir -p $(@D)
	$(call say,CC)
	$(Q)$(TARGET_CC) $(TARGET_CFLAGS) -MMD -MP -c $< -o $@
$(O)/target/%.o: %.S
	@mkdir -p $(@D)
	$(call say,AS)
	$(Q)$(TARGET_CC) $(TARGET_CFLAGS) -MMD -MP -D__ASSEMBLER__ -c $< -o $@
$(O)/%.lds: %.lds.S
	@mkdir -p $(@D)
	$(call say,CPP)
	$(Q)$(TARGET_CC) -E -P -x assembler-with-cpp -D__ASSEMBLER__ -I. -MMD -MP -MT $@ -MF $@.d $< -o $@
%.bin: %.elf
	$(call say,OBJCOPY)
	$(Q)$(TARGET_OBJCOPY) -O binary $< $@

# ---- The kernel: one binary for every board and system ----
sources = $(filter-out %.lds.S,$(wildcard $(addsuffix /*.c,$(1)) $(addsuffix /*.S,$(1))))
kernel_SRC := $(call sources,kernel arch/arm64) lib/mem.c
kernel_OBJ := $(patsubst %,$(O)/target/%.o,$(basename $(kernel_SRC)))
$(O)/kernel.elf: $(O)/arch/arm64/kernel.lds $(kernel_OBJ)
	$(call say,LD)
	$(Q)$(call link_whole,$(KERNEL_OPT)) -Wl,-T,$< $(kernel_OBJ) -o $@

# ---- Compartments at EL0: the monitor, the console service ----
vmm_SRC := $(call sources,vmm lib) arch/arm64/el0/monitor.S arch/arm64/el0/cache.S \
	arch/arm64/el0/random.S
console_SRC := $(call sources,services/console lib) arch/arm64/el0/service.S
vmm_OBJ := $(patsubst %,$(O)/target/%.o,$(basename $(vmm_SRC)))
console_OBJ := $(patsubst %,$(O)/target/%.o,$(basename $(console_SRC)))
$(O)/vmm.elf: $(O)/arch/arm64/el0/el0.lds $(vmm_OBJ)
	$(call say,LD)
	$(Q)$(call link_whole,$(VMM_OPT)) -Wl,-T,$< $(vmm_OBJ) -o $@
$(O)/console.elf: $(O)/arch/arm64/el0/el0.lds $(console_OBJ)
	$(call say,LD)
	$(Q)$(TARGET_LD) $(TARGET_LDFLAGS) -T $< $(console_OBJ) -o $@

binaries: $(O)/kernel.bin $(O)/vmm.bin $(O)/console.bin

# ---- Sample guests: bare metal, one folder each ----
# Until a guest has its MMU on, its memory is device memory: aligned accesses only. What guests
# share is an archive, of which hello takes nothing.
$(O)/target/guests/%.o: TARGET_CFLAGS += -mstrict-align
# A bare-metal guest may have all it is in one segment.
GUEST_LDFLAGS := $(if $(filter 1,$(LLVM)),,--no-warn-rwx-segments)
GUESTS := $(patsubst guests/%/guest.lds.S,%,$(wildcard guests/*/guest.lds.S))
guest_lib_OBJ := $(patsubst %,$(O)/target/%.o,$(basename $(call sources,guests/lib) lib/mem.c))
$(O)/guests/lib.a: $(guest_lib_OBJ)
	@mkdir -p $(@D)
	@rm -f $@
	$(call say,AR)
	$(Q)$(TARGET_AR) rcsD $@ $^
define guest_rules
$(1)_OBJ := $(patsubst %,$(O)/target/%.o,$(basename $(call sources,guests/$(1))))
$(O)/guests/$(1).elf: $(O)/guests/$(1)/guest.lds $$($(1)_OBJ) $(O)/guests/lib.a
	$$(call say,LD)
	$$(Q)$(TARGET_LD) $(TARGET_LDFLAGS) $(GUEST_LDFLAGS) -T $$^ -o $$@
endef
$(foreach g,$(GUESTS),$(eval $(call guest_rules,$(g))))

# What the attacker must find at the start of each life, from the table that all of it is checked against.
$(O)/include/guests/attack/state.h: tests/attack/state.py tests/attack/registers.py
	@mkdir -p $(@D)
	$(call say,STATE)
	$(Q)$(PYTHON) $< >$@
$(O)/target/guests/attack/%.o: TARGET_CFLAGS += -I$(O)/include
$(O)/target/guests/attack/life.o $(O)/target/guests/attack/state.o: $(O)/include/guests/attack/state.h

# Linux: Debian's installer kernel, and busybox for arm64, which is fetched but not installed.
linux_FILES := $(addprefix guests/linux/,initramfs.sh init inittab greeting)
NETBOOT := /usr/lib/debian-installer/images/12/arm64/text/debian-installer/arm64
FOREIGN := build/foreign
$(FOREIGN)/busybox/bin/busybox: ci/unpack-deb.sh
	$(call say,FETCH)
	$(Q)ci/unpack-deb.sh -a arm64 $(FOREIGN)/busybox busybox-static
	@touch $@
$(O)/guests/linux/Image: $(NETBOOT)/linux
	@mkdir -p $(@D)
	$(call say,CP)
	$(Q)cp $< $@
$(O)/guests/linux/initrd.gz: $(FOREIGN)/busybox/bin/busybox $(linux_FILES)
	@mkdir -p $(@D)
	$(call say,INITRD)
	$(Q)guests/linux/initramfs.sh $< $@

# Software that none of us wrote, for the system tests alone: `make run` does not fetch it.
# guests/foreign/README.md says what each piece is.
LINUX_RT := $(FOREIGN)/linux-rt/vmlinuz
RT_TESTS := $(FOREIGN)/rt-tests
RT_TESTS_FILES := usr/bin/cyclictest lib/ld-linux-aarch64.so.1 $(addprefix lib/aarch64-linux-gnu/, \
	libc.so.6 libpthread.so.0 librt.so.1) usr/lib/aarch64-linux-gnu/libnuma.so.1
U_BOOT := $(FOREIGN)/u-boot/usr/lib/u-boot/qemu_arm64/u-boot.bin
# The package's name changes with each kernel; its modules are many and of no use here. The device
# trees of boards that come with it are what tests of `partita platform` read.
BOARD_DTBS := $(FOREIGN)/linux-rt/dtb
$(LINUX_RT) $(BOARD_DTBS)/stamp &: ci/unpack-deb.sh
	$(call say,FETCH)
	$(Q)ci/unpack-deb.sh -a arm64 -m $(FOREIGN)/linux-rt linux-image-rt-arm64
	@rm -rf $(BOARD_DTBS)
	@mv $(FOREIGN)/linux-rt/boot/vmlinuz-* $(LINUX_RT)
	@mv $(FOREIGN)/linux-rt/usr/lib/linux-image-* $(BOARD_DTBS)
	@rm -rf $(addprefix $(FOREIGN)/linux-rt/,boot lib usr)
	@touch $(LINUX_RT) $(BOARD_DTBS)/stamp
$(RT_TESTS)/usr/bin/cyclictest: ci/unpack-deb.sh
	$(call say,FETCH)
	$(Q)ci/unpack-deb.sh -a arm64 $(RT_TESTS) rt-tests libc6 libnuma1
	@touch $@
$(U_BOOT): ci/unpack-deb.sh
	$(call say,FETCH)
	$(Q)ci/unpack-deb.sh -a arm64 $(FOREIGN)/u-boot u-boot-qemu
	@touch $@
$(O)/guests/foreign/linux-rt.Image: $(LINUX_RT)
$(O)/guests/foreign/installer.gz: $(NETBOOT)/initrd.gz
$(O)/guests/foreign/u-boot.bin: $(U_BOOT)
$(addprefix $(O)/guests/foreign/,linux-rt.Image installer.gz u-boot.bin):
	@mkdir -p $(@D)
	$(call say,CP)
	$(Q)cp $< $@
$(O)/guests/foreign/rt-tests.gz: $(FOREIGN)/busybox/bin/busybox $(RT_TESTS)/usr/bin/cyclictest $(linux_FILES)
	@mkdir -p $(@D)
	$(call say,INITRD)
	$(Q)guests/linux/initramfs.sh $< $@ $(RT_TESTS) $(RT_TESTS_FILES)
$(O)/guests/foreign/u-boot.env: guests/foreign/environment.py guests/foreign/u-boot.txt
	@mkdir -p $(@D)
	$(call say,ENV)
	$(Q)$(PYTHON) $^ $@

# Overlays for guests' device trees lie beside the systems that use them.
overlay_FILES := $(patsubst systems/%.dtso,$(O)/guests/%.dtbo,$(wildcard systems/*.dtso))
$(O)/guests/%.dtbo: systems/%.dtso
	@mkdir -p $(@D)
	$(call say,DTC)
	$(Q)cpp -nostdinc -undef -x assembler-with-cpp $< | dtc -q -@ -O dtb -o $@ -

guest_FILES := $(foreach g,$(GUESTS),$(O)/guests/$(g).elf) $(overlay_FILES) \
	$(addprefix $(O)/guests/linux/,Image initrd.gz)
guests: $(guest_FILES)

# ---- The host tool: the compiler of descriptions and, apart from it, the checker ----
# The C library has what lib/mem.c gives to freestanding code.
host_lib_SRC := $(filter-out lib/mem.c,$(wildcard lib/*.c))
tool_OBJ := $(patsubst %.c,$(O)/host/%.o,$(wildcard tools/partita/*.c) $(host_lib_SRC))
verify_OBJ := $(patsubst %.c,$(O)/host/%.o,$(wildcard tools/verify/*.c) $(host_lib_SRC))
$(O)/host/%.o: %.c
	@mkdir -p $(@D)
	$(call say,HOSTCC)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -MMD -MP -c $< -o $@
# The compiler's list of what it read lacks what the assembler included.
$(O)/host/tools/partita/page_style.o $(O)/unit/objects/tools/partita/page_style.o: tools/partita/page.css
$(O)/partita: $(tool_OBJ)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -lfdt -o $@
$(O)/partita-verify: $(verify_OBJ)
	$(call say,HOSTLD)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) $^ -o $@

# ---- Images: a description and all that it may name ----
image_DEPS := $(O)/partita $(O)/kernel.bin $(O)/vmm.bin $(O)/console.bin $(guest_FILES) \
	$(wildcard platforms/*/*.dts*)
BOARDS := platforms
partita_FLAGS = -P $(BOARDS) -I $(O)/guests --kernel $(O)/kernel.bin --vmm $(O)/vmm.bin \
	--console $(O)/console.bin
define build_image
	@mkdir -p $(@D)
	$(call say,PARTITA)
	$(Q)$(O)/partita build $< -o $(basename $@).img --elf $(basename $@).elf $(partita_FLAGS)
	$(call finish,$(basename $@).img $(basename $@).elf)
endef
$(O)/%.img: systems/%.dts $(image_DEPS)
	$(build_image)
$(O)/%.html: systems/%.dts $(image_DEPS)
	@mkdir -p $(@D)
	$(call say,PARTITA)
	$(Q)$(O)/partita map $< --html -o $@ $(partita_FLAGS)
$(O)/tests/%.img: tests/system/%.dts $(image_DEPS) $(wildcard tests/system/boards/*/*.dts)
	$(build_image)
$(O)/tests/edges.img: BOARDS := tests/system/boards
# Measured systems; some are on boards of their own.
$(O)/bench/%.img: tests/bench/%.dts $(image_DEPS) $(wildcard tests/bench/boards/*/*.dts tests/bench/*.dtsi)
	$(build_image)
$(O)/bench/%.map: tests/bench/%.dts $(O)/bench/%.img
	$(call say,MAP)
	$(Q)$(O)/partita map $< $(partita_FLAGS) >$@
$(addprefix $(O)/bench/,boot.map boot.img vms.img channels.img interrupts.img linux-quiet.img \
	linux-console.img linux-idle-1.img linux-idle-11.img): BOARDS := tests/bench/boards
$(O)/tests/attack/%.img: tests/attack/%.dts $(image_DEPS)
	$(build_image)
# Firmware that leaves every register dirty, and then goes to the image; and one that stays.
$(O)/tests/attack/firmware_registers.h: $(addprefix tests/attack/,firmware.py controls.py registers.py)
	@mkdir -p $(@D)
	$(call say,FIRMWARE)
	$(Q)$(PYTHON) $< >$@
$(O)/tests/attack/firmware.elf: $(O)/tests/attack/firmware_registers.h
$(addprefix $(O)/tests/attack/,firmware.elf resident.elf): tests/attack/firmware.h
$(addprefix $(O)/tests/attack/,firmware.elf resident.elf): $(O)/tests/attack/%.elf: tests/attack/%.S
	$(call say,LD)
	$(Q)$(TARGET_CC) $(TARGET_CFLAGS) -D__ASSEMBLER__ -I$(@D) $(TARGET_LLD) -nostdlib -static \
		-Wl,-Ttext=0x7f000000 -Wl,--build-id=none $< -o $@
# Hostile monitors, which tests/attack/monitors.py writes, with a sound one to fall back on.
HOSTILE := $(O)/tests/attack/monitors
monitor_OBJ := $(O)/target/arch/arm64/el0/monitor.o
$(HOSTILE)/sound.o: $(monitor_OBJ)
	@mkdir -p $(@D)
	$(call say,OBJCOPY)
	$(Q)$(TARGET_OBJCOPY) --redefine-sym comp_entry=sound_entry $< $@
$(HOSTILE)/%.elf: $(HOSTILE)/%.S $(O)/arch/arm64/el0/el0.lds $(HOSTILE)/sound.o $(vmm_OBJ)
	$(call say,LD)
	$(Q)$(call link_whole,$(VMM_OPT)) -Wl,-T,$(O)/arch/arm64/el0/el0.lds $< $(HOSTILE)/sound.o \
		$(filter-out $(monitor_OBJ),$(vmm_OBJ)) -o $@
$(HOSTILE)/siblings-%.img: tests/attack/siblings.dts $(HOSTILE)/%.bin $(image_DEPS)
	$(call say,PARTITA)
	$(Q)$(O)/partita build $< -o $@ $(subst $(O)/vmm.bin,$(HOSTILE)/$*.bin,$(partita_FLAGS))
	$(call finish,$@)
$(HOSTILE)/%.img: tests/attack/hostile.dts $(HOSTILE)/%.bin $(image_DEPS)
	$(call say,PARTITA)
	$(Q)$(O)/partita build $< -o $@ $(subst $(O)/vmm.bin,$(HOSTILE)/$*.bin,$(partita_FLAGS))
	$(call finish,$@)
$(O)/tests/linux-rt.img: $(addprefix $(O)/guests/foreign/,linux-rt.Image rt-tests.gz)
$(O)/tests/installer.img: $(O)/guests/foreign/installer.gz
$(O)/tests/u-boot.img: $(addprefix $(O)/guests/foreign/,u-boot.bin u-boot.env)

# ---- QEMU's virt board ----
# The serial line and QEMU's monitor share the terminal: Ctrl-C goes to the guest, Ctrl-A x ends
# QEMU, Ctrl-A c is its monitor. Partita's own key is Ctrl-].
QEMU ?= qemu-system-aarch64
QEMU_FLAGS := -M virt,virtualization=on,gic-version=3 -cpu $(CPU) -smp 4 -m 1G -nodefaults -nographic \
	-serial mon:stdio $(if $(GDB),-s -S)
# Newer than Debian 12's, unpacked but not installed: for the tests that ask for it (board.py).
$(FOREIGN)/qemu/qemu-system-aarch64: ci/qemu-backports.sh ci/unpack-deb.sh
	$(call say,FETCH)
	$(Q)ci/qemu-backports.sh $(@D)
boot: $(O)/$(SYSTEM).img
	$(QEMU) $(QEMU_FLAGS) -kernel $<

# ---- Unit tests: tests/unit/PART/NAME.c is a program of its own, linked with that part's objects ----
# The part is an archive: a test that brings a function of its own replaces the object that has it.
unit_PARTS := $(notdir $(patsubst %/,%,$(wildcard tests/unit/*/)))
unit_vmm_DIRS := vmm
unit_kernel_DIRS := kernel
unit_console_DIRS := services/console
unit_tool_DIRS := tools/partita
unit_verify_DIRS := tools/verify
unit_lib_DIRS :=
UNIT_CFLAGS := $(HOST_CFLAGS) -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
unit_TESTS := $(patsubst tests/unit/%.c,$(O)/unit/%,$(wildcard tests/unit/*/*.c))
$(O)/unit/objects/%.o: %.c
	@mkdir -p $(@D)
	$(call say,HOSTCC)
	$(Q)$(HOST_CC) $(UNIT_CFLAGS) -MMD -MP -c $< -o $@
define unit_rules
unit_$(1)_SRC := $(wildcard $(addsuffix /*.c,$(unit_$(1)_DIRS))) $(host_lib_SRC)
unit_$(1)_OBJ := $$(patsubst %.c,$(O)/unit/objects/%.o,$$(unit_$(1)_SRC))
$(O)/unit/$(1).a: $$(unit_$(1)_OBJ)
	@rm -f $$@
	$$(call say,AR)
	$$(Q)ar rcsD $$@ $$^
$(filter $(O)/unit/$(1)/%,$(unit_TESTS)): $(O)/unit/$(1)/%: \
		$(O)/unit/objects/tests/unit/$(1)/%.o $(O)/unit/$(1).a
	@mkdir -p $$(@D)
	$$(call say,HOSTLD)
	$$(Q)$$(HOST_CC) $$(UNIT_CFLAGS) $$^ -lcmocka -lfdt -o $$@
endef
$(foreach part,$(unit_PARTS),$(eval $(call unit_rules,$(part))))

# ---- Fuzzing: tests/fuzz/PART.c, linked with all of that part by clang's libFuzzer ----
# What it finds interesting stays in $(O)/fuzz/PART.corpus for the next time.
FUZZ_SECONDS ?= 60
DIFFERENTIALS := vgic pl011
FUZZERS := vmm verify description $(DIFFERENTIALS)
fuzz_vmm_SRC := $(filter-out vmm/main.c,$(wildcard vmm/*.c)) $(host_lib_SRC)
fuzz_vmm_FLAGS := -max_len=2048
fuzz_verify_SRC := $(filter-out tools/verify/main.c,$(wildcard tools/verify/*.c)) tests/fuzz/hash.c
fuzz_verify_FLAGS := -max_len=262144
fuzz_description_SRC := $(filter-out %/main.c,$(wildcard tools/partita/*.c)) $(fuzz_verify_SRC)
comma := ,
fuzz_description_LDFLAGS := -lfdt $(addprefix -Wl$(comma)--wrap=,fopen tmpfile access file_run file_read)
fuzz_description_FLAGS := -max_len=32768
fuzz_vgic_SRC := $(wildcard kernel/*.c) $(fuzz_vmm_SRC) tests/host/board.c tests/host/gic_model.c
fuzz_vgic_CFLAGS := -include tests/host/window.h
fuzz_vgic_FLAGS := -max_len=8192
fuzz_pl011_SRC := vmm/pl011.c vmm/channel.c tests/host/pl011_model.c
fuzz_pl011_FLAGS := -max_len=8192
fuzz_HEADERS := $(wildcard $(addsuffix /*.h,kernel vmm abi lib tools/partita tools/verify tests/fuzz \
	tests/host))
define fuzz_rules
$(O)/fuzz/$(1): tests/fuzz/$(1).c $$(fuzz_$(1)_SRC) $$(fuzz_HEADERS)
	@mkdir -p $$(@D)/$(1).corpus $$(@D)/$(1).seeds
	$$(call say,FUZZCC)
	$$(Q)clang $(HOST_CFLAGS) -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		$$(fuzz_$(1)_CFLAGS) $$(filter %.c,$$^) $$(fuzz_$(1)_LDFLAGS) -o $$@
endef
$(foreach f,$(FUZZERS),$(eval $(call fuzz_rules,$(f))))
# The same against a reference model, as programs that count their steps (tests/fuzz/steps.c). What
# counts here is speed: the differences are found by comparing, the sanitizers are in the fuzzers above.
define steps_rules
$(O)/fuzz/$(1)-steps: tests/fuzz/$(1).c tests/fuzz/steps.c $$(fuzz_$(1)_SRC) $$(fuzz_HEADERS)
	@mkdir -p $$(@D)
	$$(call say,HOSTCC)
	$$(Q)$(HOST_CC) $(HOST_CFLAGS) $$(fuzz_$(1)_CFLAGS) $$(filter %.c,$$^) -o $$@
endef
$(foreach f,$(DIFFERENTIALS),$(eval $(call steps_rules,$(f))))
$(O)/fuzz/seeds: tests/fuzz/seeds.py tests/fuzz/seed.dts tests/fuzz/tiny.dts $(O)/partita $(O)/partita-verify
	$(call say,SEEDS)
	$(Q)O=$(O) $(PYTHON) $< $(@D)/description.seeds $(@D)/verify.seeds
	@touch $@
steps_BINS := $(addprefix $(O)/fuzz/,$(addsuffix -steps,$(DIFFERENTIALS)))
fuzz_BINS := $(addprefix $(O)/fuzz/,$(FUZZERS) seeds) $(steps_BINS)
fuzz: $(fuzz_BINS) ## hostile guest, image, description, GIC, UART in turn, FUZZ_SECONDS=60 each
	$(foreach f,$(FUZZERS),cd $(O)/fuzz && ./$(f) -max_total_time=$(FUZZ_SECONDS) $(fuzz_$(f)_FLAGS) \
		$(f).corpus $(f).seeds && cd $(CURDIR) &&) true

# ---- Tests ----
CHECK_ENV := CHECK_TARGET='$(TARGET_CC) $(TARGET_CFLAGS)' CHECK_HOST='$(HOST_CC) $(HOST_CFLAGS)'
# tests/run.py runs what it is given, adds the counts up and prints them in its last line.
export O QEMU CPU
test_IMAGES := $(patsubst systems/%.dts,$(O)/%.img,$(wildcard systems/*.dts)) \
	$(patsubst tests/system/%.dts,$(O)/tests/%.img,$(wildcard tests/system/*.dts))
unit: $(unit_TESTS) ## unit tests on this machine, under the address and undefined-behaviour sanitizers
	@$(PYTHON) tests/run.py unit $(unit_TESTS)
reject: $(O)/demo.img $(O)/partita-verify $(BOARD_DTBS)/stamp ## what the tool must refuse, and what it does
	@$(PYTHON) tests/run.py pytest tests/reject tests/tool
errors: $(O)/partita ## write docs/errors.md: every code of the tool's, with an example
	@tests/reject/errors.py
traps: ## write docs/traps.md: what comes of every register, instruction and exception
	@tests/attack/page.py
.PHONY: errors traps
mutants: $(O)/partita $(O)/partita-verify binaries ## thousands of broken images that the checker must catch
	@$(PYTHON) tests/run.py pytest tests/mutants
# STEPS is also `make differential`'s. 2 x 1,000,000,000 of them take some 20 minutes.
STEPS ?= 1000000000
differential: $(steps_BINS) ## GIC and UART beside reference models, STEPS=number of steps each
	@FUZZ_STEPS=$(STEPS) $(PYTHON) tests/run.py pytest -rP tests/fuzz -k agrees
models: ## the protocols between CPUs, each state of them: tests/models by SPIN
	@ci/setup.sh test
	@$(PYTHON) tests/run.py pytest -rP tests/models
.PHONY: differential models
soak: $(fuzz_BINS) $(test_IMAGES) ## all that takes longer than `make test` may: some five hours
	@FUZZ_RUNS=1000000 FUZZ_STEPS=$(STEPS) $(PYTHON) tests/run.py pytest tests/fuzz
	@$(PYTHON) tests/run.py pytest -m soak tests/system
	@$(MAKE) --no-print-directory attack proofs coverage
proofs: ## Frama-C: decoders and the checker's walk for every input, contracts of leaf functions
	@ci/setup.sh check test proofs
	@$(PYTHON) tests/run.py pytest -s tests/proofs
system: $(test_IMAGES) ## system tests on QEMU; T=word runs those whose names have it
	@$(PYTHON) tests/run.py pytest $(if $(T),-k '$(T)') tests/bench tests/system
pages: $(O)/partita binaries $(guest_FILES) ## the machine's page in a real browser, and partita diff
	@$(PYTHON) tests/run.py pytest tests/map
all-tests: $(unit_TESTS) $(O)/partita $(O)/partita-verify $(BOARD_DTBS)/stamp $(test_IMAGES) \
		$(fuzz_BINS)
	@$(CHECK_ENV) $(PYTHON) tests/run.py check unit $(unit_TESTS) \
		pytest -m 'not soak' \
		$(addprefix tests/,house reject tool mutants fuzz models map bench coverage system attack)

attack: $(O)/tests/attack/attack.img ## hostile guests and monitors beside a witness; T=word as for system
	@ci/setup.sh run test $(SETUP_LLVM)
	@$(PYTHON) tests/run.py pytest $(if $(T),-k '$(T)') tests/attack

# ---- Measures. tests/bench compares with the reference that ACCEPT=1 writes ----
# From there docs/performance.md gets its tables.
bench: ## what each event costs in instructions, beside its goal; ACCEPT=1 makes it the reference
	@ci/setup.sh run check test $(SETUP_LLVM)
	@$(PYTHON) tests/bench/bench.py $(if $(ACCEPT),--accept)
	@$(if $(ACCEPT),$(PYTHON) tests/bench/report.py --write)
bench-linux: $(O)/guests/linux/Image ## what Linux costs with and without Partita below it: some minutes
	@ci/setup.sh run test $(SETUP_LLVM)
	@$(PYTHON) tests/bench/linux.py $(if $(ACCEPT),--accept)
	@$(if $(ACCEPT),$(PYTHON) tests/bench/report.py --write)
# BOARD is one of platforms/ with at least three CPUs, of which the console gets CONSOLE_CPU.
BOARD ?= qemu-virt
CONSOLE_CPU ?= 2
bench-image: $(O)/bench/on-$(BOARD).img ## the bench for BOARD=name: it prints in ticks of the counter
$(O)/bench/on-%.dts: tests/bench/bench.dts
	@mkdir -p $(@D)
	$(call say,DTS)
	$(Q)sed 's/platform = ".*"/platform = "$*"/; s/cpu = <.*>/cpu = <$(CONSOLE_CPU)>/' $< >$@
$(O)/bench/on-%.img: $(O)/bench/on-%.dts $(image_DEPS)
	$(build_image)
.SECONDARY: $(O)/bench/on-$(BOARD).dts
profile: ## where the instructions of EVENT=name go, by function; without EVENT all, in build/exits
	@ci/setup.sh run test $(SETUP_LLVM)
	@$(PYTHON) tests/bench/exits.py $(EVENT)
$(O)/%.so: tests/%.c tests/bench/plugin.h
	@mkdir -p $(@D)
	$(call say,HOSTCC)
	$(Q)$(HOST_CC) $(HOST_CFLAGS) -fPIC -shared -fvisibility=hidden $< -o $@

# ---- What can be said of the source without running it ----
check: ## format, layering, each header alone, and the other rules of the house
	@$(CHECK_ENV) $(PYTHON) ci/check.py
coverage: ## what of the kernel is executed, stays at EL2, branches and MC/DC: long; docs/coverage.md
	@ci/setup.sh run test coverage $(SETUP_LLVM)
	@$(PYTHON) tests/coverage/coverage.py $(if $(ACCEPT),--write)
.PHONY: coverage
stack: $(O)/kernel.elf ## EL2's stack at its deepest, and what its code must not have
	@$(PYTHON) ci/stack.py $<
size: $(O)/kernel.elf $(O)/$(SYSTEM).img ## code at EL2 and memory taken, against their goals
	@$(O)/partita map systems/$(SYSTEM).dts $(partita_FLAGS) >$(O)/$(SYSTEM).map
	@$(PYTHON) ci/size.py $(O) $(SYSTEM) $(O)/$(SYSTEM).map $(kernel_OBJ)

clean: ## remove what was built, but not what was fetched
	@mkdir -p $(O)
	find $(O) -mindepth 1 -maxdepth 1 ! -path '$(FOREIGN)' -exec rm -rf '{}' +
distclean: ## remove both
	rm -rf build $(O)

-include $(shell find $(O) -path $(FOREIGN) -prune -o -name '*.d' -type f -print 2>/dev/null)
.PHONY: all help run test image map tool binaries guests boot \
	bench bench-image bench-linux profile unit fuzz reject mutants soak proofs attack pages system \
	all-tests check stack size clean distclean
