# SPDX-License-Identifier: Apache-2.0
"""What is executed up to certain points of a run, as a plugin of QEMU's (count.c) tells: the phases of
a boot, and what Linux costs with and without Partita below it."""

import os
import re
from collections import Counter

import machine
from events import REFERENCE_CPU
from machine import OUT
from programs import KERNEL, LAYOUT, MONITOR, programs, world_of

PLUGIN = "bench/count.so"
LOAD_ADDRESS = 0x40200000       # partita,load-address of the board; also where QEMU puts an Image
GUEST_ENTRY = 0x40000000        # of guests/bench
LAST_OF_HEAD = "text_near"      # arch/arm64/head.S

# Phases of a boot by the functions that they are spent in; the first that fits. What fits none is its
# program's own phase.
WORK = {
    KERNEL: ((r"clean_invalidate", "caches cleaned by the head"), (r"move_\w+", "image moved"),
             (r"check_sum|sum_words", "image summed up by the head"),
             (r"print_\w+|banner|arch_early_putc", "banner")),
    MONITOR: ((r"memcpy", "copying"), (r"compress|blake2b_\w+", "hashing"), (r"port_zero", "zeroing"),
              (r"port_clean", "cache cleaning")),
}
# In proportion to memory and images, so stated apart.
BULK = ("copying", "hashing", "zeroing", "cache cleaning", "caches cleaned by the head",
        "image summed up by the head")


class Counts:
    """Executed instructions up to a mark: of others, and of ours by program and function. And, after
    which instruction of others one of the kernel's vectors was taken."""

    def __init__(self, others):
        self.others = others
        self.own = Counter()            # by (world, function)
        self.exits = Counter()          # by word, synchronous ones
        self.interrupts = Counter()

    def __sub__(self, before):
        result = Counts(self.others - before.others)
        result.own = self.own - before.own
        result.exits = self.exits - before.exits
        result.interrupts = self.interrupts - before.interrupts
        return result

    def world(self, world):
        return sum(count for (where, _), count in self.own.items() if where == world)


def function_of(found, address, word):
    """(world, function). Until its MMU is on, the kernel's head runs where it was loaded."""
    if LOAD_ADDRESS <= address < LOAD_ADDRESS + LAYOUT["PAGE_BYTES"]:
        address += LAYOUT["EL2_WINDOW"] - LOAD_ADDRESS
    world = world_of(found, address, word)
    return world, found[world].function(address)[0] if world in found else "?"


def counts_of(path, found):
    """{mark: Counts} of what the plugin wrote, each from the start of the run."""
    marks = {}
    with open(path, encoding="ascii") as lines:
        for line in lines:
            kind, *rest = line.split()
            if kind == "mark":
                counts = marks[rest[0]] = Counts(int(rest[1]))
            elif kind == "own":
                counts.own[function_of(found, int(rest[0], 16), int(rest[1], 16))] += int(rest[2])
            else:
                vectors = counts.exits if kind == "sync" else counts.interrupts
                vectors[int(rest[0], 16)] += int(rest[1])
    return marks


def vectors(kernel):
    """Where the vectors have told guests from compartments: each exit of a guest comes there once."""
    addresses = {name: address for address, name in kernel.symbols}
    return [f"{kind}={addresses[f'guest_{kind}']:x}" for kind in ("sync", "irq")]


def count(name, cpu, arguments, marks, own=True):
    """{mark: Counts} of a run that ends by itself; `marks` are (name, address) in their order."""
    machine.build(PLUGIN)
    found = programs()
    out = os.path.join(OUT, "bench", machine.file_name(name, cpu) + ".txt")
    window, text = LAYOUT["EL2_WINDOW"], LAYOUT["COMP_TEXT"]
    ranges = ((window, window + LAYOUT["EL2_WINDOW_BYTES"]), (text, LAYOUT["COMP_DATA"]),
              (LOAD_ADDRESS, LOAD_ADDRESS + LAYOUT["PAGE_BYTES"])) if own else ()
    options = [f"out={out}", *(f"own={first:x}:{end:x}" for first, end in ranges),
               *(vectors(found[KERNEL]) if own else ()),
               *(f"mark={mark}:{address:x}" for mark, address in marks)]
    machine.to_the_end(name, cpu, [*arguments, "-plugin", ",".join([os.path.join(OUT, PLUGIN), *options])])
    return counts_of(out, found)


# ---- From the head to a guest's first instruction ----

def phases_of(marks, found):
    """{phase: instructions} between the marks `head` and `guest`."""
    spent = marks["guest"] - marks["head"]
    assert spent.others == 0, "somebody else runs before the guest"
    end = next(address for address, name in found[KERNEL].symbols if name == LAST_OF_HEAD)
    head = {name for address, name in found[KERNEL].symbols if address <= end}
    phases = Counter()
    for (world, function), number in spent.own.items():
        own = "head" if world == KERNEL and function in head else world
        named = (phase for pattern, phase in WORK.get(world, ()) if re.fullmatch(pattern, function))
        phases[next(named, own)] += number
    assert all(phases[name] for name in BULK), f"functions have other names than WORK says: {phases}"
    return dict(phases)


def boot(cpu=REFERENCE_CPU):
    """Of a small guest with 64 MiB, on one CPU."""
    machine.build("bench/boot.img")
    image = os.path.join(OUT, "bench/boot.img")
    marks = count("boot", cpu, ["-smp", "1", "-kernel", image],
                  [("head", LOAD_ADDRESS), ("guest", GUEST_ENTRY)])
    return phases_of(marks, programs())
