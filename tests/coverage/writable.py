#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""writable.py KERNEL.ELF IMAGE

A kernel that counts (COVERAGE=1) has its counters in pages behind .rodata, which the host tool maps
read-only like the rest. This makes them writable in the translation tables of a finished image, for
every CPU, and writes the image's hash anew.
"""

import hashlib
import struct
import sys

from kernel import LAYOUT, Kernel

HEADER = 0x40                   # abi/image.h
LOAD_PA, CPU_COUNT, CPUS, HASH = (HEADER + offset for offset in (8, 96, 104, 360))
HASH_BYTES = 32
TABLE_ADDRESS = 0x0000fffffffff000
READ_ONLY = 1 << 7              # AP[2]: DDI 0487, "Stage 1 Block and Page descriptors"


def descriptor_at(image, load_pa, table, va):
    """The place in the image of the level 3 descriptor of an address."""
    for shift in (30, 21):
        entry, = struct.unpack_from("<Q", image, table - load_pa + (va >> shift) % 512 * 8)
        assert entry & 3 == 3, f"{va:x} is not mapped by a table"
        table = entry & TABLE_ADDRESS
    return table - load_pa + (va >> 12) % 512 * 8


def main(elf, path):
    symbol = Kernel(elf).symbol
    first, end = symbol["counters_first"], LAYOUT["EL2_WINDOW"] + symbol["kernel_bytes"]
    with open(path, "rb") as f:
        image = bytearray(f.read())
    load_pa, = struct.unpack_from("<Q", image, LOAD_PA)
    cpus, = struct.unpack_from("<Q", image, CPU_COUNT)
    for cpu in range(cpus):
        root, = struct.unpack_from("<Q", image, CPUS + cpu * 16 + 8)
        for va in range(first, end, LAYOUT["PAGE_BYTES"]):
            at = descriptor_at(image, load_pa, root & TABLE_ADDRESS, va)
            entry, = struct.unpack_from("<Q", image, at)
            struct.pack_into("<Q", image, at, entry & ~READ_ONLY)
    image[HASH:HASH + HASH_BYTES] = bytes(HASH_BYTES)
    image[HASH:HASH + HASH_BYTES] = hashlib.blake2b(image, digest_size=HASH_BYTES).digest()
    with open(path, "wb") as f:
        f.write(image)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
