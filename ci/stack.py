#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""stack.py [KERNEL.ELF]

What the linked kernel's code says of its stack, instruction by instruction: how deep it gets from any
entry, that no function calls itself by whatever way, that no frame's size is computed (no VLA, no
alloca), and where code goes by a register. Ends with 1 if anything of that is not as it must be.

A depth is how far SP is below where it was at the function's beginning. Code that goes by a register
may go where a constant that its function makes points to: to a function, to those in a table of
.rodata, or, by a table of distances, to a place in the function itself.
"""

import os
import re
import struct
import subprocess
import sys

TOP = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.append(os.path.join(TOP, "tests/coverage"))

from kernel import LAYOUT, OUT, Kernel  # noqa: E402

GOAL = 0.5                      # of the stack
# Functions that may call through a table: exceptions by class. All others are choices between constants
# that the function itself makes: two calls that the compiler made one of.
BY_TABLE = {"trap_guest"}
# In assembly: to the copy of the image, back from it, to C; to one of the list registers.
ASSEMBLY_JUMPS = {"check_sum": 1, "move_down": 1, "moved": 1, "mmu_on": 1, "arch_lr_read": 1,
                  "arch_lr_write": 1}
TABLE_MAX = 64

LEAVES = re.compile(r"(ret|eret|b|br|udf)\b(?!\.)")
TARGET = re.compile(r"\b([0-9a-f]+) <")


class Wrong(Exception):
    """Something that the kernel's code must not have."""


