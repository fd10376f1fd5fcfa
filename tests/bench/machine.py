# SPDX-License-Identifier: Apache-2.0
"""Runs a measured system under QEMU. One instruction is one tick of a guest's counter and one
nanosecond, so a run is the same each time, on whatever machine."""

import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "system"))

from events import MODELS  # noqa: E402
from board import DETERMINISTIC, MACHINE, OUT, TOP, Board, make, newer_qemu  # noqa: E402

SECONDS = 120
LOGS = os.path.join(OUT, "test-logs")

# What QEMU starts, with what, and which VM tells the results: "" is the bare machine.
NATIVE = ["-M", "virt,virtualization=off"]
SYSTEMS = {
    "native": ("guests/bench.elf", NATIVE, ""),
    "partita": ("bench/bench.img", [], "bench"),
    "channels": ("bench/channels.img", ["-smp", "16"], "bench"),
    "vms": ("bench/vms.img", ["-smp", "16"], "bench"),
    "interrupts": ("bench/interrupts.img", [], "bench"),
}


def clock(cpu):
    """That model with a counter of 1 GHz: under -icount shift=0 a tick is an instruction."""
    return f"{MODELS.get(cpu, cpu)},cntfrq=1000000000"


def file_name(name, cpu):
    return f"{name}-{cpu.replace(' ', '-')}"


def build(*paths):
    """Makes these, below $O."""
    make(*(os.path.relpath(os.path.join(OUT, path), TOP) for path in paths))


def bench(system, cpu, more=()):
    """{event: [average, minimum, maximum]} of one run of the bench guest."""
    path, arguments, vm = SYSTEMS[system]
    log = os.path.join(LOGS, file_name(f"bench-{system}", cpu) + ".log")
    with Board(os.path.join(OUT, path), log, cpu=clock(cpu), arguments=[*arguments, *more],
               deterministic=True) as board:
        events = board.expect(vm, r"^bench: (\d+) events", SECONDS)
        rows = board.told(vm, r"^(\w+) (\d+\.\d\d) (\d+) (\d+)$")
    results = {row[1]: [float(row[2]), int(row[3]), int(row[4])] for row in rows}
    assert len(results) == int(events[1]), f"{log}: {events[1]} events, but {len(results)} lines"
    return results


def to_the_end(name, cpu, arguments):
    """Runs a system until it switches its board off; nobody listens."""
    log = os.path.join(LOGS, file_name(name, cpu) + ".log")
    os.makedirs(LOGS, exist_ok=True)
    subprocess.run([newer_qemu(), "-M", MACHINE, "-cpu", clock(cpu), "-m", "1G", "-nodefaults",
                    "-display", "none", "-serial", f"file:{log}", *DETERMINISTIC, *arguments],
                   stdin=subprocess.DEVNULL, check=True, timeout=2 * SECONDS)


def provenance():
    """What the figures depend on beside the source: who compiled it, and who counted."""
    comment = subprocess.run(["aarch64-linux-gnu-readelf", "-p", ".comment",
                              os.path.join(OUT, "target/kernel/main.o")],
                             check=True, capture_output=True, text=True).stdout
    version = subprocess.run([newer_qemu(), "--version"], check=True, capture_output=True, text=True).stdout
    return {"compiler": re.search(r"\] +(.+)", comment)[1], "qemu": re.search(r"version (\S+)", version)[1]}
