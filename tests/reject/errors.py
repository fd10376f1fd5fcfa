#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""The tool's codes, and the descriptions here that show them: what test_reject.py expects of each,
and docs/errors.md, which is made of both. `make errors` runs this file to write the paper.
"""

import collections
import os
import pathlib
import re
import subprocess
import sys
import tempfile
import textwrap
from concurrent.futures import ThreadPoolExecutor

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
TOOL = TOP / os.environ.get("O", "build") / "partita"
PAPER = TOP / "docs" / "errors.md"
REJECTED = sorted(HERE.glob("*.dts"))
WARNED = sorted(HERE.glob("warnings/*.dts"))

# Codes that no description here can show, and why.
NOT_SHOWN = {
    "vm-count": "no board has a CPU for each of so many VMs, so this mistake never comes alone",
    "file-unreadable": "it depends on the machine, not on a description",
    "file-unwritable": "it depends on the machine, not on a description",
    "program-missing": "it depends on the machine, not on a description",
    "program-failed": "it depends on the machine, not on a description",
    "dtc-unknown": "it depends on the machine, not on a description",
    "binary-damaged": "it depends on what the tool is given beside the description",
    "guest-tree": "only memory that runs out could cause it",
}

HEAD = """<!-- SPDX-License-Identifier: Apache-2.0 -->
<!-- Made by `make errors` of tools/partita/codes.def and tests/reject: do not edit. -->
# What the tool complains of

A message is `file:line: error: what is wrong; what to do [code]`. This paper has the codes: what
each means, why it matters, and an example, the line that it complains of and what it says.
`partita explain CODE` prints the same without the example. The exit status is 1 if there was an
error, 2 if there was a failure that is not the description's, and 0 if there were warnings alone.
"""

Expectation = collections.namedtuple("Expectation", "file line kind text code")
Meaning = collections.namedtuple("Meaning", "code text")


def expectation(description):
    comment = re.match(r"/\* (?:(\S+):)?(\d+): (error|warning): (.*?) \[([a-z-]+)\] \*/",
                       description.read_text())
    assert comment, f"{description}: the first comment says what to expect"
    return Expectation(comment[1] or description.name, int(comment[2]), *comment.groups()[2:])


def build(description, arguments, output):
    return subprocess.run([TOOL, "build", str(description), "-o", str(output), *arguments],
                          capture_output=True, text=True, timeout=60)


def explained():
    return subprocess.run([TOOL, "explain"], capture_output=True, text=True, check=True).stdout


def meanings():
    """Each code's part of what the tool explains."""
    return [Meaning(re.match(r"### (\S+)", part)[1], part)
            for part in re.findall(r"^### .*?(?=^##|\Z)", explained(), re.MULTILINE | re.DOTALL)]


def wrapped(text):
    return "\n".join(line if line.startswith("#") else textwrap.fill(line, 100)
                     for line in text.split("\n"))


def example(description, arguments):
    """The line that is wrong, and the message, without the folders of this machine."""
    with tempfile.TemporaryDirectory() as folder:
        message = build(description, arguments, pathlib.Path(folder) / "out.img").stderr
    path, line = re.match(r"(.*?):(\d+): ", message).groups()
    source = pathlib.Path(path).read_text().split("\n")[int(line) - 1].strip()
    shown = re.sub(r"(?<!\S)/\S*?/(?=[\w-]+/platform\.dts|[\w.-]+\.dts:)", "", message).strip()
    # Sizes that follow from the ABI would make the paper stale whenever that changes.
    shown = re.sub(r"(its memory|device tree) \(0x[0-9a-f]+ bytes", r"\1 (0x.. bytes", shown)
    return f"```\n{source}\n```\n\n```\n{shown}\n```\n"


def paper(arguments):
    shown = {}
    for description in REJECTED + WARNED:
        shown.setdefault(expectation(description).code, description)
    with ThreadPoolExecutor() as pool:
        examples = dict(zip(shown, pool.map(lambda path: example(path, arguments), shown.values())))
    text = HEAD + "\n" + wrapped(explained())
    for code, part in meanings():
        more = examples.get(code) or f"No example: {NOT_SHOWN[code]}.\n"
        part = wrapped(part).rstrip("\n") + "\n"
        text = text.replace(part, part + "\n" + more)
    return text


def main():
    sys.path.insert(0, str(HERE))
    from conftest import make_world
    with tempfile.TemporaryDirectory() as folder:
        PAPER.write_text(paper(make_world(pathlib.Path(folder))))


if __name__ == "__main__":
    main()
