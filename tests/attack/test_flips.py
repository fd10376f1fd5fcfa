# SPDX-License-Identifier: Apache-2.0
"""L05, L06: bits that flip. In memory of a VM or of its monitor no flip reaches another VM. What one at
EL2 does is counted, not promised: there is no redundancy."""

import os
import re
import subprocess

import pytest

import flips
from board import OUT
from test_controls import entry

WITNESS_CPU = 2
SOME = int(os.environ.get("FLIPS", "2"))       # for each change
MANY = int(os.environ.get("FLIPS", "100"))


def amounts():
    return [SOME, pytest.param(MANY, marks=pytest.mark.soak)]


@pytest.fixture
def victim(request):
    one = flips.Victim(request.node.name.split("[")[0], seed=1)
    yield one
    one.end()


@pytest.mark.parametrize("count", amounts())
def test_l05_guest_memory(victim, count, tell):
    ranges = flips.guest_memory()
    for _ in range(count):
        _, witness = victim.try_one(lambda: victim.flip_memory(ranges))
        assert witness, "the witness noticed"
    tell(victim.summary("memory of a guest (its code and data)"))
    assert victim.counts["silent"] == 0


def test_l05_witness_notices_a_bit_of_its_own(victim):
    """What the others are judged by."""
    program = os.path.join(OUT, "guests/witness.elf")
    names = subprocess.run(["aarch64-linux-gnu-nm", "-S", program], check=True, capture_output=True,
                           text=True).stdout
    at, size = (int(number, 16) for number in re.search(r"^(\w+) (\w+) . memory$", names, re.M).groups())
    ranges = flips.guest_memory(WITNESS_CPU, at - flips.RAM_BASE, size)
    outcome, witness = victim.try_one(lambda: victim.flip_memory(ranges))
    assert (outcome, witness) == ("silent", False)


@pytest.mark.parametrize("count", amounts())
def test_l05_monitor_memory(victim, count, tell):
    ranges = flips.monitor_memory()
    for _ in range(count):
        _, witness = victim.try_one(lambda: victim.flip_memory(ranges))
        assert witness, "the witness noticed"
    tell(victim.summary("memory of its monitor"))
    assert victim.counts["silent"] == 0


@pytest.mark.parametrize("count", amounts())
def test_l05_memory_of_the_kernel_on_its_cpu(victim, count, tell):
    ranges = flips.kernel_memory()
    for _ in range(count):
        victim.try_one(lambda: victim.flip_memory(ranges))
    tell(victim.summary("the kernel's memory of its CPU"))


@pytest.mark.parametrize("count", amounts())
def test_l06_registers_of_the_kernel(victim, count, tell):
    for _ in range(count):
        victim.try_one(lambda: victim.flip_register(entry()))
    tell(victim.summary("general registers at EL2 on its CPU"))
