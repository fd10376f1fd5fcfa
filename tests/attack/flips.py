# SPDX-License-Identifier: Apache-2.0
"""Single bits that flip while the attacker works, in memory or in a register, by QEMU's gdbstub; and what
came of each:

    masked      the attacker goes on as if nothing were
    contained   the attacker does not, or not right; nobody else notices
    detected    it is told: its VM ended, or the kernel stopped
    silent      the witness changed, missed a beat or ended, and nothing was told
"""

import os
import random
import tempfile
from collections import Counter

from attack import SUM, Attack, image_of
from board import OUT, TOP, make
from gdb import Gdb, arguments
from image import Image
from layout import numbers, structs

ADDRESS = 0x0000fffffffff000
PAGE = 0x1000
STAGE2_WRITE, EL2_READ_ONLY = 1 << 7, 1 << 7   # S2AP[1]; AP[2]
RAM_BASE, GUEST_BYTES = 0x40000000, 1 << 17    # code, data and stack of the attacker
WORK = "H05_no_leftovers"          # exits to kernel and monitor, many times
PATIENCE = 12          # seconds
OUTCOMES = ("masked", "contained", "detected", "silent")


LAYOUT = numbers(os.path.join(TOP, "abi/layout.h"))


def image():
    """The attacker's system, and its checker for the formats."""
    path = image_of("attack")
    program = os.path.join(OUT, "partita-verify")
    make(os.path.relpath(program, TOP))
    with open(path, "rb") as f:
        return Image(f.read(), structs(program), {})


def vm_on(system, cpu):
    vcpu = next(n for n in range(system.count("vcpus")) if system.of("vcpus", n, "cpu") == cpu)
    return system.of("vcpus", vcpu, "vm")


def guest_memory(cpu=0, first=0, size=GUEST_BYTES):
    """[(pa, bytes)] of the VM on that CPU, by its tables. Pages and blocks are in order and without holes."""
    system = image()
    pa = next(system.get(offset) & ADDRESS
              for offset, level, at in system.descriptors(("guest", vm_on(system, cpu)))
              if at == RAM_BASE and (level == 3 or not system.get(offset) & 2))
    return [(pa + first, size)]


def pages(world, first, last, writable):
    system = image()
    world = (world, vm_on(system, 0)) if world == "monitor" else (world, 0)
    found = [(system.get(offset) & ADDRESS, PAGE) for offset, level, at in system.descriptors(world)
             if level == 3 and first <= at < last and writable(system.get(offset))]
    assert found
    return found


def monitor_memory():
    """What it can write, but for its guest's."""
    return pages("monitor", LAYOUT["COMP_TEXT"], LAYOUT["COMP_IMAGES"], lambda d: d & STAGE2_WRITE)


def kernel_memory():
    """Stack and state of the CPU of the attacker."""
    return pages("cpu", LAYOUT["STACK_VA"], LAYOUT["GICD_VA"], lambda d: not d & EL2_READ_ONLY)


class Victim:
    """A board, and a new one whenever a flip left it broken."""

    def __init__(self, name, seed):
        self.log = os.path.join(OUT, "test-logs", f"flips-{name}.log")
        self.random = random.Random(seed)
        self.attack = None
        self.counts = Counter({outcome: 0 for outcome in OUTCOMES})

    def start(self):
        self.folder = tempfile.TemporaryDirectory()
        socket = os.path.join(self.folder.name, "gdb")
        self.attack = Attack(image_of("attack"), self.log, arguments=arguments(socket))
        self.gdb = Gdb(socket)
        self.gdb.go()

    def end(self):
        if self.attack:
            self.gdb.close()
            self.attack.board.close()
            self.folder.cleanup()
            self.attack = None

    # ---- Flips ----

    def place(self, ranges):
        """Any byte of these, each with the same chance."""
        at = self.random.randrange(sum(size for _, size in ranges))
        for start, size in ranges:
            if at < size:
                return start + at
            at -= size
        raise AssertionError

    def flip_memory(self, ranges):
        at, bit = self.place(ranges), self.random.randrange(8)
        self.gdb.stop()
        self.gdb.physical()
        byte = bytes([self.gdb.memory(at, 1)[0] ^ 1 << bit])
        self.gdb.memory_write(at, byte)
        assert self.gdb.memory(at, 1) == byte, "nothing flipped"
        self.gdb.physical(False)
        self.gdb.go()

    def flip_register(self, entry):
        """Of the kernel's on the attacker's CPU, some instructions after an exit from its guest."""
        self.gdb.stop()
        for _ in range(100):
            self.gdb.run_to(0, entry)
            for _ in range(self.random.randrange(60)):
                self.gdb.step(0)
            self.gdb.select(0)
            if self.gdb.read("pc") >= LAYOUT["KERNEL_VA"]:  # still at EL2
                break
        else:
            raise AssertionError("it is never so long at EL2")
        name, bit = f"x{self.random.randrange(31)}", self.random.randrange(64)
        value = self.gdb.read(name) ^ 1 << bit
        assert self.gdb.write(name, value) and self.gdb.read(name) == value, "nothing flipped"
        self.gdb.go()

    # ---- Outcomes ----

    def witness_is_well(self):
        try:
            self.attack.witness_saw_nothing()
        except AssertionError:
            return False
        return True

    def attacker_is_well(self):
        """It finishes its work, and one more case."""
        try:
            self.attack.board.expect("attack", SUM, PATIENCE)
            return self.attack.case("R05_id_registers_promise_little", PATIENCE) == "ok"
        except AssertionError:
            return False

    def told(self):
        """That somebody noticed."""
        board = self.attack.board
        return board.told("partita", "^attack: (stopped|off|its monitor|starts again|vCPU . took)") or \
            board.told("", "exception at EL2|panic|stopped")

    def try_one(self, flip):
        if not self.attack:
            self.start()
        self.attack.board.type(WORK + "\r")
        flip()
        well = self.attacker_is_well()
        witness = self.witness_is_well()
        if well and witness and not self.told():
            outcome = "masked"
        elif self.told():
            outcome = "detected"
        else:
            outcome = "contained" if witness else "silent"
        self.counts[outcome] += 1
        if outcome != "masked":
            self.end()
        return outcome, witness

    def summary(self, what):
        return f"{what}: {sum(self.counts.values())} flips: " + \
            ", ".join(f"{self.counts[outcome]} {outcome}" for outcome in OUTCOMES)
