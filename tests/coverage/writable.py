#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""writable.py BUILD IMAGE [ELF]

A kernel that counts (COVERAGE=1) has its counters in pages behind .rodata, which the host tool maps
read-only like the rest. This makes them writable in the translation tables of a finished image, for
every CPU, and writes the image's hash anew; in the same image as an ELF file too.
"""

import os
import sys

from kernel import LAYOUT, TOP, Kernel

sys.path.append(os.path.join(TOP, "tests/mutants"))

import layout  # noqa: E402
from image import Image  # noqa: E402

READ_ONLY = 1 << 7              # AP[2]: DDI 0487, "Stage 1 Block and Page descriptors"


def main(build, path, elf=None):
    symbol = Kernel(os.path.join(build, "kernel.elf")).symbol
    end = LAYOUT["EL2_WINDOW"] + symbol["kernel_bytes"]
    pages = range(symbol["counters_first"], end, LAYOUT["PAGE_BYTES"])
    with open(path, "rb") as f:
        before = f.read()
    image = Image(before, layout.structs(os.path.join(build, "partita-verify")), LAYOUT)
    for cpu in range(image.count("cpus")):
        for va in pages:
            at = image.entry(("cpu", cpu), va)
            image.put(at, image.get(at) & ~READ_ONLY)
    image.sum_up()
    after = image.hashed()
    with open(path, "wb") as f:
        f.write(after)
    if elf:
        with open(elf, "r+b") as f:
            at = f.read().index(before)
            f.seek(at)
            f.write(after)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
