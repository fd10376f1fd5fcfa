# SPDX-License-Identifier: Apache-2.0
"""Monitors that break out, or try to: the sound one, but for one event in VMs called hostile<n>.

They are assembly, since what they do no compiler would. x0 to x7 are the upcall's (abi/upcall.h).
"""

import os
from collections import namedtuple

from board import OUT, TOP, make

# How it ends, as the console has it.
FAULT = "^{vm}: its monitor faulted on vCPU 0"
WRONG = "^{vm}: its monitor gave a wrong answer on vCPU 0"
OVERRUN = "^{vm}: its monitor used up its budget on vCPU 0"
# A sibling that is on behind the back of the sound monitor's PSCI may come to start itself.
OVERRUN_OR_SIBLING = "^{vm}: its monitor (?:used up its budget on vCPU 0|gave a wrong answer on vCPU 1)"
GOES_ON = None  # nothing that anybody has to see

RESET, ABORT, CALL, NOTIFY, SYSREG, CONTINUE = range(1, 7)  # enum upcall_event
DONE, RETRY, AGAIN, OFF, EVENT, START = 1, 2, 5, 7, 8, 9  # enum upcall_verdict; AGAIN is VERDICT_CONTINUE

Monitor = namedtuple("Monitor", "row name end events body")


def answer(x0, x1=0, x2=0, x3=-1, x4=-1, x6=0):
    loads = "\n".join(f"\tldr x{n}, ={value}" for n, value in ((0, x0), (1, x1), (2, x2), (3, x3), (4, x4),
        (6, x6)))
    return loads + "\n\tsvc #1"


def then(event, before, body):
    """Another answer to that event than to those before it."""
    return f"\tcmp x0, #{event}\n\tb.eq 1f\n{before}\n1:\n{body}"


def op(number, intid=0, targets=1):
    return number | intid << 16 | targets << 32


def at(address, instruction):
    return f"\tldr x9, ={address:#x}\n\t{instruction}\n" + answer(DONE)


def faults(row, events, **bodies):
    return [Monitor(row, name, FAULT, events, body) for name, body in bodies.items()]


def answers(row, events, **bodies):
    return [Monitor(row, name, WRONG, events, body) for name, body in bodies.items()]


SPIN = "1:\tb 1b"
SIBLING, NOBODY = 1 << 1, 1 << 8
OP_ENABLE, OP_SET_PENDING, OP_PRIORITY, OP_LINES = 1, 3, 11, 12  # enum upcall_op
OP_RELEASE, OP_CPU_START, OP_ALARM = 14, 16, 17
ALARM = op(OP_ALARM, targets=0)  # of its own vCPU
HEALTH_ABORT, HEALTH_EVENTS = 2, 8

COMP_TEXT, COMP_CONF, COMP_CHANNELS, COMP_LOGS, COMP_DEVICES, COMP_IMAGES = (  # abi/layout.h
    0xc00000000, 0xc00200000, 0xc00400000, 0xc00480000, 0xc00500000, 0xd00000000)
COMP_STACKS, COMP_STACK_STRIDE = 0xc00300000, 0x10000
KERNEL, GUEST = 0x4000000000, 0x40000000

