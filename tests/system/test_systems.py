# SPDX-License-Identifier: Apache-2.0
"""The examples in systems/: each is built and proven, as are the systems of these tests; those that no other
test boots are booted."""

import glob
import os
import subprocess

import pytest

from board import OUT, TOP, image

SYSTEMS = sorted(os.path.splitext(os.path.basename(path))[0] for folder in ("systems", "tests/system")
                 for path in glob.glob(f"{TOP}/{folder}/*.dts"))


@pytest.mark.parametrize("system", SYSTEMS)
def test_each_system_is_built_and_proven(system):
    proof = subprocess.run([os.path.join(OUT, "partita"), "verify", image(system)], capture_output=True,
                           text=True, timeout=60)
    assert proof.returncode == 0 and "\nproven: " in proof.stdout, proof.stdout


def test_the_smallest_system_says_hello(board):
    board("bare").expect("hello", "Goodbye")


def test_a_machine_made_to_measure(board):
    linux = board("fitted")
    assert linux.shell("tr '\\0' '\\n' </proc/device-tree/model") == ["Made to measure"]
    assert linux.shell("grep -c 'System RAM' /proc/iomem") == ["1"]
    assert linux.shell("grep -ow '80000000-8fffffff : System RAM' /proc/iomem") == [
        "80000000-8fffffff : System RAM"]
    assert linux.shell("grep -c -w -e aes -e sha2 /proc/cpuinfo") == ["0"]
    # Its console's interrupt is SPI 5 now.
    assert any("uart-pl011" in line and "37" in line for line in linux.shell("cat /proc/interrupts"))


def test_read_only_memory_is_read_and_not_written(board):
    with open(os.path.join(TOP, "guests", "linux", "greeting"), "rb") as greeting:
        first = greeting.read(4)
    linux = board("fitted")
    word = f"0x{int.from_bytes(first, 'little'):08X}"
    assert linux.shell("devmem 0x50000000 32") == [word]
    assert linux.shell("devmem 0x50000000 32 0") == ["Bus error"]
    assert linux.told("partita", "^linux: vCPU . wrote 4 bytes at .*: read-only for it; injected")
    assert linux.shell("devmem 0x50000000 32") == [word]
