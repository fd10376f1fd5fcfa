# SPDX-License-Identifier: Apache-2.0
"""Boards and images that are not what they should be."""

import os

from attack import Attack, Witness, image_of
from board import OUT, Board

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