MONITORS = [
    # ---- X01: instructions that are not for EL0 ----
    *faults(
        "X01", [ABORT],
        reads_hcr_el2="\tmrs x0, hcr_el2", writes_vttbr_el2="\tmsr vttbr_el2, x0",
            writes_vbar_el2="\tmsr vbar_el2, x0",
        writes_sctlr_el1="\tmsr sctlr_el1, x0", writes_ttbr0_el1="\tmsr ttbr0_el1, x0",
            reads_midr="\tmrs x0, midr_el1",
        masks_interrupts="\tmsr daifset, #15", calls_hvc="\thvc #0", calls_smc="\tsmc #0", returns="\teret",
        invalidates_tlbs="\ttlbi vmalle1", cleans_by_set_and_way="\tdc cisw, x0", translates="\tat s1e1r, x0",
        uses_vectors="\t.arch armv8-a+fp\n\tfmov d0, #1.0", breaks="\tbrk #0", halts="\thlt #0",
            undefined="\tudf #0",
        reads_the_physical_counter="\tmrs x0, cntpct_el0", sets_the_virtual_timer="\tmsr cntv_cval_el0, x0",
        reads_cycles="\tmrs x0, pmccntr_el0", sends_an_sgi="\tmsr S3_0_C12_C11_5, x0",
        acknowledges="\tmrs x0, S3_0_C12_C12_0", writes_cpuectlr="\tmsr S3_1_C15_C2_1, x0"),
    # ---- X02: answers that break the contract ----
    *answers(
        "X02", [RESET],
        no_such_verdict=answer(99), a_verdict_beyond_32_bits=answer(1 << 40 | AGAIN),
        a_verdict_for_another_event=answer(DONE), no_such_operation=answer(AGAIN, x2=op(0xffff))),
    *answers(
        "H03", [RESET],
        an_interrupt_far_out_of_range_without_operation=answer(AGAIN, x2=op(0, 0xffff)),
        an_interrupt_far_out_of_range=answer(AGAIN, x2=op(OP_ENABLE, 0xffe0)),
        an_alarm_for_another_vcpu=answer(AGAIN, x2=op(OP_ALARM, 0, SIBLING)),
        an_spi_to_a_vcpu_that_is_not_there=answer(AGAIN, x2=op(OP_RELEASE, 33)),
        a_start_of_itself=answer(AGAIN, x2=op(OP_CPU_START)),
        targets_that_are_not_there=answer(AGAIN, x2=op(OP_ENABLE, 0, NOBODY)),
        doorbells_that_are_not_its_own=answer(AGAIN, x6=1 << 63)),
    *answers("X02", [ABORT],
        a_start_where_none_was_asked_for=answer(START, GUEST), an_off_of_an_access=answer(OFF)),
    *answers("H03", [ABORT],
        every_doorbell=answer(DONE, x6=-1), a_start_of_a_sibling_that_is_not_there=answer(DONE,
            x2=op(OP_CPU_START, 0, 2)),
        an_odd_word=answer(DONE, x2=op(OP_ENABLE, 33)), every_target=answer(DONE, x2=op(OP_ENABLE, 32,
            0xffffffff))),
    *answers("X02", [ABORT],
        an_event_that_is_none=answer(EVENT, HEALTH_EVENTS),
        a_verdict_of_all_ones=answer(-1), an_operation_of_all_ones=answer(DONE, x2=-1)),
    *answers("X02", [RESET], a_short_answer_to_a_reset="\tsvc #0"),
    # The other events: each verdict has its own (verdict_events in kernel/upcall.c).
    *answers("X02", [CALL], a_done_of_a_call=answer(DONE), a_start_of_a_call=answer(START, GUEST),
             a_short_answer_to_a_call="\tsvc #0"),
    *answers("X02", [SYSREG], a_continue_of_a_register=answer(AGAIN), an_off_of_a_register=answer(OFF),
             a_start_of_a_register=answer(START, GUEST)),
    *answers("X02", [ABORT, NOTIFY], a_retry_of_a_notification=then(NOTIFY, answer(DONE, x2=ALARM, x3=0),
                                                            answer(RETRY)),
             an_off_of_a_notification=then(NOTIFY, answer(DONE, x2=ALARM, x3=0), answer(OFF))),
    *answers("X02", [ABORT, CONTINUE], a_start_of_an_access_that_went_on=then(CONTINUE, answer(AGAIN),
                                                                       answer(START, GUEST)),
             an_off_of_an_access_that_went_on=then(CONTINUE, answer(AGAIN), answer(OFF))),
    *faults("X03", [NOTIFY, ABORT], writes_the_kernel_when_notified=then(
        NOTIFY, answer(DONE, x2=ALARM, x3=0), at(KERNEL + 0x80000, "str x0, [x9]"))),
    *faults("X03", [SYSREG], writes_the_kernel_at_a_register=at(KERNEL + 0x80000, "str x0, [x9]")),
    *faults("X03", [CALL], writes_the_kernel_at_a_call=at(KERNEL + 0x80000, "str x0, [x9]")),
    # What it does to its own guest is its own business: the state is the guest's, no other.
    Monitor("X02", "an_entry_at_nothing", GOES_ON, [RESET], answer(START, 0xb000000)),
    Monitor("X02", "an_entry_that_is_odd", GOES_ON, [RESET], answer(START, 1)),
    Monitor("X02", "an_entry_in_the_kernel", GOES_ON, [RESET], answer(START, KERNEL)),
    # ---- X03: memory of others ----
    *faults(
        "X03", [ABORT],
        reads_the_kernel=at(KERNEL, "ldr x0, [x9]"), writes_the_kernel=at(KERNEL + 0x80000, "str x0, [x9]"),
        jumps_into_the_kernel=at(KERNEL, "br x9"), reads_beyond_its_guest=at(0x40400000, "ldr x0, [x9]"),
        writes_beyond_its_guest=at(0x7ffff000, "str x0, [x9]"), reads_address_0=at(0, "ldr x0, [x9]"),
        reads_the_distributor=at(0x08000000, "ldr w0, [x9]"), writes_the_uart=at(0x09000000, "str w0, [x9]"),
        writes_its_code=at(COMP_TEXT, "str x0, [x9]"), writes_its_configuration=at(COMP_CONF, "str x0, [x9]"),
        writes_its_images=at(COMP_IMAGES, "str x0, [x9]"), reads_the_logs=at(COMP_LOGS, "ldr x0, [x9]"),
        reads_a_services_device=at(COMP_DEVICES, "ldr w0, [x9]"),
        writes_its_peers_page=at(COMP_CHANNELS + 0x1000, "str x0, [x9]"),
        reads_anothers_channel=at(COMP_CHANNELS + 0x20000, "ldr x0, [x9]"),
        executes_its_guest=at(GUEST, "br x9"), executes_its_stack="\tmov x9, sp\n\tsub x9, x9, #64\n\tbr x9",
        executes_its_configuration=at(COMP_CONF, "br x9"), reads_beyond_all_addresses=at(1 << 47,
            "ldr x0, [x9]"),
        jumps_to_an_odd_address=at(COMP_TEXT + 2, "br x9"),
        overflows_its_stack="1:\tstp xzr, xzr, [sp, #-16]!\n\tb 1b",
        underflows_its_stack="1:\tldp x0, x1, [sp], #16\n\tb 1b"),
    # ---- X04: no answer ----
    Monitor("X04", "spins_at_an_access", OVERRUN, [ABORT], SPIN),
    Monitor("X04", "spins_at_a_register", OVERRUN, [SYSREG], SPIN),
    Monitor("X04", "spins_at_a_call", OVERRUN, [CALL], SPIN),
    Monitor("X04", "sleeps", OVERRUN, [ABORT], "1:\twfi\n\tb 1b"),
    Monitor("X04", "storms_its_own_caches", OVERRUN, [ABORT],
        "1:\tdc civac, x30\n\tic ivau, x30\n\tdsb ish\n\tb 1b"),
    Monitor("X04", "continues_an_access_for_ever", OVERRUN, [ABORT, CONTINUE], answer(AGAIN)),
    Monitor("X04", "tries_an_access_for_ever", GOES_ON, [ABORT], answer(RETRY)),
    Monitor("X04", "tells_of_an_access_for_ever", GOES_ON, [ABORT], answer(EVENT, HEALTH_ABORT)),
    Monitor("X04", "tries_a_call_for_ever", GOES_ON, [CALL], answer(RETRY)),
    # Its guest may go on after that event, and has not begun.
    Monitor("X02", "an_access_at_the_start", "^{vm}: it accessed what is not its own", [RESET],
            answer(EVENT, HEALTH_ABORT)),
    Monitor("X04", "continues_a_reset_for_ever", OVERRUN, [RESET, CONTINUE], answer(AGAIN)),
    # ---- X05: storms ----
    Monitor("X05", "pends_everything_for_ever", OVERRUN, [ABORT, CONTINUE], answer(AGAIN,
        x2=op(OP_SET_PENDING, 32))),
    Monitor("X05", "pends_sgis_for_ever", OVERRUN, [ABORT, CONTINUE], answer(AGAIN, x2=op(OP_SET_PENDING,
        0))),
    Monitor("X05", "priorities_for_ever", OVERRUN, [ABORT, CONTINUE],
            answer(AGAIN, x2=op(OP_PRIORITY, 32), x3=15, x4=0xffffffff)),
    Monitor("X05", "alarms_at_once_for_ever", OVERRUN, [ABORT, NOTIFY, CONTINUE], answer(AGAIN,
        x2=ALARM, x3=0)),
    Monitor("X05", "rings_the_console_for_ever", OVERRUN, [ABORT, CONTINUE], answer(AGAIN, x6=1)),
]

