# SPDX-License-Identifier: Apache-2.0
"""Boards and images that are not what they should be."""

import os

import pytest

from attack import SUM, Attack, Witness, image_of
from board import OUT, TOP, Board, make
from gdb import Gdb, arguments
from test_controls import compare_worlds

RAM = 0x40000000
POISONED_FROM, POISONED_BYTES = 0x40400000, 0x2000000


def boot(name, *arguments):
    return Board(None, os.path.join(OUT, "test-logs", f"attack-{name}.log"), newer=True, arguments=arguments)


def test_b01_a_damaged_guest_image_keeps_that_vm_from_starting(tmp_path):
    with open(image_of("attack"), "rb") as f:
        image = bytearray(f.read())
    at = image.index(b"attack: ready")
    assert image.find(b"attack: ready", at + 1) < 0
    image[at + 3] ^= 0x10
    (tmp_path / "damaged.img").write_bytes(image)
    with boot("damaged", "-kernel", str(tmp_path / "damaged.img")) as board:
        board.expect("partita", "^attack: stopped: an image is not what was built")
        Witness(board).saw_nothing()
        assert not board.told("attack", "")


def test_b06_memory_is_not_zero_at_power_on(tmp_path):
    """Everything behind the image, and so all guests' memory."""
    word = (0xdeadbeefcafef00d).to_bytes(8, "little")
    (tmp_path / "poison").write_bytes(word * (1 << 20))
    size = len(word) << 20
    poison = []
    for at in range(POISONED_FROM, POISONED_FROM + POISONED_BYTES, size):
        poison += ["-device", f"loader,file={tmp_path / 'poison'},addr={at:#x},force-raw=on"]
    attack = Attack(image_of("attack"), os.path.join(OUT, "test-logs", "attack-poisoned.log"),
        arguments=poison)
    try:
        for name in "M18_memory_at_start", "M18_registers_at_start", "M18_interrupts_at_start":
            assert attack.case(name) == "ok"
        attack.witness_saw_nothing()
    finally:
        attack.board.close()


FIRMWARE = 0x7f000000
AT_START = ("M18_registers_at_start", "M18_interrupts_at_start")


def firmware(kernel, el, name):
    """QEMU starts it, and it the image. At EL3 there is no other firmware, so that all CPUs come
    there; at EL2 QEMU's own PSCI starts the others in their first state."""
    program = os.path.join(OUT, f"tests/attack/{name}.bin")
    make(os.path.relpath(program, TOP))
    loads = ["-machine", "secure=on"] if el == 3 else []
    loads += ["-device", "loader,file=" + kernel.replace(".img", ".elf")]
    for cpu in range(4 if el == 3 else 1):
        loads += ["-device", f"loader,file={program},addr={FIRMWARE:#x},cpu-num={cpu},force-raw=on"]
    return loads


@pytest.mark.parametrize("cpu, el", [
    ("cortex-a53", 2), ("max", 3), pytest.param("max", 2, marks=pytest.mark.soak),
    pytest.param("cortex-a53", 3, marks=pytest.mark.soak),
    pytest.param("neoverse-n1", 2, marks=pytest.mark.soak), pytest.param("cortex-a76", 3,
        marks=pytest.mark.soak)])
def test_b04_firmware_leaves_everything_dirty(cpu, el, tmp_path):
    """Each control of EL2's and EL1's, the GIC's state, timers, debug, streaming mode: nobody inherits it."""
    kernel, socket = image_of("attack"), str(tmp_path / "gdb")
    attack = Attack(None, os.path.join(OUT, "test-logs", f"attack-firmware-{cpu}-{el}.log"), cpu=cpu,
                    arguments=firmware(kernel, el, "firmware") + arguments(socket))
    try:
        for name in AT_START:
            assert attack.case(name) == "ok"
        gdb = Gdb(socket)
        gdb.go()
        attack.board.type("R15_vector_registers_survive_exits\r")
        gdb.stop()
        compare_worlds(gdb, kernel)
        gdb.go()
        attack.board.expect("attack", SUM)
        attack.witness_saw_nothing()
    finally:
        attack.board.close()


@pytest.mark.parametrize("cpu", ["cortex-a72", pytest.param("max", marks=pytest.mark.soak)])
def test_b04_firmware_stays_and_keeps_group_0(cpu):
    """As on boards, and unlike QEMU's own: the image is entered at EL2, with two security states."""
    kernel = image_of("attack")
    attack = Attack(None, os.path.join(OUT, "test-logs", f"attack-resident-{cpu}.log"), cpu=cpu,
                    arguments=firmware(kernel, 3, "resident"))
    try:
        for name in (*AT_START, "I01_sgi_storm", "I04_timer_storm",
                     "V13_two_vcpus_on_one_register", "H09_smc_never_reaches_firmware"):
            assert attack.case(name) == "ok"
        attack.witness_saw_nothing()
        assert not attack.board.told("", "firmware")
    finally:
        attack.board.close()


def test_b04_firmware_starts_fewer_cpus():
    with boot("fewer-cpus", "-smp", "2", "-kernel", image_of("attack")) as board:
        board.expect("", "Partita: stopped: firmware refuses to start a CPU of the description")
