#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""exits.py [EVENT...]

Where the instructions of each event go: guests/bench runs under a plugin of QEMU's (trace.c) that
tells what every CPU executed while an event was measured. Prints a summary of each event, by function,
and writes it with every instruction in its order to $O/exits/EVENT.txt. Of several samples the one of
median length is shown.
"""

import os
import re
import sys
from bisect import bisect_right
from collections import Counter, namedtuple

import machine
from events import EVENTS, REFERENCE_CPU
from machine import OUT
from programs import GUEST, KERNEL, LAYOUT, MONITOR, programs, world_of

SKIP, WINDOWS = 16, 25          # main.c warms up with 16 samples
PLUGIN = "bench/trace.so"
LINE_BYTES = 64                 # of a cache, on most cores

# Reads of the guest's counter until an event is over: the second CPU reads it before the first.
READS = {"ipi_round_trip": 2}

# Regions of EL2's window, in order: what a load or store of the kernel touches.
REGIONS = sorted((LAYOUT[name], what) for name, what in (
    ("EL2_WINDOW", "rodata"), ("FMAP_VA", "f-map"), ("SHARED_VA", "shared"), ("LOG_VA", "log"),
    ("LINES_VA", "level lines"), ("STACK_VA", "stack"), ("CPU_VA", "state"), ("GICD_VA", "device")))

Step = namedtuple("Step", "address word accesses")
Access = namedtuple("Access", "kind address physical size")


def region_of(address):
    starts = [start for start, _ in REGIONS]
    at = bisect_right(starts, address) - 1
    return REGIONS[at][1] if at >= 0 else "other"


# ---- The run ----

def windows_of(path):
    """{event: [[Step, ..], ..]} of what the plugin wrote."""
    windows = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            word, *rest = line.split()
            if word == "window":
                steps = []
                windows.setdefault(rest[0], []).append(steps)
            elif word == "i":
                steps.append(Step(int(rest[0], 16), int(rest[1], 16), []))
            else:
                steps[-1].accesses.append(Access(word, int(rest[0], 16), int(rest[1], 16), int(rest[2])))
    return windows


def trace(guest, cpu=REFERENCE_CPU):
    """The windows of every event in one run."""
    out = os.path.join(OUT, "exits", machine.file_name("trace", cpu) + ".txt")
    os.makedirs(os.path.dirname(out), exist_ok=True)
    options = [f"out={out}", f"guest={guest.starts[0]:x}:{guest.starts[-1]:x}",
               f"skip={SKIP}", f"windows={WINDOWS}"]
    for event in EVENTS:
        first, end = guest.range_of(event.name)
        options.append(f"event={event.name}:{first:x}:{end:x}:{READS.get(event.name, 1)}")
    figures = machine.bench("partita", cpu, ["-plugin", ",".join([os.path.join(OUT, PLUGIN), *options])])
    return figures, windows_of(out)


# ---- What is to be said of a window ----

def kind_of(mnemonic):
    """The instructions that cost more than one, or that somebody else feels."""
    word = mnemonic.split(" ")[0]
    return {"mrs": "register reads", "msr": "register writes", "isb": "barriers", "dsb": "barriers",
            "dmb": "barriers", "sb": "barriers", "tlbi": "TLB maintenance", "ic": "cache maintenance",
            "dc": "cache maintenance", "eret": "returns"}.get(word)


class Exit:
    """One sample of an event, with the programs that ran in it."""

    def __init__(self, windows, found):
        steps = sorted(windows, key=len)[len(windows) // 2]
        self.programs = found
        self.steps = self.from_the_cause([(world_of(found, step.address, step.word), step) for step in steps])
        self.worlds = Counter(world for world, _ in self.steps)
        self.functions = Counter((world, self.function(world, step)[0]) for world, step in self.steps)
        self.kinds = {}         # "barriers" -> Counter of instructions, those of EL2
        for _, step in self.at_world(KERNEL):
            text = self.text(KERNEL, step)
            if kind_of(text):
                self.kinds.setdefault(kind_of(text), Counter())[text] += 1

    @staticmethod
    def from_the_cause(steps):
        """Without what the guest did before: a timer's compare value lies ahead."""
        left = next(at for at, (world, _) in enumerate(steps) if world != GUEST)
        return steps[max(0, left - 1):]

    def at_world(self, world):
        return [pair for pair in self.steps if pair[0] == world]

    def function(self, world, step):
        return self.programs[world].function(step.address) if world in self.programs else ("?", 0)

    def text(self, world, step):
        return self.programs[world].text[step.address, step.word] if world in self.programs else "?"

    def lines(self, world):
        """(cache lines of code, of data by region, accesses to device registers) that a world touches."""
        code, data, device = set(), {}, 0
        for _, step in self.at_world(world):
            code.add(step.address // LINE_BYTES)
            for access in step.accesses:
                region = region_of(access.address) if world == KERNEL else "data"
                if region == "device":
                    device += 1
                    continue
                last = access.physical + access.size - 1
                for line in range(access.physical // LINE_BYTES, last // LINE_BYTES + 1):
                    data.setdefault(region, set()).add(line)
        return len(code), {region: len(lines) for region, lines in data.items()}, device

    def summary(self):
        """What the table of paths has."""
        code, data, device = self.lines(KERNEL)
        monitor_code, monitor_data, _ = self.lines(MONITOR)
        count = {kind: sum(found.values()) for kind, found in self.kinds.items()}
        return {
            "kernel": self.worlds[KERNEL], "monitor": self.worlds[MONITOR],
            "code_lines": code, "data_lines": sum(data.values()),
            "monitor_code_lines": monitor_code, "monitor_data_lines": sum(monitor_data.values()),
            "device_accesses": device,
            "register_reads": count.get("register reads", 0),
            "register_writes": count.get("register writes", 0),
            "barriers": count.get("barriers", 0), "tlb_maintenance": count.get("TLB maintenance", 0),
        }

    def report(self, title, average):
        total = len(self.steps)
        yield f"{title}: {total} instructions; the guest's counter says {average:g}"
        yield "  by world: " + ", ".join(f"{world} {count}" for world, count in self.worlds.most_common())
        yield "  by function:"
        for (world, function), count in self.functions.most_common():
            yield f"    {count:6} {100 * count / total:5.1f} %  {world:8} {function}"
        for world in (KERNEL, MONITOR):
            code, data, device = self.lines(world)
            regions = ", ".join(f"{region} {count}" for region, count in sorted(data.items()))
            yield (f"  {world}: cache lines of {LINE_BYTES} bytes: {code} of code, {sum(data.values())} of "
                   f"data ({regions}); {device} accesses to device registers")
        yield "  at EL2:"
        for kind, found in self.kinds.items():
            yield f"    {sum(found.values()):4} {kind}: " + ", ".join(self.names(found))

    @staticmethod
    def names(found):
        """The register or the operation, and how often; which general register does not matter."""
        short = Counter()
        for text, count in found.items():
            mnemonic, *operands = re.split("[ ,]+", text)
            operands = [word for word in operands if not re.fullmatch(r"x\d+|xzr", word)]
            short[" ".join(operands if mnemonic in ("mrs", "msr") else [mnemonic, *operands])] += count
        return [name + (f" x{count}" if count > 1 else "") for name, count in short.most_common()]

    def listing(self):
        """Every instruction in its order."""
        for world, step in self.steps:
            name, offset = self.function(world, step)
            place = f"{name}+0x{offset:x}"
            accesses = " ".join(f"{access.kind} {access.address:x}" for access in step.accesses)
            yield f"{world:8} {place:36} {self.text(world, step):44} {accesses}".rstrip()


def exits():
    """{event: ([average, least, most], Exit)}, from one run."""
    machine.build(PLUGIN, machine.SYSTEMS["partita"][0])
    found = programs()
    figures, windows = trace(found[GUEST])
    return {name: (figures[name], Exit(of_event, found)) for name, of_event in windows.items()}


def main(arguments):
    unknown = set(arguments) - {event.name for event in EVENTS}
    if unknown:
        known = ", ".join(event.name for event in EVENTS)
        print(f"{', '.join(unknown)}: not among {known}", file=sys.stderr)
        return 2
    for name, ((average, _, _), one) in exits().items():
        report = list(one.report(name, average))
        with open(os.path.join(OUT, "exits", f"{name}.txt"), "w", encoding="utf-8") as out:
            out.write("\n".join([*report, "", *one.listing(), ""]))
        if name in arguments or not arguments:
            print("\n".join(report), end="\n\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