class Stack:
    def __init__(self, path):
        self.kernel = Kernel(path)
        self.code = self.kernel.instructions
        self.at = {each.address: n for n, each in enumerate(self.code)}
        self.starts = set(self.kernel.starts)
        self.assembly = self.labels_of_assembly()
        self.rodata_base, self.rodata = self.section(".rodata")
        self.bounds = {}                # function's address: (bytes, the deepest way down)
        self.open = []
        self.registers = {}             # function: what its indirect calls may reach
        self.jumps = set()              # functions with jumps inside by a table of distances
        self.assembly_jumps = {}
        self.seen = set()

    def section(self, name):
        head = subprocess.run(["aarch64-linux-gnu-objdump", "-s", "-j", name, self.kernel.path],
                              capture_output=True, text=True).stdout
        rows = re.findall(r"^ ([0-9a-f]+) ((?:[0-9a-f]{2,8} ){1,4})", head, re.MULTILINE)
        return int(rows[0][0], 16) if rows else 0, bytes.fromhex("".join(row[1] for row in rows))

    def labels_of_assembly(self):
        """Addresses of code that comes from .S files: there a label is not a function."""
        return {address for address, place in self.kernel.places().items() if place.path.endswith(".S")}

    def name(self, address):
        """Without what the compiler adds to the name of a copy of its own."""
        return self.kernel.function(address).split(".")[0]

    # ---- Constants that a function makes, and what they point to ----

    def constants(self, body):
        """Addresses made by ADRP and ADDs, or by ADR."""
        found, made = set(), {}
        for _, text in body:
            words = re.split(r"[ ,]+", text)
            if words[0] in ("adr", "adrp"):
                made[words[1]] = int(words[2], 16)
            elif words[0] == "add" and len(words) == 4 and words[2] in made and words[3].startswith("#"):
                made[words[1]] = made[words[2]] + int(words[3][1:], 0)
            else:
                continue
            found.add(made[words[1]])
        return found

    def table(self, address):
        """Functions in a table of .rodata that begins there."""
        found, offset = set(), address - self.rodata_base
        for at in range(offset, min(offset + 8 * TABLE_MAX, len(self.rodata) - 7), 8):
            value, = struct.unpack_from("<Q", self.rodata, at)
            if value in self.starts:
                found.add(value)
            elif value:
                break
        return found

    def indirect(self, function, body):
        """Where a call by a register may go."""
        constants = self.constants(body)
        direct = {each for each in constants if each in self.starts and each not in self.assembly}
        tables = set()
        for each in constants:
            if 0 <= each - self.rodata_base < len(self.rodata):
                tables |= self.table(each)
        if tables and function not in BY_TABLE:
            tables = set()
        targets = direct | tables
        if not targets:
            raise Wrong(f"{function} calls by a register, and nothing says what")
        self.registers[function] = sorted(map(self.name, targets))
        return targets

    # ---- Depths ----

    @staticmethod
    def change(text):
        """How much deeper SP is after this instruction; None: no number says so."""
        pushed = re.search(r"\[sp, #(-\d+)\]!", text)
        popped = re.search(r"\[sp\], #(\d+)", text)
        moved = re.fullmatch(r"(sub|add) sp, sp, #(0x[0-9a-f]+|\d+)(, lsl #12)?", text)
        if pushed:
            return -int(pushed[1])
        if popped:
            return -int(popped[1])
        if moved:
            return int(moved[2], 0) * (4096 if moved[3] else 1) * (1 if moved[1] == "sub" else -1)
        return None if re.match(r"\w+ sp,", text) and not text.startswith("cmp") else 0

    def body(self, start):
        """Instructions of the function that begins there; of assembly, all of the label's."""
        end = n = self.at[start]
        while self.code[n].address not in self.starts:
            n -= 1
        end += 1
        while end < len(self.code) and self.code[end].address not in self.starts:
            end += 1
        return self.code[n:end]

    def bound(self, start):
        """(bytes, names): how deep the function gets with all that it calls."""
        if start in self.bounds:
            return self.bounds[start]
        if start in self.open:
            ring = [self.name(each) for each in self.open[self.open.index(start):] + [start]]
            raise Wrong("calls itself: " + " -> ".join(ring))
        self.open.append(start)
        best = self.walk(start)
        self.open.pop()
        self.bounds[start] = best
        return best

    def walk(self, start):
        function, body = self.name(start), self.body(start)
        inside = {each.address for each in body}
        depths, todo, best, jumped = {}, [(start, 0)], (0, [function]), None
        while todo or jumped is not None:
            if not todo:
                # A jump by a table: to what nothing else leads to.
                left = sorted(inside - set(depths))
                if not left:
                    break
                todo.append((left[0], jumped))
            address, depth = todo.pop()
            if depths.setdefault(address, depth) != depth and start not in self.assembly:
                raise Wrong(f"{function}: SP is not the same by all ways to {address:x}")
            text = self.code[self.at[address]].text
            below = self.below(function, body, address, text, depth, inside)
            deepest = max([(depth, []), *below], key=lambda each: each[0])
            if deepest[0] > best[0]:
                best = deepest[0], [function, *deepest[1]]
            after = self.after(function, start, text, depth)
            if re.match(r"br\b", text) and not below and start not in self.assembly:
                jumped = depth
            todo += [(each, after) for each in self.next(address, text, inside) if each not in depths]
        self.seen |= set(depths)
        return best

    def after(self, function, start, text, depth):
        change = self.change(text)
        if change is not None:
            return depth + change
        if start in self.assembly and text.startswith("mov sp, x"):
            return 0                    # another stack, or a frame, into which nothing is pushed
        raise Wrong(f"{function}: a frame whose size is computed: {text}")

    def below(self, function, body, address, text, depth, inside):
        """[(bytes, names)] of what is called, or jumped to for good, from here."""
        word = text.split(" ")[0]
        target = TARGET.search(text)
        targets = []
        if target and word != "bl" and int(target[1], 16) in inside:
            return []
        if target and int(target[1], 16) in self.at and (word in ("bl", "b") or address in self.assembly or
                                                       int(target[1], 16) not in inside):
            targets = [int(target[1], 16)] if not word.startswith("ad") else []
        elif word in ("blr", "br"):
            targets = self.by_register(function, body, address, word)
        elif address + 4 not in inside and not LEAVES.match(text) and address + 4 in self.at:
            targets = [address + 4] if address in self.assembly else []
        found = []
        for each in targets:
            if each not in self.starts and each not in self.assembly:
                raise Wrong(f"{function} goes into the middle of {self.name(each)}")
            size, names = self.bound(self.kernel.start(each))
            found.append((depth + size, names))
        return found

    def by_register(self, function, body, address, word):
        if address in self.assembly:
            self.assembly_jumps[function] = self.assembly_jumps.get(function, 0) + 1
            return []
        at = self.at[address]
        near = [each.text for each in self.code[max(0, at - 3):at]]
        if word == "br" and any(re.search(r"(sxt[bh]|uxt[bh]|lsl) #2", text) for text in near):
            self.jumps.add(function)
            return []
        return self.indirect(function, body)

    def whole(self):
        """(bytes, names) of the deepest way from any beginning: functions, and what follows them in
        assembly without a name of its own, most vectors for instance."""
        deepest = max(map(self.bound, sorted(self.starts & set(self.at))), key=lambda each: each[0])
        for address in sorted(self.assembly):
            if address not in self.seen:
                deepest = max(deepest, self.walk(address), key=lambda each: each[0])
        return deepest

    @staticmethod
    def next(address, text, inside):
        """Where it goes on in the function."""
        target = TARGET.search(text)
        word = text.split(" ")[0]
        found = [] if LEAVES.match(text) else [address + 4]
        if target and word not in ("bl", "adr", "adrp"):
            found.append(int(target[1], 16))
        return [each for each in found if each in inside]


def report(stack):
    """Yields lines; raises Wrong."""
    deepest = stack.whole()
    room = LAYOUT["KERNEL_STACK"] - LAYOUT["STACK_VA"]
    if deepest[0] > room * GOAL:
        raise Wrong(f"{deepest[0]} bytes: half the stack is too small for that: " + " -> ".join(deepest[1]))
    functions = len(stack.starts - stack.assembly)
    yield (f"EL2 stack            {deepest[0]:>9,} bytes   goal: at most {int(room * GOAL):,} of {room:,}")
    yield "  deepest: " + " -> ".join(deepest[1])
    yield f"Functions            {functions:>9,}         none calls itself, no frame's size is computed"
    for function, targets in sorted(stack.registers.items()):
        kind = "by table" if function in BY_TABLE else "a choice of constants"
        yield f"  {function} calls {kind}: {', '.join(targets)}"
    yield f"  jumps inside, by distance: {', '.join(sorted(set(stack.jumps)))}"
    if stack.assembly_jumps != ASSEMBLY_JUMPS:
        raise Wrong(f"jumps by a register in assembly: {stack.assembly_jumps}, not {ASSEMBLY_JUMPS}")


def main(arguments):
    try:
        for line in report(Stack(*arguments or [os.path.join(OUT, "kernel.elf")])):
            print(line)
    except Wrong as wrong:
        print(f"stack: {wrong}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
