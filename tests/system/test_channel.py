# SPDX-License-Identifier: Apache-2.0
"""Channels between VMs: what one writes the others read, and nothing more."""

import pytest

LATENCY_NS = 100000
INTERVAL_US = 100  # doorbell-interval-ns by default
REPORT = r"^reader: (\d+) messages in order; (\d+) interrupts in (\d+) us"
RTOS = r"^rtos: (\d+) s +latency .* max (\d+) ns +missed (\d+)"


def messages(system):
    """How many the reader has had, by its next report."""
    return int(system.expect("logger", REPORT, 30).group(1))


def nothing_failed(system):
    assert not [line for line in system.lines if "FAILED" in line.text]
    assert not system.told("partita", "broke|stopped")


def test_messages_arrive_in_order_and_none_is_lost(board):
    system = board("courier")
    system.expect("writer", "^writer: life 1, the memory is zero")
    first = messages(system)
    assert messages(system) > first + 100
    nothing_failed(system)


def test_a_reader_cannot_write(board):
    system = board("courier")
    messages(system)
    system.focus("logger")
    system.type("w")
    system.expect("partita", r"^logger: vCPU 0 wrote .*: read-only for it; injected")
    system.expect("logger", "^reader: a store to the memory is refused")
    before = messages(system)
    assert messages(system) > before
    nothing_failed(system)


def test_a_writer_that_starts_anew_finds_zero_and_its_reader_is_told(board):
    system = board("courier")
    messages(system)
    for life in range(2, 6):
        system.type("r")
        system.tells("partita", "^writer: starts again", life - 1)
        system.tells("writer", f"^writer: life {life}, the memory is zero", 1)
        before = messages(system)
        assert messages(system) > before
        assert len(system.told("logger", f"^reader: the writer started anew, life {life}$")) == 1
    nothing_failed(system)


def test_a_reader_that_starts_anew_goes_on_where_the_writer_is(board):
    system = board("courier")
    system.focus("logger")
    joins = r"^reader: joins life [01] at message (\d+)"
    for life in range(2, 6):
        before = messages(system)
        system.type("r")
        system.tells("partita", "^logger: starts again", life - 1)
        system.tells("logger", joins, life)
        assert int(system.told("logger", joins)[-1].group(1)) >= before > 0
        messages(system)
    assert len(system.told("writer", "^writer: life")) == 1
    nothing_failed(system)


def test_a_flood_of_rings_interrupts_no_more_often_than_the_interval(board):
    system = board("courier")
    messages(system)
    system.type("f")
    system.expect("writer", "^writer: rings without end")
    messages(system)
    for _ in range(3):
        count, us = map(int, system.expect("logger", REPORT, 30).groups()[1:])
        assert 0 < count <= us // INTERVAL_US + 1
    nothing_failed(system)


@pytest.mark.soak
def test_rtos_misses_no_period_in_a_flood_of_rings(board):
    """Counted instructions; the interval is the least there is, so one ring in 10 us gets through."""
    system = board("courier", deterministic=True)
    system.expect("rtos", RTOS)
    system.type("f")
    system.expect("writer", "^writer: rings without end")
    latency, missed = map(int, system.expect("rtos", RTOS, 60).groups()[1:])
    assert missed == 0 and latency < LATENCY_NS
    nothing_failed(system)


def test_linux_without_a_driver_looks_on(board):
    system = board("channel")
    system.prompt()
    assert system.shell("echo $(cat /proc/device-tree/channel@c000000/label)") == ["samples"]
    assert system.shell("devmem 0x0c000000") == ["0x31484350"]
    assert system.shell("devmem 0x0c000004") == ["0x00000000"]
    assert system.shell("devmem 0x0c00000c") == ["0x00000002"]
    newest = [int(system.shell("devmem 0x20000000")[0], 16) for _ in range(2)]
    assert 0 < newest[0] < newest[1]
    # It may ring; it may not write.
    assert system.shell("devmem 0x0c000010 32 1") == []
    assert "Bus error" in system.shell("devmem 0x20000000 32 0")[0]
    assert int(system.shell("devmem 0x20000000")[0], 16) > newest[1]
    nothing_failed(system)
