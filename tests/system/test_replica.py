# SPDX-License-Identifier: Apache-2.0
"""One kernel on QEMU's own virt board, without Partita, and in a VM: what it finds there.

The differences are printed and judged: a VM may lack devices and features that its description or
board hides; it has nothing that the board has not, and Linux warns of nothing new.
"""

import os
import re

import pytest

from board import OUT, Board, image

# What a VM lacks: the monitor has no performance counters.
NOT_IN_A_VM = {"arm-pmu"}
# What Linux does without when a feature is hidden: it takes its seed from the instruction RNDR.
FOLLOWS = {"rng": "KASLR disabled due to lack of seed"}
# What Linux says of a machine whose own clock goes on while it does not get its turn.
OF_A_BUSY_HOST = re.compile("^hrtimer: interrupt took|^clocksource: |^rcu: |^sched: RT throttling")


def findings(board, vm):
    """interrupts: what is behind their counts; features: of /proc/cpuinfo; warnings: dmesg's, from
    KERN_WARNING on, without times and numbers."""
    interrupts, warnings = set(), set()
    for line in board.shell("cat /proc/interrupts", vm):
        match = re.match(r" *(\w+):(?: +\d+)+ +(.*)", line)
        if match:
            # A number of Linux's own says nothing; a name like IPI0 does.
            name = "" if match.group(1).isdigit() else match.group(1) + " "
            interrupts.add(name + " ".join(match.group(2).split()))
    lines = board.shell("grep Features /proc/cpuinfo", vm)
    features = {" ".join(line.split(":")[1].split()) for line in lines}
    assert len(features) == 1, f"CPUs differ: {features}"
    for line in board.shell("dmesg -r | grep '^<[0-4]>'", vm):
        text = re.sub(r"^<\d+>\[[^]]*\] ", "", line)
        if not OF_A_BUSY_HOST.match(text):
            warnings.add(re.sub(r"0x[0-9a-f]+|\d+", "N", text))
    return {"interrupts": interrupts, "features": set(features.pop().split()), "warnings": warnings}


@pytest.fixture(scope="module", params=["cortex-a72", "max"])
def both(request):
    """The same CPU, kernel, RAM disk, arguments, memory and number of CPUs, one after the other."""
    path = image("linux-2")
    guests = os.path.join(OUT, "guests", "linux")
    bare = ["-M", "virt,virtualization=off", "-smp", "2", "-m", "256M", "-append", "console=ttyAMA0",
            "-initrd", os.path.join(guests, "initrd.gz")]
    cpu, log = request.param, os.path.join(OUT, "test-logs", f"replica-{request.param}")
    with Board(os.path.join(guests, "Image"), f"{log}-board.log", cpu=cpu, arguments=bare) as board:
        board.prompt("")
        here = findings(board, "")
    with Board(path, f"{log}-guest.log", cpu=cpu) as board:
        board.prompt()
        there = findings(board, "linux")
    assert all(here.values()), here
    print(f"On {cpu}; - only on the board, + only in the VM")
    for what in here:
        for sign, only in (("-", here[what] - there[what]), ("+", there[what] - here[what])):
            for item in sorted(only):
                print(f"{what}: {sign} {item}")
    return cpu, here, there


def test_a_vm_has_the_interrupts_of_the_board(both):
    """With their numbers, triggers and names."""
    _, here, there = both
    assert there["interrupts"] <= here["interrupts"]
    assert {name.split()[-1] for name in here["interrupts"] - there["interrupts"]} <= NOT_IN_A_VM


def test_a_vm_has_the_cpu_features_that_policy_leaves(both):
    """A Cortex-A72 has no more than the policy of qemu-virt shows; of a newer CPU, nothing newer."""
    cpu, here, there = both
    assert there["features"] <= here["features"]
    shown = {"fp", "asimd", "evtstrm", "aes", "pmull", "sha1", "sha2", "crc32", "cpuid"}
    assert there["features"] <= shown
    assert cpu != "cortex-a72" or there["features"] == here["features"]


def test_linux_warns_of_nothing_new_in_a_vm(both):
    _, here, there = both
    hidden = here["features"] - there["features"]
    explained = {warning for feature, warning in FOLLOWS.items() if feature in hidden}
    assert not there["warnings"] - here["warnings"] - explained
