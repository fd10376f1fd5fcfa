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
