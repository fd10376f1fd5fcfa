#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py [--accept]

Runs guests/bench at EL1 with nothing below it and as a guest of Partita, on each processor model, and
writes $O/bench.json:

    {"EVENT": {"native": n, "partita": n, "cpus": {"CPU": {"native": [average, minimum, maximum], ..}}}}

where the first two are averages on a Cortex-A72. They are executed instructions: QEMU counts, so they
are the same each time. --accept: what was measured becomes the reference that tests/bench compares with.
"""

import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(os.path.dirname(HERE), "system"))

from board import OUT, TOP, Board, make, newer_qemu  # noqa: E402
from events import CPUS, EVENTS, REFERENCE_CPU  # noqa: E402

RESULTS = os.path.join(OUT, "bench.json")
REFERENCE = os.path.join(HERE, "reference.json")
LICENCE = "SPDX-License-Identifier: Apache-2.0"
SECONDS = 120

# What QEMU starts, and with what: without a hypervisor it is the guest itself.
KINDS = {
    "native": ("guests/bench.elf", ["-M", "virt,virtualization=off"]),
    "partita": ("bench/bench.img", []),
}


def clock(cpu):
    """That model with a counter of 1 GHz: under -icount shift=0 a tick is an instruction."""
    return f"{cpu},cntfrq=1000000000"


def build(*paths):
    """Makes these, below $O."""
    make(*(os.path.relpath(os.path.join(OUT, path), TOP) for path in paths))


def run(kind, cpu, more=()):
    """{event: [average, minimum, maximum]} of one run of the bench guest."""
    path, arguments = KINDS[kind]
    log = os.path.join(OUT, "test-logs", f"bench-{kind}-{cpu}.log")
    vm = "" if kind == "native" else "bench"
    with Board(os.path.join(OUT, path), log, cpu=clock(cpu), arguments=[*arguments, *more],
               deterministic=True) as board:
        events = board.expect(vm, r"^bench: (\d+) events", SECONDS)
        rows = board.told(vm, r"^(\w+) (\d+\.\d\d) (\d+) (\d+)$")
    results = {row[1]: [float(row[2]), int(row[3]), int(row[4])] for row in rows}
    assert len(results) == int(events[1]), f"{log}: {events[1]} events, but {len(results)} lines"
    return results


def measure():
    build(*(path for path, _ in KINDS.values()))
    events = {event.name: {"native": None, "partita": None, "cpus": {}} for event in EVENTS}
    for cpu in CPUS:
        for kind in KINDS:
            for name, figures in run(kind, cpu).items():
                events[name]["cpus"].setdefault(cpu, {})[kind] = figures
                if cpu == REFERENCE_CPU:
                    events[name][kind] = figures[0]
    return events


def provenance():
    """What the figures depend on beside the source: who compiled it, and who counted."""
    comment = subprocess.run(["aarch64-linux-gnu-readelf", "-p", ".comment",
                              os.path.join(OUT, "target/kernel/main.o")],
                             check=True, capture_output=True, text=True).stdout
    version = subprocess.run([newer_qemu(), "--version"], check=True, capture_output=True, text=True).stdout
    return {"compiler": re.search(r"\] +(.+)", comment).group(1),
            "qemu": re.search(r"version (\S+)", version).group(1)}


def write(path, value):
    """As JSON, with each triple on a line."""
    text = re.sub(r"\[\s+([^][]*?)\s+\]", lambda match: f"[{' '.join(match[1].split())}]",
                  json.dumps(value, indent=1))
    with open(path, "w", encoding="utf-8") as out:
        out.write(text + "\n")


def main(arguments):
    events = measure()
    write(RESULTS, events)
    for event in EVENTS:
        figures = events[event.name]
        native = "-" if figures["native"] is None else f"{figures['native']:g}"
        goal = f"goal {event.goal}" if event.goal else ""
        print(f"{event.name:24}{native:>8}{figures['partita']:>10g}   {goal}")
    if "--accept" in arguments:
        write(REFERENCE, {"licence": LICENCE, **provenance(), "events": events})
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
