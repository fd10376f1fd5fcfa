# SPDX-License-Identifier: Apache-2.0
"""The kernel's own table of trapped registers (kernel/sysreg.c), read from its source."""

import os
import re

import registers
from board import TOP

NUMBER = re.compile(r"KEY\((\d+), (\d+), (\d+), (\d+), (\d+)\)")
ROW = re.compile(r"\{ (\w+), (KEY\([^)]*\)|KEY_\w+), (\w+), (\w+), (\w+) \},")
NAMED = re.compile(r"#define ((?:ANY|KEY)_\w+) (.*)")
CONSTANT = re.compile(r"#define (\w+) (0x[0-9a-f]+|\d+)$", re.MULTILINE)


def key(op0, op1, crn, crm, op2):
    """As the syndrome has them."""
    return op0 << 20 | op2 << 17 | op1 << 14 | crn << 10 | crm << 1


def keys(text):
    return NUMBER.sub(lambda match: str(key(*map(int, match.groups()))), text)


def rows():
    """(mask, match, read, write, value), in the order in which they are searched."""
    text = ""
    for path in "kernel/sysreg.h", "kernel/sysreg.c":
        with open(os.path.join(TOP, path), encoding="utf-8") as f:
            text += f.read()
    constants = {name: int(value, 0) for name, value in CONSTANT.findall(text)}
    masks = {}
    for name, value in NAMED.findall(text):
        value = re.sub(r"/\*.*", "", keys(value))
        value = re.sub(r"\b(0x[0-9a-f]+|\d+)u\b", r"\1", value)
        masks[name] = eval(value, {}, masks)  # numbers, names, & | ~
    body = text[text.index("rows[] = {"):]
    body = body[:body.index("\n};")]
    found = []
    for mask, match, read, write, value in ROW.findall(body):
        found.append((masks[mask], eval(keys(match), {}, masks), read, write,
            constants.get(value) or int(value, 0)))
    assert len(found) == body.count("\t{ "), "a row is written in another way"
    return found


def look_up(table, encoding):
    """(read, write, value) of the first row that matches."""
    wanted = key(*registers.fields_of(encoding))
    return next((row[2:] for row in table if wanted & row[0] == row[1]), ("UNDEF", "UNDEF", 0))


READS = {"ZERO": "0", "CSSELR": "native", "MONITOR": "native", "CNTVCT": "native",
    "UNDEF": "-"}
DONE = ("ZERO", "SGI1R", "DIR", "CSSELR", "MONITOR")


def outcomes(table, encoding):
    """What the kernel makes of a read and of a write that trap, in the words of registers.py; a
    constant of the f-map is `constant`."""
    read, write, value = look_up(table, encoding)
    told = {"VALUE": hex(value), "IDREG": "constant"}.get(read) or READS[read]
    return told, "done" if write in DONE else "-"