# Of a VM of two vCPUs, each in the monitor on its own CPU.
BOTH = 3
FIRST = "\tcbz x7, 1f\n\tb sound_entry\n1:\n"   # on vCPU 0 alone
SIBLINGS = [
    Monitor("X05", "pends_everything_at_both_for_ever", OVERRUN, [ABORT, CONTINUE],
            answer(AGAIN, x2=op(OP_SET_PENDING, 32, BOTH))),
    Monitor("X05", "priorities_at_both_for_ever", OVERRUN, [ABORT, CONTINUE],
            answer(AGAIN, x2=op(OP_PRIORITY, 32, BOTH), x3=15, x4=0xffffffff)),
    Monitor("X05", "starts_its_sibling_for_ever", OVERRUN_OR_SIBLING, [ABORT, CONTINUE],
            FIRST + answer(AGAIN, x2=op(OP_CPU_START, 0, SIBLING), x3=GUEST)),
    Monitor("X05", "releases_to_its_sibling_for_ever", OVERRUN, [ABORT, CONTINUE],
            answer(AGAIN, x2=op(OP_RELEASE, 33, SIBLING), x3=1)),
    Monitor("X05", "lines_of_its_sibling", GOES_ON, [ABORT],
            answer(DONE, x2=op(OP_LINES, 32, BOTH), x3="0xffffffff")),
    Monitor("X02", "a_release_to_a_sibling_that_is_not_there", WRONG, [ABORT],
            answer(AGAIN, x2=op(OP_RELEASE, 33), x3=2)),
    Monitor("X02", "a_start_of_both", WRONG, [ABORT], answer(DONE, x2=op(OP_CPU_START, 0, BOTH))),
    Monitor("X03", "writes_its_siblings_guard_page", FAULT, [ABORT],
            at(COMP_STACKS + COMP_STACK_STRIDE - 8, "str x0, [x9]")),
    Monitor("X04", "spins_where_its_sibling_calls", OVERRUN, [SYSREG], SPIN),
]

