# SPDX-License-Identifier: Apache-2.0
"""A guest whose watchdog runs from its start: it is let alone as long as it tends it, reminded once, and
restarted when it hangs. Its neighbour goes on."""


def test_a_guest_that_falls_silent_starts_again(board):
    system = board("watched", deterministic=True)
    for _ in range(2):
        system.expect("watched", r"^watched: a life, to be tended each 5000 us")
        system.expect("watched", "^watched: tended, interrupt down")
        system.expect("watched", "^watched: reminded, falls silent")
        system.expect("partita", "^watched: starts again", 30)
    assert not system.told("watched", "unexpected")
    lives, falls = (len(system.told("watched", what)) for what in ("a life", "falls silent"))
    assert falls >= 2 and lives - falls <= 1, "no life ends before it falls silent"
    system.type("s")
    system.expect("rtos", "^rtos: since the start ", 30)
    assert not system.told("partita", "^rtos: (?!starts)")
