# SPDX-License-Identifier: Apache-2.0
"""The attacker (guests/attack) and its witness (guests/witness) on one board.

Every run of cases ends with a look at the witness: no beat left out, nothing changed, and, where time
is counted in instructions, no deadline missed.
"""

import glob
import os
import re
from collections import namedtuple

from board import OUT, TOP, Board, make

CASE = re.compile(r'\{ "((\w\d\d)_\w+)", (SHORT|SWEEP|LAST), \w+ \}')
Case = namedtuple("Case", "name row when")
Beat = namedtuple("Beat", "number missed changed")


def cases(when=None):
    """What the tables of guests/attack name."""
    found = []
    for path in sorted(glob.glob(os.path.join(TOP, "guests/attack/*.c"))):
        with open(path, encoding="utf-8") as f:
            found += [Case(*match.groups()) for match in CASE.finditer(f.read())]
    return [case for case in found if when in (None, case.when)]


def names(when):
    return [case.name for case in cases(when)]


def image_of(name):
    """The boot image of tests/attack/NAME.dts."""
    path = os.path.join(OUT, "tests/attack", name + ".img")
    make(os.path.relpath(path, TOP))
    return path


SUM = r"^attack: (\d+) passed, (\d+) failed, (\d+) skipped$"


class Witness:
    """What it tells on a board; `counted`: time is instructions, and deadlines are judged."""

    def __init__(self, board, counted=False):
        self.board = board
        self.counted = counted

    def beats(self):
        pattern = r"^witness: beat (\d+): missed (\d+), .* changed (\d+)$"
        return [Beat(*map(int, match.groups())) for match in self.board.told("witness", pattern)]

    def saw_nothing(self):
        """Waits for two more beats, and judges all since the start."""
        count = len(self.beats())
        self.board.wait(lambda: len(self.beats()) >= count + 2, "beats of the witness", 60)
        beats = self.beats()
        wrong = [text for vm, text in self.board.lines if vm == "witness" and "CHANGED" in text]
        assert not wrong, wrong[:5]
        numbers = [beat.number for beat in beats]
        assert numbers == list(range(1, len(beats) + 1)), "a beat was left out, or told by somebody else"
        assert beats[-1].changed == 0
        if self.counted:
            assert beats[-1].missed == 0, beats[-1]
        assert not self.board.told("partita", "^witness: (?!starts$)")
        assert not self.board.told("", "panic|EL2|stopped")


class Attack:
    """A board with both."""

    def __init__(self, kernel, log, cpu="cortex-a72", counted=False, arguments=()):
        self.board = Board(kernel, log, cpu=cpu, deterministic=counted, newer=True, arguments=arguments)
        self.witness = Witness(self.board, counted)
        self.board.tells("witness", "^witness: watches", 1)
        self.board.tells("attack", "^attack: ready", 1)

    def run(self, command, timeout=60):
        """Types a command. The lines that came of it, up to the sum."""
        start = len(self.board.lines)
        self.board.type(command + "\r")
        self.board.expect("attack", SUM, timeout)
        return [line.text for line in self.board.lines[start:] if line.vm == "attack"]

    def case(self, name, timeout=60):
        """Runs a case, and says how it went: "ok" or what else."""
        lines = self.run(name, timeout)
        found = [match.group(1) for match in (re.match(rf"attack: {name}: (.*)", line) for line in lines)
                 if match]
        assert found, f"{name} told nothing"
        return found[-1]

    def restarts(self, name, timeout=60):
        """Runs a case that makes its machine start anew. The console has what the machine says and what
        is said of it in no fixed order."""
        lives = {(vm, said): len(self.board.told(vm, said)) + 1
                 for vm, said in (("partita", "^attack: starts again"), ("attack", "^attack: ready"))}
        self.board.type(name + "\r")
        for (vm, said), times in lives.items():
            self.board.tells(vm, said, times, timeout)
        self.board.seen = len(self.board.lines)

    def witness_saw_nothing(self):
        self.witness.saw_nothing()
