#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""seeds.py DESCRIPTIONS IMAGES: fills two folders with what the fuzzers begin with, from tiny.dts,
seed.dts and the demo. O is the build folder.

A description's seed is what tests/fuzz/description.c takes: two lengths, the system's DTB, the
board's, a guest's kernel. An image's seed has 32 zero bytes wherever it has a hash."""

import os
import pathlib
import struct
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
O = pathlib.Path(os.environ.get("O", "build")).resolve()
sys.path += [str(TOP / "tests/reject"), str(TOP / "tests/mutants")]
from conftest import compartment, elf, kernel, linux_image, RAM  # noqa: E402
from image import HEADER, Image  # noqa: E402
import layout  # noqa: E402

KERNELS = {"raw": bytes(0x400), "elf": elf([(RAM, 0x100, 0x1000), (RAM + 0x2000, 0x40, 0x40)]),
           "Image": linux_image(0x10000)}
PAIRS = {"tiny": (HERE / "seed.dts", HERE / "tiny.dts"),
         "demo": (TOP / "systems/demo.dts", TOP / "platforms/qemu-virt/platform.dts")}


def dtb(path):
    text = subprocess.run(["cpp", "-nostdinc", "-undef", "-x", "assembler-with-cpp", str(path)], check=True,
                          capture_output=True, timeout=60).stdout
    return subprocess.run(["dtc", "-q", "-O", "dtb"], input=text, check=True, capture_output=True,
                          timeout=60).stdout


def descriptions(folder):
    for pair, paths in PAIRS.items():
        system, board = (dtb(path) for path in paths)
        for name, data in KERNELS.items():
            lengths = struct.pack("<II", len(system), len(board))
            (folder / f"{pair}-{name}").write_bytes(lengths + system + board + data)


def without_hashes(data):
    image = Image(data, layout.structs(O / "partita-verify"), layout.numbers(TOP / "abi/layout.h"))
    places = [image.place("image_header", HEADER, "hash")]
    for vm in range(image.count("vms")):
        conf = image.conf(("monitor", vm))
        places += [image.place("vmconf", conf, f"load[{i}].hash")
                   for i in range(image.field("vmconf", conf, "load_count"))]
    for offset, size in places:
        image.data[offset:offset + size] = bytes(size)
    return bytes(image.data)


def images(folder):
    with tempfile.TemporaryDirectory() as name:
        work = pathlib.Path(name)
        (work / "tiny").mkdir()
        (work / "tiny/platform.dts").write_bytes((HERE / "tiny.dts").read_bytes())
        arguments = ["-P", str(work), "-I", str(work), "-o", str(work / "tiny.img")]
        for part, data in (("kernel", kernel()), ("vmm", compartment()), ("console", compartment())):
            (work / part).write_bytes(data)
            arguments += ["--" + part, str(work / part)]
        (work / "raw").write_bytes(KERNELS["raw"])
        subprocess.run([str(O / "partita"), "build", str(HERE / "seed.dts")] + arguments, check=True,
                       timeout=60)
        (folder / "tiny.img").write_bytes(without_hashes((work / "tiny.img").read_bytes()))


def main(arguments):
    folders = [pathlib.Path(argument) for argument in arguments]
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    descriptions(folders[0])
    images(folders[1])


if __name__ == "__main__":
    main(sys.argv[1:])
