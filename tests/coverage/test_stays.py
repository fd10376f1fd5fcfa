# SPDX-License-Identifier: Apache-2.0
"""A bounded share of `make coverage`: how long a CPU stays at EL2 while Linux boots in the demo and while
the attacker runs its short cases. Longer stays than LIMIT have a reason, and a limit, in long.txt."""

import os
import sys

import pytest

import board
from kernel import OUT, TOP
from measure import LIMIT, Watch

sys.path.append(os.path.join(TOP, "tests/attack"))

from attack import Attack, image_of, names  # noqa: E402

# As many as take less than a second.
SLOW = ("V11", "X", "V09")
LEAST = 75                      # per cent of the kernel's instructions that this executes


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """A run of each, under the plugin."""
    image = image_of("attack")
    board.make(os.path.relpath(os.path.join(OUT, "coverage/el2.so"), TOP))
    watch = Watch()
    watch.folder = str(tmp_path_factory.mktemp("runs"))
    environment = watch.environment()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(board, "WATCHER", environment["WATCHER"])
        patch.setattr(board, "WATCHED", environment["WATCHED"])
        logs = os.path.join(OUT, "test-logs")
        with board.Board(board.image("demo"), os.path.join(logs, "stays-demo.log")) as demo:
            demo.prompt()
        attack = Attack(image, os.path.join(logs, "stays-attack.log"))
        for name in names("SHORT"):
            if not name.startswith(SLOW):
                attack.case(name)
        attack.board.close()
    return watch, watch.report()


def test_no_stay_at_el2_is_longer_than_it_may_be(watched):
    watch, report = watched
    assert report.runs == 2 and not report.strangers
    assert sum(kind.count for kind in report.kinds.values()) > 100000
    wrong = [each for each in watch.named(report) if not watch.accounted(each)]
    assert not wrong, f"longer than {LIMIT}: " + "\n".join(watch.longs(report))


def test_most_of_the_kernel_is_executed(watched):
    watch, report = watched
    count = len(watch.kernel.instructions)
    assert 100 * len(report.executed) / count >= LEAST
