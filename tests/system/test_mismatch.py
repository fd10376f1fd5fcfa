# SPDX-License-Identifier: Apache-2.0
"""A damaged image, and boards that are not the description's: each ends at boot, in words. (Fewer CPUs:
tests/attack/test_attack_boot.py.)"""

import os
import struct
import subprocess

import pytest

from board import QEMU, image

HEADER, LOAD_PA, FMAP_PA, SUM_BYTES = 0x40, 8, 40, 368  # abi/image.h


def says(kernel, *changed, cpu="cortex-a72"):
    """What the serial line has when a board with these arguments has come to rest."""
    arguments = {"-M": "virt,virtualization=on,gic-version=3", "-smp": "4", "-m": "1G"}
    arguments.update(zip(changed[::2], changed[1::2]))
    command = [QEMU, "-cpu", cpu, "-nodefaults", "-nographic", "-serial", "stdio", "-kernel", str(kernel)]
    for name, value in arguments.items():
        command += [name, value]
    qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True,
                            errors="replace")
    try:
        for line in qemu.stdout:
            if "Partita: stopped" in line or "Partita: panic" in line or "partita |" in line:
                return line.strip()
    finally:
        qemu.kill()
        qemu.wait()
    return "QEMU ended"


def number(data, offset):
    return struct.unpack_from("<Q", data, HEADER + offset)[0]


def fmap(data):
    return number(data, FMAP_PA) - number(data, LOAD_PA)


# Each with a bit that nothing but the sum would notice, or not before it is too late.
PLACES = {
    "a word of the kernel's text": lambda data: 0x3008,
    "the f-map's name of the system": lambda data: fmap(data) + 18,
    "an owner of an interrupt in the f-map": lambda data: fmap(data) + 0x300,
    "a translation table": lambda data: number(data, SUM_BYTES) - 0x1000,
    "the last word that is summed": lambda data: number(data, SUM_BYTES) - 1,
    "a register of the header": lambda data: HEADER + 48,
}


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("bit", [0, 7])
def test_one_bit_of_the_image_stops_the_board(place, bit, tmp_path):
    with open(image("bare"), "rb") as f:
        data = bytearray(f.read())
    data[PLACES[place](data)] ^= 1 << bit
    path = tmp_path / "damaged.img"
    path.write_bytes(data)
    assert says(path) == "Partita: stopped: the image is damaged"


def test_less_memory_than_described():
    """Enough for the image, not for Linux's 256 MiB."""
    assert says(image("demo"), "-m", "128M") == "Partita: stopped: the board has less memory than described"


def test_another_interrupt_controller_than_described():
    assert "no GICv3 CPU interface" in says(image("bare"), "-M", "virt,virtualization=on,gic-version=2")


def test_a_processor_without_what_is_promised():
    assert "lacks a feature that the description promises" in says(image("trng"))


def test_the_board_that_is_described_starts():
    assert says(image("bare")).startswith("partita |")
