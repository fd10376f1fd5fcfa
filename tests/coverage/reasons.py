# SPDX-License-Identifier: Apache-2.0
"""Why some of the kernel is never executed: the reviewed list, unreached.txt.

A line of it is

	PATH FUNCTION | TEXT | REASON

TEXT is a line of the source, of what could not be executed, or of a branch that never went one way; with
... at its end, any line that begins so; or *: the function is never executed at all. FUNCTION may be *:
any of the file. A line that names nothing that is open is stale, and an error; unless REASON begins with
"sometimes": then it depends on what CPUs do at the same time.
"""

import functools
import os
import re
from collections import namedtuple

from kernel import TOP

LIST = os.path.join(os.path.dirname(os.path.abspath(__file__)), "unreached.txt")
HEAD = re.compile(r"^(?!\s|#|static_assert|_Static_assert|typedef|struct \w+ \{|enum)[\w *]*?\b(\w+)\(")

Entry = namedtuple("Entry", "path function text reason")


@functools.cache
def source(path):
    with open(os.path.join(TOP, path), encoding="utf-8") as f:
        return f.read().split("\n")


@functools.cache
def functions(path):
    """The function that each line of a C file belongs to."""
    name, names = "", []
    for line in source(path):
        match = HEAD.match(line)
        if match and not line.rstrip().endswith(";"):
            name = match[1]
        names.append(name)
    return names


def text_of(path, line):
    """A line of the source, without what would end TEXT."""
    lines = source(path)
    return " ".join(lines[line - 1].replace("|", "/").split()) if 0 < line <= len(lines) else "?"


def fits(wanted, text):
    return text.startswith(wanted[:-3]) if wanted.endswith("...") else text == wanted


def entries():
    with open(LIST, encoding="utf-8") as f:
        for number, line in enumerate(f.read().split("\n"), 1):
            if not line or line.startswith("#"):
                continue
            fields = [field.strip() for field in line.split(" | ")]
            assert len(fields) == 3 and len(fields[0].split()) == 2, f"unreached.txt:{number}: not a line"
            yield Entry(*fields[0].split(), *fields[1:])


class Reasons:
    """Which of the list's lines account for what is open, and what is left."""

    def __init__(self):
        self.entries = list(entries())
        self.used = set()
        self.without = {}               # (path, function, text): what is open there

    def explain(self, path, function, line, what, whole=False):
        """whole: nothing of that function was executed."""
        text = text_of(path, line)
        found = {each for each in self.entries if each.path == path and each.function in ("*", function)
                 and (whole if each.text == "*" else fits(each.text, text))}
        self.used |= found
        if not found:
            self.without.setdefault((path, function, text), []).append(what)
        return bool(found)

    def stale(self):
        return [each for each in self.entries
                if each not in self.used and not each.reason.startswith("sometimes")]
