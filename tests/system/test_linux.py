# SPDX-License-Identifier: Apache-2.0
"""Debian's kernels, unmodified: the stock one on one, two and four CPUs, and the real-time one."""

import re

import pytest

from board import documented_refusals


@pytest.mark.parametrize("cpus", [1, 2, 4])
def test_stock_kernel_has_all_its_cpus(board, cpus):
    linux = board(f"linux-{cpus}")
    assert linux.shell("nproc") == [str(cpus)]
    assert linux.shell("dmesg | grep -c 'CPU.*failed to'") == ["0"]
    # A CPU may be listed and do nothing: each counts its own timer interrupts.
    for cpu in range(cpus):
        linux.shell(f"taskset {1 << cpu:x} sleep 0.1")
    (timer,) = linux.shell("grep arch_timer /proc/interrupts")
    counts = timer.split()[1:1 + cpus]
    assert len(counts) == cpus and all(int(count) > 0 for count in counts)
    assert linux.refusals("linux") == documented_refusals()


def test_real_time_kernel_measures_its_latencies(board):
    linux = board("linux-rt")
    linux.prompt()
    assert linux.told("linux", r"Linux version .*PREEMPT_RT")
    assert linux.shell("cat /sys/kernel/realtime") == ["1"]
    loops = 300
    lines = linux.shell(f"cyclictest --quiet --smp --mlockall --priority=80 --interval=2000 --loops={loops}")
    print("\n".join(lines))
    report = re.compile(r"T: *(\d+) .*C: *(\d+) Min: *(\d+) Act: *\d+ Avg: *(\d+) Max: *(\d+)")
    found = [report.match(line) for line in lines]
    threads = [[int(number) for number in match.groups()] for match in found if match]
    assert [thread for thread, *_ in threads] == [0, 1], lines
    for _, count, least, mean, most in threads:
        # The thread that is done first ends the run of both; no clock goes backwards.
        assert loops // 4 < count <= loops and 0 < least <= mean <= most
    assert linux.refusals("linux") <= documented_refusals()


def test_real_time_clock_of_linux(board):
    """Its driver sets the system's time from it, reads it on, and gets its alarm."""
    linux = board("linux-1")
    start = 1000000000  # rtc-start of its description
    (said,) = linux.shell("dmesg | grep 'rtc-pl031.*setting system clock'")
    assert re.search(r"to 2001-09-09T01:4\d:\d\d UTC \(10000000\d\d\)", said)
    times = linux.shell("cut -d. -f1 /proc/uptime; date +%s; cat /sys/class/rtc/rtc0/since_epoch")
    uptime, system, clock = (int(line) for line in times)
    # Linux lives a little shorter than its machine, which loads it first.
    assert start + uptime <= clock < start + uptime + 60 and abs(clock - system) <= 2
    count = "awk '/rtc-pl031/ { print $2 }' /proc/interrupts"
    assert linux.shell(count) == ["0"]
    linux.shell("echo +2 > /sys/class/rtc/rtc0/wakealarm; sleep 4")
    assert linux.shell(count) == ["1"]
