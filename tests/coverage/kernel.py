# SPDX-License-Identifier: Apache-2.0
"""The kernel as it is linked: symbols, instructions, and the source of each."""

import os
import re
import subprocess
import sys
from bisect import bisect_right
from collections import namedtuple

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path += [os.path.join(TOP, "tests/system"), os.path.join(TOP, "tests/bench")]

from board import OUT  # noqa: E402
from programs import LAYOUT  # noqa: E402, F401

Instruction = namedtuple("Instruction", "address text")
Place = namedtuple("Place", "function path line")       # of the source


def tool(name, *arguments, **kwargs):
    return subprocess.run(["aarch64-linux-gnu-" + name, *arguments], check=True, capture_output=True,
                          text=True, **kwargs).stdout


class Kernel:
    """An ELF file of the kernel."""

    def __init__(self, path=os.path.join(OUT, "kernel.elf")):
        self.path = path
        self.symbol = {name: int(address, 16) for address, name in
                       re.findall(r"^([0-9a-f]{16}) \w (\S+)$", tool("nm", path), re.MULTILINE)}
        self.instructions = [Instruction(int(address, 16), " ".join(text.split("//")[0].split()))
                             for address, text in re.findall(
                                 r"^ *([0-9a-f]+):\t[0-9a-f]{8} *\t([^.].*)$",
                                 tool("objdump", "-d", path), re.MULTILINE)
                             if text != "udf\t#0"]  # a word of zero, between functions
        functions = re.findall(r"^([0-9a-f]{16}) [tT] ([^$.].*)$", tool("nm", "-n", path), re.MULTILINE)
        self.functions = [(int(address, 16), name) for address, name in functions]
        self.starts = [address for address, _ in self.functions]

    def function(self, address):
        """The symbol that the address belongs to: in assembly, any label."""
        at = bisect_right(self.starts, address) - 1
        return self.functions[at][1] if at >= 0 else "?"

    def start(self, address):
        """Where that begins."""
        return self.starts[bisect_right(self.starts, address) - 1]

    def places(self):
        """{address: Place} of the source that an instruction was made of: the innermost function,
        where one was inlined."""
        addresses = [each.address for each in self.instructions]
        out = tool("addr2line", "-a", "-i", "-f", "-e", self.path,
                   input="\n".join(f"{address:x}" for address in addresses))
        found, place = {}, Place("?", "", 0)
        for block in re.split(r"^0x", out, flags=re.MULTILINE)[1:]:
            address, *frames = block.strip().split("\n")
            address = int(address, 16)
            for function, where in zip(frames[::2], frames[1::2]):
                path, _, line = where.partition(" ")[0].rpartition(":")
                path = os.path.relpath(path, TOP) if path.startswith("/") else path
                # What nobody wrote is part of what stands before it.
                if line.isdigit() and os.path.exists(os.path.join(TOP, path)):
                    place = Place(self.function(address) if path.endswith(".S") else function.split(".")[0],
                                  path, int(line))
                    break
            found[address] = place
        return found
