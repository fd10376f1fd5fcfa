# SPDX-License-Identifier: Apache-2.0
"""What is executed up to certain points of a run, as a plugin of QEMU's (count.c) tells: the phases of
a boot, and what Linux costs with and without Partita below it."""

import os
from collections import Counter

import machine
from events import REFERENCE_CPU
from machine import OUT
from programs import KERNEL, LAYOUT, MONITOR, programs, world_of

PLUGIN = "bench/count.so"
LOAD_ADDRESS = 0x40200000       # partita,load-address of the board; also where QEMU puts an Image
GUEST_ENTRY = 0x40000000        # of guests/bench

# Phases of a boot by what they are spent in; what is not named here is its program's own phase.
WORK = {
    KERNEL: {"clean_invalidate": "caches cleaned by the head", "move_image": "image moved",
             "move_down": "image moved", "print_text": "banner", "print_decimal": "banner",
             "arch_early_putc": "banner"},
    MONITOR: {"memcpy": "copying", "compress": "hashing", "blake2b_update": "hashing",
              "blake2b_init": "hashing", "blake2b_final": "hashing", "port_zero": "zeroing",
              "port_clean": "cache cleaning"},
}
# In proportion to the VM's memory and images, so stated apart.
BULK = ("copying", "hashing", "zeroing", "cache cleaning")


class Counts:
    """Executed instructions up to a mark: of others, and of ours by program and function."""

    def __init__(self, others, own):
        self.others = others
        self.own = own          # Counter by (world, function)

    def __sub__(self, before):
        return Counts(self.others - before.others, self.own - before.own)

    def total(self):
        return self.others + sum(self.own.values())

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
            first, *rest = line.split()
            if first == "mark":
                counts = marks[rest[0]] = Counts(int(rest[1]), Counter())
            else:
                counts.own[function_of(found, int(first, 16), int(rest[0], 16))] += int(rest[1])
    return marks


def count(name, cpu, arguments, marks, own=True):
    """{mark: Counts} of a run that ends by itself; `marks` are (name, address) in their order."""
    machine.build(PLUGIN)
    out = os.path.join(OUT, "bench", f"{name}-{cpu}.txt")
    window, text = LAYOUT["EL2_WINDOW"], LAYOUT["COMP_TEXT"]
    ranges = ((window, window + LAYOUT["EL2_WINDOW_BYTES"]), (text, LAYOUT["COMP_DATA"]),
              (LOAD_ADDRESS, LOAD_ADDRESS + LAYOUT["PAGE_BYTES"])) if own else ()
    options = [f"out={out}", *(f"own={first:x}:{end:x}" for first, end in ranges),
               *(f"mark={mark}:{address:x}" for mark, address in marks)]
    machine.to_the_end(name, cpu, [*arguments, "-plugin", ",".join([os.path.join(OUT, PLUGIN), *options])])
    return counts_of(out, programs())


# ---- From the head to a guest's first instruction ----

def boot(cpu=REFERENCE_CPU):
    """{phase: instructions}."""
    machine.build("bench/boot.img")
    image = os.path.join(OUT, "bench/boot.img")
    found = programs()
    for world, functions in WORK.items():
        for function in functions:
            found[world].range_of(function)         # or the table above is out of date
    marks = count("boot", cpu, ["-smp", "1", "-kernel", image],
                  [("head", LOAD_ADDRESS), ("guest", GUEST_ENTRY)])
    spent = marks["guest"] - marks["head"]
    assert spent.others == 0, "somebody else runs before the guest"
    vectors, _ = found[KERNEL].range_of("vectors_guest")
    head = {name for address, name in found[KERNEL].symbols if address < vectors}
    phases = Counter()
    for (world, function), number in spent.own.items():
        rest = "head" if world == KERNEL and function in head else world
        phases[WORK.get(world, {}).get(function, rest)] += number
    return dict(phases)
