# SPDX-License-Identifier: Apache-2.0
"""What papers say of the tree: files, functions and tests that they name are there, and each row that
is to name a test does."""

import functools
import os
import re
import subprocess

import pytest

TOP = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SHOWN_BY = "shown by"  # the column of tests
CODE = ("abi", "arch", "kernel", "lib", "services", "vmm")

SPAN = re.compile(r"`([^`]+)`")
NAME = re.compile(r"[A-Za-z_]\w*")

# A test is a function of pytest, a row of cmocka, or a case of the probe.
TESTS = {
    "tests/system": re.compile(r"^def (test_\w+)", re.M),
    "tests/unit": re.compile(r"^static void (\w+)\(void \*\*state\)$", re.M),
    "guests/probe": re.compile(r'(?:\{ "(\w+)",|^\tCASE\((\w+)\))', re.M),
}


def read(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read()


@functools.cache
def files(*folders):
    out = subprocess.run(["git", "ls-files", "-co", "--exclude-standard", *folders], cwd=TOP, check=True,
                         capture_output=True, text=True).stdout
    return [path for path in out.split("\n") if path and os.path.exists(os.path.join(TOP, path))]


@functools.cache
def known_tests():
    return {name for folder, pattern in TESTS.items() for path in files(folder)
            for match in pattern.finditer(read(path)) for name in match.groups() if name}


@functools.cache
def words(path):
    return set(NAME.findall(read(path)))


@functools.cache
def code():
    return set().union(*(words(path) for path in files(*CODE)))


def rows(text):
    """Each row of each table, as (line number, {header: cell})."""
    header = None
    for number, line in enumerate(text.split("\n"), 1):
        if not line.startswith("|"):
            header = None
            continue
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if header is None:
            header = cells
        elif set(line) - set("|- "):
            yield number, dict(zip(header, cells))


def rows_without_test(text):
    """Rows of tables with a column of tests: what is wrong there."""
    for number, row in rows(text):
        if SHOWN_BY not in row:
            continue
        named = SPAN.findall(row[SHOWN_BY])
        if not named:
            yield f"{number}: names no test"
        yield from (f"{number}: there is no test {name}" for name in named if name not in known_tests())


def steps(text):
    return re.split(r"^\d+\. ", text, flags=re.M)[1:]


def lost_steps(text):
    """A step names a file, then what is in it."""
    for number, step in enumerate(steps(text), 1):
        path = None
        for span in SPAN.findall(step):
            if "/" in span:
                path = span
                if path not in files():
                    yield f"step {number}: there is no {path}"
                    path = None
            elif NAME.fullmatch(span) and path and span not in words(path):
                yield f"step {number}: no {span} in {path}"


def lost_names(text):
    """Names of code, outside of the columns of tests."""
    for number, line in enumerate(text.split("\n"), 1):
        for span in SPAN.findall(line):
            if NAME.fullmatch(span) and span not in code() and span not in known_tests():
                yield f"{number}: there is no {span}"
            elif re.fullmatch(r"[\w/]+\.[chS]", span) and span not in files():
                yield f"{number}: there is no {span}"


@pytest.mark.parametrize("paper", ["docs/interrupts.md", "docs/guest-machine.md"])
def test_each_row_names_tests_that_exist(paper):
    text = read(paper)
    assert any(SHOWN_BY in row for _, row in rows(text))
    assert not list(rows_without_test(text))


def test_reading_path_names_what_is_there():
    text = read("docs/reading-path.md")
    assert len(steps(text)) > 5
    assert not list(lost_steps(text))


def test_interrupts_paper_names_what_is_there():
    assert not list(lost_names(read("docs/interrupts.md")))


TABLE = "| register | shown by |\n| --- | --- |\n| A | {} |\n"


@pytest.mark.parametrize("check, text, complaint", [
    (rows_without_test, TABLE.format(""), "names no test"),
    (rows_without_test, TABLE.format("`test_of_nothing`"), "no test test_of_nothing"),
    (lost_steps, "1. `kernel/nothing.c`: `dispatch`", "no kernel/nothing.c"),
    (lost_steps, "1. `kernel/dispatch.c`: `nothing_here`", "no nothing_here in kernel/dispatch.c"),
    (lost_names, "`nothing_here`", "no nothing_here"),
    (lost_names, "`kernel/nothing.c`", "no kernel/nothing.c"),
])
def test_a_wrong_paper_is_found(check, text, complaint):
    (found,) = check(text)
    assert complaint in found


def test_a_right_row_is_fine():
    assert not list(rows_without_test(TABLE.format("`read_of_nothing`, `version_is_1_1`")))
