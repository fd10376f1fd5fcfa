# SPDX-License-Identifier: Apache-2.0
"""Health tables (tests/system/health.dts): what follows on what a guest does is the description's, and
those whom it names are told."""

FAILED = "^courier: another end failed"
JOINS = r"at message \d+$"  # a record of its VM's may break the line in two
READERS = ("lively", "strict", "grave")


def started(board):
    system = board("health")
    for reader in READERS:
        system.tells(reader, JOINS, 1)
    return system


def fails(system, vm, key):
    """Types a key at a VM's console. How often the writer had been told before."""
    system.focus(vm)
    told = len(system.told("writer", FAILED))
    system.type(key)
    return told


def is_told(system, before):
    system.tells("writer", FAILED, before + 1)
    assert len(system.told("writer", FAILED)) == before + 1


def test_an_abort_restarts_and_the_writer_is_told(board):
    system = started(board)
    before = fails(system, "lively", "w")
    system.expect("partita", "^lively: vCPU 0 wrote ")
    system.expect("partita", "^lively: to be restarted: it accessed what is not its own")
    system.tells("partita", "^lively: starts again", 1)
    system.tells("lively", JOINS, 2)
    is_told(system, before)
    assert not system.told("lively", "a store to the memory")
    # All other ends of the channel are told; it itself is not.
    for reader in READERS[1:]:
        system.tells(reader, FAILED, 1)
    assert not system.told("lively", FAILED)


def test_an_abort_stops_another(board):
    system = started(board)
    before = fails(system, "strict", "w")
    system.expect("partita", "^strict: stopped: it accessed what is not its own")
    is_told(system, before)
    assert not system.told("partita", "^(writer|lively|grave): (?!starts$|has the input)")


def test_a_refused_call_is_only_told(board):
    system = started(board)
    before = fails(system, "lively", "c")
    system.expect("lively", "^courier: a call is answered by 0xffffffffffffffff")
    is_told(system, before)
    assert not system.told("partita", "^lively: (reset|stopped|to be)")


def test_an_end_can_be_a_restart(board):
    system = started(board)
    fails(system, "lively", "o")
    system.tells("partita", "^lively: to be restarted: it asked to be off", 1)
    system.tells("lively", JOINS, 2)


def test_a_storm_of_restarts_ends(board):
    system = started(board)
    for life in range(2, 5):
        fails(system, "lively", "w")
        system.tells("lively", JOINS, life)
    # What the guest asks for is not counted.
    fails(system, "lively", "r")
    system.tells("partita", "^lively: reset", 1)
    system.tells("lively", JOINS, 5)
    before = fails(system, "lively", "w")
    system.expect("partita", "^lively: stopped, after one restart too many: it accessed what is not its own")
    is_told(system, before)


def test_a_reset_can_be_an_end(board):
    system = started(board)
    fails(system, "grave", "r")
    system.expect("partita", "^grave: stopped: it asked for a reset")


def test_a_call_can_stop_the_board(board):
    system = started(board)
    fails(system, "grave", "c")
    system.expect("partita", "^grave: stopped: it made a call that is refused")
    assert system.ends() == 0
