#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""bench.py [--accept]

Runs guests/bench at EL1 with nothing below it and as a guest of Partita, on each processor model, and
writes $O/bench.json:

    {"EVENT": {"native": n, "partita": n, "cpus": {"CPU": {"native": [average, minimum, maximum], ..}}}}

where the first two are averages on a Cortex-A72, in executed instructions. --accept measures all else
that docs/performance.md tells too, and makes it the reference that tests/bench compares with.
"""

import glob
import json
import os
import re
import sys

import exits
import machine
import phases
from events import CPUS, EVENTS, REFERENCE_CPU

sys.path.append(os.path.join(machine.TOP, "ci"))
import size  # noqa: E402

RESULTS = os.path.join(machine.OUT, "bench.json")
REFERENCE = os.path.join(machine.HERE, "reference.json")
LICENCE = "SPDX-License-Identifier: Apache-2.0"
GROWTH = ("partita", "vms", "interrupts", "channels")


def events():
    machine.build(*(machine.SYSTEMS[kind][0] for kind in ("native", "partita")))
    found = {event.name: {"native": None, "partita": None, "cpus": {}} for event in EVENTS}
    for cpu in CPUS:
        for kind in ("native", "partita"):
            for name, figures in machine.bench(kind, cpu).items():
                found[name]["cpus"].setdefault(cpu, {})[kind] = figures
                if cpu == REFERENCE_CPU:
                    found[name][kind] = figures[0]
    return found


def growth():
    """{system: {event: average}} with more in the f-map."""
    machine.build(*(machine.SYSTEMS[system][0] for system in GROWTH))
    return {system: {name: figures[0] for name, figures in machine.bench(system, REFERENCE_CPU).items()}
            for system in GROWTH}


def sizes():
    """{what: number} of code at EL2, and of memory that a system of one small VM takes on one CPU."""
    objects = glob.glob(os.path.join(machine.OUT, "target/kernel/*.o"))
    objects += glob.glob(os.path.join(machine.OUT, "target/arch/arm64/*.o"))
    objects.append(os.path.join(machine.OUT, "target/lib/mem.o"))
    os.chdir(machine.TOP)
    lines, _ = size.code_lines(size.kernel_files(objects))
    machine.build("bench/boot.map")
    memory = size.memory_rows(os.path.join(machine.OUT, "bench/boot.map"))
    return {"lines": sum(lines.values()),
            "text": size.section_bytes(os.path.join(machine.OUT, "kernel.elf"))[".text"],
            "memory": sum(taken for taken, _ in memory)}


def paths():
    return {name: one.summary() for name, (_, one) in exits.exits().items()}


def reference():
    with open(REFERENCE, encoding="utf-8") as text:
        return json.load(text)


def write(path, value):
    """As JSON, with each triple on a line."""
    text = re.sub(r"\[\s+([^][]*?)\s+\]", lambda match: f"[{' '.join(match[1].split())}]",
                  json.dumps(value, indent=1))
    with open(path, "w", encoding="utf-8") as out:
        out.write(text + "\n")


def accept(**sections):
    """Makes it the reference; what was not measured stays."""
    before = reference() if os.path.exists(REFERENCE) else {}
    write(REFERENCE, {"licence": LICENCE, **before, **machine.provenance(), **sections})


def main(arguments):
    measured = events()
    write(RESULTS, measured)
    for event in EVENTS:
        figures = measured[event.name]
        native = "-" if figures["native"] is None else f"{figures['native']:g}"
        goal = f"   goal {event.goal}" if event.goal else ""
        print(f"{event.name:24}{native:>8}{figures['partita']:>10g}{goal}")
    if "--accept" in arguments:
        accept(events=measured, paths=paths(), growth=growth(), boot=phases.boot(), sizes=sizes())
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
