# SPDX-License-Identifier: Apache-2.0
"""The demo as a user meets it, on one board. No test here leaves it other than it was."""

import re
import time


def interrupts(board):
    """/proc/interrupts: name -> counts, one for each CPU."""
    counts = {}
    for line in board.shell("cat /proc/interrupts"):
        match = re.match(r"\s*(\w+):((?:\s+\d+)+)\s+(.*)", line)
        if match:
            counts[match.group(1) + " " + match.group(3)] = [int(n) for n in match.group(2).split()]
    return counts


def of_device(counts, word):
    found = [n for name, n in counts.items() if word in name]
    assert found, f"no {word} in {sorted(counts)}"
    return found[0]


def test_banner_comes_from_el2(demo):
    """Before any guest or service runs: it has no name in front."""
    assert demo.lines[0].vm == "" and demo.lines[0].text.startswith("Partita"), demo.lines[:5]
    assert "demo on qemu-virt" in demo.lines[0].text


def test_every_guest_speaks(demo):
    demo.wait(lambda: demo.told("hello", "Goodbye"), "goodbye of hello", 30)
    demo.wait(lambda: demo.told("rtos", r"^rtos: \d+ s .*missed"), "report of rtos", 30)
    assert demo.told("linux", r"^Linux 6\.\S+ on 2 CPU")


def test_linux_sees_both_cpus(demo):
    assert demo.shell("cat /sys/devices/system/cpu/online") == ["0-1"]
    assert demo.shell("grep -c ^processor /proc/cpuinfo") == ["2"]


def test_both_cpus_run_programs(demo):
    for cpu in "01":
        # Field 39 of proc(5)'s stat: the CPU that the process was last on.
        assert demo.shell(f"taskset {1 << int(cpu):x} cut -d ' ' -f 39 /proc/self/stat") == [cpu]


def test_typed_command_is_answered(demo):
    assert demo.shell("echo $((6 * 7))") == ["42"]


def test_shell_has_its_memory(demo):
    (total,) = demo.shell("sed -n 's/^MemTotal: *//p' /proc/meminfo")
    assert 200_000 < int(total.split()[0]) < 256 * 1024


def test_linux_counts_timer_ipis_and_uart(demo):
    before = interrupts(demo)
    demo.shell("for i in 1 2 3; do taskset 1 sleep 0.1 & taskset 2 sleep 0.1; wait; done", timeout=30)
    after = interrupts(demo)
    for cpu in range(2):
        assert of_device(after, "arch_timer")[cpu] > of_device(before, "arch_timer")[cpu]
        assert of_device(after, "Rescheduling interrupts")[cpu] > 0
    assert sum(of_device(after, "Function call interrupts")) > 0
    assert of_device(after, "uart-pl011")[0] > of_device(before, "uart-pl011")[0]


def test_control_c_goes_to_the_guest(demo):
    demo.prompt()
    demo.type("sleep 1000\r")
    demo.expect("linux", "/ # sleep 1000")
    time.sleep(0.5)
    demo.type("\x03")
    assert demo.shell("echo $?") == ["130"]


def test_escape_key_moves_the_focus(demo):
    demo.focus("rtos")
    demo.type("s")
    demo.expect("rtos", "^rtos: since the start .*missed")
    demo.focus("linux")
    assert demo.shell("echo back") == ["back"]


def test_escape_key_shows_help(demo):
    demo.type("\x1d?")
    for vm in ("linux", "rtos", "hello"):
        demo.expect("partita", rf"^ *\d +{vm}")
    demo.type("\x1d~")
    demo.expect("partita", "no such key: ~")


def test_lines_of_two_guests_are_never_mixed(demo):
    """Linux prints long lines as fast as it can, beside the rtos' own."""
    demo.prompt()
    start = len(demo.lines)
    letters = "abcdefghijklmnopqrstuvwxyz" * 4
    demo.shell(f"i=0; while [ $i -lt 200 ]; do echo {letters}; i=$((i+1)); done", timeout=60)
    demo.expect("rtos", "missed", 30)
    texts = [line for line in demo.lines[start + 1:] if line.vm == "linux" and line.text.startswith("abc")]
    dropped = [line for line in demo.lines[start:] if "dropped" in line.text]
    assert len(texts) == 200 or dropped
    for line in texts:
        assert line.text == letters or dropped
    for line in demo.lines[start:]:
        assert line.vm in ("linux", "rtos", "partita"), line
        if line.vm == "rtos":
            assert line.text.startswith("rtos: "), line
