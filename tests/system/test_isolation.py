# SPDX-License-Identifier: Apache-2.0
"""A guest that reaches for what it does not own, beside guests that must not notice."""


def test_probe_gets_its_aborts_and_neighbours_notice_nothing(board):
    system = board("neighbours")
    summary = system.expect("probe", r"^probe: (\d+) passed, (\d+) failed", 120)
    passed, failed = int(summary.group(1)), int(summary.group(2))
    wrong = [match.string for match in system.told("probe", r"^probe: .*: (FAILED|skipped)")]
    assert failed == 0 and not wrong, wrong
    assert passed > 0 and passed == len(system.told("probe", r"^probe: .*: ok"))
    system.expect("rtos", r"^rtos: \d+ s .*missed", 30)
    system.expect("rtos", r"^rtos: \d+ s .*missed", 30)
    assert not system.told("rtos", "changed")
    assert not system.told("partita", "^rtos: (?!starts)")


def test_log_names_the_address_that_was_touched(board):
    system = board("neighbours")
    system.expect("partita", r"^probe: vCPU 0 (read|wrote) \d bytes? at 0x[0-9a-f]+ \(pc 0x.*: nothing there")
