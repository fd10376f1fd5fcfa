# SPDX-License-Identifier: Apache-2.0
"""docs/attacks.md against what there is: every row is tested where it says, or says why not. A place is
"guests/attack", whose cases begin with their row, or a file, or FILE::WORD with a word of that file."""

import os
import re

import pytest

from attack import cases
from board import TOP
from monitors import MONITORS, SIBLINGS

ROWS = {"M": 19, "R": 18, "V": 13, "I": 10, "H": 10, "D": 6, "X": 5, "L": 6, "B": 7}
LINE = re.compile(r"^\| ([A-Z]\d\d) \| (.*) \| (.*) \| (.*) \|$", re.MULTILINE)


def catalogue():
    with open(os.path.join(TOP, "docs/attacks.md"), encoding="utf-8") as f:
        return {row: where for row, _, _, where in LINE.findall(f.read())}


def test_every_row_is_there():
    wanted = [f"{letter}{number:02}" for letter, last in ROWS.items() for number in range(1, last + 1)]
    assert sorted(catalogue()) == sorted(wanted)


def text(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


def names_it(row, place):
    """Does this place say that it is about the row?"""
    path, _, word = place.partition("::")
    if path == "tests/attack/test_monitors.py":
        return any(monitor.row == row for monitor in MONITORS + SIBLINGS)
    return word or place == "guests/attack" or path.endswith(".dts") or \
        re.search(rf"\b{row}\b|_{row.lower()}_", text(path))


@pytest.mark.parametrize("row", catalogue())
def test_row_is_tested_where_it_says(row):
    where = catalogue()[row]
    attacked = any(case.row == row for case in cases())
    if where.startswith("-"):
        assert len(where) > 10, "no reason"
        assert not attacked
        return
    places = where.split(", ")
    assert ("guests/attack" in places) == attacked
    assert any(names_it(row, place) for place in places), "none of them speaks of it"
    for path, _, word in (place.partition("::") for place in places):
        assert os.path.exists(os.path.join(TOP, path)), path
        assert not word or re.search(rf"\b{word}\b", text(path)), word


def test_no_case_is_of_a_row_that_is_not_there():
    assert {each.row for each in (*cases(), *MONITORS, *SIBLINGS)} <= set(catalogue())


def test_there_are_as_many_as_were_promised(tell):
    rows = catalogue()
    tested = [row for row, where in rows.items() if not where.startswith("-")]
    tell(f"{len(tested)} of {len(rows)} rows are tested; {len(cases())} cases, {len(MONITORS)} monitors")
    assert len(tested) >= 75 and len(cases()) >= 75
    assert len({case.name for case in cases()}) == len(cases())
