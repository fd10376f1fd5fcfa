# SPDX-License-Identifier: Apache-2.0
"""QEMU's gdbstub, from which registers and memory of a running board are read, and changed.

It speaks the remote serial protocol of gdb ("Debugging with GDB", appendix "gdb Remote Serial Protocol"):
packets `$data#checksum`, each acknowledged by `+`. Every CPU is a thread. System registers are those
of QEMU's own feature org.qemu.gdb.arm.sys.regs.
"""

import re
import socket
import time

INTERRUPT = b"\x03"
PATIENCE = 60
CPUS = 4               # of the board
MRS_X0 = 0xd5200000    # | op0:op1:CRn:CRm:op2 << 5; op0's upper bit is in both


def arguments(path):
    """For QEMU: a gdbstub that listens on this socket."""
    return ["-chardev", f"socket,path={path},server=on,wait=off,id=gdb", "-gdb", "chardev:gdb"]


class Gdb:
    """A connection; the machine stands still from here to go()."""

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(PATIENCE)
        end = time.monotonic() + PATIENCE
        while True:
            try:
                self.socket.connect(path)
                break
            except OSError:
                assert time.monotonic() < end, "QEMU's gdbstub does not listen"
                time.sleep(0.05)
        self.rest = b""
        self.numbers = {}      # of registers, by name
        self.ask("?")
        self.ask("qSupported:multiprocess-;swbreak+;hwbreak+;qXfer:features:read+")
        self.learn("target.xml")

    def close(self):
        self.socket.close()

    # ---- Packets ----

    def receive(self):
        while True:
            match = re.search(rb"\$([^#]*)#..", self.rest, re.S)
            if match:
                self.rest = self.rest[match.end():]
                self.socket.sendall(b"+")
                return match.group(1)
            more = self.socket.recv(65536)
            assert more, "QEMU has ended"
            self.rest += more

    def send(self, text):
        data = text.encode()
        self.socket.sendall(b"$%s#%02x" % (data, sum(data) & 0xff))

    def ask(self, text):
        self.send(text)
        return self.receive()

    def feature(self, name):
        """The text of a description of registers."""
        text, offset = b"", 0
        while True:
            part = self.ask(f"qXfer:features:read:{name}:{offset:x},800")
            text += re.sub(rb"\}(.)", lambda match: bytes([match.group(1)[0] ^ 0x20]), part[1:], flags=re.S)
            if part[:1] == b"l":
                return text.decode()
            offset = len(text)

    def learn(self, name, number=0):
        """Registers are numbered as they come, unless they say otherwise."""
        text = self.feature(name)
        for href in re.findall(r'<xi:include href="([^"]+)"', text):
            number = self.learn(href, number)
        for tag in re.findall(r"<reg [^>]*>", text):
            given = re.search(r'regnum="(\d+)"', tag)
            number = int(given.group(1)) if given else number
            self.numbers[re.search(r'name="([^"]+)"', tag).group(1)] = number
            number += 1
        return number

    # ---- Running and standing still ----

    def go(self):
        self.send("c")

    def stop(self):
        self.socket.sendall(INTERRUPT)
        self.receive()

    def run_for(self, seconds):
        self.go()
        time.sleep(seconds)
        self.stop()

    def step(self, cpu):
        """One instruction of that CPU; the others stand still. Another that met a breakpoint at the same
        time as the one that told so tells it now, and then nothing was executed."""
        self.select(cpu)
        before = self.read("pc")
        for _ in range(CPUS):
            self.ask(f"vCont;s:{cpu + 1:x}")
            self.select(cpu)
            if self.read("pc") != before:
                return

    def run_to(self, cpu, address, wanted=lambda: True):
        """Until that CPU is about to execute what is there, and what else is wanted holds."""
        here = f"{address:x},4"
        assert self.ask(f"Z1,{here}") == b"OK"
        while True:
            self.go()
            self.receive()
            self.select(cpu)
            if self.read("pc") == address and wanted():
                break
            self.step_past(here, address)
        assert self.ask(f"z1,{here}") == b"OK"

    def step_past(self, here, address):
        """Every CPU that stands at the breakpoint would only stop again."""
        assert self.ask(f"z1,{here}") == b"OK"
        for cpu in range(CPUS):
            self.select(cpu)
            if self.read("pc") == address:
                self.step(cpu)
        assert self.ask(f"Z1,{here}") == b"OK"

    # ---- Registers of one CPU ----

    def select(self, cpu):
        assert self.ask(f"Hg{cpu + 1:x}") == b"OK"

    def read(self, name):
        data = self.ask(f"p{self.numbers[name]:x}")
        assert not data.startswith(b"E"), name
        return int.from_bytes(bytes.fromhex(data.decode()), "little")

    def write(self, name, value, size=8):
        return self.ask(f"P{self.numbers[name]:x}={value.to_bytes(size, 'little').hex()}") == b"OK"

    def mrs(self, cpu, encoding):
        """A system register as that CPU itself reads it where it stands: QEMU does not show them all. It
        executes one instruction, and then nothing has happened."""
        self.select(cpu)
        pc, x0 = self.read("pc"), self.read("x0")
        was = self.memory(pc, 4)
        self.memory_write(pc, (MRS_X0 | encoding << 5).to_bytes(4, "little"))
        self.step(cpu)
        value = self.read("x0")
        assert self.read("pc") == pc + 4, "it cannot be read here"
        self.memory_write(pc, was)
        assert self.write("x0", x0) and self.write("pc", pc)
        return value

    # ---- Memory: where the CPU sees it, or by physical address ----

    def physical(self, on=True):
        assert self.ask(f"Qqemu.PhyMemMode:{int(on)}") == b"OK"

    def memory(self, address, size):
        data = self.ask(f"m{address:x},{size:x}")
        assert not data.startswith(b"E"), hex(address)
        return bytes.fromhex(data.decode())

    def memory_write(self, address, data):
        assert self.ask(f"M{address:x},{len(data):x}:{data.hex()}") == b"OK"