HEAD = """
	.section .text.comp_entry, "ax"
	.global	comp_entry
comp_entry:
	ldr	x9, =0xc00200008	/* struct vmconf: name */
	ldr	x10, [x9]
	ldr	x11, =0x656c6974736f68	/* "hostile" */
	and	x12, x10, #0x00ffffffffffffff
	cmp	x11, x12
	b.ne	sound_entry
	lsr	x10, x10, #56
"""
CHOOSE = """
	cmp	x10, #'{number}'
	ccmp	x0, #{event}, #0, eq
	b.eq	hostile{number}
"""


def source(monitors):
    """One for each of the VMs hostile0, hostile1 .."""
    chosen = [CHOOSE.format(number=n, event=event) for n,
        each in enumerate(monitors) for event in each.events]
    bodies = [f"hostile{n}:\n{each.body}\n\tudf #0\n\t.ltorg\n" for n, each in enumerate(monitors)]
    return HEAD + "".join(chosen) + "\tb\tsound_entry\n\t.ltorg\n" + "".join(bodies)


def build(monitors, prefix=""):
    """An image of tests/attack/hostile.dts with these as its monitors, or "siblings-": of siblings.dts."""
    folder = os.path.join(OUT, "tests/attack/monitors")
    path = os.path.join(folder, monitors[0].name)
    os.makedirs(folder, exist_ok=True)
    with open(path + ".S", "w", encoding="utf-8") as f:
        f.write(source(monitors))
    image = os.path.join(folder, prefix + monitors[0].name + ".img")
    make(os.path.relpath(image, TOP))
    return image
