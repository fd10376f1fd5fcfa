# SPDX-License-Identifier: Apache-2.0
"""One image, each of the CPUs it is for. cortex-a72 is the other tests' own."""

import pytest


@pytest.mark.parametrize("cpu", ["cortex-a53", "max"])
def test_demo_runs_on(board, cpu):
    demo = board("demo", cpu=cpu)
    demo.prompt()
    assert demo.shell("cat /sys/devices/system/cpu/online") == ["0-1"]
    demo.wait(lambda: demo.told("hello", "Goodbye"), "goodbye of hello", 30)
    first = int(demo.expect("rtos", r"^rtos: (\d+) s ").group(1))
    demo.expect("rtos", rf"^rtos: {first + 1} s ", 30)


@pytest.mark.parametrize("midr", [0x410fdff0, 0x510f8000])
def test_guest_runs_on_a_core_that_nobody_knows(board, midr):
    """A part of Arm's that is in no table, and another implementer's: the most branches at each entry."""
    bare = board("bare", cpu=f"cortex-a72,midr={midr:#x}")
    bare.expect("hello", "Goodbye")
    bare.expect("partita", "^every VM is off, so the board goes off")
