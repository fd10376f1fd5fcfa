# SPDX-License-Identifier: Apache-2.0
"""What the descriptions here refer to: guest images of every kind, Partita's own binaries (only
their headers are ever looked at), and a folder with the real boards and the broken ones."""

import gzip
import lzma
import pathlib
import struct
import subprocess

import pytest

HERE = pathlib.Path(__file__).parent
EM_AARCH64, EM_X86_64 = 183, 62
RAM = 0x40000000


def elf(segments, machine=EM_AARCH64, entry=RAM, cut=0, phentsize=56, kind=(2, 1)):
    """A 64-bit ELF file of (address, file bytes, memory bytes)."""
    offset = 64 + 56 * len(segments)
    header = struct.pack("<4sBBBB8xHHIQQQIHHHHHH", b"\x7fELF", *kind, 1, 0, 2, machine, 1, entry, 64, 0, 0,
                         64, phentsize, len(segments), 0, 0, 0)
    table, data = b"", b""
    for address, file_bytes, memory_bytes in segments:
        table += struct.pack("<IIQQQQQQ", 1, 7, offset + len(data), address, address,
                             file_bytes, memory_bytes, 8)
        data += bytes(file_bytes)
    return (header + table + data)[:offset + len(data) - cut]


def linux_image(image_size, text_offset=0):
    return struct.pack("<IIQQQ24xII", 0, 0, text_offset, image_size, 0xa, 0x644d5241, 0) + bytes(0x1000)


def tree(source):
    """What dtc makes of it."""
    return subprocess.run(["dtc", "-q", "-O", "dtb"], input=b"/dts-v1/;\n" + source.encode(), check=True,
                          capture_output=True).stdout


OWN_TREE = """/ { #address-cells = <1>; #size-cells = <1>;
	memory@40000000 { device_type = "memory"; reg = <0x40000000 %s>; }; };"""
IMAGES = {
    "raw": bytes(0x400),
    "empty": b"",
    "large": bytes(0x1ff000),
    "huge": bytes(0x300000),
    "Image": linux_image(0x400000),
    "Image.gz": gzip.compress(bytes(0x400)),
    "damaged.Image": linux_image(1 << 60),
    "tree.dtb": tree(OWN_TREE % "0x200000"),
    "large-tree.dtb": tree(OWN_TREE % "0x400000"),
    "leds.dtbo": tree('/plugin/; / { fragment@0 { target-path = "/"; __overlay__ { leds { }; }; }; };'),
    "dma.dtbo": tree('/plugin/; &dma { status = "okay"; };'),
    "Image.xz": lzma.compress(bytes(0x400)),
    "Image.zst": b"\x28\xb5\x2f\xfd" + bytes(0x400),
    "zboot.efi": b"MZ\0\0zimg" + bytes(0x400),
    "zImage": bytes(0x24) + struct.pack("<I", 0x016f2818) + bytes(0x400),
    "bzImage": b"MZ" + bytes(0x200) + b"HdrS" + bytes(0x400),
    "riscv.Image": bytes(0x38) + b"RSC\x05" + bytes(0x400),
    "uImage": struct.pack(">I", 0x27051956) + bytes(0x400),
    "library.a": b"!<arch>\n" + bytes(0x400),
    "x86.elf": elf([(RAM, 0x100, 0x100)], machine=EM_X86_64),
    "arm32.elf": elf([], kind=(1, 1)),
    "big.elf": elf([], kind=(2, 2)),
    "cut.elf": elf([(RAM, 0x100, 0x100)], cut=1),
    "damaged.elf": elf([(RAM, 0x100, 0x100)], phentsize=40),
    "many.elf": elf([(RAM + i * 0x1000, 16, 16) for i in range(15)]),
    "twelve.elf": elf([(RAM + i * 0x1000, 16, 16) for i in range(12)]),
    "high.elf": elf([(0x50000000, 0x100, 0x1000)], entry=0x50000000),
    "overlap.elf": elf([(RAM, 0x100, 0x1000), (RAM + 0x800, 0x100, 0x100)]),
    "entry.elf": elf([(RAM, 0x100, 0x100)], entry=0x1000),
}


def kernel():
    binary = bytearray(0x3000)
    binary[0x38:0x3c] = b"ARM\x64"
    struct.pack_into("<Q", binary, 0x40 + 16, len(binary))
    struct.pack_into("<Q", binary, 0x40 + 32, 0x2000)
    return bytes(binary)


def compartment():
    return struct.pack("<8sQQQQ", b"PRTCOMP1", 0xc00000028, 0x1000, 0x1800, 0x1000) + bytes(0x1800 - 40)


def make_world(folder):
    """Fills the folder, and returns the tool's arguments that point to it."""
    images, platforms = folder / "images", folder / "platforms"
    images.mkdir()
    platforms.mkdir()
    (images / "folder").mkdir()
    for name, data in IMAGES.items():
        (images / name).write_bytes(data)
    for name, data in (("kernel", kernel()), ("vmm", compartment()), ("console", compartment())):
        (folder / name).write_bytes(data)
    for boards in (HERE.parent.parent / "platforms", HERE / "platforms"):
        for board in boards.iterdir():
            (platforms / board.name).symlink_to(board)
    arguments = ["-I", str(images), "-P", str(platforms)]
    for name in ("kernel", "vmm", "console"):
        arguments += ["--" + name, str(folder / name)]
    return arguments


@pytest.fixture(scope="session")
def world(tmp_path_factory):
    """The folder, and the tool's arguments that point to it."""
    folder = tmp_path_factory.mktemp("reject")
    return folder, make_world(folder)
