# SPDX-License-Identifier: Apache-2.0
"""Every short case, one after the other in one machine, CPUs side by side; and those that could take
the witness' time once more, with time counted in instructions, so that a missed deadline tells."""

import pytest

from attack import names

# What QEMU's processors do not do, and so no case can show there.
SKIPPED = {"R10_misaligned_stack_pointer"}

STORMS = ("M12", "M13", "M14", "I01", "I04", "I05", "R17", "V11_console", "V11_log", "H10")
LONG = ("V11_console_flood", "V11_console_escapes")    # minutes, when time is counted


def storms():
    for name in names("SHORT"):
        if name.startswith(STORMS):
            yield pytest.param(name, marks=pytest.mark.soak if name in LONG else ())


def runs(attack, name):
    result = attack.case(name, 120)
    assert result == "ok" or (name in SKIPPED and result.startswith("skipped")), result


@pytest.mark.parametrize("name", names("SHORT"))
def test_case(parallel, name):
    runs(parallel, name)


@pytest.mark.parametrize("name", storms())
def test_storm(counted, name):
    runs(counted, name)
