# SPDX-License-Identifier: Apache-2.0
"""What holds state, by the table in registers.py: the kernel switches it and makes it new as the table
says, in its source and on the board."""

import os
import re

import pytest

import registers
import state
from board import TOP

# The least and the most that there are are enough for each change.
OFTEN = ("cortex-a53", "max")
MODELS = [pytest.param(model, marks=() if model in OFTEN else pytest.mark.soak) for model in registers.MODELS]
ROWS = [row for row in registers.ROWS if row.state]
# Those that a guest cannot change, or that not every core lets it change.
STUCK = {"AFSR0_EL1", "AFSR1_EL1", "AMAIR_EL1", "ICC_SRE_EL1", "ALLINT", "DISR_EL1"}


def functions():
    """{name: body} of arch/arm64/guest.c; registers without a name have it in a comment."""
    with open(os.path.join(TOP, "arch/arm64/guest.c"), encoding="utf-8") as f:
        text = re.sub(r"S\d_\w+, 0\); +/\* (\w+) \*/", r"\1, 0);", f.read())
    return {name: body for name, body in re.findall(r"^[\w ]+?\*?(\w+)\([^;{]*\)\n\{\n(.*?)^\}", text,
                                                   re.MULTILINE | re.DOTALL)}


def written(body):
    """{register: number} of the writes of constants."""
    return {name: int(value, 0) for name, value in re.findall(r"sysreg_write\((\w+), (\w+)\);", body)
            if value[0].isdigit()}


def fields(body):
    """What is assigned to fields of struct arch_vcpu or of its guest's frame, by the field's name."""
    found = {}
    for line in re.findall(r"^\t+((?:v->|resident->)[^;]+);", body, re.MULTILINE):
        *names, value = re.split(r" = ", line)
        for name in names:
            found[re.split(r"->|\.", name)[-1]] = value
    return found


CONSTANTS = {"SCTLR_EL1_RESET": 0x30d50838, "PSTATE_EL1h | PSTATE_DAIF": 0x3c5}


def number(text):
    return CONSTANTS[text] if text in CONSTANTS else int(text, 0)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_kernel_switches_it_and_makes_it_new_as_the_table_says(row):
    code = functions()
    switched, kept, reset = row.state
    fresh = 0 if reset in ("least", "fixed") else int(reset, 0)
    at_reset = fields(code["arch_guest_reset"])
    if switched in ("lives", "closed"):
        if kept == "fp_clear":
            assert "\tfp_clear();" in code["arch_guest_reset"]
        else:
            assert written(code["el1_reset"])[kept] == fresh
    elif kept == "spsr":
        assert kept in fields(code["arch_guest_park"])
        assert number(at_reset[kept]) & fresh == fresh
    elif switched == "parked":
        assert kept in fields(code["arch_guest_park"])
        assert number(at_reset[kept]) == fresh
    elif switched == "hidden":
        register = kept.upper()
        assert fields(code["arch_enter_service"])[kept] == f"sysreg_read({register})"
        assert f"sysreg_write({register}, v->{kept});" in code["unhide"]
        assert written(code["arch_enter_service"])[register] == 0
        assert written(code["el1_reset"])[register] == fresh and at_reset["hidden"] == "false"
    elif switched == "kernel":
        assert number(at_reset[kept]) == fresh
    else:
        assert switched == "monitor"    # tests/unit/vmm/cntp.c


def test_processor_state_at_the_start_is_what_its_rows_add_up_to():
    bits = sum(int(row.state.reset, 0) for row in ROWS if row.state.kept == "spsr")
    assert fields(functions()["arch_guest_reset"])["spsr"] == "PSTATE_EL1h | PSTATE_DAIF"
    assert CONSTANTS["PSTATE_EL1h | PSTATE_DAIF"] == bits | 4    # EL1


def test_kernel_resets_nothing_that_the_table_does_not_name():
    kept = {row.state.kept for row in ROWS} | {row.name for row in ROWS if row.state.switched == "hidden"}
    assert set(written(functions()["el1_reset"])) <= kept


def test_every_register_that_a_guest_can_change_has_its_state_in_the_table():
    """But for a view of another (TVAL), and those whose write is an event."""
    views = {"CNTP_TVAL_EL0", "CNTV_TVAL_EL0"}
    changeable = {row.name for row in registers.ROWS if row.el1 == ["native", "done"]}
    assert changeable - {row.name for row in ROWS} == views


def test_every_feature_has_its_field():
    named = {row.feature for row in registers.ROWS + registers.INSTRUCTION_ROWS} - {None}
    assert {name.removeprefix("no-") for name in named} <= set(registers.FEATURES)


@pytest.mark.parametrize("model", MODELS)
def test_every_register_is_new_in_the_next_life(fresh, model):
    attack = fresh(cpu=model)
    there = [name for name, encoding, _, _ in state.rows() if "native" ==
             registers.golden(model).get(("el1 read", encoding), ("",))[0]]
    for life in range(2):
        assert attack.case("M18_registers_at_start") == "ok"
        if life == 0:
            attack.restarts("L02_reset_with_everything_dirty")
    (dirty,) = attack.board.told("partita", r"^attack: vCPU 0 called 0x8600d0(\w\w), refused")
    assert int(dirty.group(1), 16) >= len(there) - len(STUCK)
    attack.witness_saw_nothing()
