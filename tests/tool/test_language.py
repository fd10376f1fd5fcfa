# SPDX-License-Identifier: Apache-2.0
"""docs/system.md has each property that the tool knows, with its type, and no other."""

import os
import pathlib
import re
import subprocess

import pytest

TOP = pathlib.Path(__file__).resolve().parent.parent.parent
TOOL = TOP / os.environ.get("O", "build") / "partita"


def known():
    out = subprocess.run([TOOL, "properties"], check=True, capture_output=True, text=True, timeout=60).stdout
    return {tuple(line.split("\t")) for line in out.splitlines()}


def rows():
    """(kind, node, cells) of each row about a property."""
    text = (TOP / "docs" / "system.md").read_text()
    kind = node = None
    for line in text.split("\n"):
        if line.startswith("## Describing a board"):
            kind = "board"
        heading = re.match(r"#+ `(/[\w/]*)`", line)
        if heading:
            kind, node = kind or "system", heading[1]
        elif line.startswith("#"):
            node = None
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if node and cells and cells[0].startswith("`"):
            yield kind, node, cells


def test_each_property_is_in_the_paper_and_the_reverse():
    told = {(kind, node, cells[0].strip("`"), cells[1],
             "required" if cells[2] == "required" else "optional") for kind, node, cells in rows()}
    assert told == known()


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row[1] + " " + row[2][0].strip("`"))
def test_each_row_says_what_and_gives_an_example_of_its_type(row):
    name, kind, default, what, example = row[2]
    forms = {"flag": r"", "string": r' = "[^"]*"', "strings": r' = "[^"]*"(, "[^"]*")*',
             "number": r" = <\w+>", "numbers": r" = <\w+( \w+)*>", "64-bit number": r" = <\w+ \w+>",
             "ranges": r" = <\w+( \w+){3}>", "bytes": r" = \[[0-9a-f ]+\]"}
    assert default and what
    assert re.fullmatch(f"`{re.escape(name.strip('`'))}{forms[kind]};`", example), example


def test_the_smallest_system_of_the_paper_is_one(tmp_path):
    source = re.search(r"```dts\n(.*?)```", (TOP / "docs" / "system.md").read_text(), re.DOTALL)[1]
    (tmp_path / "small.dts").write_text(source)
    (tmp_path / "hello.elf").write_bytes(bytes(16))
    run = subprocess.run([TOOL, "check", str(tmp_path / "small.dts")], cwd=TOP, capture_output=True,
                         text=True, timeout=60)
    assert run.returncode == 0 and run.stderr == "", run.stderr
