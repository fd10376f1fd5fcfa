# SPDX-License-Identifier: Apache-2.0
"""X01 to X05: a monitor that breaks out ends in its own VM, and the witness does not notice."""

import os

import pytest

from attack import Witness
from board import OUT, Board
from monitors import ABORT, GOES_ON, MONITORS, RESET, SIBLINGS, WRONG, build

VMS = 3
GROUPS = [MONITORS[first:first + VMS] for first in range(0, len(MONITORS), VMS)]
OFTEN = 3  # of so many groups one for each change


def group_of(index, group):
    names = "+".join(each.row + "_" + each.name for each in group)
    return pytest.param(group, id=names, marks=() if index % OFTEN == 0 else pytest.mark.soak)


@pytest.mark.parametrize("group", [group_of(*each) for each in enumerate(GROUPS)])
def test_monitors(group):
    log = os.path.join(OUT, "test-logs", f"monitors-{group[0].row}-{group[0].name}.log")
    with Board(build(group), log, newer=True) as board:
        witness = Witness(board)
        for number, monitor in enumerate(group):
            vm = f"hostile{number}"
            if monitor.end is GOES_ON:
                board.wait(lambda: board.told("partita", f"^{vm}: starts"), f"start of {monitor.name}", 30)
            else:
                board.wait(lambda: board.told("partita", monitor.end.format(vm=vm)), f"end of {monitor.name}",
                    60)
                board.wait(lambda: board.told("partita", f"^{vm}: stopped"), f"stop of {monitor.name}", 30)
        witness.saw_nothing()
        for number, monitor in enumerate(group):
            if monitor.end is GOES_ON:                     # else it does not try what it is to try
                assert not board.told("partita", WRONG.format(vm=f"hostile{number}"))
            if not {RESET, ABORT} & set(monitor.events):   # the guest has told something before
                continue
            assert not board.told(f"hostile{number}", "^probe: runs"), "its monitor was sound"


def sibling(index, monitor):
    return pytest.param(monitor, id=monitor.name, marks=() if index % OFTEN == 0 else pytest.mark.soak)


@pytest.mark.parametrize("monitor", [sibling(*each) for each in enumerate(SIBLINGS)])
def test_siblings(monitor):
    """Its health action is a restart, of which there may be one: it breaks out in both lives."""
    log = os.path.join(OUT, "test-logs", f"monitors-siblings-{monitor.name}.log")
    with Board(build([monitor], "siblings-"), log, newer=True) as board:
        witness = Witness(board)
        if monitor.end is GOES_ON:
            board.expect("witness", "^witness: beat 15:")
            assert not board.told("partita", WRONG.format(vm="hostile0").replace("vCPU 0", "vCPU"))
        else:
            board.expect("partita", monitor.end.format(vm="hostile0").replace("vCPU 0", "vCPU"), 120)
            board.expect("partita", "^hostile0: starts again", 30)
            board.expect("partita", "^hostile0: stopped, after one restart too many", 120)
            assert len(board.told("partita", "^hostile0: starts again")) == 1
        witness.saw_nothing()
