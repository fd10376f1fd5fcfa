# SPDX-License-Identifier: Apache-2.0
"""Life after life of one VM, each from its pristine image, beside a witness that misses nothing. Time is
counted in instructions, so a missed deadline is the restarts' and not the host's."""

import pytest

LIFE = "^again: a life, the second CPU counts"
BEAT = r"^witness: beat (\d+): missed (\d+), .* changed (\d+)$"
LONGEST_S = 120  # of a hundred lives


@pytest.mark.parametrize("lives", [200, pytest.param(10000, marks=pytest.mark.soak)])
def test_the_witness_misses_nothing_beside_restarts(board, lives):
    system = board("restarts", deterministic=True)
    for hundred in range(100, lives + 1, 100):
        system.tells("again", LIFE, hundred, LONGEST_S)
    by_abort = len(system.told("again", "^again: accesses nothing"))
    assert lives // 10 < by_abort < lives - lives // 10 and not system.told("again", "^again: goes on")
    assert not system.told("again", "STRAY|FAILED|unexpected")
    assert not system.told("partita", "^(again|witness): (stopped|off|its monitor)")
    beats = [tuple(map(int, match.groups())) for match in system.told("witness", BEAT)]
    assert [beat[0] for beat in beats] == list(range(1, len(beats) + 1)) and len(beats) > 1
    assert beats[-1][1:] == (0, 0), "a missed deadline, or something changed"
    print(f"{lives} lives, {by_abort} ended by an abort, {len(beats)} beats, none missed")
