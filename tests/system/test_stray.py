# SPDX-License-Identifier: Apache-2.0
"""What an engineer reads of a guest that went astray, word by word, for each way to do so."""

import re

NOTHING = "nothing there; the nearest thing it owns is"
STRAY = [
    f"wrote 4 bytes at 0x0a100000: {NOTHING} pl061@9030000; injected",
    f"read 1 byte at 0x0a100fff: {NOTHING} pl061@9030000; injected",
    f"stored a pair, a vector or with writeback at 0x0a100000: {NOTHING} pl061@9030000; injected",
    "loaded a pair, a vector or with writeback at 0x08000000: intc@8000000 takes single registers alone; "
    "injected",
    "wrote 1 byte at 0x08000000: intc@8000000 does not take that; injected",
    f"executed at 0x60000000: {NOTHING} rom; injected",
    "wrote 4 bytes at virtual 0x50000010: read-only for it; injected",
    f"walked its tables at 0x0a100000: {NOTHING} pl061@9030000; injected",
]
ENDED = f"wrote 4 bytes at 0x0a100000: {NOTHING} pl011@9000000; the VM is stopped"


def words(system, vm):
    """Without the place in the guest, which is told each time."""
    lines = [match.group(1) for match in system.told("partita", rf"^{vm}: vCPU 0 (.* at .*)")]
    stripped = [re.sub(r" \(pc 0x[0-9a-f]{8,16}, EL1\)", "", line) for line in lines]
    assert all(len(a) < len(b) for a, b in zip(stripped, lines)), lines
    return stripped


def test_each_way_to_go_astray_has_its_words(board):
    system = board("stray")
    system.wait(lambda: system.told("partita", "^stray: off") and system.told("partita", "^ended: stopped"),
                "end of both", 60)
    assert not system.told("stray", "NOTHING HAPPENED")
    assert words(system, "stray") == STRAY
    assert words(system, "ended") == [ENDED]
    assert system.told("partita", "^ended: stopped: it accessed what is not its own")
