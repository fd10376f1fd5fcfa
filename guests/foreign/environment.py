#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""environment.py TEXT OUTPUT

U-Boot's environment as its qemu_arm64 port wants it in the second flash: CRC-32 of what follows, then
"name=value" strings, each with a 0 at its end, one more 0, and padding. TEXT has one a line; lines that
begin with # are comments.
"""

import struct
import sys
import zlib

BYTES = 0x40000  # the port's CONFIG_ENV_SIZE


def main(source, output):
    with open(source, encoding="ascii") as f:
        lines = [line.strip() for line in f]
    strings = [line.encode() for line in lines if line and not line.startswith("#")]
    data = b"".join(string + b"\0" for string in strings) + b"\0"
    data = data.ljust(BYTES - 4, b"\xff")
    with open(output, "wb") as f:
        f.write(struct.pack("<I", zlib.crc32(data)) + data)


if __name__ == "__main__":
    main(*sys.argv[1:])
