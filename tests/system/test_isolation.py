# SPDX-License-Identifier: Apache-2.0
"""A guest that reaches for what it does not own, beside guests that must not notice."""

import os

import pytest

from board import OUT, Board, make

# What only another board's processors or devices show.
ELSEWHERE = r"edge_\w+|exception_begins_as_sctlr_says"


def tried(system, skipped):
    """Every case passed but those of that name, which were skipped."""
    system.expect("probe", r"^probe: \d+ passed, \d+ failed, \d+ skipped", 120)
    wrong = [match.string for match in system.told("probe", rf"^probe: (?!{skipped}).*: (FAILED|skipped)")]
    assert not wrong and not system.told("probe", "^probe: .*: FAILED"), wrong
    assert len(system.told("probe", "^probe: .*: ok")) > 100


def test_probe_gets_its_aborts_and_neighbours_notice_nothing(board):
    system = board("neighbours")
    tried(system, ELSEWHERE)
    system.expect("rtos", r"^rtos: \d+ s .*missed", 30)
    system.expect("rtos", r"^rtos: \d+ s .*missed", 30)
    assert not system.told("rtos", "changed")
    assert not system.told("partita", "^rtos: (?!starts)")


def test_log_names_the_address_that_was_touched(board):
    system = board("neighbours")
    system.expect("partita", r"^probe: vCPU 0 (read|wrote) \d bytes? at 0x[0-9a-f]+ \(pc 0x.*: nothing there")


@pytest.mark.parametrize("cpu", ["cortex-a76", "max"])
def test_exceptions_begin_as_the_cores_own(board, cpu):
    tried(board("neighbours", cpu=cpu), "edge_")


def test_edges_of_a_device_of_the_board(board):
    """Its clock's cases are the same: the clock is the board's."""
    tried(board("edges"), "exception_begins")


def test_the_probe_is_right_on_a_board_without_hypervisor():
    """Its cases, but those that hold on Partita only, hold there."""
    path = os.path.join(OUT, "guests/probe.elf")
    make(os.path.relpath(path, os.getcwd()))
    arguments = ["-M", "virt,virtualization=off", "-smp", "2", "-m", "256M"]
    log = os.path.join(OUT, "test-logs", "probe-bare.log")
    with Board(path, log, cpu="max", arguments=arguments) as bare:
        bare.expect("", r"^probe: \d+ passed, \d+ failed", 120)
        assert not bare.told("", "^probe: .*: FAILED")
        for case in "edge_moves_with_its_route", "exception_begins_as_sctlr_says":
            assert bare.told("", f"^probe: {case}: ok")
