# SPDX-License-Identifier: Apache-2.0
"""Frama-C. Eva: no undefined behaviour for any input (eva_*.c); WP: contracts of leaf functions
(wp_*.c). `make proofs` runs it; docs/proofs.md says what it proves and what not."""

import os
import pathlib
import re
import subprocess

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent.parent
FOLDER = TOP / os.environ.get("O", "build") / "proofs"
COMMON = ["frama-c", "-c11", "-machdep", "gcc_x86_64"]
SECONDS = 3600

EVA = {
    "pl011": ["vmm/pl011.c", "vmm/channel.c"],
    "gic": ["vmm/gicd.c", "vmm/gicr.c", "vmm/gic.c", "vmm/gic_bank.c", "vmm/conf.c"],
    "walk": ["tools/verify/image.c", "tools/verify/index.c"],
}
EVA_OPTIONS = dict.fromkeys(EVA, ["-eva-slevel", "200", "-eva-auto-loop-unroll", "64"])
# 512 entries of a table are taken together; each space is walked for itself, down three levels of tables.
EVA_OPTIONS["walk"] = ["-eva-slevel-function", "walk_all:400,any_image:100",
                       "-eva-unroll-recursive-calls", "3"]

# Alarms that are no mistakes: (proof, file, text) and why. Nothing else may be reported.
EXPLAINED = {}

# What is proved of each file; the rest of it is read, not proved.
WP = {
    "queue": "queue_insert queue_remove queue_first virq_pending virq_deliverable",
    "lists": "ich_lr_State ich_lr_set_vINTID ich_lr_set_pINTID ich_lr_set_Priority ich_lr_set_Group "
             "ich_lr_set_HW ich_lr_set_State lr_make lr_state may_be_listed list_timer list_latched",
    "monitor": "iss_abort_SAS iss_abort_WnR iss_abort_set_SAS iss_abort_set_WnR access_bytes "
               "access_stores access_part access_merge reply_done reply_continue "
               "range_in uart_is_sound rtc_is_sound fifo_enabled rx_depth receiver_enabled loopback rx_push "
               "rsr_read ecr_write modem pl011_flags fr_read modem_interrupts ris_read mis_read icr_write "
               "nothing_read nothing_write",
    "tool": "range_overlap range_within",
    "checker": "image_at context_vmid context_root view_of_cpu view_of_guest view_of_monitor "
               "view_of_service rights_text runs_on",
}


def run(name, arguments, tree=None):
    """What Frama-C prints. Sources in `tree` come before those of the same path here."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    include = ([f"-I{tree}"] if tree else []) + [f"-I{TOP}", "-idirafter/usr/include"]
    kind = name.split("-")[0]
    include += ["-include", f"{HERE}/{kind}.h"]
    output = subprocess.run(COMMON + ["-cpp-extra-args=" + " ".join(include), *arguments], cwd=tree or TOP,
                            env=dict(os.environ, WHY3CONFIG=str(FOLDER / "why3.conf")), timeout=SECONDS,
                            stdin=subprocess.DEVNULL, capture_output=True, text=True)
    (FOLDER / (name + ".log")).write_text(output.stdout + output.stderr)
    assert output.returncode == 0, output.stdout[-2000:] + output.stderr[-2000:]
    return output.stdout


def eva(name, sources, tree=None):
    return run("eva-" + name, ["-eva", "-eva-split-return", "auto", "-eva-no-show-progress",
                               "-eva-msg-key=-initial-state,-final-states", *EVA_OPTIONS[name],
                               f"{HERE}/eva_{name}.c", *sources], tree)


def alarms(text):
    """(file, what) of each."""
    found = re.findall(r"\[eva:alarm\] (\S+?):\d+: Warning: *\n?((?:  .*\n|[^\n\[]+\n)+)", text)
    return [(path, " ".join(what.split())) for path, what in found]


@pytest.mark.parametrize("name", EVA)
def test_no_input_leads_to_undefined_behaviour(name):
    text = eva(name, EVA[name])
    found = {(name, path, what) for path, what in alarms(text)}
    assert found == {key for key in EXPLAINED if key[0] == name}
    reached = re.search(r"(\d+) statements reached \(out of (\d+)\)", text)
    assert "ANALYSIS SUMMARY" in text and int(reached[1]) >= 0.98 * int(reached[2])
    assert "assumed to be dead" not in text
    print(f"eva {name}: {reached[1]} of {reached[2]} statements, {len(found)} alarms")


@pytest.fixture(scope="module")
def provers():
    FOLDER.mkdir(parents=True, exist_ok=True)
    subprocess.run(["why3", "config", "detect"], check=True, capture_output=True, timeout=60,
                   env=dict(os.environ, WHY3CONFIG=str(FOLDER / "why3.conf")))


def wp(name, functions, tree=None):
    """(proved, goals)"""
    text = run("wp-" + name, ["-wp", "-wp-rte", "-wp-prover", "z3,cvc4", "-wp-timeout", "20", "-wp-fct",
                              ",".join(functions), f"{HERE}/wp_{name}.c"], tree)
    for function in functions:
        assert re.search(rf"annotating function {function}\n", text), f"{function} is not there"
    proved = re.search(r"Proved goals: +(\d+) / (\d+)", text)
    return int(proved[1]), int(proved[2])


GOALS = {}             # of each that was run


@pytest.mark.parametrize("name", WP)
def test_contracts_are_kept(name, provers):
    proved, goals = wp(name, WP[name].split())
    GOALS[name] = goals
    print(f"wp {name}: {proved} of {goals} goals, {len(WP[name].split())} functions")
    assert proved == goals


def test_the_page_has_their_number():
    if GOALS.keys() != WP.keys():
        pytest.skip("not all were run")
    functions = sum(len(names.split()) for names in WP.values())
    page = (TOP / "docs/proofs.md").read_text()
    assert f"{sum(GOALS.values())} goals of {functions} functions" in page


# ---- Whether the proofs can fail ----

def changed(tmp_path, path, old, new):
    """A tree whose only file is that one, with a mistake in it."""
    text = (TOP / path).read_text()
    assert text.count(old) == 1
    (tmp_path / path).parent.mkdir(parents=True)
    (tmp_path / path).write_text(text.replace(old, new))
    return tmp_path


def test_a_table_behind_the_files_end_is_an_alarm(tmp_path):
    tree = changed(tmp_path, "tools/verify/walk.c", "page >= m->bytes", "page > m->bytes")
    text = eva("walk", [str(TOP / path) for path in EVA["walk"]], tree)
    assert any("valid_read(entry + i)" in what for _, what in alarms(text))


def test_one_place_too_many_in_the_fifo_is_an_alarm(tmp_path):
    tree = changed(tmp_path, "vmm/pl011.c", "while (u->rx_count < rx_depth(u)) {",
                   "while (u->rx_count <= rx_depth(u)) {")
    text = eva("pl011", [str(tree / "vmm/pl011.c"), str(TOP / "vmm/channel.c")], tree)
    assert any("no_more_than_places" in what for _, what in alarms(text))


def test_a_range_that_may_wrap_is_not_proved(tmp_path, provers):
    tree = changed(tmp_path, "vmm/conf.c", "bytes <= end - at", "at + bytes <= end")
    proved, goals = wp("monitor", ["range_in"], tree)
    assert proved < goals


def test_a_level_that_is_forgotten_is_not_proved(tmp_path, provers):
    tree = changed(tmp_path, "kernel/virq.c", "	q->levels |= 0x80000000u >> level;\n", "")
    proved, goals = wp("queue", ["queue_insert"], tree)
    assert proved < goals
