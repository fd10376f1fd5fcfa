#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""linux.py [--accept]

What Partita adds to Linux: the instructions of a boot to the first program's first one, on QEMU's board
with nothing below it and in a VM, and why it left the guest meanwhile; the same for a second in which
Linux has nothing to do. One CPU, the same kernel, RAM disk, arguments and device tree, which is the one
that the host tool has made. Takes some minutes; --accept puts the figures into the reference.
"""

import os
import re
import struct
import subprocess
import sys
import tempfile
from collections import Counter

import bench
import machine
import phases
from events import REFERENCE_CPU
from machine import NATIVE, OUT, TOP
from phases import LOAD_ADDRESS, count
from programs import CONSOLE, KERNEL, MONITOR, programs

BOOTS = ("quiet", "console")
IDLE = {"idle-1": 1, "idle-11": 11}
RAM = 0x40000000                # where an Image lies in the VM; QEMU puts it 2 MiB higher
FDT_MAGIC = b"\xd0\x0d\xfe\xed"

# What an instruction that led to an exit was about; the first that fits.
REASONS = (
    (r"mrs x\w+, (ctr_el0)", "read of {}"),
    (r"mrs x\w+, (?:id_|mvfr|clidr|ccsidr|csselr|midr|revidr|aidr).*", "read of an ID register"),
    (r"ms?rs? .*(?:dbg|mdscr|osl|osdlr|mdccint|mdrar).*", "debug register"),
    (r"mrs x\w+, (\S+)", "read of {}"),
    (r"msr (\w+), .*", "write of {}"),
    (r"(hvc|smc) .*", "call by {}"),
    (r"(?:ldr|ldrb|ldrh) .*", "load from a device"),
    (r"(?:str|strb|strh) .*", "store to a device"),
)


def image_of(system):
    return os.path.join(OUT, f"bench/linux-{system}.img")


def device_tree(system):
    """Path of the guest's tree, as it lies in the image."""
    with open(image_of(system), "rb") as image:
        data = image.read()
    at = data.find(FDT_MAGIC)
    while at >= 0:
        (size,) = struct.unpack_from(">I", data, at + 4)
        if b"Partita virtual machine" in data[at:at + min(size, 1 << 20)]:
            path = os.path.join(OUT, f"bench/linux-{system}.dtb")
            with open(path, "wb") as out:
                out.write(data[at:at + size])
            return path
        at = data.find(FDT_MAGIC, at + 4)
    raise AssertionError(f"no device tree in {image_of(system)}")


def first_program():
    """Where busybox begins, and no other program of the RAM disk: there is none."""
    header = subprocess.run(["aarch64-linux-gnu-readelf", "-h",
                             os.path.join(TOP, "build/foreign/busybox/bin/busybox")],
                            check=True, capture_output=True, text=True).stdout
    return int(re.search(r"Entry point address: +(0x\w+)", header)[1], 0)


def native(system):
    guests = os.path.join(OUT, "guests/linux")
    arguments = [*NATIVE, "-m", "256M", "-smp", "1", "-kernel", os.path.join(guests, "Image"),
                 "-initrd", os.path.join(guests, "initrd.gz"), "-dtb", device_tree(system)]
    return count(f"linux-{system}-native", REFERENCE_CPU, arguments,
                 [("guest", LOAD_ADDRESS), ("init", first_program())], own=False)


def partita(system):
    return count(f"linux-{system}", REFERENCE_CPU, ["-smp", "1", "-kernel", image_of(system)],
                 [("head", LOAD_ADDRESS), ("guest", RAM), ("init", first_program())])


# ---- Exits ----

def disassembled(words):
    """{word: mnemonic}"""
    with tempfile.NamedTemporaryFile() as binary:
        binary.write(b"".join(struct.pack("<I", word) for word in words))
        binary.flush()
        text = subprocess.run(["aarch64-linux-gnu-objdump", "-D", "-b", "binary", "-m", "aarch64",
                               binary.name], check=True, capture_output=True, text=True).stdout
    lines = re.findall(r"^ *[0-9a-f]+:\t([0-9a-f]{8}) *\t(.*)$", text, re.MULTILINE)
    return {int(word, 16): " ".join(text.split("//")[0].split()) for word, text in lines}


def reasons(synchronous):
    """{reason: exits} of Counter word -> exits."""
    found = Counter()
    for word, text in disassembled(synchronous).items():
        for pattern, reason in REASONS:
            match = re.fullmatch(pattern, text)
            if match:
                found[reason.format(*match.groups())] += synchronous[word]
                break
        else:
            found[text.split(" ")[0]] += synchronous[word]
    return dict(found.most_common())


def cost(spent):
    """What the section of the reference says of some stretch of a run."""
    return {
        "guest": spent.others + spent.world("other"),
        "kernel": spent.world(KERNEL), "monitor": spent.world(MONITOR), "console": spent.world(CONSOLE),
        "interrupts": sum(spent.interrupts.values()), "exits": reasons(spent.exits),
    }


def boots():
    found = {}
    for system in BOOTS:
        bare, ours = native(system), partita(system)
        found[system] = {"native": (bare["init"] - bare["guest"]).others,
                         **cost(ours["init"] - ours["guest"]),
                         "before": phases.phases_of(ours, programs())}
    return found


def idle():
    """A second of it, which is a tenth of what ten more take."""
    short, long = (cost(partita(system)["end"]) for system in IDLE)
    seconds = IDLE["idle-11"] - IDLE["idle-1"]
    more = {name: (long[name] - short[name]) / seconds for name in long if name != "exits"}
    exits = Counter(long["exits"])
    exits.subtract(short["exits"])
    more["exits"] = {reason: number / seconds for reason, number in exits.most_common() if number}
    return more


# ---- Building ----

def build_seconds():
    """Processor time for kernel, monitor, console and host tool, from nothing, on this machine."""
    with tempfile.TemporaryDirectory() as fresh:
        before = os.times()
        subprocess.run(["make", "-s", f"O={fresh}", "binaries", "tool"], cwd=TOP, check=True,
                       stdout=subprocess.DEVNULL, env={**os.environ, "MAKEFLAGS": "", "MAKELEVEL": "0"})
        after = os.times()
        return round(after.children_user - before.children_user
                     + after.children_system - before.children_system, 1)


def main(arguments):
    machine.build(*(f"bench/linux-{system}.img" for system in (*BOOTS, *IDLE)))
    sections = {"linux": boots(), "idle": idle(), "build_seconds": build_seconds()}
    for system, figures in sections["linux"].items():
        added = sum(figures[world] for world in (KERNEL, MONITOR, CONSOLE))
        print(f"{system}: native {figures['native']:,}, guest {figures['guest']:,} and Partita {added:,}")
        for reason, number in {**figures["exits"], "interrupt": figures["interrupts"]}.items():
            print(f"{number:10,}  {reason}")
    print("idle, a second:", sections["idle"])
    print("build:", sections["build_seconds"], "s")
    if "--accept" in arguments:
        bench.accept(**sections)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
