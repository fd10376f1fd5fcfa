# SPDX-License-Identifier: Apache-2.0
"""Ends that come at a bad time: the next life starts clean, and nobody else notices."""

import pytest

from attack import names

OFF = "H07_system_off_by_the_second_vcpu"
AT_START = ("M18_memory_at_start", "M18_registers_at_start", "M18_interrupts_at_start")
LIVES = [name for name in names("LAST") if name != OFF]


def starts_clean(attack):
    for name in AT_START + ("V04_hardware_interrupt_in_flight",):
        assert attack.case(name) == "ok"


# One of each kind is enough for each change.
OFTEN = ("L02_reset_with_everything_dirty", "L02_reset_beside_a_vcpu_at_devices", "L03_reset_by_both",
         "R09_vectors_in_a_hole")
EACH = [pytest.param(name, marks=() if name in OFTEN else pytest.mark.soak) for name in LIVES]


@pytest.mark.parametrize("name", EACH)
def test_life_ends_by(parallel, name):
    parallel.restarts(name)
    starts_clean(parallel)


@pytest.mark.soak
def test_many_lives(parallel):
    for _ in range(30):
        parallel.restarts("L02_reset_with_everything_dirty")
    starts_clean(parallel)


def test_off_by_the_second_vcpu_ends_this_vm_alone(fresh):
    attack = fresh()
    attack.board.type(OFF + "\r")
    attack.board.expect("partita", "^attack: off")
