# SPDX-License-Identifier: Apache-2.0
"""docs/traps.md is what the tables say, and they name each handler of exceptions that the kernel has."""

import os
import re

import page
from board import TOP


def test_paper_is_made_of_the_tables():
    with open(page.PAPER, encoding="utf-8") as f:
        assert f.read() == page.page(), "`make traps` writes it"


def test_each_handler_of_the_kernel_is_in_the_table_of_classes():
    with open(os.path.join(TOP, "kernel/trap.c"), encoding="utf-8") as f:
        text = f.read()
    with open(os.path.join(TOP, "lib/esr.h"), encoding="utf-8") as f:
        numbers = {name: int(value, 0) for name, value in re.findall(r"(EC_\w+) = (0x\w+)", f.read())}
    kernel = {numbers[name]: handler for name, handler in re.findall(r"\[(EC_\w+)\] = (\w+)", text)}
    table = {int(row[0], 0): row[4] for row in page.classes() if row[4] != "-"}
    assert kernel == table
