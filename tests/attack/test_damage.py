# SPDX-License-Identifier: Apache-2.0
"""What hardware does to a board that runs, by QEMU's gdbstub: an SError, which QEMU itself never raises,
and memory of the image that changes after its VM has started. Both end in that VM."""

import os

import pytest

import flips
from attack import Attack, image_of
from board import OUT
from gdb import Gdb, arguments
from test_controls import SYNC_LOWER_EL, entry, roots

SERROR_LOWER_EL = 0x580
LAST_IMAGE = 1 << 40           # beyond all that a monitor sees
READY, PART = b"attack: ready", 1024


@pytest.fixture
def damaged(request, tmp_path):
    """A board, and a connection to QEMU."""
    name = request.node.name.replace("[", "-").rstrip("]")
    socket = str(tmp_path / "gdb")
    attack = Attack(image_of("attack"), os.path.join(OUT, "test-logs", f"attack-{name}.log"),
                    arguments=arguments(socket))
    gdb = Gdb(socket)
    gdb.go()
    yield attack, gdb
    gdb.close()
    attack.board.close()


@pytest.mark.parametrize("world", ["guest", "monitor"])
def test_r18_an_serror_ends_the_vm_that_ran(damaged, world):
    """An exit to the kernel is made one by SError: the vectors begin alike, and have saved the same."""
    attack, gdb = damaged
    root = roots(image_of("attack"))[world]
    attack.board.type(flips.WORK + "\r")
    gdb.stop()
    gdb.run_to(0, entry(), lambda: gdb.read("VTTBR_EL2") == root)
    assert gdb.write("pc", entry() + SERROR_LOWER_EL - SYNC_LOWER_EL)
    gdb.go()
    attack.board.expect("partita", r"^attack: hardware error \(SError\): ESR 0x")
    attack.board.expect("partita", r"^attack: stopped: a hardware error \(SError\)")
    attack.witness_saw_nothing()


def test_b01_an_image_damaged_between_two_lives(damaged):
    """The first one came from the same place, and was right."""
    attack, gdb = damaged
    places = flips.pages("monitor", flips.LAYOUT["COMP_IMAGES"], LAST_IMAGE, lambda descriptor: True)
    assert attack.case("M18_memory_at_start") == "ok"
    gdb.stop()
    gdb.physical()
    parts = {pa + at: gdb.memory(pa + at, PART) for pa, size in places for at in range(0, size, PART)}
    (found,) = (at + part.index(READY) for at, part in parts.items() if READY in part)
    gdb.memory_write(found, b"!")
    gdb.physical(False)
    gdb.go()
    attack.board.type("L02_reset_with_everything_dirty\r")
    attack.board.expect("partita", "^attack: stopped: an image is not what was built")
    attack.witness_saw_nothing()
