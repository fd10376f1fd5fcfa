# SPDX-License-Identifier: Apache-2.0
"""Whose instruction is it: the programs of a system, their functions and their text."""

import os
import re
import subprocess
from bisect import bisect_right

from machine import OUT, TOP

KERNEL, MONITOR, CONSOLE, GUEST = "kernel", "monitor", "console", "guest"
ELVES = {KERNEL: "kernel.elf", MONITOR: "vmm.elf", CONSOLE: "console.elf", GUEST: "guests/bench.elf"}


def layout():
    """The numbers of abi/layout.h."""
    with open(os.path.join(TOP, "abi/layout.h"), encoding="utf-8") as text:
        return {name: int(value, 0) for name, value in
                re.findall(r"^#define (\w+) (0x[0-9a-f]+|\d+)\b", text.read(), re.MULTILINE)}


LAYOUT = layout()


class Program:
    """Symbols and instructions of an ELF file, as nm and objdump tell them."""

    def __init__(self, path):
        path = os.path.join(OUT, path)
        names = subprocess.run(["aarch64-linux-gnu-nm", "-n", path],
                               check=True, capture_output=True, text=True)
        self.symbols = [(int(address, 16), name) for address, name in
                        re.findall(r"^([0-9a-f]{16}) [tT] ([^$.].*)$", names.stdout, re.MULTILINE)]
        self.starts = [address for address, _ in self.symbols]
        code = subprocess.run(["aarch64-linux-gnu-objdump", "-d", path],
                              check=True, capture_output=True, text=True).stdout
        self.text = {(int(address, 16), int(word, 16)): " ".join(text.split("//")[0].split())
                     for address, word, text in
                     re.findall(r"^ *([0-9a-f]+):\t([0-9a-f]{8}) *\t(.*)$", code, re.MULTILINE)}

    def function(self, address):
        """(name, offset) of what the address belongs to."""
        at = bisect_right(self.starts, address) - 1
        return (self.symbols[at][1], address - self.starts[at]) if at >= 0 else ("?", 0)

    def range_of(self, function):
        at = next((i for i, (_, name) in enumerate(self.symbols) if name == function), None)
        assert at is not None, f"no function {function}"
        return self.starts[at], self.starts[at + 1]


def programs():
    return {world: Program(path) for world, path in ELVES.items()}


def world_of(found, address, word):
    """The program that has this instruction there: compartments share their addresses."""
    return next((world for world, program in found.items() if (address, word) in program.text), "other")
