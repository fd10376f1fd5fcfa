# SPDX-License-Identifier: Apache-2.0
"""R01, R02: every encoding, on every processor model, against the golden table; and the kernel's table
against the same."""

import os

import pytest

import registers
from board import OUT
from kernel_table import key, outcomes, rows

# The least and the most that there are are enough for each change.
OFTEN = ("cortex-a53", "max")
MODELS = [pytest.param(model, marks=() if model in OFTEN else pytest.mark.soak) for model in registers.MODELS]
ACCESSES = 131072  # op0 of two values, 16384 encodings each, two directions, EL1 and EL0
SWEEPS = ("R01_every_register", "R02_every_instruction")
READS_AND_WRITES = [kind for kind in registers.KINDS if "execute" not in kind]
EXECUTES = [kind for kind in registers.KINDS if "execute" in kind]


def golden_file(model):
    """For people to read and compare."""
    path = os.path.join(OUT, "attack", f"registers-{model}.golden")
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as f:
        for (kind, encoding), (outcome, name) in sorted(registers.golden(model).items()):
            f.write(f"{kind} {registers.spell(encoding)} {outcome} ({name})\n")


def sweep(attack, name, model, kinds):
    lines = attack.run(name, 240)
    count = [int(line.split()[-2]) for line in lines if line.startswith("attack: told in ")]
    assert f"attack: {ACCESSES} accesses" in lines
    told = [line for line in lines if registers.TOLD.fullmatch(line)]
    assert count == [len(told)], "lines were lost"
    wrong = registers.differences(model, registers.told(lines), kinds)
    assert not wrong, f"{len(wrong)} differ:\n" + "\n".join(wrong[:40])


@pytest.mark.parametrize("model", MODELS)
def test_every_register_and_instruction(fresh, model):
    golden_file(model)
    attack = fresh(cpu=model)
    for name, kinds in zip(SWEEPS, (READS_AND_WRITES, EXECUTES)):
        sweep(attack, name, model, kinds)
    attack.witness_saw_nothing()


# ---- The kernel's table ----

# Registers that trap to nothing: hardware gives them a value of EL2's choice.
VIRTUAL = ("VPIDR_EL2", "VMPIDR_EL2")
TRAPPED = [row for row in registers.ROWS if row.by != "cpu" and row.by not in VIRTUAL]


def same(told, wanted):
    if told == "constant":
        return wanted[0].isdigit()
    return told == wanted or (told[0].isdigit() and wanted[0].isdigit() and int(told, 0) == int(wanted, 0))


@pytest.mark.parametrize("row", TRAPPED, ids=lambda row: row.name)
def test_kernel_answers_as_the_table_says(row):
    """A direction that a register does not have is undefined without a trap, whatever the kernel says."""
    table = rows()
    read, write = (word.replace("undef", "-") for word in row.el1)
    for encoding in row.encodings:
        told_read, told_write = outcomes(table, encoding)
        if not row.by.endswith("(W)") and (read != "-" or write == "-"):
            assert same(told_read, read), registers.spell(encoding)
        if write != "-" or read == "-" or row.by.endswith("(W)"):
            assert told_write == write, registers.spell(encoding)


def test_kernel_has_no_row_for_what_the_table_does_not_name():
    named = {encoding for row in registers.ROWS + registers.INSTRUCTION_ROWS for encoding in row.encodings}
    for mask, match, *_ in rows():
        hits = {encoding for encoding in range(1 << 16)
                if key(*registers.fields_of(encoding)) & mask == match}
        assert hits & named, f"a row of the kernel's for nothing: {match:#x}"
